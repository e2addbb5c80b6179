"""A plan measured: bytes of a DXF in, one frozen `Drawing` out, with every problem named by layer and handle.

In: the bytes of one file.  Out: measures in metres and square metres in the drawing's own position. Raises `Invalid` or `TooLarge`
only where nothing at all can be read (see `reader`); everything else is a problem, and the rest of the plan is measured.
"""

from collections.abc import Sequence

from ezdxf.document import Drawing as Document

from rules.plans.areas import note_typical
from rules.plans.buildings import blocks_of
from rules.plans.consistency import (
    note_bodies,
    note_differences,
    note_places,
    note_storeys,
    note_treads,
)
from rules.plans.drawing import Declared, Drawing, Figure, Measured, Plot, Reading, Units
from rules.plans.edges import edges_of
from rules.plans.entrances import entrances_of, note_entrances
from rules.plans.foreign import attribute, blocks_in
from rules.plans.layered import Layered, layers_of
from rules.plans.lengths import length_of
from rules.plans.names import LayerName, Profile, is_misspelt, meaning, profile_of
from rules.plans.outlines import outlines_of
from rules.plans.pieces import Piece, Pieces
from rules.plans.problems import Fault, Problems
from rules.plans.reader import Sheet, read
from rules.plans.roles import Role
from rules.plans.things import things_of
from rules.plans.units import units_of
from rules.plans.words import TEXTS, declared_in
from rules.progress import MEASURING, Watch, nobody

PLOT_AREA = "PLOT_AREA_M2"


def measure(content: bytes, *, watch: Watch = nobody) -> Drawing:
    """The plan in a DXF file, measured; the same bytes give the same value."""
    problems = Problems()
    return measured(read(content, problems), problems, watch=watch)


def measured(sheet: Sheet, problems: Problems, *, watch: Watch = nobody) -> Drawing:
    """The plan in a document that was read; `problems` already holds those of the reading, and the document stays as it is."""
    watch(MEASURING, 0, 1)
    document = sheet.document
    profile = profile_of(_layers_used(document))
    pieces = Pieces(document, lambda layer: _matters(layer, profile), problems).found
    if profile is None:
        return _without_profile(sheet, problems)
    units = _units(document, pieces, profile, problems)
    layers = layers_of(pieces, profile, units.metres_per_unit, problems)
    plot = _plot(layers, problems)
    blocks = blocks_of(layers, plot, profile, problems, watch=watch)
    lengths = tuple(length for each in layers for length in each.lengths)
    note_places(plot, blocks, problems)
    note_differences(plot, blocks, lengths, problems)
    note_storeys(blocks, problems)
    if profile is Profile.SMALL_HOUSE:
        note_bodies(blocks, problems)
    entrances = entrances_of(pieces, profile, units.metres_per_unit, problems)
    note_entrances(entrances, blocks, problems)
    note_typical(layers, _astray(pieces, profile), blocks, problems)
    things = things_of(layers, plot, blocks, problems)
    declared = tuple(word for each in layers for word in each.declared)
    note_treads(things, declared, problems)
    return Drawing(
        profile=profile,
        reading=_reading(sheet, len(pieces)),
        units=units,
        plot=plot,
        blocks=blocks,
        things=things,
        lengths=lengths,
        entrances=entrances,
        declared=declared,
        problems=problems.listed(),
    )


def _astray(pieces: Sequence[Piece], profile: Profile) -> tuple[Declared, ...]:
    """Words on layers that look as if they were meant to mean something; what contradicts there decides nothing."""
    texts = [piece for piece in pieces if piece.entity.dxftype() in TEXTS]
    return declared_in([each for each in texts if meaning(each.layer, profile) is None], Problems())


def _reading(sheet: Sheet, pieces: int) -> Reading:
    return Reading(
        version=str(sheet.document.dxfversion),
        was_recovered=sheet.was_recovered,
        entities=len(sheet.document.modelspace()),
        blocks=len(blocks_in(sheet.document)),
        pieces=pieces,
    )


