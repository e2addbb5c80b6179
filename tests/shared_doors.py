"""The doors of the service are read once for all applications that a run makes: hundreds of tests make one of their own.

In: an application's routers, which are the same for each.  Out: their routes, with what each asks for, built for the first that is
asked; building them anew took longer than most of the tests behind them.
"""

from dataclasses import replace
from typing import Any

from fastapi.routing import APIRouter, _IncludedRouter, _RouterIncludeContext

_BUILT: list[tuple[APIRouter, _RouterIncludeContext, Any]] = []
_build = _IncludedRouter.effective_candidates


def share_doors() -> None:
    """From now on, applications that include a router alike have its routes in common; who replaces what a route asks for has own ones."""
    _IncludedRouter.effective_candidates = _once  # type: ignore[method-assign]


def _once(self: _IncludedRouter) -> Any:
    if self._effective_candidates_version is not None:
        return _build(self)
    provider = self.include_context.dependency_overrides_provider
    if provider is not None and provider.dependency_overrides:
        return _build(self)
    alike = replace(self.include_context, dependency_overrides_provider=None)
    found = (each for router, context, each in _BUILT if router is self.original_router and context == alike)
    built = next(found, None)
    if built is None:
        built = _build(_IncludedRouter(original_router=self.original_router, include_context=alike))
        _BUILT.append((self.original_router, alike, built))
    self._effective_candidates = built
    self._effective_candidates_version = self.original_router._get_routes_version()
    return built
