"""Bytes of an IFC file into a model, or a clear refusal; nothing here measures.

In: the bytes of one STEP file (ISO 10303-21) of the schemas IFC2X3, IFC4 or IFC4X3.  Out: ifcopenshell's model. Raises `Invalid` for
what is no such model or is beyond repair, `TooLarge` beyond the limits stated here, which bound time, memory and depth.
"""

import re
from typing import Any

import ifcopenshell
import numpy as np

from gis.errors import Invalid, TooLarge
from rules.plans.files import HEADER, is_step
from rules.plans.problems import Fault, Problems

MOST_BYTES = 64 * 1024 * 1024
MOST_INSTANCES = 1_500_000
MOST_BRACKETS = 60
DEEPEST = 400
"""Instances that may stand one within the other; a model that refers to itself in a circle never ends."""
END = b"END-ISO-10303-21"
SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3", "IFC4X3_ADD2")
EXPORT = "Export the model as IFC4 or IFC2x3 (.ifc, not zipped) and send that file."
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)
_WORDS = re.compile(rb"'[^']*'|/\*.*?\*/|\s+", re.DOTALL)
_LISTED = 12

Ints = np.ndarray[Any, np.dtype[np.int64]]


def read_model(content: bytes, problems: Problems) -> Any:
    """The model in an IFC file; damage that leaves something to measure is noted as a problem."""
    _refuse_what_is_no_model(content)
    _look_at_links(content, problems)
    if END not in content[-HEADER:]:
        problems.add(
            Fault.DAMAGED,
            "The file ends before its end: parts of the model are missing.",
            f"It was cut off while it was written or sent. {EXPORT}",
        )
    return _opened(content)


def _refuse_what_is_no_model(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise TooLarge(
            f"The model has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read. "
            "Leave out furniture, plants and surroundings, and export it again."
        )
    if not is_step(content):
        raise Invalid(f"This is not an IFC model. {EXPORT}")
    found = _SCHEMA.search(content[:HEADER])
    schema = found[1].decode("ascii", "replace").strip().upper() if found else ""
    if schema not in SCHEMAS:
        said = f"its schema is “{schema[:40]}”" if schema else "it does not say of which schema"
        raise Invalid(
            f"This STEP file is not a building model that can be read: {said}; {', '.join(SCHEMAS[:3])} are. {EXPORT}"
        )


def _look_at_links(content: bytes, problems: Problems) -> None:
    """Links that lead nowhere are noted; circles and depths on which a reader could founder are refused."""
    bare = np.frombuffer(_WORDS.sub(b"", content), dtype=np.uint8)
    if _brackets(bare) > MOST_BRACKETS:
        raise Invalid(f"The model is damaged: its brackets do not close. {EXPORT}")
    numbers, defines = _numbers(bare)
    names = numbers[defines]
    if len(names) > MOST_INSTANCES:
        raise TooLarge(
            f"The model has {len(names):,} instances; at most {MOST_INSTANCES:,} are read. "
            "Leave out furniture, plants and surroundings, and export it again."
        )
    if len(names) == 0:
        raise Invalid(f"The model is empty: the file holds no instance. {EXPORT}")
    distinct, counts = np.unique(names, return_counts=True)
    if len(distinct) < len(names):
        twice = ", ".join(f"#{number}" for number in distinct[counts > 1][:_LISTED])
        raise Invalid(
            f"The model is damaged: some numbers name several of its instances ({twice}), so nobody can say which is meant. {EXPORT}"
        )
    _note_links(names, numbers[~defines], problems)
    owner = np.cumsum(defines) - 1
    inside = ~defines & (owner >= 0)
    if _depth(names[owner[inside]], numbers[inside]) > DEEPEST:
        raise Invalid(f"The model is damaged: parts of it refer to themselves in a circle. {EXPORT}")


def _brackets(bare: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    """How deep brackets stand in one another within one instance."""
    marks = bare[(bare == ord("(")) | (bare == ord(")")) | (bare == ord(";"))]
    steps = np.where(marks == ord("("), 1, np.where(marks == ord(")"), -1, 0)).astype(np.int32)
    height = np.cumsum(steps, dtype=np.int32)
    ends = np.flatnonzero(marks == ord(";"))
    if not len(height):
        return 0
    base = np.concatenate([[0], height[ends]])[np.searchsorted(ends, np.arange(len(height)))]
    return int((height - base).max())


def _numbers(bare: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[Ints, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Every #number in the order of the file, and whether an instance is defined there."""
    padded = np.concatenate([bare, np.zeros(16, dtype=np.uint8)])
    places = np.flatnonzero(bare == ord("#"))
    numbers = np.zeros(len(places), dtype=np.int64)
    ends, going = places + 1, np.ones(len(places), dtype=bool)
    for _ in range(12):
        digits = padded[ends].astype(np.int64) - ord("0")
        going &= (digits >= 0) & (digits <= 9)
        numbers = np.where(going, numbers * 10 + digits, numbers)
        ends = ends + going
    return numbers, padded[ends] == ord("=")


def _note_links(names: Ints, used: Ints, problems: Problems) -> None:
    lost = np.setdiff1d(used, names)
    if len(lost):
        problems.add(
            Fault.DAMAGED,
            f"The model refers to {len(lost)} instance(s) that the file does not hold; what needs them was not measured.",
            f"It is damaged. {EXPORT}",
            handles=[f"#{number}" for number in lost[:_LISTED]],
        )


def _depth(owners: Ints, used: Ints) -> int:
    """How many instances stand one within the other, `DEEPEST` + 1 where it does not end; two, where the first one meets the last."""
    for depth in range(2, DEEPEST + 1):
        stays = np.isin(used, owners)
        if not stays.any():
            return depth
        if stays.all():
            break
        owners, used = owners[stays], used[stays]
    return DEEPEST + 1


def _opened(content: bytes) -> Any:
    """Run a foreign parser over untrusted bytes: whatever it raises is the file's fault, and is said, not swallowed."""
    try:
        model = ifcopenshell.file.from_string(content.replace(b"\0", b" ").decode("latin-1"))
        there = bool(model.by_type("IfcProject")) or bool(model.by_type("IfcProduct"))
    except MemoryError:
        raise  # what the process may use is not the file's damage
    except Exception as error:
        words = " ".join(str(error).split())[:200] or type(error).__name__
        raise Invalid(f"The model is damaged beyond repair ({words}). {EXPORT}") from error
    if not there:
        raise Invalid(f"The model holds neither a project nor anything built. {EXPORT}")
    return model
