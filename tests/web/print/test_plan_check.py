"""A checked plan on paper: complete, true to scale, the same bytes every time, in both languages."""

import hashlib
import os
import re
import subprocess
import sys
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.web.checked_plans import a_document, a_drawing, the_plot
from tests.web.print.reading import facts, pages, whole
from web.languages import Language, Wording
from web.print.plan_check import check_pdf
from web.print.plan_check_drawing import PlanDrawing, plan_drawing, spans
from web.print.plan_check_sheet import check_sheet
from web.sentences import told_on_paper

ROOT = Path(__file__).parents[3]
HASH = """
import hashlib
from tests.web.checked_plans import a_document, a_drawing
from web.languages import Language
from web.print.plan_check import check_pdf
for language in Language:
    print(hashlib.sha256(check_pdf(a_document(), a_drawing(), language=language)).hexdigest())
"""
EN, ML = Language.ENGLISH, Language.MALAYALAM


def printed(found: dict[str, Any] | None = None, language: Language = EN) -> str:
    """All text of the print."""
    return whole(check_pdf(found or a_document(), a_drawing(), language=language))


def the_drawing() -> PlanDrawing:
    """The drawing of the house on paper."""
    drawn = plan_drawing(a_drawing())
    assert drawn is not None
    return drawn


def in_another_process(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", HASH],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split()


def test_the_same_check_gives_the_same_bytes_in_every_process() -> None:
    here = [
        hashlib.sha256(check_pdf(a_document(), a_drawing(), language=language)).hexdigest()
        for language in Language
    ]
    assert in_another_process(PYTHONHASHSEED="1", TZ="Asia/Kolkata") == here
    assert here[0] != here[1]


def test_it_is_an_archival_and_accessible_file_dated_by_the_record() -> None:
    told = facts(check_pdf(a_document(), a_drawing(), language=ML))
    assert "2026-01-01T00:00:00" in told
    assert re.search(r"Tagged:\s+yes", told)
    assert "A4" in told


@pytest.mark.parametrize("language", list(Language))
def test_every_finding_stands_in_it_with_its_clause(language: Language) -> None:
    found = a_document()
    text = printed(found, language)
    for each in found["findings"]:
        assert (each["clause"] or "").split(",")[0] in text
        assert told_on_paper(each["subject"], "subjects", language).split(",")[0] in text
    for outcome, count in found["counts"].items():
        t = Wording(language=language)
        assert f"{count} {t('check.outcome.' + outcome.replace(' ', '_'))}" in text


def test_head_and_foot_name_the_law_the_file_and_the_check() -> None:
    found = a_document()
    text = printed(found)
    for told in (
        found["digest"],
        found["book"]["digest"],
        found["drawing"]["sha256"],
        "1 January 2026",
        "municipality",
    ):
        assert told in text
    for page in pages(check_pdf(found, a_drawing(), language=EN)):
        assert "SYNTHETIC" in page
        assert f"{found['drawing']['sha256'][:16]}…" in page
        assert f"{found['digest'][:16]}…" in page


def test_the_broken_come_first_and_say_what_to_do() -> None:
    text = printed()
    assert (
        text.index("Broken (") < text.index("Open (") < text.index("Kept (") < text.index("Does not apply (")
    )
    assert "71.75 %; at most 65 %" in text
    assert "What to do: Cover less ground" in text
    assert "In the drawing (CAD handles): 3B" in text


def test_what_a_person_tells_problems_and_sources_have_their_places() -> None:
    found = a_document()
    found["problems"] = [
        {
            "fault": "open outline",
            "layer": "FLOOR_0",
            "handles": ["7F"],
            "message": "It is open.",
            "remedy": "Close it.",
        }
    ]
    found["site"]["sources"] = [
        {"id": "zoning", "title": "Master plan", "publisher": "Town", "date": "2024-02-03"}
    ]
    text = printed(found)
    for told in (
        "What only a person can tell",
        "open outline",
        "FLOOR_0 7F",
        "Close it.",
        "Master plan",
        "3 February 2024",
    ):
        assert told in text


def test_a_title_without_malayalam_is_marked_as_english() -> None:
    found = a_document()
    for each in found["findings"]:
        each["title_ml"] = "കവറേജ്" if each["rule"] == "coverage" else None
    sheet = check_sheet(found, a_drawing(), Wording(language=ML))
    titles = {(rule.title, rule.is_english) for rule in sheet.broken}
    assert ("കവറേജ്", False) in titles
    assert all(is_english for title, is_english in titles if title != "കവറേജ്")
    assert not any(rule.is_english for rule in check_sheet(found, a_drawing(), Wording(language=EN)).broken)
    assert "(ഇംഗ്ലീഷിൽ)" in printed(found, ML)


def test_the_drawing_is_true_to_scale_on_paper() -> None:
    drawn = the_drawing()
    box = re.search(r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)" width="([\d.]+)mm"', drawn.svg)
    assert box is not None
    per_mm = float(box[3]) / float(box[5])
    path = re.search(r'class="drawn-plot" d="M([^"]+)Z"', drawn.svg)
    assert path is not None
    corners = [tuple(float(each) for each in corner.split(",")) for corner in path[1].split("L")]
    sides = sorted(((a - c) ** 2 + (b - d) ** 2) ** 0.5 / per_mm for (a, b), (c, d) in pairwise(corners))
    ring = list(the_plot().exterior.coords)
    ground = sorted(((a - c) ** 2 + (b - d) ** 2) ** 0.5 for (a, b), (c, d) in pairwise(ring))
    assert drawn.denominator == 200
    assert sides == pytest.approx([1000 * side / drawn.denominator for side in ground], abs=0.06)
    assert drawn.ruler.width * drawn.denominator / 1000 == pytest.approx(
        float(drawn.ruler.ticks[-1].split()[0])
    )


def test_every_finding_with_a_place_has_its_number_on_the_drawing() -> None:
    drawn = the_drawing()
    asked = {int(n) for n in re.findall(r'id="place-(\d+)" class="place (?:fail|unknown)"', a_drawing())}
    told = {int(n) for n in drawn.crowded}
    for label in drawn.labels:
        for part in label.text.partition("+")[0].split(","):
            first, _, last = part.strip().partition("–")
            told |= set(range(int(first), int(last or first) + 1))
    assert told == asked


def test_numbers_do_not_cover_one_another_and_stay_on_the_sheet() -> None:
    drawn = the_drawing()
    boxes = [
        (each.x - each.width / 2, each.y - 1.8, each.x + each.width / 2, each.y + 1.8)
        for each in drawn.labels
    ]
    for left, top, right, bottom in boxes:
        assert left >= 0 <= top
        assert right <= drawn.width
        assert bottom <= drawn.height
    for i, a in enumerate(boxes):
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[:i])


