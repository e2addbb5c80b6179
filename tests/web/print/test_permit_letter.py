"""Letters of the building permit on paper: complete, in both languages, the same bytes for the same letter."""

import hashlib
import os
import re
import string
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from civic.permits.letters import Ended, Letter, LetterKind, fees_in, grounds_of, points_in, standings_in
from civic.permits.model import Kind
from civic.permits.standing import Standing
from tests.civic.permits.low_risk import a_clear_site, a_low_risk_check, checked, found_of
from tests.civic.permits.printed_letters import (
    ADDRESS,
    LETTERS,
    a_permit_by_an_officer,
    a_point,
    a_refusal,
    a_revocation,
    a_self_certified_permit,
    an_occupancy_certificate,
)
from tests.web.print.reading import facts, pages, whole
from web.languages import Language, Wording
from web.print.permit_letter import PermitLetters, digest_of, permit_letter
from web.print.permit_letter_sheet import letter_sheet, letter_words

ROOT = Path(__file__).parents[3]
EN, ML = Language.ENGLISH, Language.MALAYALAM
HASH = """
import hashlib
from tests.civic.permits.printed_letters import LETTERS
from web.languages import Language
from web.print.permit_letter import permit_letter
for language in Language:
    print(hashlib.sha256(permit_letter(LETTERS["refusal"](), language=language)).hexdigest())
"""


def printed(letter: Letter, language: Language = EN) -> str:
    """All text of the print."""
    return whole(permit_letter(letter, language=language))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("made", LETTERS.values(), ids=LETTERS.keys())
def test_every_letter_is_fit_for_archives_and_readers_aids(
    made: Callable[[], Letter], language: Language
) -> None:
    letter = made()
    pdf = permit_letter(letter, language=language)
    told = facts(pdf)
    assert pdf == permit_letter(made(), language=language)
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"CreationDate: +2026-01-01T06:30:00Z", told)
    assert letter_words()[language][f"title.{letter.kind}"] in unicodedata.normalize("NFC", told)
    assert b"pdfaid" in pdf
    assert b"pdfuaid" in pdf