def _layers_used(document: Document) -> frozenset[str]:
    used = {str(attribute(entity, "layer", "0")) for entity in document.modelspace()}
    for block in blocks_in(document).values():
        used |= {str(attribute(entity, "layer", "0")) for entity in block}
    return frozenset(used)


def _matters(layer: str, profile: Profile | None) -> bool:
    """Layers with a meaning, and those that look as if they were meant to have one."""
    if profile is None:
        return False
    return meaning(layer, profile) is not None or is_misspelt(layer, profile)


def _without_profile(sheet: Sheet, problems: Problems) -> Drawing:
    problems.add(
        Fault.PROFILE,
        "The drawing uses neither the layers of Kerala's convention nor those for small houses; nothing could be measured.",
        "Draw the plot and the outlines of the floors on the layers described in docs/drawings.md.",
    )
    units = Units(
        header="not looked at", metres_per_unit=1.0, is_certain=False, reason="nothing was measured"
    )
    return Drawing(
        profile=None, reading=_reading(sheet, 0), units=units, plot=None, problems=problems.listed()
    )


def _units(document: Document, pieces: Sequence[Piece], profile: Profile, problems: Problems) -> Units:
    """The unit, from the header and from sizes in drawing units; what these trial measures find wrong is found again later."""
    trial = Problems()
    named = [(piece, meaning(piece.layer, profile)) for piece in pieces]
    plots = outlines_of(
        [piece for piece, name in named if name and name.role is Role.PLOT], 1.0, trial, strict=True
    ).outlines
    heights = [_height(piece, name, trial) for piece, name in named if name and name.role is Role.HEIGHT]
    words = declared_in([piece for piece, name in named if name and _is_plan_info(piece, name)], trial)
    declared = next((word.number for word in words if word.key == PLOT_AREA), None)
    plot = max(plots, key=lambda each: each.area, default=None)
    code = document.header.get("$INSUNITS", 0)
    return units_of(
        int(code) if isinstance(code, int) else 0,
        plot.area if plot else None,
        [each for each in heights if each is not None],
        declared if declared and declared > 0 else None,
        problems,
        plot=plot.source if plot else None,
    )


def _is_plan_info(piece: Piece, name: LayerName) -> bool:
    return name.role is Role.PLAN_INFO and piece.entity.dxftype() in TEXTS


def _height(piece: Piece, name: LayerName, trial: Problems) -> float | None:
    if piece.entity.dxftype() != "DIMENSION":
        return None
    length = length_of(piece, name, 1.0, trial)
    return length.metres if length else None


def _plot(layers: Sequence[Layered], problems: Problems) -> Plot | None:
    there = [each for each in layers if each.name.role is Role.PLOT]
    outlines = [outline for each in there for outline in each.found.outlines]
    if not outlines:
        problems.add(
            Fault.NO_PLOT,
            "The plot is not drawn as a closed outline; yards and distances to it could not be measured.",
            "Draw the plot as one closed polyline on its layer.",
            layer=there[0].name.layer if there else "",
        )
        return None
    outline = max(outlines, key=lambda each: each.area)
    if len(outlines) > 1:
        problems.add(
            Fault.SEVERAL_PLOTS,
            f"The plot is drawn {len(outlines)} times; the largest outline was taken.",
            "Keep one outline on the layer of the plot.",
            layer=outline.source.layer,
            handles=[handle for each in outlines for handle in each.source.handles],
        )
    area = Measured(value=outline.area, how="inside the outline, arcs followed", source=outline.source)
    return Plot(
        outline=outline, sides=edges_of(outline), area=Figure(measured=area, declared=_declared_area(layers))
    )


def _declared_area(layers: Sequence[Layered]) -> Declared | None:
    words = (word for each in layers if each.name.role is Role.PLAN_INFO for word in each.declared)
    return next((word for word in words if word.key == PLOT_AREA), None)
