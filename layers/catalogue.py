"""The layer catalogue of a jurisdiction: its groups and layers in the order of the answer.

In: `catalogues/<name>.yaml`, read as strings and typed by `layers.entry`.  Out: a frozen `Catalogue`.
A theme without law in a jurisdiction is simply absent from its catalogue.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import Field, ValidationError, model_validator

from gis.errors import Invalid, NotFound
from layers.entry import (
    Colour,
    Confidence,
    Contradiction,
    Group,
    Layer,
    Limit,
    Measure,
    MeasuredFrom,
    Name,
    Role,
    Status,
    Step,
    Symbol,
)
from layers.words import Entry, Words

__all__ = [
    "Catalogue",
    "CatalogueNotFound",
    "Colour",
    "Confidence",
    "Group",
    "Layer",
    "LayerNotFound",
    "Limit",
    "Measure",
    "MeasuredFrom",
    "Role",
    "Status",
    "Step",
    "Symbol",
    "Words",
    "is_looked_for",
    "load",
    "names",
    "read",
]


class CatalogueNotFound(NotFound):
    """No catalogue has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no layer catalogue “{name}”. Choose one of: {', '.join(names())}.")


class LayerNotFound(NotFound):
    """The catalogue has no layer of this name."""

    def __init__(self, layer_id: str, catalogue: str) -> None:
        super().__init__(
            f"The catalogue “{catalogue}” has no layer “{layer_id}”. See its list of layers for the names."
        )


class _Sheet(Entry):
    """The file as written; `texts` only holds sentences that entries repeat by YAML alias."""

    name: Name
    texts: object = None
    groups: tuple[Group, ...] = Field(min_length=1)
    layers: tuple[Layer, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _once("groups", "id", ((group.id, group.id) for group in self.groups))
        _once("groups", "order", ((group.id, group.order) for group in self.groups))
        _once("layers", "id", ((layer.id, layer.id) for layer in self.layers))
        _once("layers", "order", ((layer.id, (layer.theme, layer.order)) for layer in self.layers))
        themes = {group.id for group in self.groups}
        rasters = {
            layer.id for layer in self.layers if layer.measure is Measure.RASTER and not layer.source_layer
        }
        for layer in self.layers:
            if layer.theme not in themes:
                raise Contradiction("theme", f"there is no group “{layer.theme}”", entry=layer.id)
            if layer.source_layer is not None and layer.source_layer not in rasters:
                raise Contradiction(
                    "source_layer", f"“{layer.source_layer}” has no raster of its own", entry=layer.id
                )
        return self


def _once(part: str, field: str, values: Iterable[tuple[str, object]]) -> None:
    seen: dict[object, str] = {}
    for entry, value in values:
        if value in seen:
            raise Contradiction(field, f"{value!r} stands twice in {part}", entry=entry)
        seen[value] = entry


def is_looked_for(layer: Layer) -> bool:
    """Whether a question about a plot looks for a layer's features: themes, administrative units and streets, not what is only drawn."""
    return layer.shows or layer.role in (Role.ADMIN, Role.ROAD)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All layers of a jurisdiction, ordered by group and order; `digest` names their exact content (sha256, hex)."""

    name: str
    groups: tuple[Group, ...]
    layers: tuple[Layer, ...]
    digest: str

    def layer(self, layer_id: str) -> Layer:
        """The entry of this name, or `LayerNotFound`."""
        for layer in self.layers:
            if layer.id == layer_id:
                return layer
        raise LayerNotFound(layer_id, self.name)

    def with_role(self, role: Role) -> tuple[Layer, ...]:
        """The entries that fill one part of the answer, in order."""
        return tuple(layer for layer in self.layers if layer.role is role)


class _Strings(yaml.BaseLoader):
    """YAML as strings: plain YAML turns 26.10 into 26.1 and `on` into True; a key written twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """A mapping whose keys all differ."""
        keys = [str(key.value) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key}” is written twice", node.start_mark
                )
        return dict(super().construct_mapping(node, deep=deep))


def read(name: str, text: str) -> Catalogue:
    """A catalogue from its YAML text; `Invalid` names file, entry and field of everything wrong."""
    try:
        content: object = yaml.load(text, Loader=_Strings)
        sheet = _Sheet.model_validate(content)
    except yaml.YAMLError as error:
        raise Invalid(
            f"The layer catalogue {name}.yaml is not readable YAML: {error}. Correct the file."
        ) from error
    except ValidationError as error:
        faults = "; ".join(_faults(error, content))
        raise Invalid(
            f"The layer catalogue {name}.yaml cannot be used: {faults}. Correct the file."
        ) from error
    if sheet.name != name:
        raise Invalid(f"The layer catalogue {name}.yaml calls itself “{sheet.name}”. Correct its field name.")
    order = {group.id: group.order for group in sheet.groups}
    groups = tuple(sorted(sheet.groups, key=lambda group: group.order))
    layers = tuple(sorted(sheet.layers, key=lambda layer: (order[layer.theme], layer.order)))
    return Catalogue(name=name, groups=groups, layers=layers, digest=_digest(name, groups, layers))


def _faults(error: ValidationError, content: object) -> Iterable[str]:
    for fault in error.errors():
        cause = fault.get("ctx", {}).get("error")
        path = [str(part) for part in fault["loc"]]
        entry = _entry_at(path, content)
        if isinstance(cause, Contradiction):
            entry = cause.entry or entry
            path.append(cause.field)
        field = ".".join(path[2:] if len(path) > 2 and path[0] in ("layers", "groups") else path)
        yield f"entry “{entry}”, field “{field}”: {cause or fault['msg']}"


def _entry_at(path: list[str], content: object) -> str:
    if len(path) > 1 and path[1].isdigit() and isinstance(content, dict):
        entry = content[path[0]][int(path[1])]
        return (
            str(entry.get("id", f"number {int(path[1]) + 1} of {path[0]}"))
            if isinstance(entry, dict)
            else str(entry)
        )
    return "the file itself"


def _digest(name: str, groups: tuple[Group, ...], layers: tuple[Layer, ...]) -> str:
    content = {
        "name": name,
        "groups": [group.model_dump(mode="json") for group in groups],
        "layers": [layer.model_dump(mode="json") for layer in layers],
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def names() -> list[str]:
    """The catalogues there are, in alphabetical order."""
    folder = files("layers").joinpath("catalogues")
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


@lru_cache(maxsize=16)
def load(name: str) -> Catalogue:
    """The catalogue of this name, read once; `CatalogueNotFound`, or `Invalid` if its file is wrong."""
    if name not in names():
        raise CatalogueNotFound(name)
    return read(name, files("layers").joinpath("catalogues", f"{name}.yaml").read_text(encoding="utf-8"))
