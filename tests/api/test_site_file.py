"""`bhumika extract … --site`: the plot in a file that needs no database, the same bytes in every process."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from gis.site import RoadKind, Status
from gis.site_document import site_from_json
from tests.api.test_cli import bhumika, in_its_own_process
from tests.architecture.test_privacy import named_in, names_a_holder


@pytest.fixture(autouse=True)
def settings(town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town's database, and a state folder of the test's own."""
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", town.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path))


def test_the_file_holds_the_plot_as_the_rules_see_it(tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    run = bhumika("extract", "test-town", "12/104", "--site", str(file))
    assert (run.exit_code, run.stdout) == (0, ""), run.stderr
    site = site_from_json(file.read_bytes())
    assert (site.jurisdiction, site.number) == ("test-town", "12/104")
    flood = site.overlay("flood")
    assert flood is not None
    assert (flood.status, flood.share) == (Status.AFFECTED, 50.0)
    (road,) = site.roads
    assert (road.title, road.width, road.kind) == ("Temple road", 8.0, None)
    assert RoadKind.MAIN not in {each.kind for each in site.roads}


def test_it_is_written_beside_another_form(tmp_path: Path) -> None:
    site, extract = tmp_path / "site.json", tmp_path / "extract.json"
    assert bhumika("extract", "test-town", "12/104", "--site", str(site), "-o", str(extract)).exit_code == 0
    assert json.loads(site.read_bytes())["schema"] == "bhumika-site-1"
    assert json.loads(extract.read_bytes())["schema"] == "bhumika-extract-1"


def test_the_file_is_the_same_in_every_process(tmp_path: Path) -> None:
    files = [tmp_path / f"{seed}.json" for seed in (1, 2)]
    for seed, file in enumerate(files):
        in_its_own_process(seed, "extract", "test-town", "12/104", "--site", str(file))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    run = bhumika("extract", "test-town", "12/104", "--site", str(tmp_path / "nowhere" / "site.json"))
    assert run.exit_code == 1
    assert "cannot be written" in " ".join(run.stderr.split())


def test_a_divided_plot_has_no_site(tmp_path: Path) -> None:
    run = bhumika("extract", "test-town", "12/106", "--site", str(tmp_path / "site.json"))
    assert run.exit_code == 1
    assert "12/106-1" in run.stderr
    assert not (tmp_path / "site.json").exists()


def test_its_schema_is_served_and_has_no_place_for_a_holder(client: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    bhumika("extract", "test-town", "12/104", "--site", str(file))
    schema = client.get("/api/schema/site.json").json()
    jsonschema.validate(json.loads(file.read_bytes()), schema)
    names = set(named_in(schema))
    assert len(names) > 50
    assert {name for name in names if names_a_holder(name) or re.match("own|hold", name)} == set()
