"""The height of a building of a model: from the ground along it to the top of its roofs.

In: a `Building`, its `Standing` storeys and the modelled `Ground`.  Out: `Figure` and every roof's height in metres. As rule 2(1)(bf) tells it:
from the average of lowest and highest ground contiguous to the building, to the top of a flat roof or a dome, to the middle between eaves and
ridge of a sloping one; parapets are left out. What a smaller roof on top covers (a stair room) is not told by a model: it is counted.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from rules.plans.drawing import Declared, Figure, Measured
from rules.plans.ifc_bodies import Body
from rules.plans.ifc_links import told
from rules.plans.ifc_outlines import together
from rules.plans.ifc_parts import Building, level_of
from rules.plans.ifc_site import Ground
from rules.plans.ifc_storeys import HEADROOM, Standing
from rules.plans.problems import Fault, Problems

FLAT = math.cos(math.radians(10.0))
"""Upward share of a roof's face that is still flat; a slope to shed water is."""
MANY = 9
"""Directions of sloping faces from which on a roof is curved."""
SAME = 0.001
TOLD_KEY = "HEIGHT_ABOVE_SITE_LEVEL"


def height_of(
    building: Building,
    floors: Sequence[Standing],
    ground: Ground | None,
    told_level: float,
    problems: Problems,
) -> tuple[Figure, tuple[Measured, ...]]:
    """The height, measured where roof and ground are modelled; where the ground is only told it is declared."""
    tops = _tops(building)
    if not floors or not tops or _is_unroofed(building, floors, tops, problems):
        if floors and not tops:
            _note_no_roof(building, problems)
        return Figure(), ()
    highest = max(tops, key=lambda top: (top[0], top[2].mark))
    if ground is None:
        _note_no_ground(building, told_level, problems)
        metres = highest[0] - told_level
        said = Declared(key=TOLD_KEY, text=f"{metres:.3f}", number=metres, source=highest[2].source)
        return Figure(declared=said), ()
    heights = tuple(
        Measured(
            value=top - ground.average,
            how=f"from the average of the ground along the building ({ground.lowest:.3f} to {ground.highest:.3f}) to {how} ({top:.3f})",
            source=body.source,
        )
        for top, how, body in sorted(tops, key=lambda each: (-each[0], each[2].mark))
    )
    return Figure(measured=heights[0]), heights


def _tops(building: Building) -> list[tuple[float, str, Body]]:
    """The level to which each roof counts, and how that was told; without a roof the topmost slab is one."""
    roofs = list(building.roofs)
    slabs = list(building.slabs)
    highest = max((slab.high for slab in slabs), default=-math.inf)
    if slabs and highest > max((roof.high for roof in roofs), default=-math.inf):
        roofs += [slab for slab in slabs if slab.high > highest - SAME]
    return [(*_top(roof), roof) for roof in roofs]


def _top(roof: Body) -> tuple[float, str]:
    """The level to which a roof counts."""
    triangles = roof.triangles
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    sizes = np.linalg.norm(normals, axis=1)
    sound = sizes > 1e-9
    units, upper = normals[sound] / sizes[sound, None], triangles[sound]
    up = units[:, 2] > 0.05
    sloping = up & (units[:, 2] < FLAT)
    area = sizes[sound] * np.maximum(units[:, 2], 0.0)
    if area[sloping].sum() <= 0.5 * area[up].sum():
        return roof.high, "the top of the flat roof"
    if len(np.unique(np.round(units[sloping], 1), axis=0)) >= MANY:
        return roof.high, "the top of the curved roof"
    levels = upper[sloping][:, :, 2]
    return float(levels.min() + levels.max()) / 2.0, "the middle between eaves and ridge"


def _is_unroofed(
    building: Building,
    floors: Sequence[Standing],
    tops: Sequence[tuple[float, str, Body]],
    problems: Problems,
) -> bool:
    """Whether walls rise headroom high above everything that could be their roof."""
    last = floors[-1]
    walls = [wall for each in floors for wall in each.walls]
    cover = together(body for _, _, body in tops if body.high >= last.level + HEADROOM)
    bare = shapely.union_all(last.pieces).difference(cover).area
    over = [wall for wall in walls if wall.high >= max(top for top, _, _ in tops) + HEADROOM]
    if not over and bare <= 0.5 * sum(piece.area for piece in last.pieces):
        return False
    _note_no_roof(building, problems)
    return True


def _note_no_roof(building: Building, problems: Problems) -> None:
    problems.add(
        Fault.MISSING,
        f"The roof over the topmost storey of building {building.number} is not modelled; its height could not be measured.",
        "Model the roof as an IfcRoof or an IfcSlab of the type ROOF.",
        layer=building.source.layer,
        handles=building.source.handles,
    )


def _note_no_ground(building: Building, level: float, problems: Problems) -> None:
    problems.add(
        Fault.MISSING,
        f"The ground along building {building.number} is not modelled; its height is told above the level {level:.3f} m "
        "that the model gives for the ground, and counts as declared.",
        "Give the IfcSite a body (the proposed ground) that reaches round the building.",
        layer=building.source.layer,
        handles=building.source.handles,
    )


def told_ground(building: Building, site_level: float | None, metres: float) -> float:
    """The level of the ground as the model's attributes tell it, in metres of the model; the site's level where none does."""
    terrain, reference = (
        told(building.entity, "ElevationOfTerrain"),
        told(building.entity, "ElevationOfRefHeight"),
    )
    if _is_number(terrain) and _is_number(reference):
        return (level_of(building.entity, metres) or 0.0) + float(terrain - reference) * metres
    return site_level or 0.0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
