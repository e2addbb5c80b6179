"""A town to walk through: land, a town hall with people, cases, money, papers and a checked plan, behind one service.

In: an empty, migrated database.  Out: `World`: the service, a browser's cookie for everyone who walks, and what stands there by
the name of the parameter or field that asks for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.connecting import in_service_role
from api.sample_town import BODY, CITIZENS, found_sample_town
from api.settings import Settings
from api.town import SERVICES
from civic.core.bodies import inside
from civic.core.http import cookie_of
from civic.core.messages.wording import names
from civic.core.money.local_gateway.server import secrets_in
from civic.core.people import Person, introduce, people_in, person, post
from civic.core.sign_in import begin
from civic.core.workflow import PARTIES, STAFF
from civic.land_records.model import Kind
from gis.crs import to_geographic
from gis.db.session import transaction
from gis.units import AreaUnit
from rules.history import list_parameters
from rules.reading import library
from tests.api.town import MIDDLE, build
from tests.api.walked import WHO
from tests.builders import KERALA, UTM_43N, a_parcel, a_place
from tests.layers.importers.writing import bring, entry
from tests.tiles.conftest import hillside, write_heights

PLACE = "test-town"
HALL = f"/town/{BODY.code}"
WHATSAPP = "secret of reports"
SMS = "secret of the provider of SMS"
FITTING = {
    "/town/{body}/cases/{number}/tasks/{task}": "SELECT c.number, t.id AS task, 'agrees' AS answer, t.role AS who"
    " FROM case_task t JOIN civic_case c ON c.id = t.case_id WHERE t.answered IS NULL ORDER BY t.id",
    "/town/{body}/counter": "SELECT token, (amount / 100)::text AS amount, 'counter' AS who FROM demand"
    " WHERE state = 'open' ORDER BY id",
    "/town/{body}/watches/{watch}": "SELECT id AS watch, 'grant' AS decision, 'verifier' AS who FROM plot_watch"
    " WHERE state = 'asked' ORDER BY id",
    "/town/{body}/pay/{token}": "SELECT token FROM demand WHERE state = 'open' ORDER BY id",
}
"""Questions for what belongs together, by address."""
Stands = Mapping[str, list[Any]]


@dataclass(frozen=True, kw_only=True)
class World:
    """A service over a town."""

    app: FastAPI
    hall: Engine
    stands: Stands
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Everybody comes in anew: an earlier request may have signed them out, or ended their posting."""
        self.cookies.update(_signed_in(self.hall))

    def fitting(self, path: str) -> list[dict[str, Any]]:
        """What belongs together at an address as the town stands now, and who would send it."""
        with inside(self.hall, BODY.code) as (session, _):
            if path.endswith("/steps/{step}"):
                return _steps_to_take(session)
            rows = session.execute(text(FITTING[path])).mappings() if path in FITTING else ()
            return [dict(row) for row in rows]


def _steps_to_take(session: Session) -> list[dict[str, Any]]:
    query = text("SELECT number, service, state, version FROM civic_case WHERE closed IS NULL ORDER BY id")
    return [
        {"number": row.number, "step": name, "version": str(row.version), "note": "Words.", "who": role}
        for row in session.execute(query)
        for name, step in SERVICES[row.service].flow.steps_from(row.state).items()
        for role in (WHO[1] if each in PARTIES else each for each in step.by)
        if role in WHO
    ]


@contextmanager
def world(engine: Engine, folder: Path) -> Iterator[World]:
    """The town and the service over it."""
    with transaction(engine) as session:
        place = a_place(session, BODY.jurisdiction, rule_book="kmbr")
        for column in range(8):
            a_parcel(session, place, f"1/{column + 1}", x=column * 20, land_type="purayidam")
    town = build(engine)
    write_heights(folder / "hill.tif", hillside())
    with transaction(engine) as session:
        bring(session, folder, entry("raster", "hill.tif"), place=town)
    found_sample_town(engine, now=datetime.now(UTC))
    settings = Settings(
        state=folder / "state", whatsapp_secret=WHATSAPP, whatsapp_verify="word", sms_secret=SMS
    )
    app = create_app(settings, engine)
    hall = in_service_role(engine.url)
    made = _lived_in(app, hall)
    secret = secrets_in(settings.state / "trial-gateway").webhook_secret
    yield World(app=app, hall=hall, stands=_stands(hall) | made | {"webhook secret": [secret]})
    hall.dispose()


