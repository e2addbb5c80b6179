"""Checks, one function for each rule and one module for each chapter; importing this package enters them all.

In: nothing.  Out: `RULES`, which asks them.
"""

from importlib import import_module
from pkgutil import iter_modules

from rules.register import RULES

for _module in sorted(each.name for each in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")

__all__ = ["RULES"]
