"""Restrictions of the sample inland: plans, status of the land, hazards, nature, heritage.

In: the town.  Out: sheets for the layers of the catalogue that hold areas, some of them with holes in their coverage.
Every shape is invented; dates, accuracies and publishers differ, as they do in life.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from layers.sample.blocks import CM, Class, Kind
from layers.sample.coast import areas_only, rivers_of
from layers.sample.names import Name
from layers.sample.sheets import Sheet, Value, gathered, labelled
from layers.sample.town import Town, metres

FLOOD_STUDY = "flood_study_area"


def area_sheet(
    layer: str, shapes: Sequence[BaseGeometry], names: Sequence[Name], *, publisher: str, dated: str, valid_from: str,
    accuracy: float, basis: str, coverage: str | None = "town", grow: float = 0.0, holds: str = "polygon",
    columns: dict[str, Sequence[Value]] | None = None, part: str = "",
) -> Sheet:
    """A sheet of labelled shapes; `columns` are kept and printed."""
    more = columns or {}
    return Sheet(
        layer=layer, shapes=gathered(shapes), columns=labelled(names) | more,
        fields={"label": "name", "label_ml": "name_ml"}, keep=tuple(more), holds=holds, publisher=publisher,
        dated=dated, valid_from=valid_from, accuracy=accuracy, basis=f"{basis} (invented)", coverage=coverage, grow=grow,
        part=part,
    )


def restriction_sheets(town: Town) -> list[Sheet]:
    """All inland restrictions that are areas."""
    return [*_plans(town), *_land_status(town), *_hazards(town), *_nature(town), *_heritage(town)]


def _strips(town: Town, carries: Class, reach: float) -> list[BaseGeometry]:
    """Strips on both sides of the corridors of a class, out to a distance from their middle."""
    shapes: list[BaseGeometry] = []
    for corridor in town.plan.corridors:
        if corridor.carries is carries:
            west, south, east, north = metres(corridor.box)
            if corridor.along_u:
                v = (south + north) / 2
                shapes.append(town.area([(west, v - reach), (east, v - reach), (east, v + reach), (west, v + reach)]))
            else:
                u = (west + east) / 2
                shapes.append(town.area([(u - reach, south), (u + reach, south), (u + reach, north), (u - reach, north)]))
    return shapes


def _beside(town: Town, carries: Class, off: float) -> list[BaseGeometry]:
    """Lines on both sides of the east-west corridors of a class, at a distance from their middle."""
    lines: list[BaseGeometry] = []
    for corridor in town.plan.corridors:
        if corridor.carries is carries and corridor.along_u:
            west, south, east, north = metres(corridor.box)
            lines += [town.line([(west, (south + north) / 2 + side), (east, (south + north) / 2 + side)]) for side in (-off, off)]
    return lines


def _plans(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    widening = _strips(town, Class.PWD, 9.0)
    lines = _beside(town, Class.PWD, 12.0)
    ring = 60.0 + 0.05 * min(w, 3000.0)
    centre = _centre(town)
    scheme = town.area([(centre[0] - 2 * ring, centre[1] - ring), (centre[0] + ring, centre[1] - ring), (centre[0] + ring, centre[1] + ring), (centre[0] - 2 * ring, centre[1] + ring)])
    acquired = [town.area([(0.80 * w, 0.42 * h), (0.90 * w, 0.42 * h), (0.88 * w, 0.50 * h), (0.81 * w, 0.49 * h)]), *_strips(town, Class.RAILWAY, 20.0)]
    plan = {"publisher": "Synthetic town planning office", "dated": "2024-04-01", "valid_from": "2024-04-01", "accuracy": 2.0, "basis": "plan at 1:4 000"}
    return [
        area_sheet("planning_scheme", [scheme], [Name("Town centre scheme", "നഗരകേന്ദ്ര പദ്ധതി")], publisher="Synthetic town planning office", dated="2017-02-09", valid_from="2017-02-09", accuracy=4.0, basis="scheme map at 1:2 000"),
        area_sheet("road_widening", widening, [Name("PWD road to 18 m", "പൊതുമരാമത്ത് റോഡ് 18 മീറ്ററാക്കുന്നു")] * len(widening), grow=20.0, **plan),
        area_sheet("road_building_line", lines, [Name("Building line 12 m from the middle", "മധ്യത്തിൽ നിന്ന് 12 മീറ്റർ കെട്ടിടരേഖ")] * len(lines), holds="boundary", grow=20.0, **plan),
        area_sheet("acquisition", acquired, [Name("Bus stand, notified", "ബസ് സ്റ്റാൻഡ്, വിജ്ഞാപനം ചെയ്തത്"), *[Name("Second railway line", "രണ്ടാം റെയിൽപ്പാത")] * (len(acquired) - 1)], publisher="Synthetic land acquisition office", dated="2025-08-14", valid_from="2025-06-02", accuracy=1.0, basis="acquisition sketch"),
    ]


def _centre(town: Town) -> tuple[float, float]:
    """Where the national highway meets the first PWD road."""
    nh = next(c for c in town.plan.corridors if c.carries is Class.NATIONAL).box
    pwd = next(c for c in town.plan.corridors if c.carries is Class.PWD).box
    return (nh.west + nh.east) / 2 / CM, (pwd.south + pwd.north) / 2 / CM


def _land_status(town: Town) -> list[Sheet]:
    kinds = np.array([list(Kind).index(block.kind) for block in town.plan.blocks])[town.plots.block]
    paddy = kinds == list(Kind).index(Kind.PADDY)
    rng = np.random.default_rng([town.seed, 9])
    banked = paddy & (rng.random(len(paddy)) < 0.93)
    wet = (town.register.land_type == 1) & ~banked
    government = town.register.land_type == 3
    hill = np.isin(kinds, [list(Kind).index(Kind.HILL), list(Kind).index(Kind.SHORE)])
    assigned = hill & (town.register.survey % 6 == 3)
    blocks = [np.flatnonzero(banked & (town.plots.block == number)) for number in np.unique(town.plots.block[banked])]
    fields = [areas_only(shapely.union_all(town.shapes[members])) for members in blocks]
    data_bank = Name("Paddy land", "നെൽവയൽ")
    revenue = {"publisher": "Synthetic revenue register", "dated": "2022-09-30", "valid_from": "2015-01-01", "accuracy": 1.0, "basis": "survey plan"}
    return [
        area_sheet("paddy_data_bank", fields, [data_bank] * len(fields), publisher="Synthetic agricultural office", dated="2021-01-25", valid_from="2008-08-12", accuracy=5.0, basis="list of survey numbers drawn on the survey plan"),
        _plots_sheet("unnotified_land", town, wet, Name("Wet land outside the data bank", "ഡാറ്റാ ബാങ്കിൽ പെടാത്ത നിലം"), **revenue),
        _plots_sheet("puramboke", town, government, Name("Government land", "പുറമ്പോക്ക്"), **revenue),
        _plots_sheet("assigned_land", town, assigned, Name("Assigned land, for a dwelling", "പതിച്ചു നൽകിയ ഭൂമി, പാർപ്പിടത്തിന്"), coverage=None, **revenue),
    ]


def _plots_sheet(layer: str, town: Town, chosen: "np.ndarray", name: Name, *, publisher: str, dated: str, valid_from: str, accuracy: float, basis: str, coverage: str | None = "town") -> Sheet:  # type: ignore[type-arg]
    at = np.flatnonzero(chosen)
    numbers = [town.register.number(int(i)) for i in at]
    return area_sheet(layer, list(town.shapes[at]), [name] * len(at), publisher=publisher, dated=dated, valid_from=valid_from, accuracy=accuracy, basis=basis, coverage=coverage, columns={"survey_number": numbers})


def flood_study(town: Town) -> BaseGeometry:
    """The part of the town that the flood study looked at: seaward of the railway."""
    rail = next(c for c in town.plan.corridors if c.carries is Class.RAILWAY).box.west / CM
    return town.area([(-60, -60), (rail, -60), (rail, town.height + 60), (-60, town.height + 60)])


def _hazards(town: Town) -> list[Sheet]:
    study = flood_study(town)
    wide = shapely.union_all([river.buffer(75.0, quad_segs=6) for river in rivers_of(town)]).intersection(study)
    near = shapely.union_all([river.buffer(28.0, quad_segs=6) for river in rivers_of(town)]).intersection(study)
    top_u, top_v = town.ground.hill
    slide = _blob(town, top_u - 105, top_v, 60.0, 5)
    return [
        area_sheet("flood", [areas_only(near), areas_only(wide.difference(near))], [Name("Floods once in 10 years", "പത്തു വർഷത്തിലൊരിക്കൽ വെള്ളപ്പൊക്കം"), Name("Floods once in 100 years", "നൂറു വർഷത്തിലൊരിക്കൽ വെള്ളപ്പൊക്കം")], publisher="Synthetic disaster management authority", dated="2019-11-11", valid_from="2019-06-01", accuracy=12.5, basis="model on a height raster of 10 m", coverage=FLOOD_STUDY),
        area_sheet("landslide_wayanad", [slide], [Name("High hazard", "ഉയർന്ന അപകടസാധ്യത")], publisher="Synthetic disaster management authority", dated="2020-03-02", valid_from="2019-08-22", accuracy=12.5, basis="hazard map at 1:25 000", grow=700.0, holds="polygon"),
    ]


def _blob(town: Town, u: float, v: float, radius: float, phase: int, corners: int = 64) -> Polygon:
    """A rounded, uneven patch."""
    turn = np.linspace(0.0, 2 * np.pi, corners, endpoint=False)
    reach = radius * (1 + 0.22 * np.sin(3 * turn + phase) + 0.1 * np.sin(7 * turn + 2 * phase))
    return town.area([(u + r * np.cos(t), v + r * np.sin(t)) for r, t in zip(reach, turn, strict=True)])


def _nature(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    sanctuary_rim = _blob(town, w + 520.0, 0.4 * h, 700.0, 2, 240)
    draft = [town.wards[i] for i, cell in enumerate(town.plan.cells) if cell.kind is Kind.HILL]
    return [
        area_sheet("esz", [sanctuary_rim], [Name("Eco-sensitive zone of a bird sanctuary", "പക്ഷിസങ്കേതത്തിന്റെ പരിസ്ഥിതിലോല മേഖല")], publisher="Synthetic forest department", dated="2020-12-07", valid_from="2020-12-07", accuracy=10.0, basis="notification map", grow=1000.0),
        area_sheet("wg_esa", draft, [Name("Village of the draft", "കരട് വിജ്ഞാപനത്തിലെ വില്ലേജ്")] * len(draft), publisher="Synthetic ministry draft", dated="2024-07-31", valid_from="2024-07-31", accuracy=25.0, basis="village boundaries at 1:50 000", grow=100.0),
    ]


def _heritage(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    u, v = _centre(town)
    fort = town.area([(0.55 * w, 0.05 * h), (0.55 * w + 46, 0.05 * h), (0.55 * w + 46, 0.05 * h + 34), (0.55 * w, 0.05 * h + 34)])
    street = _blob(town, u - 150.0, v + 70.0, 85.0, 1)
    asi = {"publisher": "Synthetic monuments list", "dated": "2018-05-18", "valid_from": "2010-03-29"}
    return [
        area_sheet("asi_monument", [fort], [Name("Old fort gate", "പഴയ കോട്ടവാതിൽ")], accuracy=1.0, basis="protected boundary by total station", grow=1500.0, part="boundary", **asi),
        area_sheet("asi_monument", [town.point(w + 420.0, h + 380.0)], [Name("Rock shelter with carvings", "ശിലാചിത്ര ഗുഹ")], accuracy=20.0, basis="point from a list", grow=1500.0, holds="point", part="points", **asi),
        area_sheet("heritage", [street], [Name("Old market street", "പഴയ അങ്ങാടിത്തെരുവ്")], publisher="Synthetic art and heritage commission", dated="2022-01-17", valid_from="2022-01-17", accuracy=5.0, basis="sketch over pictures"),
    ]