def _signed_in(hall: Engine) -> dict[str, dict[str, str]]:
    now, found = datetime.now(UTC), {}
    with inside(hall, BODY.code) as (session, _):
        for who in WHO[1:]:
            one = _somebody(session, who, now)
            made = begin(session, BODY, one, way="code", browser=f"walk {who}", today=now.date(), now=now)
            found[who] = {cookie_of(BODY.code): made.secret}
    return found


def _somebody(session: Session, who: str, now: datetime) -> Person:
    """The sample's person in a role, or somebody new where they were erased or their posting has ended."""
    if who == "citizen":
        number = session.scalar(text("SELECT id FROM person WHERE name = :n"), {"n": CITIZENS[0][0]})
        if number is not None:
            return person(session, number)
    elif posted := people_in(session, who, on=now.date()):
        return posted[0]
    address = f"{who}.{now.timestamp()}@new.example"
    made = introduce(session, BODY, name=f"New {who}", address=address, language="en", now=now)
    if who != "citizen":
        post(session, BODY, made.id, role=who, order_ref="Walk 1", begins=now.date())
    return made


def _lived_in(app: FastAPI, hall: Engine) -> dict[str, list[Any]]:
    """Life in the town: a document, an upload under way, a watched plot, an order at the gateway, a checked plan."""
    cookies = _signed_in(hall)
    citizen = TestClient(app, cookies=cookies["citizen"], follow_redirects=False)
    with inside(hall, BODY.code) as (session, _):
        number, token = session.execute(
            text(
                "SELECT number, token FROM civic_case c JOIN demand d ON d.case_id = c.id ORDER BY c.id LIMIT 1"
            )
        ).one()
    papers = {"file": ("deed.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    answers = [
        citizen.post(
            f"{HALL}/cases/{number}/documents", files=papers, data={"title": "Deed", "kind": "deed"}
        ),
        citizen.post(f"{HALL}/watch", data={"number": "1/8", "reason": "I live beside it."}),
        citizen.post(f"{HALL}/pay/{token}"),
        citizen.post(
            f"/api{HALL}/cases/{number}/uploads",
            json={"title": "Map", "name": "map.png", "size": 9, "kind": "sketch"},
        ),
    ]
    drawing = citizen.get(f"/{PLACE}/starter.dxf?number=12/104").content
    answers.append(
        citizen.post(f"/{PLACE}/check", data={"number": "12/104"}, files={"drawing": ("plan.dxf", drawing)})
    )
    assert [answer.status_code for answer in answers] == [303, 303, 303, 201, 303], [
        each.text for each in answers
    ]
    key = answers[-1].headers["location"].partition("?")[0].rpartition("/")[2]
    return {
        "upload": [answers[3].json()["id"]],
        "key of cases": [key],
        "drawing": [drawing, drawing[:2000], b"0\nEOF\n"],
        "file": [b"%PDF-1.4\n%%EOF\n", b"", b"MZ", b"\x89PNG\r\n\x1a\n"],
    }


def _stands(hall: Engine) -> dict[str, list[Any]]:
    with inside(hall, BODY.code) as (session, _):

        def all_of(query: str) -> list[Any]:
            return list(session.scalars(text(query)))

        return {
            "number of cases": all_of("SELECT number FROM civic_case ORDER BY id"),
            "token": all_of("SELECT token FROM demand UNION ALL SELECT token FROM receipt ORDER BY 1"),
            "link": all_of("SELECT stop FROM plot_watch"),
            "watch": all_of("SELECT id FROM plot_watch"),
            "message": all_of("SELECT id FROM message ORDER BY id"),
            "task": all_of("SELECT id FROM case_task ORDER BY id"),
            "posting": all_of("SELECT id FROM posting ORDER BY id"),
            "who": all_of("SELECT id FROM person ORDER BY id"),
            "demand_id": all_of("SELECT id FROM demand ORDER BY id"),
            "receipt_id": all_of("SELECT id FROM receipt ORDER BY id"),
            "order_id": all_of("SELECT order_ref FROM gateway_order ORDER BY id"),
            "document": all_of("SELECT id FROM document ORDER BY id"),
            **_words_of_the_hall(),
            **_words_of_the_land(),
            "known": [max(all_of("SELECT min(instant) FROM (SELECT max(instant) AS instant FROM recording GROUP BY jurisdiction) AS l")).isoformat()],
        }  # fmt: skip


def _words_of_the_hall() -> dict[str, list[Any]]:
    tokens = [f"{HALL}/pay/x/return"]
    words = (
        "why",
        "deed",
        "evidence",
        "note",
        "reason",
        "source",
        "title",
        "order_ref",
        "text",
        "subject",
        "name_en",
    )
    numbers = ("passkey", "seq", "refund_id", "job", "person_id", "owner")
    return {
        "body": [BODY.code],
        "step": sorted({name for each in SERVICES.values() for name in each.flow.steps}),
        "service": sorted(SERVICES),
        "language": ["en", "ml"],
        "name": [*names(), "Ammini Varghese"],
        "version": [str(each) for each in range(1, 8)],
        "kind": [str(each) for each in Kind],
        "kind of cases": ["deed", "photo", "other"],
        "record": ["full", "published", "road", "flood"],
        "record of cases": ["full", "published"],
        "role": list(STAFF),
        "address": ["a@example.org", "9876543210", "ammini@citizen.example"],
        "amount": ["50", "0.01", "5000"],
        "counted": ["0", "50.00"],
        "rupees": ["50", "0.5"],
        "seen_by": ["staff", "parties"],
        "answer": ["agrees", "objects", "grant", "refuse"],
        "decision": ["grant", "refuse"],
        "sure": ["yes"],
        "habit": ["usual", "late", "lost"],
        "outcome": ["paid", "failed", "captured"],
        "callback_url": tokens,
        "next": [f"{HALL}/my"],
        "code": [PLACE, BODY.code],
        "day": ["2026-12-01", "2026-11-01"],
        "begins": ["2026-01-01", "2026-11-01", "2031-01-01"],
        "upload-offset": ["0", "4"],
        "ends": ["2026-12-31", "2026-11-30"],
        "whatsapp secret": [WHATSAPP],
        "sms secret": [SMS],
        "hub.mode": ["subscribe"],
        "hub.verify_token": ["word"],
        **{name: ["Words."] for name in words},
        **{name: [1, 2, 3] for name in numbers},
    }


def _words_of_the_land() -> dict[str, list[Any]]:
    middle = to_geographic(MIDDLE, UTM_43N)
    ends = [to_geographic(Point(KERALA[0] + 70, KERALA[1] + up), UTM_43N) for up in (-5, 40)]
    cut = [f"{each.x:.8f},{each.y:.8f}" for each in ends]
    x, y = middle.x, middle.y
    ring = [[x, y], [x + 1e-4, y], [x + 1e-4, y + 1e-4], [x, y]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    return {
        "j": [PLACE, BODY.code],
        "number": ["12/104", "12/106", "1/1", "1/2", "1/8"],
        "ulpin": ["KL000000000104"],
        "at": [f"{x:.7f},{y:.7f}"],
        "lat": [f"{y:.6f}"],
        "lon": [f"{x:.6f}"],
        "corners": ["~".join(f"{a:.6f},{b:.6f}" for a, b in ring)],
        "area": [polygon, "1.25"],
        "sketch": ["", '{"type": "Point", "coordinates": [76.42, 10.65]}', "{}"],
        "line_from": cut[:1],
        "line_to": cut[1:],
        "numbers": ["1/91\n1/92"],
        "boundaries": ["", "{}"],
        "parts": ["2", "3"],
        "unit": [str(each) for each in AreaUnit],
        "land_type": ["nilam", "thottam", "purayidam"],
        "others": ["1/2", "1/3\n1/4"],
        "old_name": ["Nobody"],
        "theme": ["area", "flood", "boundary", "zoning"],
        "key": [card.key for card in list_parameters(library())[::40]],
        "collection": ["parcels", "road", "zoning", "flood"],
        "feature_id": ["1", "2"],
        "layer": ["elevation", "slope", "hillshade"],
        "layers": ["parcels", "parcels,road", "flood"],
        "grid": ["WebMercatorQuad"],
        "z": [0, 12, 15, 17],
        "x": [0, 2917, 23341, 93364],
        "y": [0, 1924, 15400, 61600],
        "form": ["png", "webp"],
        "f": ["json", "html", "geojson", "csv", "gpkg", "fgb", "parquet"],
        "format": ["json", "geojson", "pdf"],
        "lang": ["en", "ml"],
        "on": ["2026-01-01", "2024-05-01", "1924-01-01"],
        "on2": ["2026-02-01", "2024-04-30"],
        "q": ["12/104", "Puthoor", "LR"],
        "place": [PLACE],
        "occupancy": ["A1", "F", "D"],
        "storey": ["3", "2.9"],
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/EPSG/0/32643"],
        "bbox": ["76,10,77,11", "76.42,10.65,76.43,10.66"],
        "datetime": ["2024-05-01", "2020-01-01T00:00:00Z/.."],
        "filter": ["measured_area > 10", "S_INTERSECTS(geometry, BBOX(76,10,77,11))"],
        "limit": ["1", "1000"],
        "scale": ["1000", "500"],
        "paper": ["a4", "a3"],
    }  # fmt: skip
