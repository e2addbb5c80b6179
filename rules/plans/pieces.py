"""Every entity that lies on a layer with a meaning, out of nested blocks too, with its place in the drawing.

In: a document and which layers matter.  Out: `Piece`s in the order of the drawing. Blocks are opened down to a stated depth and
number; what lies deeper is a problem with layer and handle. External references are problems too: they are not read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from ezdxf.document import Drawing as Document
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.insert import Insert
from ezdxf.layouts.base import BaseLayout
from ezdxf.layouts.blocklayout import BlockLayout
from ezdxf.math import Matrix44

from rules.plans.foreign import DAMAGE, attribute, blocks_in
from rules.plans.problems import Fault, Problems

DEEPEST = 12
"""Blocks within blocks that are opened."""
MOST_PIECES = 100_000
MOST_INSERTS = 50_000
BY_BLOCK = 0
BLOCK_LAYER = "0"
PICTURES = {"IMAGE", "PDFUNDERLAY", "DWFUNDERLAY", "DGNUNDERLAY"}


@dataclass(frozen=True, slots=True)
class Piece:
    """An entity with the layer, colour, handle path and placement that it has in the drawing."""

    entity: DXFEntity
    layer: str
    colour: int
    handle: str
    placement: Matrix44 | None


@dataclass(frozen=True, slots=True)
class _Within:
    """The insert that an entity is seen through."""

    layer: str
    colour: int
    handle: str
    placement: Matrix44 | None
    blocks: tuple[str, ...]
    """Names of the blocks that it lies in, the outermost first."""


class Pieces:
    """Walks a drawing once; counts what it opened, so that no drawing can take it for ever."""

    def __init__(self, document: Document, matters: Callable[[str], bool], problems: Problems) -> None:
        # CAD knows no capitals in the names of blocks.
        self._blocks = {name.lower(): block for name, block in blocks_in(document).items()}
        self._matters = cache(matters)  # thousands of entities lie on a few layers
        self._problems = problems
        self._speaking, self._plain = _reachable(self._blocks, self._matters)
        self.found: list[Piece] = []
        self._inserts = 0
        self._stopped = False
        self._walk(document.modelspace(), None)

    def _walk(self, layout: BaseLayout, within: _Within | None) -> None:
        for entity in layout:
            if self._stopped:
                return
            if isinstance(entity, Insert):
                self._open(entity, within)
                continue
            layer = _layer(entity, within)
            if entity.dxftype() in PICTURES and within is None:
                self._external(entity, "picture or underlay", layer)
            elif self._matters(layer):
                self._keep(entity, layer, within)

    def _keep(self, entity: DXFEntity, layer: str, within: _Within | None) -> None:
        colour = attribute(entity, "color", 256)
        handle = str(entity.dxf.handle)
        if within is None:
            self.found.append(Piece(entity, layer, colour, handle, None))
        else:
            colour = within.colour if colour == BY_BLOCK else colour
            self.found.append(Piece(entity, layer, colour, f"{within.handle}/{handle}", within.placement))
        if len(self.found) >= MOST_PIECES:
            self._stop(f"more than {MOST_PIECES:,} entities on its layers", layer, handle)

    def _open(self, insert: Insert, within: _Within | None) -> None:
        name = str(attribute(insert, "name", ""))
        block = self._blocks.get(name.lower())
        layer = _layer(insert, within)
        if block is None:
            return
        if block.block is not None and block.block.is_xref:
            self._external(insert, f"drawing “{name}”", layer)
            return
        if name.lower() not in self._speaking and not (self._matters(layer) and name.lower() in self._plain):
            return
        opened = within.blocks if within else ()
        handle = f"{within.handle}/{insert.dxf.handle}" if within else str(insert.dxf.handle)
        if name.lower() in opened:
            self._circular(name, layer, handle)
            return
        if len(opened) >= DEEPEST:
            self._problems.add(
                Fault.NESTED,
                f"Blocks are nested more than {DEEPEST} deep; what lies deeper (block “{name}”) was not measured.",
                "Explode the block, or draw the outline directly in model space.",
                layer=layer,
                handles=[handle.split("/")[0]],
            )
            return
        colour = attribute(insert, "color", 256)
        colour = within.colour if within and colour == BY_BLOCK else colour
        for placement in self._placements(insert, within):
            self._inserts += 1
            if self._inserts > MOST_INSERTS:
                self._stop(f"more than {MOST_INSERTS:,} block references", layer, handle)
            if self._stopped:
                return
            self._walk(block, _Within(layer, colour, handle, placement, (*opened, name.lower())))

    def _placements(self, insert: Insert, within: _Within | None) -> Iterator[Matrix44]:
        """Where the block stands, once for every place of an array; what ezdxf cannot place is named."""
        if insert.mcount > 1:
            for single in insert.multi_insert():
                yield from self._placed(single, within)
        else:
            yield from self._placed(insert, within)

    def _placed(self, insert: Insert, within: _Within | None) -> Iterator[Matrix44]:
        try:
            placement = insert.matrix44()
        except DAMAGE:
            self._problems.add(
                Fault.NOT_READ,
                "A block reference has no usable scale or direction; what it shows was not measured.",
                "Insert the block again, with a scale other than zero.",
                layer=str(insert.dxf.layer),
                handles=[str(insert.dxf.handle)],
            )
            return
        yield placement @ within.placement if within and within.placement else placement

    def _circular(self, name: str, layer: str, handle: str) -> None:
        self._problems.add(
            Fault.NESTED,
            f"The block “{name}” contains itself; what lies in it was measured once, not again within itself.",
            f"Edit the block “{name}” and delete the reference to itself.",
            layer=layer,
            handles=[handle.rpartition("/")[2]],
        )

    def _external(self, entity: DXFEntity, what: str, layer: str) -> None:
        self._problems.add(
            Fault.EXTERNAL,
            f"A {what} is only referred to and lies in another file; it was not read.",
            "Bind the reference (XREF, Bind) or draw what matters in this file.",
            layer=layer,
            handles=[str(entity.dxf.handle)],
        )

    def _stop(self, why: str, layer: str, handle: str) -> None:
        self._stopped = True
        self._problems.add(
            Fault.TOO_MANY,
            f"The drawing has {why}; the rest was not read, so areas may be missing.",
            "Leave out what is not part of the plan, and explode arrays of blocks.",
            layer=layer,
            handles=[handle],
        )


def _layer(entity: DXFEntity, within: _Within | None) -> str:
    layer = str(attribute(entity, "layer", BLOCK_LAYER))
    return within.layer if within and layer == BLOCK_LAYER else layer


def _reachable(blocks: dict[str, BlockLayout], matters: Callable[[str], bool]) -> tuple[set[str], set[str]]:
    """Names of blocks that hold, at any depth, a layer that matters; and of those with something on the block's own layer."""
    parents: dict[str, set[str]] = {}
    speaking, plain = set(), set()
    for name, block in blocks.items():
        for entity in block:
            layer = str(attribute(entity, "layer", BLOCK_LAYER))
            if isinstance(entity, Insert):
                parents.setdefault(str(attribute(entity, "name", "")).lower(), set()).add(name)
                continue
            if layer == BLOCK_LAYER:
                plain.add(name)
            elif matters(layer):
                speaking.add(name)
    for names in (speaking, plain):
        waiting = list(names)
        while waiting:
            new = parents.get(waiting.pop(), set()) - names
            names |= new
            waiting.extend(new)
    # An insert on a layer that matters, within a block, gives its layer to what lies on the block's own layer.
    speaking |= {name for child in plain for name in parents.get(child, set())}
    return speaking, plain
