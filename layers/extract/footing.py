"""What every extract that rests on the same imports shares: worked out once and kept in memory.

In: a jurisdiction's catalogue, the imports that stood at an instant.  Out: a frozen `Footing`.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from layers.catalogue import Catalogue, load
from layers.entry import Role
from layers.extract.model import Group, Source, Words
from layers.extract.theme import Theme, target_of
from layers.imports import Standing, StandingImport


@dataclass(frozen=True, kw_only=True)
class Footing:
    """A catalogue and the imports that answer for it."""

    catalogue: Catalogue
    imports: Standing

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """Every theme that is answered, in the order of the catalogue, without anything found yet."""
        return tuple(
            Theme(
                layer=layer, imports=tuple(each for each in self.imports if each.target == target_of(layer))
            )
            for layer in self.catalogue.layers
            if layer.shows or layer.role is Role.ADMIN
        )

    @cached_property
    def asked(self) -> tuple[StandingImport, ...]:
        """Imports whose features concern an answer: streets, and those of themes whose law is verified."""
        targets = {theme.target for theme in self.themes if theme.layer.is_verified}
        targets |= {layer.id for layer in self.catalogue.with_role(Role.ROAD)}
        return tuple(each for each in self.imports if each.target in targets and each.raster is None)

    @cached_property
    def streets(self) -> tuple[StandingImport, ...]:
        """Imports of streets."""
        return self._with_role(Role.ROAD)

    @cached_property
    def rasters(self) -> tuple[StandingImport, ...]:
        """Imports of elevation."""
        return self._with_role(Role.TERRAIN)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The headings of the answer."""
        return tuple(
            Group(id=group.id, title=Words(en=group.title.en, ml=group.title.ml))
            for group in self.catalogue.groups
        )

    @cached_property
    def layer_sources(self) -> dict[int, Source]:
        """What the answer about any plot rests on, by import."""
        targets = {layer.id for layer in self.catalogue.layers}
        return {each.id: source_of(each) for each in self.imports if each.target in targets}

    def sources(self, own: int | None) -> tuple[Source, ...]:
        """What an answer rests on, the import of the parcel itself included."""
        also = {each.id: source_of(each) for each in self.imports if each.id == own}
        known = self.layer_sources | also
        return tuple(known[each.id] for each in self.imports if each.id in known)

    def _with_role(self, role: Role) -> tuple[StandingImport, ...]:
        targets = {layer.id for layer in self.catalogue.with_role(role)}
        return tuple(each for each in self.imports if each.target in targets)


def source_of(each: StandingImport) -> Source:
    """An import as the answer names it."""
    return Source(
        id=each.name,
        title=each.source["title"],
        publisher=each.source["publisher"],
        licence=each.source["licence"],
        link=each.source.get("link"),
        date=each.source_date,
        file=each.series,
        sha256=each.sha256,
        imported=each.imported,
        accuracy=each.accuracy,
        accuracy_basis=each.accuracy_basis,
        holds=each.holds,
    )


_KEPT = 64
_footings: OrderedDict[tuple[str, int], Footing] = OrderedDict()
_lock = Lock()


def footing(catalogue: str, imports: Standing) -> Footing:
    """The footing of a catalogue on imports, kept as long as these very imports are."""
    key = catalogue, id(imports)
    with _lock:
        kept = _footings.get(key)
        if kept is None or kept.imports is not imports:
            kept = _footings[key] = Footing(catalogue=load(catalogue), imports=imports)
        _footings.move_to_end(key)
        while len(_footings) > _KEPT:
            _footings.popitem(last=False)
    return kept