def test_the_same_letter_gives_the_same_bytes_in_another_process() -> None:
    here = [hashlib.sha256(permit_letter(a_refusal(), language=each)).hexdigest() for each in Language]
    done = subprocess.run(
        [sys.executable, "-c", HASH],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.split() == here


@pytest.mark.parametrize("language", list(Language))
def test_a_permit_names_what_it_is_for_and_where_it_can_be_looked_up(language: Language) -> None:
    letter = a_self_certified_permit()
    text = printed(letter, language)
    body = letter.body_ml if language is ML else letter.body_en
    for each in (letter.number, letter.case_number, letter.title, letter.licensee, *letter.owners):
        assert each in text
    assert body in unicodedata.normalize("NFC", text)
    assert ADDRESS in text.replace(" ", "")
    assert letter.drawing_digest in text
    assert letter.check_digest in text
    assert digest_of(letter)[:16] in text


def test_what_was_measured_and_what_was_declared_stand_apart() -> None:
    letter = a_self_certified_permit()
    sheet = letter_sheet(letter, digest_of(letter), Wording(language=EN))
    assert len(sheet.measured) == len(letter.measured)
    assert [each.words for each in sheet.declared] == [each.words for each in letter.declared]
    text = printed(letter)
    declared, measured = text.index("Declared and signed"), text.index("These points were measured")
    assert declared < text.index("The stairs have the width") < measured
    assert "measured 6.00 m; asked for: at least 3.00 m" in text
    assert "Owner" in text
    assert "SYNTHETIC SAMPLE" in text


def test_words_are_printed_in_the_language_of_the_letter() -> None:
    letter = a_self_certified_permit()
    sheet = letter_sheet(letter, digest_of(letter), Wording(language=ML))
    assert [each.words for each in sheet.declared] == [each.words_ml for each in letter.declared]
    assert sheet.measured[0].title == letter.measured[0].title_ml


def test_fees_stand_line_by_line_with_clause_and_sum() -> None:
    letter = a_self_certified_permit()
    text = printed(letter)
    assert letter.paise == sum(each.paise for each in letter.fees) > 0
    sheet = letter_sheet(letter, digest_of(letter), Wording(language=EN))
    for line in (*(each.amount for each in sheet.fees), sheet.total):
        assert line in text
    assert all(each.clause in text for each in letter.fees)


def test_a_refusal_tells_each_clause_with_what_was_measured_asked_for_and_where() -> None:
    letter = a_refusal()
    text = printed(letter)
    assert {"coverage", "road_distance", "yards", "parapets"} == {each.rule for each in letter.grounds}
    for each in letter.grounds:
        assert each.clause in text
        assert all(place in text for place in each.places)
    assert "measured 84.06 %; asked for: at most 65 %" in text
    assert "No parapet is drawn on the terrace." in text
    assert "rule 108" in text
    assert "Valid until" not in text


def test_the_drawing_shows_the_numbers_of_the_grounds_and_no_others() -> None:
    refusal = a_refusal()
    sheet = letter_sheet(refusal, digest_of(refusal), Wording(language=EN))
    assert sheet.drawing is not None
    drawn = {each.text for each in sheet.drawing.labels} | set(sheet.drawing.crowded)
    assert drawn
    assert drawn <= {str(each.number) for each in refusal.grounds}
    permit = a_self_certified_permit()
    plain = letter_sheet(permit, digest_of(permit), Wording(language=EN))
    assert plain.drawing is not None
    assert (plain.drawing.labels, plain.places) == ((), 0)
    assert f"1:{plain.drawing.denominator}" in printed(permit)


def test_what_an_officer_decided_is_told_with_its_reason() -> None:
    text = printed(a_permit_by_an_officer())
    for each in ("Conditions", "Decided by an officer", "Overruled by an officer, with the reason"):
        assert each in text
    assert "The wall that was measured is to be taken down first." in text
    assert "Declared and signed" not in text


def test_an_occupancy_certificate_names_its_permit_and_that_it_is_deemed() -> None:
    text = printed(an_occupancy_certificate())
    assert "P-2026-00012" in text
    assert "deemed issued" in text
    assert "Rule 20" in text
    assert "Valid until" not in text


def test_a_revocation_tells_its_reason_and_shows_no_drawing() -> None:
    text = printed(a_revocation())
    assert "The plinth stands 1.2 m nearer" in text
    assert "No drawing belongs to this letter." in text


@pytest.mark.parametrize(
    ("validity", "told"),
    [
        (Ended(until=date(2031, 1, 1), clause="rule X"), "1 January 2031 (rule X)"),
        (Ended(until=date(2031, 1, 1)), "1 January 2031"),
        (Ended(until=None), "does not say how long it holds"),
    ],
)
def test_where_the_book_has_no_years_no_end_is_printed(validity: Ended, told: str) -> None:
    assert told in printed(replace(a_permit_by_an_officer(), validity=validity))


def test_a_letter_of_a_real_body_bears_no_mark_of_the_sample() -> None:
    assert "SYNTHETIC" not in printed(replace(a_revocation(), synthetic=False))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_permit_has_its_words(kind: Kind, language: Language) -> None:
    letter = replace(a_revocation(), kind_of_permit=kind)
    sheet = letter_sheet(letter, digest_of(letter), Wording(language=language))
    assert letter_words()[language][f"kind.{kind}"] in {each.value for each in sheet.facts}


@pytest.mark.parametrize("route", ["self_certified", "officer", "deemed", "earlier"])
@pytest.mark.parametrize("kind", [LetterKind.PERMIT, LetterKind.OCCUPANCY])
def test_every_way_a_permit_comes_has_its_headline(route: str, kind: LetterKind) -> None:
    letter = replace(a_permit_by_an_officer(), kind=kind, route=route)
    for language in Language:
        sheet = letter_sheet(letter, digest_of(letter), Wording(language=language))
        assert sheet.status
        assert sheet.basis
        assert not sheet.is_against


@pytest.mark.parametrize("kind", ["renewal", "extension", "transfer", "plinth"])
@pytest.mark.parametrize("route", ["officer", "deemed"])
def test_what_follows_a_permit_is_headed_as_such_and_cites_no_rule_of_permits(kind: str, route: str) -> None:
    letter = replace(
        a_permit_by_an_officer(), kind_of_permit=kind, route=route, of_permit="P-2026-00003", svg=""
    )
    sheet = letter_sheet(letter, digest_of(letter), Wording(language=EN))
    assert sheet.name == f"{letter_words()['en'][f'kind.{kind}']} {letter.number}"
    assert "P-2026-00003" in sheet.basis
    assert "ule 14" not in sheet.basis
    assert ("Deemed" in sheet.status) is (route == "deemed")


def test_what_people_wrote_is_set_and_not_run() -> None:
    hostile = '#panic("run") $x$ *b* @ref \u202eabc'
    letter = replace(
        a_permit_by_an_officer(),
        title=hostile,
        owners=(hostile,),
        conditions=(a_point('#read("/etc/passwd")' + "x" * 3000),),
    )
    text = printed(letter)
    assert '#panic("run")' in text
    assert "\u202e" not in text


def test_the_shop_prints_by_the_name_of_a_language() -> None:
    assert PermitLetters().pdf(a_revocation(), language="ml") == permit_letter(a_revocation(), language=ML)
    with pytest.raises(ValueError, match="fr"):
        PermitLetters().pdf(a_revocation(), language="fr")


def test_the_number_of_pages_stays_that_of_a_letter() -> None:
    assert len(pages(permit_letter(a_refusal(), language=EN))) <= 3
    assert len(pages(permit_letter(a_self_certified_permit(), language=ML))) <= 7


def test_another_day_is_another_letter() -> None:
    letter = a_revocation()
    assert digest_of(letter) != digest_of(replace(letter, dated=letter.dated + timedelta(days=1)))


def test_what_is_kept_with_a_permit_is_read_back() -> None:
    standing = a_self_certified_permit().declared[0]
    kept = {
        "declared": [vars(standing) | {"later": "unknown"}],
        "conditions": [
            {
                "rule": "yards",
                "subject": None,
                "clause": None,
                "title": "Yards",
                "title_ml": None,
                "words": "w",
            }
        ],
        "fees": [
            {
                "title": "permit fee",
                "title_ml": "x",
                "what": "A1",
                "paise": 5,
                "clause": "c",
                "head": "h",
                "step": "",
            }
        ],
    }
    assert standings_in(kept, "declared") == (standing,)
    assert standings_in(kept, "measured") == ()
    (point,) = points_in(kept, "conditions")
    assert (point.subject, point.clause, point.title_ml, point.words) == ("", "", "Yards", "w")
    assert [each.paise for each in fees_in(kept)] == [5]
    assert isinstance(standing, Standing)


def test_grounds_leave_out_what_was_overruled_and_take_in_what_an_officer_refused() -> None:
    found = found_of(checked(a_clear_site(), set_back=0.8))
    every = grounds_of(found, {})
    assert {each.rule for each in every} == {"coverage", "road_distance", "yards"}
    assert all(each.is_of_the_check and each.words and each.places for each in every)
    left = grounds_of(found, {}, overruled=frozenset({("coverage", "")}))
    assert {each.rule for each in left} == {"road_distance", "yards"}
    (only,) = grounds_of(a_low_risk_check(), {("trees", ""): "Show the trees."})
    assert (only.rule, only.words, only.is_of_the_check) == ("trees", "Show the trees.", False)
    assert grounds_of(a_low_risk_check(), {}) == ()


WITHOUT_WORDS = {"fact.until_value", "instant_there", "name.following"}
"""Sentences that are places and signs alone."""


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    english, malayalam = letter_words()["en"], letter_words()["ml"]
    assert english.keys() == malayalam.keys()
    for key in english:
        places = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (english[key], malayalam[key])
        ]
        assert places[0] == places[1], key
        assert unicodedata.normalize("NFC", malayalam[key]) == malayalam[key]
        assert not re.search("[\u200b-\u200d\ufeff]", malayalam[key]), key
        assert re.search("[\u0d00-\u0d7f]", malayalam[key]) or key in WITHOUT_WORDS
        assert not re.search("[\u0d00-\u0d7f]", english[key])


def test_no_word_is_left_over() -> None:
    source = "".join(
        (ROOT / "web" / "print" / path).read_text(encoding="utf-8")
        for path in ("permit_letter.py", "permit_letter_sheet.py", "templates/permit_letter.typ")
    )
    begun = ("title.", "name.", "status.", "basis.", "kind.", "part.", "column.", "asked.")
    left = {key for key in letter_words()["en"] if f'"{key}"' not in source and not key.startswith(begun)}
    assert left == set()
