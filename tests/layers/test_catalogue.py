"""The catalogues say of every layer what it means, by which law, how it is measured, and whom to ask."""

import csv
import math
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from gis.errors import Invalid, NotFound
from layers.catalogue import Catalogue, Layer, Measure, Role, Status, Words, load, names, read

SHARED = Path(__file__).parents[3] / "shared"
FACTS = SHARED / "facts" / "kerala_land_civic.yaml"
MANIFEST = SHARED / "data" / "manifest.csv"

RESTRICTIONS_OF_KERALA = [
    "paddy_data_bank",
    "paddy_house_exception",
    "unnotified_land",
    "unnotified_fee",
    "unnotified_small_build",
    "crz_seaward",
    "crz_tidal",
    "crz_islands",
    "crz_ia_ib",
    "crz_pokkali",
    "wg_esa",
    "esz",
    "landslide_wayanad",
    "landslide_munnar",
    "slope",
    "flood",
    "airport",
    "railway",
    "defence",
    "asi_monument",
    "heritage",
    "nh_line",
    "road_widening",
    "zoning",
    "acquisition",
    "ht_line",
    "pipeline",
    "burial",
    "quarry",
    "telecom",
    "river_bank",
    "puramboke",
    "assigned_land",
]

DISTANCES_IN_KERALA = {
    "railway": 30,
    "railway_tower": 100,
    "airport": 20_000,
    "nh_line": 3,
    "nh_control_line": None,
    "defence": 50,
    "asi_monument": 300,
    "landslide_wayanad": 500,
    "crz_seaward": 500,
    "crz_tidal": 50,
    "crz_islands": 50,
    "crz_mangrove": 50,
    "ht_line": 5.6,
    "transmission_corridor": 26,
    "burial": 50,
    "quarry": 50,
}


