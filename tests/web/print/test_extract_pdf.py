"""The printed extract: complete, the same bytes every time, readable by people, archives and readers' aids."""

import hashlib
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gis.asof import AsOf
from gis.site import Status
from layers.extract.document import digest_of
from layers.extract.model import Subject, ThemeAnswer
from tests.web.print import plots
from tests.web.print.reading import facts, pages, whole
from web.print import extract_pdf
from web.print.words import Language

BOTH: tuple[Language, Language] = ("en", "ml")
ROOT = Path(__file__).parents[3]
HASH = """
import hashlib, sys
from tests.web.print import plots
from web.print import extract_pdf
for language in ("en", "ml"):
    pdf = extract_pdf(plots.an_extract(), language=language, surroundings=plots.around())
    print(hashlib.sha256(pdf).hexdigest())
"""


def printed(language: Language = "en", **other: object) -> str:
    return whole(extract_pdf(plots.an_extract(**other), language=language, surroundings=plots.around()))


def hashes_in_another_process(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", HASH],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split()


def test_the_same_extract_gives_the_same_bytes_in_every_process_place_and_order() -> None:
    here = [
        hashlib.sha256(
            extract_pdf(plots.an_extract(), language=language, surroundings=plots.around())
        ).hexdigest()
        for language in BOTH
    ]
    assert hashes_in_another_process(PYTHONHASHSEED="1", TZ="Asia/Kolkata") == here
    assert hashes_in_another_process(PYTHONHASHSEED="2", TZ="America/New_York", LC_ALL="C") == here
    assert here[0] != here[1]


def test_another_recording_instant_gives_another_file() -> None:
    later = AsOf(on=plots.ON, known=plots.KNOWN + timedelta(microseconds=1))
    assert extract_pdf(plots.an_extract(at=later), language="en") != extract_pdf(
        plots.an_extract(), language="en"
    )


def test_the_file_is_dated_by_the_record_and_not_by_the_clock() -> None:
    told = facts(extract_pdf(plots.an_extract(), language="en"))
    assert re.search(r"CreationDate: +2026-11-20T10:15:42Z", told)
    assert re.search(r"ModDate: +2026-11-20T10:15:42Z", told)


def test_an_extract_from_before_1970_can_be_printed() -> None:
    old = AsOf(on=date(1950, 1, 1), known=datetime(1961, 7, 1, tzinfo=UTC))
    assert "1 January 1950" in printed(at=old)


def test_the_file_is_made_for_archives_and_for_readers_aids() -> None:
    pdf = extract_pdf(plots.an_extract(), language="ml")
    for claim in (rb"<pdfaid:part>2<", rb"<pdfaid:conformance>A<", rb"<pdfuaid:part>1<"):
        assert claim in pdf
    assert re.search(r"Tagged: +yes", facts(pdf))
    assert b"/Lang(ml)" in pdf


@pytest.mark.parametrize("language", BOTH)
def test_every_page_has_its_number_plot_times_and_digest(language: Language) -> None:
    extract = plots.an_extract()
    sheets = pages(extract_pdf(extract, language=language))
    assert len(sheets) > 3
    for number, text in enumerate(sheets, start=1):
        assert re.search(rf"{number} ?/ ?{len(sheets)}$", text)
        assert "12/104-2" in text
        assert "2026-11-20 10:15:42.250000 UTC" in text
        assert digest_of(extract)[:16] in text
    assert digest_of(extract) in sheets[0]


@pytest.mark.parametrize(("language", "banner"), [("en", "SYNTHETIC SAMPLE"), ("ml", "കൃത്രിമ മാതൃക")])
def test_a_synthetic_plot_says_so_on_every_page_and_a_real_one_nowhere(
    language: Language, banner: str
) -> None:
    assert all(banner in text for text in pages(extract_pdf(plots.an_extract(), language=language)))
    real = replace(plots.TOWN, synthetic=False, name_en="Town", name_ml="നഗരം")
    shown = printed(language, jurisdiction=real)
    assert banner not in shown
    assert {"en": "SYNTHETIC", "ml": "കൃത്രിമം"}[language] not in shown


def test_every_theme_of_the_answer_stands_in_the_print_once_at_least() -> None:
    extract = plots.an_extract()
    english, malayalam = printed("en"), printed("ml")
    assert len(extract.themes) > 40
    for theme in extract.themes:
        assert theme.title.en in english
        assert theme.title.ml in malayalam


def test_the_four_answers_are_counted() -> None:
    first = pages(extract_pdf(plots.an_extract(), language="en"))[0]
    listed = [theme for theme in plots.an_extract().themes if theme.role != "admin"]
    for status, word in (
        (Status.AFFECTED, "Affected"),
        (Status.NEAR, "Near"),
        (Status.NOT_AFFECTED, "Not affected"),
        (Status.NO_DATA, "No data"),
    ):
        count = sum(theme.status is status for theme in listed)
        assert re.search(rf"\b{count}\b.*{word}", first)


def test_a_theme_tells_how_much_by_which_law_by_whom_since_when_and_from_what() -> None:
    text = printed()
    for told in (
        "204.08 m²; 22.3 % of measured; 22.9 % of recorded",
        "rule 22(3)",
        "read in the text of the law",
        "advisory; known from the press or secondary sources, not read in the law",
        "Must be consulted Railway administration",
        "Distance in the law 30.00 m",
        "12.34 m from the plot; within the 30 m of the law",
        "8 November 2019",
        "S1 Synthetic restrictions of the sample town, 1 January 2026",
    ):
        assert told in text


def test_the_facts_of_the_plot_are_told_with_both_areas_in_their_units() -> None:
    text = printed()
    for told in (
        "8.91 are as written: 891.00 m² · 22.02 cent · 8.910 are",
        "913.68 m² · 22.58 cent · 9.137 are",
        "+22.68 m² (+2.5 %)",
        "± 0.1 m",
        "32KL7A0104S2B9",
        "purayidam (garden land)",
        "Maathrukapuram Municipality (S1)",
        "Ward 7, Kadavu (S1)",
        "since 17 April 2012",
        "division; Document 1182/2012",
        "10.500573°, 76.200859°",
        "Kadavu Road (Width: 6.00 m)",
        "4.2 to 6.9 m, mean slope 3.1°",
    ):
        assert told in text


def test_a_large_plot_is_told_in_acres_and_hectares_too() -> None:
    def told(measured: float) -> str:
        subject = replace(plots.an_extract().subject, measured_area=measured)
        return printed(subject=subject)

    assert "hectare" not in told(1999.99)
    assert "2,000.00 m² · 49.42 cent · 20.000 are · 0.494 acre · 0.2000 hectare" in told(2000.0)


def test_shares_of_the_whole_plot_are_added_up_with_overlaps_taken_off() -> None:
    zoning = next(theme for theme in plots.an_extract().themes if theme.layer == "zoning")
    rows = tuple(
        replace(row, percent=6.3, area=57.56) if row.kind == "overlap" else row for row in zoning.shares
    )
    rows = (replace(rows[0], percent=rows[0].percent + 6.3, area=rows[0].area + 57.56), *rows[1:])
    text = printed(themes=(replace(zoning, shares=rows),))
    assert "Counted twice where records overlap (taken off) −57.56 −6.3" in text
    assert "Total 913.68 100.0" in text


def test_what_was_left_out_as_too_small_is_listed() -> None:
    text = printed()
    assert "Left out as too small to tell" in text
    assert "Survey 105" in text


def test_a_theme_without_hits_lists_what_it_left_out() -> None:
    theme = next(theme for theme in plots.an_extract().themes if theme.layer == "heritage")
    sliver = plots.a_hit(plots.on_the_ground(plots.PLOT).buffer(-17), label="Old temple edge")
    text = printed(themes=(replace(theme, left_out=(sliver,)),))
    assert "Left out as too small to tell: Old temple edge" in text


def test_no_data_names_whom_to_ask_and_why() -> None:
    text = printed()
    assert "No data set has been brought in for this theme, so nothing can be said." in text
    assert "Gas or oil pipeline (advisory" in text
    assert "GAIL or the operator of the pipeline" in text


def test_a_theme_that_does_not_apply_names_its_law_and_whether_it_only_advises() -> None:
    spared = next(theme for theme in plots.an_extract().themes if theme.layer == "pipeline")
    text = printed(themes=(replace(spared, status=Status.NOT_AFFECTED, sources=(plots.SOURCES[0].id,)),))
    assert "Gas or oil pipeline (advisory" in text
    assert "Petroleum and Minerals Pipelines Act 1962" in text


def test_a_draft_law_is_told_to_be_no_law_yet() -> None:
    draft = next(theme for theme in plots.an_extract().themes if theme.layer == "wg_esa")
    assert not draft.law.in_force
    hit = replace(draft, status=Status.AFFECTED, hits=(plots.a_hit(None, distance=0.0),), distance=0.0)
    text = printed(themes=(hit,))
    assert text.count("Draft only, not in force") >= 2


def test_every_source_has_its_licence_accuracy_and_checksum() -> None:
    text = printed()
    for source in plots.SOURCES:
        for told in (source.title, source.licence, source.sha256, source.file, f"± {source.accuracy:g} m"):
            assert told in text


def test_malayalam_comes_out_of_the_file_as_it_was_written() -> None:
    text = printed("ml")
    for phrase in (
        "വെള്ളപ്പൊക്ക സാധ്യതയുള്ള ഭൂമി",
        "പാർപ്പിട മേഖല",
        "മാതൃകാപുരം നഗരസഭ",
        "നിയമത്തിന്റെ പാഠത്തിൽ വായിച്ചത്",
        "കേരള മുനിസിപ്പാലിറ്റി കെട്ടിട നിർമ്മാണ ചട്ടങ്ങൾ",
        "ഇത് വിവരമാണ്, അനുമതിയല്ല",
        "913.68 ച.മീ. · 22.58 സെന്റ് · 9.137 ആർ",
        "2026 നവംബർ 1",
        "ഒഴിവാക്കിയവ",
    ):
        assert phrase in text


@pytest.mark.parametrize("language", BOTH)
def test_the_print_says_how_to_read_it_and_that_it_permits_nothing(language: Language) -> None:
    text = printed(language)
    told = {
        "en": (
            "This is information, not a permission.",
            "It does not mean that nothing applies.",
            "too coarse to say",
        ),
        "ml": ("ഇത് വിവരമാണ്, അനുമതിയല്ല.", "ഒന്നും ബാധകമല്ല എന്നല്ല അതിനർത്ഥം", "ഭൂപടങ്ങൾക്ക് കൃത്യത പോരാ"),
    }
    for sentence in told[language]:
        assert sentence in text


@pytest.mark.parametrize("language", BOTH)
def test_an_area_of_which_nothing_is_known_prints_and_says_so(language: Language) -> None:
    text = whole(extract_pdf(plots.an_empty_extract(), language=language))
    assert {"en": "Area drawn on the map", "ml": "ഭൂപടത്തിൽ വരച്ച സ്ഥലം"}[language] in text
    assert {"en": "No theme was asked", "ml": "ഒരു വിഷയവും പരിശോധിച്ചിട്ടില്ല"}[language] in text
    assert {"en": "No data set was used", "ml": "ഒരു വിവരശേഖരവും ഉപയോഗിച്ചിട്ടില്ല"}[language] in text


def test_a_plot_that_nothing_concerns_is_not_called_free_of_everything() -> None:
    def silent(theme: ThemeAnswer) -> ThemeAnswer:
        return replace(theme, status=Status.NO_DATA, hits=(), left_out=(), shares=())

    text = printed(themes=tuple(silent(theme) for theme in plots.an_extract().themes))
    assert "Read with care which themes have no data." in text


@pytest.mark.parametrize("language", BOTH)
def test_two_hundred_hits_and_fifty_thousand_vertices_print_within_three_seconds(language: Language) -> None:
    extract = plots.a_huge_extract(hits=200, vertices=50_000)
    extract_pdf(plots.an_empty_extract(), language=language)
    begun = time.process_time()
    pdf = extract_pdf(extract, language=language)
    assert time.process_time() - begun < 3.0
    text = whole(pdf)
    assert all(f"Pond {number}" in text for number in range(200))
    assert len(pdf) < 1_500_000


def test_a_term_that_is_over_and_a_past_state_tell_their_ends() -> None:
    parcel = plots.a_parcel(valid=replace(plots.a_parcel().valid, ends=date(2026, 12, 1)))
    hit = plots.a_hit(plots.on_the_ground(plots.PLOT), until=date(2027, 1, 1))
    theme = next(theme for theme in plots.an_extract().themes if theme.layer == "flood")
    text = printed(
        subject=Subject(parcel=parcel, shape=parcel.boundary, measured_area=parcel.measured_area),
        themes=(replace(theme, hits=(hit,)),),
    )
    assert "from 17 April 2012 up to, not including, 1 December 2026" in text
    assert "from 8 November 2019 up to, not including, 1 January 2027" in text


def test_a_plot_in_two_wards_names_both_with_their_shares() -> None:
    ward = next(theme for theme in plots.an_extract().themes if theme.layer == "ward")
    split = replace(
        ward,
        hits=(
            replace(ward.hits[0], label="Ward 7", share_of_measured=62.1),
            replace(ward.hits[0], label="Ward 8", share_of_measured=37.9),
        ),
    )
    assert "Ward 7 62.1 %; Ward 8 37.9 % (S1)" in printed(themes=(split,))
