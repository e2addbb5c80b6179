"""Who holds a parcel is private: no public module can ask it, no public answer has a place for it, none says it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from inspect import getmembers, isclass
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import Engine

import gis.buildings.model
import gis.parcels.model
import layers.extract.model
import web.answers
from api.app import create_app
from api.sample_town import BODY
from api.settings import Settings
from civic.core.bodies import found_body
from gis.db.session import Base, transaction
from gis.jurisdictions import jurisdiction
from gis.parties import model as private
from gis.parties.changes import grant, transfer
from gis.parties.model import Instrument, NewRight, PartyKind, RightKind, Share, Source
from gis.parties.people import introduce
from gis.parties.tables import InstrumentRow, ParcelRightRow, PartyNameRow, PartyRow
from layers.extract.schema import extract_schema
from tests.api.town import build
from tests.builders import LONG_AGO

ROOT = Path(__file__).parents[2]
PUBLIC = ("gis", "layers", "rules", "tiles", "web", "api")
PRIVATE_TABLES = {row.__tablename__ for row in (PartyRow, PartyNameRow, ParcelRightRow, InstrumentRow)}
WORDS_FOR_A_HOLDER = re.compile(
    r"part(y|ies)|owners?|ownership|holders?|proprietors?|tenants?|lessees?|lessors?|mortgage(es?|ors?)|thandaper|pattadar"
)
NAME, DEED, TERMS = "Zzyzx Privatha", "sale deed 987654", "loan of Privatha"


def public_modules() -> Iterator[Path]:
    for package in PUBLIC:
        for path in sorted((ROOT / package).rglob("*")):
            inside = path.relative_to(ROOT).parts
            if (
                path.suffix in {".py", ".sql"}
                and "node_modules" not in inside
                and inside[:2] != ("gis", "parties")
            ):
                yield path


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_public_module_imports_the_parties() -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in public_modules()
        if path.suffix == ".py"
        for name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if name == "gis.parties" or name.startswith("gis.parties.")
    ]
    assert found == []


def test_no_public_statement_names_their_tables() -> None:
    asks = re.compile(
        rf"\b(FROM|JOIN|INTO|UPDATE|TABLE|ONLY)\s+\"?({'|'.join(sorted(PRIVATE_TABLES))})\b", re.I
    )
    found = [
        f"{path.relative_to(ROOT)}: {asked[0]}"
        for path in public_modules()
        if "migrations" not in path.parts
        for asked in [asks.search(path.read_text(encoding="utf-8"))]
        if asked
    ]
    assert found == []


def test_no_public_table_refers_to_a_private_one() -> None:
    """Nothing can be joined from the land to who holds it but through the private tables themselves."""
    found = [
        f"{table.name} -> {key.column.table.name}"
        for table in Base.metadata.tables.values()
        if table.name not in PRIVATE_TABLES
        for key in table.foreign_keys
        if key.column.table.name in PRIVATE_TABLES
    ]
    assert found == []


def words(name: str) -> list[str]:
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_")


def named_in(schema: Any) -> Iterator[str]:
    """Every property, parameter and definition that a JSON Schema or an OpenAPI document names."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in {"properties", "$defs", "schemas", "paths"} and isinstance(value, dict):
                yield from value
            if key == "name" and isinstance(value, str):
                yield value
            yield from named_in(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from named_in(part)


def names_a_holder(name: str) -> bool:
    return any(WORDS_FOR_A_HOLDER.fullmatch(word) for word in words(name))


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("owner", True),
        ("partyId", True),
        ("right_holders", True),
        ("area_share", False),
        ("part", False),
        ("placeholder", False),
    ],
)
def test_the_words_below_are_told_apart(name: str, is_found: bool) -> None:
    assert names_a_holder(name) is is_found


def test_the_schema_of_the_extract_has_no_place_for_a_holder() -> None:
    names = set(named_in(extract_schema()))
    assert len(names) > 20
    assert {name for name in names if names_a_holder(name)} == set()


def test_the_schema_of_the_service_has_no_place_for_a_holder(engine: Engine) -> None:
    names = set(named_in(create_app(Settings(state=Path("nowhere")), engine).openapi()))
    assert len(names) > 20
    assert {name for name in names if names_a_holder(name)} == set()


