"""When names are made comparable in another way, the names already stored are found in that way too."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.connecting import check_set_up, migrate
from gis import names
from gis.asof import AsOf
from gis.db.session import make_engine
from gis.errors import Unavailable
from gis.recordings import last_recording
from layers import search as searching
from layers import search_keys
from layers.importers import searchable
from layers.search import search
from layers.search_keys import are_current, remake, version
from tests.builders import a_box
from tests.conftest import drop_database, fresh_database
from tests.layers.importers.test_parcels_in import plots
from tests.layers.importers.writing import PLACE, bring, entry

CSV = """name,malayalam,sort,lon,lat
Palakkad,പാലക്കാട്,city,76.65,10.77
,ഒറ്റപ്പാലം,town,76.38,10.77
Beypore Fort,ബേപ്പൂർ കോട്ട,,76.40,10.90
"""
STORED = "SELECT import_id, srid, kind, name_en, name_ml, folded, sound_key, parcel_number, position FROM place_name"


def bring_names(session: Session, folder: Path) -> None:
    """A table of places, and plots with addresses."""
    (folder / "names.csv").write_text(CSV, encoding="utf-8")
    fields = {"name_en": "name", "name_ml": "malayalam", "place_kind": "sort"}
    bring(session, folder, entry("places", "names.csv", **fields))
    plots(folder, a_box(), a_box(x=30), address=["12 Temple Road", "ക്ഷേത്രം റോഡ് 14"])
    bring(session, folder, entry("parcels", "plots.fgb", fields={"number": "number", "address": "address"}))


def stored(session: Session) -> list[tuple[object, ...]]:
    """Every name with its keys, in no order of rows."""
    return sorted((tuple(row) for row in session.execute(text(STORED))), key=repr)


def titles(session: Session, words: str) -> list[str]:
    """What a search offers."""
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, PLACE.code))
    return [found.title_en for found in search(session, PLACE, words, at=at)]


@pytest.fixture
def other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another making of keys: every name is spelt backwards."""
    monkeypatch.setattr(searchable, "sound_key", lambda name: names.sound_key(name)[::-1])
    monkeypatch.setattr(searching, "sound_key", lambda name: names.sound_key(name)[::-1])
    monkeypatch.setattr(search_keys, "version", lambda: "backwards")


def test_what_is_current_is_left_alone(session: Session, tmp_path: Path) -> None:
    bring_names(session, tmp_path)
    assert remake(session) == 5
    before = session.execute(text("SELECT array_agg(id ORDER BY id) FROM place_name")).scalar_one()
    assert are_current(session)
    assert remake(session) == 0
    assert session.execute(text("SELECT array_agg(id ORDER BY id) FROM place_name")).scalar_one() == before


def test_made_anew_by_the_same_code_every_name_is_as_it_was(session: Session, tmp_path: Path) -> None:
    bring_names(session, tmp_path)
    before = stored(session)
    assert remake(session) == 5
    assert stored(session) == before


@pytest.mark.usefixtures("other_keys")
def test_stored_names_are_found_by_the_new_keys(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr(searchable, "sound_key", names.sound_key)
        bring_names(session, tmp_path)
    assert "Beypore Fort" not in titles(session, "Baypoor Fort")
    assert not are_current(session)
    assert remake(session) == 5
    assert are_current(session)
    assert titles(session, "Baypoor Fort")[0] == "Beypore Fort"
    assert titles(session, "12 Tempel Road")[0] == "12 Temple Road"


def test_progress_is_told_part_by_part(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_names(session, tmp_path)
    monkeypatch.setattr(search_keys, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    remake(session, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_the_version_is_that_of_the_code_and_not_of_its_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    own = version()
    sources = {name: Path(names.__file__).with_name(name).read_text("utf-8") for name in search_keys.MAKERS}

    class Folder:
        """The folder of the key-making, changed."""

        def __init__(self, change: tuple[str, str]) -> None:
            self.change = change

        def joinpath(self, name: str) -> "Folder":
            self.text = sources[name].replace(*self.change)
            return self

        def read_text(self, encoding: str) -> str:
            assert encoding == "utf-8"
            return self.text

    for change, is_same in (
        (("# joiners", "# other words"), True),
        (("text.casefold()", "text.lower()"), False),
    ):
        assert any(change[0] in source for source in sources.values())
        monkeypatch.setattr(search_keys, "files", lambda _, change=change: Folder(change))
        version.cache_clear()
        assert (version() == own) is is_same
    monkeypatch.undo()
    version.cache_clear()


def test_bringing_a_database_up_to_date_makes_the_keys_anew(fresh_engine: Engine, tmp_path: Path) -> None:
    with Session(fresh_engine) as session, session.begin():
        bring_names(session, tmp_path)
    with pytest.raises(Unavailable, match=r"\./bhumika up --no-serve"):
        check_set_up(fresh_engine)
    migrate(fresh_engine)
    check_set_up(fresh_engine)
    with Session(fresh_engine) as session, session.begin():
        session.execute(text("UPDATE search_key_version SET version = 'of an older Bhumika'"))
        session.execute(text("UPDATE place_name SET sound_key = 'x'"))
    migrate(fresh_engine)
    with Session(fresh_engine) as session:
        assert titles(session, "Baypoor Fort")[0] == "Beypore Fort"


def test_a_database_that_was_never_set_up_is_refused_with_the_command(server: str) -> None:
    url, name = fresh_database(server)
    engine = make_engine(url)
    try:
        with pytest.raises(Unavailable, match=r"not set up.*\./bhumika up --no-serve"):
            check_set_up(engine)
    finally:
        engine.dispose()
        drop_database(server, name)
