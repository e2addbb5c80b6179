"""Restrictions of the sample inland: plans, status of the land, hazards, nature, heritage.

In: the town.  Out: sheets for the layers of the catalogue that hold areas.  Every shape is invented.
"""

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.blocks import CM, Class, Kind
from layers.sample.coast import areas_only, waters
from layers.sample.names import Name
from layers.sample.sheets import Sheet, sheet
from layers.sample.strips import centre, corridors, lines_beside, patch, rectangle, strips
from layers.sample.town import Town

FLOOD_STUDY = "flood_study_area"
FLOOD_REACH = 75.0
"""Metres from a river that the flood of once in a hundred years reaches."""
BANKED = 0.93
"""Share of the paddy fields that the data bank lists."""


def restriction_sheets(town: Town) -> list[Sheet]:
    """All inland restrictions that are areas."""
    return [*_plans(town), *_land_status(town), *_hazards(town), *_nature(town), *_heritage(town)]


def _plans(town: Town) -> list[Sheet]:
    w, h = town.width, town.height
    u, v = centre(town)
    ring = 60.0 + 0.05 * min(w, 3000.0)
    stand = town.area(
        [(0.80 * w, 0.42 * h), (0.90 * w, 0.42 * h), (0.88 * w, 0.50 * h), (0.81 * w, 0.49 * h)]
    )
    tracks = strips(town, Class.RAILWAY, 20.0)
    bus_stand = Name("Bus stand, notified", "ബസ് സ്റ്റാൻഡ്, വിജ്ഞാപനം ചെയ്തത്")
    second_track = Name("Second railway line", "രണ്ടാം റെയിൽപ്പാത")
    scheme = rectangle(town, u - 2 * ring, v - ring, u + ring, v + ring)
    widening = Name("PWD road to 18 m", "പൊതുമരാമത്ത് റോഡ് 18 മീറ്ററാക്കുന്നു")
    line = Name("Building line 12 m from the middle", "മധ്യത്തിൽ നിന്ന് 12 മീറ്റർ കെട്ടിടരേഖ")
    return [
        sheet("planning_scheme", [scheme], Name("Town centre scheme", "നഗരകേന്ദ്ര പദ്ധതി")),
        sheet("road_widening", strips(town, Class.PUBLIC_WORKS, 9.0), widening),
        sheet("road_building_line", lines_beside(town, Class.PUBLIC_WORKS, 12.0), line),
        sheet("acquisition", [stand, *tracks], [bus_stand, *[second_track] * len(tracks)]),
    ]


def of_kind(town: Town, *kinds: Kind) -> npt.NDArray[np.bool_]:
    """Which plots lie in blocks of these kinds."""
    return np.array([block.kind in kinds for block in town.plan.blocks])[town.plots.block]


def _land_status(town: Town) -> list[Sheet]:
    rng = np.random.default_rng([town.seed, 9])
    banked = of_kind(town, Kind.PADDY) & (rng.random(len(town.shapes)) < BANKED)
    wet = (town.register.land_type == 1) & ~banked
    assigned = of_kind(town, Kind.HILL, Kind.SHORE) & (town.register.survey % 6 == 3)
    blocks = [
        np.flatnonzero(banked & (town.plots.block == number))
        for number in np.unique(town.plots.block[banked])
    ]
    fields = [areas_only(shapely.union_all(town.shapes[members])) for members in blocks]
    return [
        sheet("paddy_data_bank", fields, Name("Paddy land", "നെൽവയൽ")),
        _of_plots(
            "unnotified_land", town, wet, Name("Wet land outside the data bank", "ഡാറ്റാ ബാങ്കിൽ പെടാത്ത നിലം")
        ),
        _of_plots("puramboke", town, town.register.land_type == 3, Name("Government land", "പുറമ്പോക്ക്")),
        _of_plots(
            "assigned_land", town, assigned, Name("Assigned for a dwelling", "പാർപ്പിടത്തിന് പതിച്ചു നൽകിയത്")
        ),
    ]


def _of_plots(stem: str, town: Town, chosen: npt.NDArray[np.bool_], name: Name) -> Sheet:
    """Whole plots, with their numbers."""
    at = np.flatnonzero(chosen)
    return sheet(stem, town.shapes[at], name, {"survey_number": [town.register.number(int(i)) for i in at]})


def flood_study(town: Town) -> BaseGeometry:
    """The part of the town that the flood study looked at: seaward of the railway."""
    rail = corridors(town, Class.RAILWAY)[0].box.west / CM
    return rectangle(town, -60.0, -60.0, rail, town.height + 60.0)


def _hazards(town: Town) -> list[Sheet]:
    ground = flood_study(town).intersection(town.outline)
    rivers = waters(town, Class.RIVER)
    near, wide = (
        shapely.union_all([river.buffer(reach, quad_segs=6) for river in rivers]).intersection(ground)
        for reach in (28.0, FLOOD_REACH)
    )
    floods = [
        Name("Floods once in 10 years", "പത്തു വർഷത്തിലൊരിക്കൽ വെള്ളപ്പൊക്കം"),
        Name("Floods once in 100 years", "നൂറു വർഷത്തിലൊരിക്കൽ വെള്ളപ്പൊക്കം"),
    ]
    slide = patch(town, town.width - 30.0, 0.04 * town.height, radius=60.0, phase=5)
    top_u, top_v = town.ground.hill
    red, around = (patch(town, top_u, top_v, radius=radius, phase=4) for radius in (45.0, 120.0))
    plan = [Name("Red zone", "ചുവപ്പ് മേഖല"), Name("Orange zone", "ഓറഞ്ച് മേഖല")]
    return [
        sheet("flood", [areas_only(near), areas_only(wide.difference(near))], floods),
        sheet("landslide_wayanad", [slide], Name("High hazard", "ഉയർന്ന അപകടസാധ്യത")),
        sheet("landslide_munnar", [red, areas_only(around.difference(red))], plan),
    ]


def _nature(town: Town) -> list[Sheet]:
    rim = patch(town, town.width + 520.0, 0.4 * town.height, radius=700.0, phase=2, corners=240)
    draft = [town.wards[i] for i, cell in enumerate(town.plan.cells) if cell.kind is Kind.HILL]
    sanctuary = Name("Eco-sensitive zone of a bird sanctuary", "പക്ഷിസങ്കേതത്തിന്റെ പരിസ്ഥിതിലോല മേഖല")
    sheets = [sheet("esz", [rim], sanctuary)]
    if draft:
        sheets.append(sheet("wg_esa", draft, Name("Village of the draft", "കരട് വിജ്ഞാപനത്തിലെ വില്ലേജ്")))
    return sheets


def _heritage(town: Town) -> list[Sheet]:
    """A fort gate whose protected boundary is known, a shelter of which there is only a point, an old street."""
    w, h = town.width, town.height
    u, v = centre(town)
    fort = rectangle(town, 0.55 * w, 0.05 * h, 0.55 * w + 46.0, 0.05 * h + 34.0)
    street = patch(town, u - 150.0, v + 70.0, radius=85.0, phase=1)
    shelter = Name("Rock shelter with carvings", "ശിലാചിത്ര ഗുഹ")
    return [
        sheet("asi_monument_boundary", [fort], Name("Old fort gate", "പഴയ കോട്ടവാതിൽ")),
        sheet("asi_monument_points", [town.point(w + 420.0, h + 380.0)], shelter),
        sheet("heritage", [street], Name("Old market street", "പഴയ അങ്ങാടിത്തെരുവ്")),
    ]