def types_within(hint: Any, seen: set[type]) -> None:
    """Every dataclass that a value of a type can carry."""
    for part in get_args(hint):
        types_within(part, seen)
    if isclass(hint) and is_dataclass(hint) and hint not in seen:
        seen.add(hint)
        hints = get_type_hints(hint)
        for field in fields(hint):
            types_within(hints[field.name], seen)


@pytest.mark.parametrize(
    "module", [layers.extract.model, web.answers, gis.parcels.model, gis.buildings.model]
)
def test_no_public_value_carries_a_party(module: ModuleType) -> None:
    carried: set[type] = set()
    for _, kind in getmembers(module, lambda member: isclass(member) and is_dataclass(member)):
        types_within(kind, carried)
    assert carried
    assert {kind for kind in carried if kind.__module__.startswith(private.__package__)} == set()
    named = {f"{kind.__name__}.{field.name}" for kind in carried for field in fields(kind)}
    assert {name for name in named if names_a_holder(name.partition(".")[2])} == set()


# And what it says in fact, at every door.


@pytest.fixture
def app(fresh_engine: Engine, tmp_path: Path) -> FastAPI:
    """The service over a town whose plot 12/104 has an owner and a mortgage."""
    build(fresh_engine)
    with transaction(fresh_engine) as session:
        place = jurisdiction(session, "test-town")
        holder = introduce(session, place, kind=PartyKind.PERSON, name=NAME, on=LONG_AGO)
        how = {
            "on": LONG_AGO,
            "instrument": Instrument(title=DEED, dated=LONG_AGO),
            "source": Source.VERIFIED,
        }
        to = [Share(party=holder.id, part=Fraction(1))]
        transfer(session, place, "12/104", to=to, **how)  # type: ignore[arg-type]
        loan = NewRight(kind=RightKind.MORTGAGE, party=holder.id, terms=TERMS)
        grant(session, place, "12/104", right=loan, **how)  # type: ignore[arg-type]
        found_body(session, replace(BODY, code="test-town", jurisdiction="test-town"))
    return create_app(Settings(state=tmp_path), fresh_engine)


FILLED = {
    "code": "test-town",
    "collection": "parcels",
    "feature_id": "1",
    "grid": "WebMercatorQuad",
    "record": "parcels",
    "body": "test-town",
    "service": "land_records",
    "j": "test-town",
    "z": "16",
    "x": "46680",
    "y": "30817",
    "layer": "elevation",
    "form": "png",
    "key": "access.automobile_service",
}
ASKED = {
    "with nothing": {},
    "by its number": {"number": "12/104", "q": "12/104"},
    "by the holder's name": {"q": "Zzyzx"},
    "by the deed": {"q": "987654"},
    "in another form": {"number": "12/104", "format": "geojson"},
    "between two dates": {"number": "12/104", "on": date(2020, 1, 1), "on2": date(2026, 1, 1)},
}


def doors(app: FastAPI) -> Iterator[str]:
    routers: list[Any] = [app]
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in route.methods:
                yield re.sub(r"\{(\w+)[^}]*\}", lambda part: FILLED.get(part[1], "1"), route.path)
            elif included := getattr(route, "original_router", None):
                routers.append(included)


@pytest.mark.filterwarnings("default")
def test_no_door_says_who_holds_a_parcel(app: FastAPI) -> None:
    client = TestClient(app)
    said: list[str] = []
    answered: set[str] = set()
    for path in doors(app):
        if path.endswith(".pdf"):  # made from the same values, and slow
            continue
        for how, question in ASKED.items():
            answer = client.get(path, params={key: str(value) for key, value in question.items()})
            if answer.status_code == 200:
                answered.add(path)
            # A page repeats what was typed, so the other marks are looked for.
            marks = {"Zzyzx", "Privatha", "987654"} - {question.get("q")}
            said += [f"{path} says {mark} asked {how}" for mark in marks if mark in answer.text]
    assert said == []
    spoken = {
        "/api/test-town/extract",
        "/api/test-town/search",
        "/test-town/plot",
        "/town/test-town",
        "/tiles/test-town/16/46680/30817.mvt",
    }
    assert spoken <= answered, "a door that answers nothing proves nothing"
