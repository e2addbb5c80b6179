"""What a model only says: uses, areas and the words of the plan information. Nothing here is measured.

In: instances of an ifcopenshell model.  Out: `Declared` values with the GlobalId of what they are written beside. A use is read where it is named
as one (`USE=A1`, a classification, the occupancy type); the name of a room is none.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rules.plans.colours import OCCUPANCY_COLOURS
from rules.plans.declarations import of_spaces
from rules.plans.drawing import Declared, Figure, Measured
from rules.plans.ifc_bodies import Body, source_of
from rules.plans.ifc_links import all_of, is_a, listed, properties, told, words
from rules.plans.ifc_storeys import Standing
from rules.plans.problems import Fault, Problems
from rules.plans.words import number_of

USES = frozenset(OCCUPANCY_COLOURS.values())
PLAN_INFO = ("PLAN_INFO", "BHUMIKA")
"""Property sets whose properties are words of the plan information, as KEY=VALUE is in a drawing."""
OCCUPANCY = ("OCCUPANCYTYPE", "USE")
PLOT_AREA = ("GROSSAREA", "TOTALAREA")
FLOOR_AREAS = ("GROSSFLOORAREA", "NETFLOORAREA")
HEIGHTS = ("HEIGHT", "BUILDINGHEIGHT")
TURN = "TURN_DEGREES"
NO_TURN = 0.1
"""Degrees: north along the model's own axis is what programs write where nobody said anything."""
_USE = re.compile(r"USE\s*=\s*([A-Z]\d?)\b")


def use_of(entity: Any) -> Declared | None:
    """The occupancy that a space, storey or building is told to have."""
    for text in _uses_written(entity):
        named = _USE.search(text.upper())
        code = named[1] if named else text.strip().upper()
        if code in USES:
            return Declared(key="USE", text=code, number=None, source=source_of(entity))
    return None


def _uses_written(entity: Any) -> Iterator[str]:
    yield words(entity, "ObjectType")
    for link in listed(entity, "HasAssociations"):
        reference = told(link, "RelatingClassification")
        if is_a(reference, "IfcClassificationReference"):
            yield words(reference, "Identification") or words(reference, "ItemReference")
    for _, name, value, _ in properties(entity):
        if name.upper() in OCCUPANCY and isinstance(value, str):
            yield value
    # A room may be called A1; only what says that it is a use is one.
    yield from (text for name in ("LongName", "Description") if "=" in (text := words(entity, name)))


def uses_on(floor: Standing, building: Any) -> tuple[Declared, ...]:
    """The uses of a storey: those of its spaces, else its own, else that of the building."""
    told_here = [use for space in floor.spaces if (use := use_of(space.part)) is not None]
    if not told_here:
        own = use_of(floor.storey.entity) or use_of(building)
        told_here = [own] if own is not None else []
    return tuple({use.text: use for use in reversed(told_here)}.values())[::-1]


def plan_words(model: Any) -> tuple[Declared, ...]:
    """The words of the plan information, and how the model says that north lies."""
    found: dict[str, Declared] = {}
    for entity in all_of(model, "IfcProject", "IfcSite", "IfcBuilding"):
        for group, name, value, _ in properties(entity):
            if group.upper() in PLAN_INFO and name:
                text = str(value).strip().upper()
                key = name.strip().upper()
                found.setdefault(
                    key, Declared(key=key, text=text, number=number_of(text), source=source_of(entity))
                )
    turn = _turn(model)
    if turn is not None:
        found.setdefault(turn.key, turn)
    return tuple(found.values())


def _turn(model: Any) -> Declared | None:
    """Degrees counter-clockwise that bring the north of the model up; None where the model leaves it as it is."""
    for context in all_of(model, "IfcGeometricRepresentationContext"):
        ratios = told(told(context, "TrueNorth"), "DirectionRatios")
        if isinstance(ratios, tuple) and len(ratios) >= 2 and math.hypot(*ratios[:2]) > 0:
            degrees = math.degrees(math.atan2(ratios[0], ratios[1]))
            if math.isfinite(degrees) and abs(degrees) > NO_TURN:
                project = next(iter(all_of(model, "IfcProject")), context)
                return Declared(key=TURN, text=f"{degrees:.3f}", number=degrees, source=source_of(project))
    return None


def quantity(entity: Any, names: Sequence[str], unit: float) -> Declared | None:
    """A quantity that is written beside an instance, brought to metres or square metres."""
    for _, name, value, _ in properties(entity):
        if name.upper() in names and isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value) * unit
            if math.isfinite(number) and number > 0.0:
                return Declared(key=name, text=f"{number:.2f}", number=number, source=source_of(entity))
    return None


def areas_of(spaces: Sequence[Body], unit: float, problems: Problems) -> tuple[Figure, ...]:
    """The areas that are written beside spaces, with those of their bodies; where they differ it is a problem."""
    found = []
    for space in spaces:
        said = quantity(space.part, FLOOR_AREAS, unit)
        if said is not None:
            area = Measured(
                value=float(space.footprint.area), how="its body seen from above", source=space.source
            )
            found.append(Figure(measured=area, declared=said))
    for each in of_spaces(found):
        if each.differs:
            problems.add(
                Fault.DIFFERENCE,
                f"The {each.declared.key} of a space is written as {each.declared.text} m² and measures {each.measured.value:.2f} m².",
                "Correct the model or its quantities; only what is measured is checked.",
                layer=each.measured.source.layer,
                handles=each.measured.source.handles,
            )
    return tuple(found)
