"""Whatever a plot can carry is told in the published form: every answer keeps to the schema, and the schema lets nothing else in."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import jsonschema
import orjson
import pytest
from shapely import MultiPolygon, Polygon, box

from gis.site import Frame, LocalBody, Site, Status
from rules.envelope_document import to_json
from rules.envelope_schema import envelope_schema
from rules.envelopes.model import Envelope
from tests.rules.envelope_sites import TODAY, UNREAD, a_book, a_site, an_overlay, carried, overlays

FRAME = Frame(metric=32643, east=640_000.0, north=1_165_000.0, scale=1.0)
PLOTS: dict[str, Callable[[], tuple[Envelope, Site]]] = {}
VALIDATOR = jsonschema.Draft202012Validator(envelope_schema())


def plot(name: str, site: Site | None = None, **asked: Any) -> None:
    """A plot with a question, among those whose answers are looked at."""
    there = replace(site or a_site(), frame=FRAME)
    PLOTS[name] = lambda: (carried(there, **asked), there)


plot("a house plot")
plot("a shop", occupancy="F")
plot("a higher storey", storey_height=Decimal("4.25"))
plot("a storey written with an exponent", storey_height=Decimal("1e1"))
plot("a day that was not read", book=a_book(UNREAD))
plot("without a street", a_site(roads=()))
plot("a plot too small for anything", a_site(boundary=box(0, 0, 2, 2)))
plot(
    "a plot with a hole", a_site(boundary=Polygon(box(0, 0, 40, 40).exterior, [box(15, 15, 20, 20).exterior]))
)
plot("a plot in two parts", a_site(boundary=MultiPolygon([box(0, 0, 15, 27), box(20, 0, 35, 27)])))
plot("a restriction", a_site(overlays=overlays(an_overlay("flood", Status.AFFECTED))))
plot("a panchayat", a_site(body=LocalBody.PANCHAYAT), book=a_book(TODAY, LocalBody.PANCHAYAT))


@pytest.mark.parametrize("name", PLOTS)
def test_every_answer_keeps_to_the_schema(name: str) -> None:
    found, site = PLOTS[name]()
    VALIDATOR.validate(orjson.loads(to_json(found, site)))


def test_the_schema_itself_is_sound() -> None:
    jsonschema.Draft202012Validator.check_schema(envelope_schema())


def document() -> dict[str, Any]:
    """What a house plot can carry, as JSON."""
    found, site = PLOTS["a house plot"]()
    told: dict[str, Any] = orjson.loads(to_json(found, site))
    return told


@pytest.mark.parametrize(
    "broken",
    [
        lambda told: told | {"owner": "somebody"},
        lambda told: told | {"plot_area": 405.0},
        lambda told: told | {"storey_height": "1E+1"},
        lambda told: told | {"schema": "bhumika-envelope-2"},
        lambda told: {key: part for key, part in told.items() if key != "gaps"},
        lambda told: told | {"choice": told["choice"] | {"footprint_decider": "a whim"}},
    ],
)
def test_the_schema_refuses_anything_else(broken: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    VALIDATOR.validate(document())
    assert not VALIDATOR.is_valid(broken(document()))


def test_an_exponent_is_never_written() -> None:
    found, site = PLOTS["a house plot"]()
    told = orjson.loads(to_json(replace(found, storey_height=Decimal("1e1")), site))
    assert told["storey_height"] == "10"