@pytest.fixture(params=["kerala", "cambridge_ma", "swellendam_za"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return load(request.param)


@pytest.fixture
def facts() -> dict[str, dict[str, Any]]:
    if not FACTS.exists():
        pytest.skip("the facts about Kerala's law are not beside this checkout (../shared)")
    content = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    return {fact["id"]: fact for fact in content["land_restrictions"]}


@pytest.fixture
def manifest() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        pytest.skip("the real data are not beside this checkout (../shared)")
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marks(fact: dict[str, Any]) -> set[str]:
    mark = fact["conf"]
    return set(mark.values()) if isinstance(mark, dict) else {mark}


def said(catalogue: Catalogue) -> Iterator[tuple[str, Words]]:
    for group in catalogue.groups:
        yield group.id, group.title
    for layer in catalogue.layers:
        own = [layer.title, layer.meaning, layer.notes, layer.authority, layer.consult, layer.accuracy_basis]
        own += [layer.assumed_half_width_basis, *(step.meaning for step in layer.steps)]
        own += [layer.limit.tolerance_basis] if layer.limit else []
        yield from ((layer.id, words) for words in own if words is not None)


# ---------------------------------------------------------------------------------------- what is in Kerala's file


@pytest.mark.parametrize("fact", RESTRICTIONS_OF_KERALA)
def test_every_restriction_known_in_kerala_has_an_entry(fact: str) -> None:
    entries = [layer for layer in load("kerala").layers if fact in layer.fact]
    assert entries, f"no entry names the fact {fact}"
    assert all(layer.shows for layer in entries)


def test_the_list_of_restrictions_is_that_of_the_facts(facts: dict[str, dict[str, Any]]) -> None:
    assert set(RESTRICTIONS_OF_KERALA) == set(facts)
    named = {fact for layer in load("kerala").layers for fact in layer.fact}
    assert named <= set(facts)


def test_no_entry_is_surer_than_the_facts_it_rests_on(facts: dict[str, dict[str, Any]]) -> None:
    for layer in load("kerala").layers:
        allowed = {mark for fact in layer.fact for mark in marks(facts[fact])}
        if layer.fact:
            assert layer.confidence in allowed, layer.id
        for step in layer.steps:
            assert step.confidence in allowed, f"{layer.id} within {step.within} m"


def test_each_fee_and_exception_is_told_with_the_land_it_concerns() -> None:
    bank, outside = load("kerala").layer("paddy_data_bank"), load("kerala").layer("unnotified_land")
    assert bank.notes is not None
    assert outside.notes is not None
    assert "4.04 are (10 cents)" in bank.notes.en
    assert "2.02 ആർ (5 സെന്റ്)" in bank.notes.ml
    assert "above 25 cents 10 %" in outside.notes.en
    assert "120 ചതുരശ്ര മീറ്റർ" in outside.notes.ml


def test_distances_in_kerala_are_those_of_the_law() -> None:
    found = {layer.id: layer.buffer for layer in load("kerala").layers if layer.measure is Measure.DISTANCE}
    assert found == DISTANCES_IN_KERALA


@pytest.mark.parametrize(
    ("volts", "metres"), [(11, 1.2), (33, 2.0), (66, 2.3), (110, 2.9), (132, 2.9), (220, 3.8), (400, 5.6)]
)
def test_an_electric_line_keeps_the_distance_of_its_voltage(volts: int, metres: float) -> None:
    """Table 2: 1.2 m to 11 kV, 2.0 m to 33 kV, then 0.30 m for each further 33 kV or part of it."""
    clearance = 1.2 if volts <= 11 else 2.0 + 0.30 * max(0, math.ceil((volts - 33) / 33))
    assert clearance == pytest.approx(metres, abs=1e-9)
    assert metres in [step.within for step in load("kerala").layer("ht_line").steps]


def test_a_monument_has_a_nearer_and_a_farther_distance() -> None:
    steps = load("kerala").layer("asi_monument").steps
    assert [(step.within, step.confidence.value) for step in steps] == [(100, "R"), (300, "Q")]


def test_an_unverified_law_gives_no_number_and_says_so() -> None:
    unverified = [layer for layer in load("kerala").layers if not layer.is_verified]
    assert [layer.id for layer in unverified] == ["river_bank", "nh_control_line"]
    for layer in unverified:
        assert layer.buffer is None
        assert not layer.is_binding
        assert "not verified" in layer.meaning.en or "not been verified" in layer.meaning.en
        assert "ഉറപ്പാക്കിയിട്ടില്ല" in layer.meaning.ml
        assert not re.search(r"\d\s*m\b", layer.meaning.en)


def test_the_western_ghats_draft_is_a_draft_and_everything_else_is_law() -> None:
    drafts = [layer.id for layer in load("kerala").layers if layer.status is Status.DRAFT]
    assert drafts == ["wg_esa"]
    assert "(draft)" in load("kerala").layer("wg_esa").title.en
    assert "(കരട്)" in load("kerala").layer("wg_esa").title.ml


def test_a_slope_is_steep_above_45_degrees_and_read_from_the_heights() -> None:
    slope = load("kerala").layer("slope")
    assert slope.limit is not None
    assert (slope.limit.above, slope.limit.unit, slope.source_layer) == (45, "degree", "elevation")


@pytest.mark.parametrize(
    ("layer_id", "agency"),
    [
        ("railway", "Railway administration"),
        ("airport", "Airports Authority of India (NOCAS)"),
        ("crz_zone", "Kerala Coastal Zone Management Authority"),
        ("asi_monument", "Archaeological Survey of India"),
        ("heritage", "Art and Heritage Commission"),
        ("defence", "Station Commander, through the municipality"),
        ("security_zone", "District Collector"),
    ],
)
def test_the_agency_of_table_a_is_consulted(layer_id: str, agency: str) -> None:
    consult = load("kerala").layer(layer_id).consult
    assert consult is not None
    assert consult.en == agency


@pytest.mark.parametrize(
    ("layer_id", "role"),
    [
        ("local_body", Role.ADMIN),
        ("ward", Role.ADMIN),
        ("village", Role.ADMIN),
        ("road", Role.ROAD),
        ("building", Role.BUILDING),
        ("water_body", Role.WATER),
        ("watercourse", Role.WATER),
        ("zoning", Role.ZONE),
        ("elevation", Role.TERRAIN),
    ],
)
def test_kerala_has_the_ground_layers_of_an_answer(layer_id: str, role: Role) -> None:
    assert load("kerala").layer(layer_id).role is role


@pytest.mark.parametrize("layer_id", ["zoning", "ward", "local_body", "village"])
def test_zones_wards_and_villages_tile_the_ground(layer_id: str) -> None:
    assert load("kerala").layer(layer_id).full_coverage


def test_every_restriction_in_kerala_cites_a_law() -> None:
    for layer in load("kerala").with_role(Role.RESTRICTION):
        assert layer.law, layer.id
        assert layer.law_in("en") == layer.law
        assert layer.law_in("ml") == layer.law_ml


# ------------------------------------------------------------------------------------------------- the other towns


def test_every_layer_of_the_cambridge_file_has_an_entry(manifest: list[dict[str, str]]) -> None:
    tables = {row["layer"] for row in manifest if row["file"] == "cambridge_ma.gpkg.zip"}
    assert tables - {"parcel_fy2014"} == {layer.id for layer in load("cambridge_ma").layers}


def test_every_layer_of_the_swellendam_file_has_an_entry(manifest: list[dict[str, str]]) -> None:
    tables = {row["layer"] for row in manifest if row["file"] == "swellendam_za.gpkg.zip"}
    assert (tables - {"farm_parcel"}) | {"elevation"} == {layer.id for layer in load("swellendam_za").layers}


@pytest.mark.parametrize("name", ["cambridge_ma", "swellendam_za"])
def test_no_law_of_another_town_is_claimed_to_have_been_read(name: str) -> None:
    for layer in load(name).layers:
        assert layer.confidence in (None, "R"), layer.id
        assert layer.buffer is None, layer.id
        assert not layer.fact


def test_themes_of_kerala_do_not_appear_elsewhere() -> None:
    kerala = {layer.id for layer in load("kerala").with_role(Role.RESTRICTION)}
    for name in ("cambridge_ma", "swellendam_za"):
        assert kerala.isdisjoint(layer.id for layer in load(name).layers)


# ----------------------------------------------------------------------------------------------- every catalogue


def test_the_catalogues_are_these() -> None:
    assert names() == ["cambridge_ma", "kerala", "swellendam_za"]


def test_layers_come_by_group_and_order(catalogue: Catalogue) -> None:
    rank = {group.id: group.order for group in catalogue.groups}
    places = [(rank[layer.theme], layer.order) for layer in catalogue.layers]
    assert places == sorted(places)
    assert {layer.theme for layer in catalogue.layers} == set(rank), "a group without layers"


def test_words_are_complete_in_both_languages(catalogue: Catalogue) -> None:
    broken_chillu = re.compile("(?<!\u0d4d)[\u0d30\u0d32\u0d33]\u0d4d(?![\u0d00-\u0d7f])")
    for where, words in said(catalogue):
        for text in (words.en, words.ml):
            assert unicodedata.is_normalized("NFC", text), where
            assert "  " not in text, where
        letters = [letter for letter in words.ml if letter.isalpha()]
        malayalam = [letter for letter in letters if "\u0d00" <= letter <= "\u0d7f"]
        assert len(malayalam) > len(letters) / 2, f"{where}: {words.ml}"
        assert not broken_chillu.search(words.ml), f"{where}: {words.ml}"
        assert "ൻ്റ" not in words.ml, f"{where}: {words.ml}"
        assert "ൌ" not in words.ml, f"{where}: {words.ml}"


def test_numbers_of_a_sentence_are_the_same_in_both_languages(catalogue: Catalogue) -> None:
    for where, words in said(catalogue):
        english, malayalam = (
            sorted(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d) (?=\d{3}\b)", "", text)))
            for text in (words.en, words.ml)
        )
        assert english == malayalam, f"{where}: {words.en} / {words.ml}"


def test_an_assumption_is_called_one(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        for basis in (layer.accuracy_basis, layer.assumed_half_width_basis):
            if basis is not None:
                assert "Our assumption" in basis.en, layer.id
                assert "അനുമാന" in basis.ml, layer.id


def test_titles_fit_a_narrow_screen(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        assert len(layer.title.en) <= 60, layer.title.en
        assert len(layer.title.ml) <= 80, layer.title.ml


def test_lines_stand_out_on_paper_and_screen(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        assert contrast(layer.colour.line, "#ffffff") >= 4.5, layer.id
        assert contrast(layer.colour.line, layer.colour.fill) >= 2, layer.id


def test_no_two_layers_share_a_colour(catalogue: Catalogue) -> None:
    for one, other in combinations(catalogue.layers, 2):
        assert colour_distance(one.colour.fill, other.colour.fill) >= 10, f"{one.id} and {other.id}"
        assert colour_distance(one.colour.line, other.colour.line) >= 10, f"{one.id} and {other.id}"


def test_a_catalogue_cannot_be_changed(catalogue: Catalogue) -> None:
    layer = catalogue.layers[0]
    with pytest.raises(ValidationError):
        layer.accuracy = 0.0
    with pytest.raises(AttributeError):
        catalogue.layers = ()  # type: ignore[misc]


# ------------------------------------------------------------------------------------------------------ searching


def test_the_search_reaches_buffer_half_width_and_accuracy() -> None:
    railway = load("kerala").layer("railway")
    assert railway.search_reach() == 30 + 30 + 5
    assert railway.search_reach(accuracy=12.5) == 30 + 30 + 12.5
    assert railway.search_reach(accuracy=0) == 60


def test_without_a_buffer_the_search_reaches_as_far_as_the_accuracy() -> None:
    assert load("kerala").layer("flood").search_reach() == 25


def test_an_unknown_layer_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"kerala.*moat"):
        load("kerala").layer("moat")


@pytest.mark.parametrize("name", ["atlantis", "../kerala", "kerala.yaml", ""])
def test_an_unknown_catalogue_is_not_found_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(NotFound, match="cambridge_ma, kerala, swellendam_za"):
        load(name)


# --------------------------------------------------------------------------------------------------------- digest


def text_of(name: str) -> str:
    return files("layers").joinpath("catalogues", f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", ["1", "77"])
def test_the_digest_is_the_same_in_every_process(seed: str) -> None:
    code = "from layers.catalogue import load, names\nfor name in names(): print(load(name).digest)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": seed, "PATH": ""},
    )
    assert ran.stdout.split() == [load(name).digest for name in names()]


def test_the_digest_changes_with_a_word() -> None:
    changed = text_of("kerala").replace("needs a no-objection certificate", "needs no objection", 1)
    assert read("kerala", changed).digest != load("kerala").digest


def test_the_digest_does_not_see_comments_or_the_order_in_the_file() -> None:
    sheet = deepcopy(parsed("kerala"))
    sheet["layers"].reverse()
    assert read("kerala", yaml.safe_dump(sheet, allow_unicode=True)).digest == load("kerala").digest


# --------------------------------------------------------------------------------------------------------- faults

Sheet = dict[str, Any]
Change = Callable[[Sheet], object]


@cache
def parsed(name: str) -> Sheet:
    sheet: Sheet = yaml.load(text_of(name), Loader=yaml.BaseLoader)
    return sheet


def sheet_with(*wanted: str) -> Sheet:
    """Kerala's catalogue cut down to a few entries, as strings."""
    sheet = deepcopy(parsed("kerala"))
    sheet["layers"] = [entry for entry in sheet["layers"] if entry["id"] in wanted]
    del sheet["texts"]
    return sheet


def planted(layer_id: str, field: str, value: object) -> Change:
    def change(sheet: Sheet) -> None:
        entry = next(entry for entry in sheet["layers"] if entry["id"] == layer_id)
        *path, last = field.split(".")
        for part in path:
            entry = entry[part]
        if value is None:
            del entry[last]
        else:
            entry[last] = value

    return change


KEPT = ("railway", "asi_monument", "river_bank", "zoning", "road", "slope", "elevation", "airport", "telecom")


def test_the_unchanged_entries_are_accepted() -> None:
    assert len(read("kerala", yaml.safe_dump(sheet_with(*KEPT), allow_unicode=True)).layers) == len(KEPT)


STEP = {"within": "10", "confidence": "Q", "meaning": {"en": "Near.", "ml": "അടുത്ത്."}}


@pytest.mark.parametrize(
    ("layer_id", "field", "value", "named"),
    [
        ("railway", "buffer", None, "buffer"),
        ("railway", "buffer", "0", "buffer"),
        ("railway", "buffer", "-30", "buffer"),
        ("railway", "buffer", "nan", "buffer"),
        ("railway", "buffer", "thirty", "buffer"),
        ("zoning", "buffer", "10", "buffer"),
        ("river_bank", "measure", "paces", "measure"),
        ("railway", "confidence", "U", "buffer"),
        ("railway", "confidence", "X", "confidence"),
        ("railway", "confidence", None, "confidence"),
        ("road", "confidence", "Q", "confidence"),
        ("railway", "law_ml", None, "law_ml"),
        ("road", "clause", "rule 1", "law"),
        ("road", "status", "draft", "status"),
        ("railway", "status", "rumoured", "status"),
        ("railway", "theme", "weather", "theme"),
        ("railway", "id", "Rail Way", "id"),
        ("railway", "colour.line", "red", "colour.line"),
        ("railway", "colour.fill", "#12345", "colour.fill"),
        ("railway", "title.ml", None, "title.ml"),
        ("railway", "title.ml", "Railway", "title.ml"),
        ("railway", "title.en", "റെയിൽവേ", "title.en"),
        ("railway", "title.en", "", "title.en"),
        ("railway", "title.en", " Railway", "title.en"),
        ("railway", "meaning.ml", "ക\u0d46\u0d3eട്ടാരം", "meaning.ml"),
        ("railway", "meaning.ml", "അവര\u0d4d\u200d", "meaning.ml"),
        ("railway", "meaning.en", "Zu\u0308rich", "meaning.en"),
        ("railway", "fare", "5", "fare"),
        ("railway", "authority", None, "authority"),
        ("railway", "accuracy", None, "accuracy"),
        ("railway", "accuracy_basis", None, "accuracy_basis"),
        ("railway", "measured_from", None, "measured_from"),
        ("railway", "assumed_half_width_basis", None, "assumed_half_width_basis"),
        ("railway", "assumed_half_width", None, "assumed_half_width_basis"),
        ("airport", "assumed_half_width", "5", "assumed_half_width_basis"),
        ("road", "measured_from", "centre_line", "assumed_half_width"),
        ("railway", "currency", "yearly", "currency"),
        ("railway", "currency", "P0Y", "currency"),
        ("railway", "since", "2025-13-01", "since"),
        ("railway", "link", "javascript:alert(1)", "link"),
        ("railway", "shows", "perhaps", "shows"),
        ("railway", "full_coverage", "true", "full_coverage"),
        ("telecom", "buffer_property", "reach", "buffer_property"),
        ("railway", "steps", [STEP], "steps"),
        ("railway", "steps", [STEP, {**STEP, "within": "30", "confidence": "U"}], "steps"),
        ("railway", "steps", [{**STEP, "within": "30"}, {**STEP, "within": "30"}], "steps"),
        ("railway", "steps", [{**STEP, "within": "0"}, {**STEP, "within": "30"}], "steps"),
        ("asi_monument", "buffer", "200", "steps"),
        ("slope", "source_layer", "railway", "source_layer"),
        ("slope", "source_layer", "slope", "source_layer"),
        ("railway", "source_layer", "elevation", "source_layer"),
        ("slope", "measured_from", "edge", "measured_from"),
        ("slope", "limit.unit", "percent", "limit.unit"),
        ("elevation", "limit", {"above": "5", "unit": "metre", "tolerance": "0", "tolerance_basis": {"en": "None.", "ml": "ഇല്ല."}}, "limit"),
        ("zoning", "limit", {"above": "5", "unit": "metre", "tolerance": "0", "tolerance_basis": {"en": "None.", "ml": "ഇല്ല."}}, "limit"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_refused_with_file_entry_and_field(
    layer_id: str, field: str, value: object, named: str
) -> None:
    sheet = sheet_with(*KEPT)
    planted(layer_id, field, value)(sheet)
    with pytest.raises(Invalid) as refused:
        read("kerala", yaml.safe_dump(sheet, allow_unicode=True))
    assert "kerala.yaml" in refused.value.message
    entry = value if field == "id" else layer_id
    assert f"entry “{entry}”, field “{named}”" in refused.value.message


def twice(sheet: Sheet) -> None:
    sheet["layers"].append({**sheet["layers"][0], "order": "99"})


def same_place(sheet: Sheet) -> None:
    first, second = [entry for entry in sheet["layers"] if entry["theme"] == "transport"]
    second["order"] = first["order"]


def two_groups(sheet: Sheet) -> None:
    sheet["groups"][1]["id"] = sheet["groups"][0]["id"]


def empty(sheet: Sheet) -> None:
    sheet["layers"] = []


def renamed(sheet: Sheet) -> None:
    sheet["name"] = "karnataka"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (twice, "entry “zoning”, field “id”: 'zoning' stands twice"),
        (same_place, "entry “airport”, field “order”"),
        (two_groups, "field “id”: 'planning' stands twice in groups"),
        (empty, "field “layers”"),
        (renamed, "calls itself “karnataka”"),
    ],
)
def test_a_file_that_does_not_fit_together_is_refused(change: Change, words: str) -> None:
    sheet = sheet_with(*KEPT)
    change(sheet)
    with pytest.raises(Invalid) as refused:
        read("kerala", yaml.safe_dump(sheet, allow_unicode=True))
    assert words in refused.value.message
    assert "kerala.yaml" in refused.value.message


@pytest.mark.parametrize("text", ["", "name: [", "- 1\n- 2\n", "name: kerala\nname: kerala\n"])
def test_a_file_that_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"kerala\.yaml"):
        read("kerala", text)


def test_a_key_written_twice_is_refused() -> None:
    doubled = text_of("kerala").replace("    buffer: 30\n", "    buffer: 30\n    buffer: 20\n", 1)
    with pytest.raises(Invalid, match="“buffer” is written twice"):
        read("kerala", doubled)


def test_every_fault_is_named_at_once() -> None:
    sheet = sheet_with(*KEPT)
    planted("railway", "buffer", None)(sheet)
    planted("zoning", "title.ml", "Zone")(sheet)
    with pytest.raises(Invalid, match=r"zoning.*railway"):
        read("kerala", yaml.safe_dump(sheet, allow_unicode=True))


# ------------------------------------------------------------------------------------------------------- colours


def light(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (light(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    lights = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (channels(one), channels(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def colour_distance(one: str, other: str) -> float:
    """CIE 1976 difference (Lab, D65); 2.3 is just noticeable."""

    def lab(colour: str) -> tuple[float, float, float]:
        r, g, b = channels(colour)
        x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
        y = 0.2126 * r + 0.7152 * g + 0.0722 * b
        z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
        fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
        return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)

    return math.dist(lab(one), lab(other))


def test_the_measure_of_colours_knows_equal_and_different_ones() -> None:
    assert colour_distance("#336699", "#336699") == 0
    assert colour_distance("#000000", "#ffffff") == pytest.approx(100, abs=0.1)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_layer_is_what_the_catalogue_holds() -> None:
    assert all(isinstance(layer, Layer) for layer in load("kerala").layers)
