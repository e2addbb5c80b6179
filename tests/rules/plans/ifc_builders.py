"""Building models for tests, made with ifcopenshell: every part is a prism over corners, from one level to another.

In: sizes in metres.  Out: the bytes of an IFC file. The default plot and house are those of the drawings: 20 m by 25 m, and 10 m by 12 m with
walls of 0.2 m; floors at 0.45 and 3.45 m above flat ground, a roof of 0.15 m whose top lies at 6.75 m.
"""

import math
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import ifcopenshell
import ifcopenshell.guid

from tests.rules.plans.builders import HOUSE, PLOT

Ring = Sequence[tuple[float, float]]
METRES = {"metre": 1.0, "millimetre": 0.001, "foot": 0.3048}
THICK = 0.2


class Model:
    """A model that is being written; every level and corner is in metres."""

    def __init__(
        self,
        *,
        schema: str = "IFC4",
        unit: str | None = "metre",
        turned: float = 0.0,
        at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        self.file = ifcopenshell.file(schema=schema)
        self.schema = schema
        self.metres = METRES[unit or "metre"]
        self.count = 0
        self.project = self.make("IfcProject", Name="test")
        self.context = self.file.create_entity(
            "IfcGeometricRepresentationContext",
            ContextType="Model",
            CoordinateSpaceDimension=3,
            Precision=1e-5,
            WorldCoordinateSystem=self._axes(),
        )
        self.project.RepresentationContexts = [self.context]
        if unit is not None:
            self.project.UnitsInContext = self.file.create_entity(
                "IfcUnitAssignment", Units=[self._unit(unit), self._area(unit)]
            )
        self.site = self.make("IfcSite", Name="plot")
        along = (math.cos(math.radians(turned)), math.sin(math.radians(turned)), 0.0)
        self.site.ObjectPlacement = self.file.create_entity(
            "IfcLocalPlacement", RelativePlacement=self._axes(at, along)
        )
        self._within("IfcRelAggregates", self.project, [self.site])
        self.building = self.add_building()
        self.storeys: dict[float, Any] = {}

    def make(self, kind: str, **words: Any) -> Any:
        """An instance with a GlobalId that the order of making tells."""
        self.count += 1
        mark = ifcopenshell.guid.compress(uuid.UUID(int=self.count).hex)
        if self.schema == "IFC2X3" and kind != "IfcProject":
            words.setdefault("OwnerHistory", None)
        return self.file.create_entity(kind, GlobalId=mark, **words)

    def add_building(self) -> Any:
        """One more building on the site."""
        self.building = self.make("IfcBuilding", Name="house")
        self.building.ObjectPlacement = self._placement(self.site, 0.0)
        self._within("IfcRelAggregates", self.site, [self.building])
        self.storeys = {}
        return self.building

    def storey(self, level: float, name: str = "") -> Any:
        """The storey of the present building at a level."""
        if level not in self.storeys:
            storey = self.make("IfcBuildingStorey", Name=name or f"at {level}", Elevation=level / self.metres)
            storey.ObjectPlacement = self._placement(self.building, level)
            self._within("IfcRelAggregates", self.building, [storey])
            self.storeys[level] = storey
        return self.storeys[level]

    def part(self, kind: str, corners: Ring, low: float, high: float, *, on: Any = None, **words: Any) -> Any:
        """A prism over corners, filed under a storey (a space as part of it)."""
        made = self.make(kind, **words)
        made.ObjectPlacement = self._placement(self.site, 0.0)
        made.Representation = self._shape([self._prism(corners, low, high)], "SweptSolid", "Body")
        if on is not None and kind == "IfcSpace":
            self._within("IfcRelAggregates", on, [made])
        elif on is not None:
            self.file.create_entity(
                "IfcRelContainedInSpatialStructure",
                GlobalId=ifcopenshell.guid.compress(uuid.UUID(int=10_000 + self.count).hex),
                RelatedElements=[made],
                RelatingStructure=on,
            )
        return made

    def cut(self, part: Any, corners: Ring, low: float, high: float) -> Any:
        """An opening cut through a part."""
        made = self.part("IfcOpeningElement", corners, low, high)
        self.make("IfcRelVoidsElement", RelatingBuildingElement=part, RelatedOpeningElement=made)
        return made

    def walls(self, corners: Ring, low: float, high: float, *, on: Any) -> list[Any]:
        """Four walls within a rectangle from its lower left to its upper right corner."""
        (left, bottom), (right, top) = corners[0], corners[2]
        sides = (
            ((left, bottom), (right, bottom + THICK)),
            ((right - THICK, bottom + THICK), (right, top - THICK)),
            ((left, top - THICK), (right, top)),
            ((left, bottom + THICK), (left + THICK, top - THICK)),
        )
        return [self.part("IfcWall", box(*start, *end), low, high, on=on) for start, end in sides]

    def solid(
        self, part: Any, points: Sequence[tuple[float, float, float]], faces: Sequence[tuple[int, ...]]
    ) -> None:
        """Give a part a body of flat faces instead of a prism."""
        loops = [
            self.file.create_entity("IfcPolyLoop", Polygon=[self._point(points[i]) for i in face])
            for face in faces
        ]
        made = [
            self.file.create_entity(
                "IfcFace", Bounds=[self.file.create_entity("IfcFaceOuterBound", Bound=loop, Orientation=True)]
            )
            for loop in loops
        ]
        shell = self.file.create_entity("IfcOpenShell", CfsFaces=made)
        surface = self.file.create_entity("IfcShellBasedSurfaceModel", SbsmBoundary=[shell])
        part.Representation = self._shape([surface], "SurfaceModel", "Body")

    def draw(self, thing: Any, corners: Ring, *, close: bool = True, name: str = "FootPrint") -> None:
        """A curve as the footprint of a thing."""
        ring = [*corners, corners[0]] if close else list(corners)
        line = self.file.create_entity("IfcPolyline", Points=[self._point(corner) for corner in ring])
        kind = "Annotation2D" if name == "Annotation" else "Curve2D"
        shape = self._shape([line], kind, name)
        there = list(thing.Representation.Representations) if thing.Representation else []
        thing.Representation = self.file.create_entity(
            "IfcProductDefinitionShape", Representations=[*there, *shape.Representations]
        )

    def say(self, thing: Any, group: str, **words: Any) -> None:
        """Words in a property set; a number becomes an area."""
        values = [
            self.file.create_entity(
                "IfcPropertySingleValue",
                Name=name,
                NominalValue=self.file.create_entity(
                    "IfcLabel" if isinstance(value, str) else "IfcAreaMeasure", value
                ),
            )
            for name, value in words.items()
        ]
        made = self.make("IfcPropertySet", Name=group, HasProperties=values)
        self.make("IfcRelDefinesByProperties", RelatedObjects=[thing], RelatingPropertyDefinition=made)

    def bytes(self) -> bytes:
        """The file as it would be sent; the day on which a test runs is not in it."""
        self.file.header.file_name.time_stamp = "2026-01-01T00:00:00"
        return self.file.to_string().encode("utf-8")

    def _prism(self, corners: Ring, low: float, high: float) -> Any:
        ring = [self._point(corner) for corner in [*corners, corners[0]]]
        profile = self.file.create_entity(
            "IfcArbitraryClosedProfileDef",
            ProfileType="AREA",
            OuterCurve=self.file.create_entity("IfcPolyline", Points=ring),
        )
        return self.file.create_entity(
            "IfcExtrudedAreaSolid",
            SweptArea=profile,
            Position=self._axes((0.0, 0.0, low)),
            ExtrudedDirection=self.file.create_entity("IfcDirection", DirectionRatios=(0.0, 0.0, 1.0)),
            Depth=(high - low) / self.metres,
        )

    def _shape(self, items: list[Any], kind: str, name: str) -> Any:
        shape = self.file.create_entity(
            "IfcShapeRepresentation",
            ContextOfItems=self.context,
            RepresentationIdentifier=name,
            RepresentationType=kind,
            Items=items,
        )
        return self.file.create_entity("IfcProductDefinitionShape", Representations=[shape])

    def _point(self, corner: Sequence[float]) -> Any:
        return self.file.create_entity(
            "IfcCartesianPoint", Coordinates=tuple(float(v) / self.metres for v in corner)
        )

    def _axes(
        self,
        at: tuple[float, float, float] = (0.0, 0.0, 0.0),
        along: tuple[float, float, float] | None = None,
    ) -> Any:
        axes = self.file.create_entity("IfcAxis2Placement3D", Location=self._point(at))
        if along is not None:
            axes.Axis = self.file.create_entity("IfcDirection", DirectionRatios=(0.0, 0.0, 1.0))
            axes.RefDirection = self.file.create_entity("IfcDirection", DirectionRatios=along)
        return axes

    def _placement(self, below: Any, level: float) -> Any:
        return self.file.create_entity(
            "IfcLocalPlacement",
            PlacementRelTo=below.ObjectPlacement,
            RelativePlacement=self._axes((0.0, 0.0, level)),
        )

    def _within(self, kind: str, whole: Any, parts: list[Any]) -> None:
        self.make(kind, RelatingObject=whole, RelatedObjects=parts)

    def _unit(self, unit: str) -> Any:
        if unit == "foot":
            return self._converted("LENGTHUNIT", "METRE", "foot", 0.3048, (1, 0, 0, 0, 0, 0, 0))
        prefix = "MILLI" if unit == "millimetre" else None
        return self.file.create_entity("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=prefix, Name="METRE")

    def _area(self, unit: str) -> Any:
        if unit == "foot":
            return self._converted(
                "AREAUNIT", "SQUARE_METRE", "square foot", 0.3048**2, (2, 0, 0, 0, 0, 0, 0)
            )
        return self.file.create_entity("IfcSIUnit", UnitType="AREAUNIT", Name="SQUARE_METRE")

    def _converted(self, kind: str, base: str, name: str, factor: float, powers: Sequence[int]) -> Any:
        si = self.file.create_entity("IfcSIUnit", UnitType=kind, Name=base)
        value = self.file.create_entity("IfcReal", factor)
        return self.file.create_entity(
            "IfcConversionBasedUnit",
            Dimensions=self.file.create_entity("IfcDimensionalExponents", *powers),
            UnitType=kind,
            Name=name,
            ConversionFactor=self.file.create_entity(
                "IfcMeasureWithUnit", ValueComponent=value, UnitComponent=si
            ),
        )


def box(left: float, bottom: float, right: float, top: float) -> Ring:
    """The corners of a rectangle."""
    return ((left, bottom), (right, bottom), (right, top), (left, top))


def ground_on(model: Model, corners: Ring, levels: Sequence[float]) -> None:
    """The proposed ground as a surface over corners with a level each."""
    points = [(*corner, level) for corner, level in zip(corners, levels, strict=True)]
    model.solid(model.site, points, [(0, 1, 2), (0, 2, 3)])


def a_house_model(
    *,
    schema: str = "IFC4",
    unit: str | None = "metre",
    plot: Ring | None = PLOT,
    ground: Sequence[float] | None = (0.0, 0.0, 0.0, 0.0),
    levels: Sequence[float] = (0.45, 3.45),
    top: float | None = 6.75,
    house: Ring = HOUSE,
    turned: float = 0.0,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    also: Callable[[Model], None] | None = None,
) -> bytes:
    """A box of a house on a plot: a slab and four walls on every level, and a flat roof; `also` models what the test is about."""
    model = Model(schema=schema, unit=unit, turned=turned, at=at)
    if ground is not None:
        ground_on(model, plot or PLOT, ground)
    if plot is not None:
        model.draw(model.site, plot)
    ends = [*levels[1:], top if top is not None else levels[-1] + 3.0]
    for level, end in zip(levels, ends, strict=True):
        storey = model.storey(level)
        model.part(
            "IfcSlab", house, level - 0.15, level, on=storey, PredefinedType="FLOOR", Name=f"floor {level}"
        )
        model.walls(house, level, end - 0.15, on=storey)
    if top is not None:
        roof = model.storey(levels[-1])
        model.part("IfcSlab", house, top - 0.15, top, on=roof, PredefinedType="ROOF", Name="roof")
    if also is not None:
        also(model)
    return model.bytes()
