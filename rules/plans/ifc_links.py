"""How instances of a model hang together: what stands in which storey and building, and what they are called.

In: instances of an ifcopenshell model that may be damaged.  Out: their attributes, or None where the file does not tell. Nothing is measured.
"""

from collections.abc import Iterator
from typing import Any

FARTHEST_UP = 60
"""Steps from a part up to its building; more is a circle."""
FOREIGN = (AttributeError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError, AssertionError)
"""What ifcopenshell raises on instances that are damaged."""


def told(entity: Any, name: str) -> Any:
    """An attribute of an instance, None where it has none of that name or it cannot be read."""
    try:
        return getattr(entity, name)
    except FOREIGN:
        return None


def words(entity: Any, name: str) -> str:
    """An attribute as text, empty where there is none."""
    found = told(entity, name)
    return found.strip() if isinstance(found, str) else ""


def listed(entity: Any, name: str) -> tuple[Any, ...]:
    """An attribute that holds several instances; empty where there is none."""
    found = told(entity, name)
    return tuple(each for each in found if each is not None) if isinstance(found, tuple | list) else ()


def is_a(entity: Any, *kinds: str) -> bool:
    """Whether an instance is of one of these classes of IFC."""
    try:
        return any(entity.is_a(kind) for kind in kinds)
    except FOREIGN:
        return False


def kind_of(entity: Any) -> str:
    """The class of an instance."""
    return str(entity.is_a())


def mark_of(entity: Any) -> str:
    """What a person finds an instance by: its GlobalId, else its number in the file."""
    return words(entity, "GlobalId") or f"#{entity.id()}"


def all_of(model: Any, *kinds: str) -> list[Any]:
    """Every instance of these classes that the model's schema knows, each once, in the order of their numbers."""
    found: dict[int, Any] = {}
    for kind in kinds:
        try:
            found.update({each.id(): each for each in model.by_type(kind)})
        except FOREIGN:
            continue
    return [found[number] for number in sorted(found)]


def above(entity: Any) -> Iterator[Any]:
    """What an instance is part of, nearest first: the thing it belongs to, storey, building, site."""
    here = entity
    for _ in range(FARTHEST_UP):
        here = _one_up(here)
        if here is None:
            return
        yield here


def _one_up(entity: Any) -> Any:
    for inverse, whole in (
        ("Decomposes", "RelatingObject"),
        ("ContainedInStructure", "RelatingStructure"),
        ("VoidsElements", "RelatingBuildingElement"),
    ):
        for link in listed(entity, inverse):
            found = told(link, whole)
            if found is not None:
                return found
    return None


def first_above(entity: Any, *kinds: str) -> Any:
    """The nearest thing of these classes that an instance is part of, None where it is part of none."""
    return next((each for each in above(entity) if is_a(each, *kinds)), None)


def parts_of(entity: Any) -> tuple[Any, ...]:
    """What an instance consists of."""
    return tuple(part for link in listed(entity, "IsDecomposedBy") for part in listed(link, "RelatedObjects"))


def properties(entity: Any) -> Iterator[tuple[str, str, Any, Any]]:
    """Every single value and quantity that is written beside an instance: name of the set, name, value, and the instance it stands in."""
    for link in listed(entity, "IsDefinedBy"):
        there = told(link, "RelatingPropertyDefinition")
        if there is None:
            continue
        for each in (*listed(there, "HasProperties"), *listed(there, "Quantities")):
            value = next(
                (found for name in VALUES if (found := told(each, name)) is not None),
                None,
            )
            value = told(value, "wrappedValue") if told(value, "wrappedValue") is not None else value
            if isinstance(value, str | int | float):
                yield words(there, "Name"), words(each, "Name"), value, each


VALUES = ("NominalValue", "AreaValue", "LengthValue", "VolumeValue", "CountValue")