@pytest.mark.parametrize(
    ("numbers", "text"), [((1,), "1"), ((1, 2), "1–2"), ((1, 3, 4, 5, 9), "1, 3–5, 9"), ((), "")]
)
def test_numbers_that_follow_one_another_are_a_span(numbers: tuple[int, ...], text: str) -> None:
    assert spans(numbers) == text


def test_a_plan_without_a_drawing_is_printed_and_says_so() -> None:
    assert plan_drawing("") is None
    text = whole(check_pdf(a_document(), "", language=EN))
    assert "neither a plot nor a building" in text


def test_a_long_list_of_findings_runs_on_over_many_pages() -> None:
    found = deepcopy(a_document())
    broken = next(each for each in found["findings"] if each["outcome"] == "fail")
    found["findings"] = [broken | {"subject": f"wall {n}"} for n in range(300)] + found["findings"]
    text = printed(found)
    assert all(f"wall {n} " in text for n in range(300))


def test_text_of_a_drawing_is_only_ever_text() -> None:
    found = deepcopy(a_document())
    found["findings"][0]["reason"] = '#panic("run") $x$ *bold* <label> \\ \u202e turned'
    assert '#panic("run") $x$ *bold* <label>' in printed(found)


def test_whose_rules_bind_may_not_be_known() -> None:
    found = a_document()
    found["book"] = None
    found["site"]["body"] = None
    assert "so no book was asked" in printed(found)


def test_a_plan_that_was_not_laid_has_no_north() -> None:
    drawn = plan_drawing(a_drawing().replace('class="north"', 'class="gone"'))
    assert drawn is not None
    assert not drawn.is_north_up
