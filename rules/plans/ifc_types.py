"""Links of a model that lead to something of the wrong kind: taken out before anything is built from them.

In: an ifcopenshell model of an untrusted file.  Out: the same model without what would make the geometry engine founder, and a problem that names it. What
may stand where is read from the schema of IFC. Raises `Invalid` where so much is wrong that nothing can be trusted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ifcopenshell
from ifcopenshell import ifcopenshell_wrapper

from gis.errors import Invalid
from rules.plans.ifc_links import FOREIGN, is_a, kind_of
from rules.plans.problems import Fault, Problems

MOST_WRONG = 500
SHAPED = ("IfcRepresentationItem", "IfcObjectPlacement", "IfcProfileDef", "IfcShapeRepresentation")
"""What bodies are built from: nothing that the schema demands may be missing there."""
_LISTED = 20

Fits = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class _Slot:
    """One attribute of a class: its place, whether the schema lets it be empty, and what may stand in it."""

    index: int
    is_optional: bool
    fits: Fits


def without_wrong_links(model: Any, problems: Problems) -> bool:
    """Take out what refers to the wrong kind of thing and whatever needs it; whether anything was taken out."""
    schema = ifcopenshell_wrapper.schema_by_name(model.schema_identifier)
    slots: dict[str, tuple[_Slot, ...]] = {}
    taken: list[str] = []
    waiting = [each.id() for each in model]
    while waiting:
        again: set[int] = set()
        for number in waiting:
            again |= _mended(model, number, schema, slots, taken)
            if len(taken) > MOST_WRONG:
                raise Invalid(
                    "The model is damaged: too many of its parts refer to things of the wrong kind. "
                    "Export it again from the program in which it was made."
                )
        waiting = sorted(again)
    if taken:
        _note(taken, problems)
    return bool(taken)


def _mended(
    model: Any, number: int, schema: Any, slots: dict[str, tuple[_Slot, ...]], taken: list[str]
) -> set[int]:
    """Empty the optional attributes of an instance that are wrong, or take it out; then those that needed it come again."""
    try:
        entity = model.by_id(number)
        kind = kind_of(entity)
        if kind not in slots:
            slots[kind] = tuple(_slots(schema.declaration_by_name(kind).as_entity(), entity))
        wrong = [slot for slot in slots[kind] if not slot.fits(entity[slot.index])]
    except FOREIGN:
        return set()
    if not wrong:
        return set()
    taken.append(f"#{number}")
    if all(slot.is_optional for slot in wrong):
        for slot in wrong:
            entity[slot.index] = None
        return set()
    try:
        owners = {each.id() for each in model.get_inverse(entity)}
        model.remove(entity)
    except FOREIGN:
        return set()
    return owners


def _slots(declaration: Any, entity: Any) -> Iterator[_Slot]:
    """The attributes of a class in which something else can stand, or that bodies cannot do without."""
    demands = is_a(entity, *SHAPED)
    for index, (attribute, is_derived) in enumerate(
        zip(declaration.all_attributes(), declaration.derived(), strict=True)
    ):
        optional = bool(attribute.optional()) or is_derived
        fits = _fits(attribute.type_of_attribute(), is_counted=demands)
        if fits is None and (optional or not demands):
            continue
        yield _Slot(
            index=index,
            is_optional=optional,
            fits=_filled(fits or (lambda _: True), may_be_empty=optional or not demands),
        )


def _filled(fits: Fits, *, may_be_empty: bool) -> Fits:
    return lambda value: may_be_empty if value is None else fits(value)


def _fits(kind: Any, *, is_counted: bool) -> Fits | None:
    """Whether a value may stand where the schema has this type; None where only words and numbers stand.

    An empty list is too short only in what bodies are built from (`is_counted`).
    """
    if (aggregate := kind.as_aggregation_type()) is not None:
        within = _fits(aggregate.type_of_element(), is_counted=is_counted)
        least = max(0, int(aggregate.bound1())) if is_counted else 0
        if within is None:
            return None
        return lambda value: (
            isinstance(value, tuple)
            and len(value) >= least
            and all(each is not None and within(each) for each in value)
        )
    named = kind.as_named_type()
    if named is None:
        return None
    declared = named.declared_type()
    names = tuple(dict.fromkeys(_classes(declared)))
    if not names:
        return None
    has_values = declared.as_entity() is None
    return lambda value: _is_one(value, names, has_values=has_values)


def _is_one(value: Any, names: tuple[str, ...], *, has_values: bool) -> bool:
    if not isinstance(value, ifcopenshell.entity_instance):
        return has_values
    # A number with its type, such as IfcLabel('x'), has no number of its own.
    return (has_values and value.id() == 0) or is_a(value, *names)


def _classes(declared: Any) -> Iterator[str]:
    """The classes of instances that a declared type stands for; none for numbers and words."""
    if declared.as_entity() is not None:
        yield str(declared.name())
    elif (choice := declared.as_select_type()) is not None:
        for each in choice.select_list():
            yield from _classes(each)


def _note(taken: list[str], problems: Problems) -> None:
    problems.add(
        Fault.DAMAGED,
        f"{len(taken)} part(s) of the model refer to things of the wrong kind, or lack what they are made of; they were left out.",
        "The file is damaged. Export the model again from the program in which it was made.",
        handles=taken[:_LISTED],
    )
