"""A zone that is redrawn says what the reform says within its shape, nothing where it is lifted, and what it said before everywhere else."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import shapely
from shapely.geometry import mapping

from gis.crs import to_geographic
from gis.errors import Invalid
from gis.site import Site, Status
from rules.checks.overlays import permits, permitted_groups
from rules.envelopes.single import envelope
from rules.reading import library
from rules.redrawing import ORIGIN, Area, areas, redrawn, touched
from rules.reform import reform
from tests.rules.plan_builders import a_site

EAST, NORTH = 640_000.0, 1_165_000.0
HOMES = {"status": "affected", "labels": ["Homes"], "attributes": {"use_groups": "A1 A2"}, "box": [20, 25]}
PLOT, WEST_HALF = (0, 0, 20, 25), (-5, -5, 10, 30)
WHOLE = (-5, -5, 25, 30)


def site(**overlays: Any) -> Site:
    return a_site({"overlays": overlays})


def area(layer: str, box: tuple[float, ...], label: str = "", **attributes: str) -> Area:
    """A zone over the plot, in metres from its corner; lifted where it has no label."""
    west, south, east, north = box
    return Area(
        layer=layer,
        label=label,
        attributes=tuple(attributes.items()),
        is_lifted=not label,
        shape=shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north),
        title="A trial",
        begins=date(2027, 1, 1),
    )


def zoning(site: Site) -> Any:
    found = site.overlay("zoning")
    assert found is not None
    return found


def test_a_shape_over_the_whole_plot_takes_the_place_of_the_old_zone() -> None:
    found = redrawn(site(zoning=HOMES), [area("zoning", WHOLE, "Shops", use_groups="F")])
    assert zoning(found).labels == ("Shops",)
    assert zoning(found).area == 500.0
    assert zoning(found).share == 100.0
    assert permitted_groups(found) == (frozenset({"F"}),)
    assert [each.id for each in found.origins] == [ORIGIN]


def test_a_shape_over_half_of_it_leaves_the_old_zone_on_the_rest() -> None:
    found = redrawn(site(zoning=HOMES), [area("zoning", WEST_HALF, "Shops", use_groups="F")])
    assert set(zoning(found).labels) == {"Shops", "Homes"}
    permitted = permitted_groups(found)
    assert permitted is not None
    assert [permits(permitted, use, use) for use in ("F", "A1", "H")] == [None, None, False]


@pytest.mark.parametrize(("edge", "is_left"), [(19.949, False), (19.951, False), (19.89, True)])
def test_a_strip_of_the_old_zone_thinner_than_rounding_does_not_count(edge: float, is_left: bool) -> None:
    found = redrawn(site(zoning=HOMES), [area("zoning", (-5, -5, edge, 30), "Shops", use_groups="F")])
    assert ("Homes" in zoning(found).labels) is is_left


def test_a_zone_beside_the_plot_changes_nothing() -> None:
    before = site(zoning=HOMES)
    for box in ((20.0, 0, 40, 25), (30.0, 0, 40, 25), (19.99, 0, 40, 25)):
        assert redrawn(before, [area("zoning", box, "Shops", use_groups="F")]) is before


def test_where_there_were_no_data_half_a_zone_tells_nothing_of_the_use() -> None:
    half = redrawn(site(zoning="no_data"), [area("zoning", WEST_HALF, "Shops", use_groups="F")])
    whole = redrawn(site(zoning="no_data"), [area("zoning", WHOLE, "Shops", use_groups="F")])
    assert permitted_groups(half) is None
    assert permitted_groups(whole) == (frozenset({"F"}),)


def test_a_lifted_zone_is_gone_within_its_shape_alone() -> None:
    whole = redrawn(site(zoning=HOMES), [area("zoning", WHOLE)])
    half = redrawn(site(zoning=HOMES), [area("zoning", WEST_HALF)])
    assert zoning(whole).status is Status.NOT_AFFECTED
    assert (zoning(half).status, zoning(half).labels, zoning(half).area) == (
        Status.AFFECTED,
        ("Homes",),
        250.0,
    )


def test_lifting_half_of_what_nobody_knows_leaves_it_unknown() -> None:
    assert zoning(redrawn(site(zoning="no_data"), [area("zoning", WEST_HALF)])).status is Status.NO_DATA
    assert zoning(redrawn(site(zoning="no_data"), [area("zoning", WHOLE)])).status is Status.NOT_AFFECTED


def test_the_later_zone_lies_over_the_earlier() -> None:
    found = redrawn(
        site(zoning=HOMES),
        [
            area("zoning", WHOLE, "Shops", use_groups="F"),
            area("zoning", WHOLE, "Works", use_groups="G1"),
        ],
    )
    assert zoning(found).labels == ("Works",)


def test_a_layer_that_the_place_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid, match="No layer “moon”"):
        redrawn(site(zoning=HOMES), [area("moon", WHOLE, "Craters")])


def test_a_security_zone_that_is_drawn_limits_the_height_of_the_envelope() -> None:
    clear = {
        layer: "not_affected" for layer in ("zoning", "planning_scheme", "security_zone", "airport_height")
    }
    before = a_site({"overlays": clear, "plot": [40, 60]}, on=date(2027, 1, 1))
    after = redrawn(before, [area("security_zone", (-5, -5, 45, 65), "Camp")])
    assert before.body is not None
    book = library().on(date(2027, 1, 1), before.body)
    heights = [
        envelope(each, book, occupancy="A1", storey_height=Decimal(3), front=None).choice
        for each in (before, after)
    ]
    assert heights[0] is not None
    assert heights[1] is not None
    assert heights[0].storeys > heights[1].storeys  # type: ignore[operator]


def test_shapes_in_degrees_come_to_lie_on_the_metres_of_the_place() -> None:
    there = to_geographic(shapely.box(EAST, NORTH, EAST + 20, NORTH + 25), 32643)
    text = {"type": "Feature", "properties": {}, "geometry": mapping(there)}
    meant = reform(
        f"title: {{en: A}}\nfrom: 2027-01-01\nzones:\n  - {{layer: zoning, label: B, shape: {json.dumps(text)}}}"
    )
    (found,) = areas(meant.zones, 32643, title="A", begins=meant.begins)
    assert found.shape.symmetric_difference(shapely.box(EAST, NORTH, EAST + 20, NORTH + 25)).area < 0.001
    assert list(touched([shapely.box(0, 0, 1, 1), found.shape, found.shape.buffer(5)], [found])) == [1, 2]


HEAD = "title: {en: A}\nfrom: 2027-01-01\n"
ZONE = HEAD + "zones:\n  - layer: zoning\n    label: X\n    shape: {type: Polygon, coordinates: %s}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD, "give `parameters`, `zones` or both"),
        (HEAD + "zones:\n  - {layer: zoning, label: X}\n", "line 4, zones 1: a zone has either a shape"),
        (HEAD + "zones:\n  - {layer: zoning, file: a.geojson}\n", "line 4, zones 1: a zone has a label"),
        (
            HEAD + "zones:\n  - {layer: zoning, file: a, label: X, lifted: true}\n",
            "lifted has neither label",
        ),
        (ZONE % "[[[76.1, 10], [76.2, 10.1], [76.2, 10], [76.1, 10.1]]]", "Self-intersection"),
        (ZONE % "[[[76.1, 10], [76.2, 10]]]", "line 6, zones 1, shape: has a ring with fewer than three"),
        (ZONE % "[[[640000, 1165000], [76.2, 10], [76.1, 10.1]]]", "are no degrees"),
        (ZONE % "[[[76.1, ten], [76.2, 10], [76.1, 10.1]]]", "no pair of numbers"),
        (ZONE % "[[[nan, 10], [76.2, 10], [76.1, 10.1]]]", "no pair of numbers"),
        (ZONE % "12", "coordinates must be a list"),
        (
            (ZONE % "[[[76, 10], [76.1, 10], [76, 10.1]]]").replace(
                "type: Polygon", "type: Polygon, crs: {properties: {name: 'EPSG:32643'}}"
            ),
            "names the coordinate system EPSG:32643",
        ),
        ((ZONE % "[76, 10]").replace("Polygon", "Point"), "holds a Point"),
        ("a: &a [x]\nb: [*a, *a]\n", "line 2: an alias"),
        ("[" * 5000, "line 1: more than 16 lists"),
        (HEAD + "title: {en: B}\n", "line 3: “title” stands here a second time"),
        (HEAD + "parameters: 5", "line 3, parameters: must be a list"),
        ("!!python/object/apply:os.system ['ls']", "must be words with values"),
        (HEAD + "parameters:\n  - {parameter: x, valu: 2}\n", "line 4, parameters 1, valu: is not a word"),
    ],
)
def test_a_text_that_cannot_be_meant_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        reform(text)
    assert says in refused.value.message
    assert refused.value.code == "bad-reform"
