"""A small town for tests of the doors: three plots, a street, flood, zones and names, committed to a database of its own.

In: an engine on an empty, migrated database.  Out: the place, ready to be asked.
"""

from datetime import date

from shapely import Point, box
from sqlalchemy import Engine, text

from gis.db.session import transaction
from gis.parcels.changes import divide
from gis.place import Jurisdiction
from tests.builders import KERALA, a_box, a_parcel, a_place, halves
from tests.layers.ground import bring_in

AROUND = box(KERALA[0] - 50_000, KERALA[1] - 50_000, KERALA[0] + 50_000, KERALA[1] + 50_000)
MIDDLE = Point(KERALA[0] + 10, KERALA[1] + 15)
"""Inside plot 12/104, in metres of the place."""


def build(engine: Engine) -> Jurisdiction:
    """Found the town and register its land."""
    with transaction(engine) as session:
        place = a_place(session, "test-town", rule_book="kmbr")
        a_parcel(session, place, ulpin="KL000000000104")
        a_parcel(session, place, "12/105", x=20)
        a_parcel(session, place, "12/106", x=40)
        divide(
            session,
            place,
            "12/106",
            into=halves(a_box(40), ("12/106-1", "12/106-2")),
            on=date(2024, 5, 1),
            instrument="partition deed 7/2024",
        )
        bring_in(session, place, "flood", [a_box(-100, -100, 110, 300)], coverage=AROUND)
        zones = [a_box(-100, -100, 130, 300), a_box(30, -100, 130, 300)]
        bring_in(session, place, "zoning", zones, labels=["R1", "C2"], coverage=AROUND)
        bring_in(session, place, "road", [a_box(-50, -8, 200, 8)], labels=["Temple road"], widths=[8.0])
        body = [a_box(-300, -300, 600, 600)]
        kind = [{"lsg_type": "Municipality"}]
        bring_in(session, place, "local_body", body, labels=["Test"], attributes=kind, coverage=AROUND)
        named = bring_in(
            session, place, "ward", [a_box(-300, -300, 600, 600)], labels=["Market"], coverage=AROUND
        )
        session.execute(
            text(
                "INSERT INTO place_name (import_id, srid, kind, name_en, name_ml, folded, sound_key, position) VALUES"
                " (:i, :s, 'place', 'Puthoor', 'പുത്തൂർ', :fe, :ke, ST_SetSRID(ST_MakePoint(:x, :y), :s)),"
                " (:i, :s, 'place', 'Puthoor', 'പുത്തൂർ', :fm, :km, ST_SetSRID(ST_MakePoint(:x, :y), :s))"
            ),
            {"i": named.id, "s": place.metric, "x": MIDDLE.x, "y": MIDDLE.y, **_keys()},
        )
    return place


def _keys() -> dict[str, str]:
    from gis.names import fold, sound_key

    return {
        "fe": fold("Puthoor"),
        "ke": sound_key("Puthoor"),
        "fm": fold("പുത്തൂർ"),
        "km": sound_key("പുത്തൂർ"),
    }
