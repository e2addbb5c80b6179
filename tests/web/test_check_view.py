"""What was found, as page and print tell it: numbers for people, the drawing with its numbers, what waits apart."""

import re
from decimal import Decimal
from typing import Any

import pytest

from rules.checking import NOT_CHECKED
from tests.web.checked_plans import a_document, a_drawing
from web.check_figures import amount, compared, rupees
from web.check_stated import NOBODYS_RULES, UNIT_IN_DOUBT, stated
from web.check_view import CheckView, check_view
from web.languages import Language, Wording
from web.plans_asked import KeptCheck
from web.sentences import told_in_malayalam

EN, ML = Wording(language=Language.ENGLISH), Wording(language=Language.MALAYALAM)


def view(found: dict[str, Any] | None = None) -> CheckView:
    """The page's view of the house."""
    return check_view(
        KeptCheck(key="0" * 64, found=found or a_document(), document=b"", svg=a_drawing(), marked=b""), EN
    )


def finding(measured: str, required: str, unit: str = "m") -> dict[str, Any]:
    """A finding that compares two amounts."""
    return {"measured": {"amount": measured, "unit": unit}, "required": {"amount": required, "unit": unit}}


@pytest.mark.parametrize(
    ("written", "unit", "told"),
    [
        ("1.0249", "m", "1.02\u00a0m"),
        ("3", "m", "3.00\u00a0m"),
        ("0.0004", "m", "0.00\u00a0m"),
        ("1.2", "km", "1.20\u00a0km"),
        ("581.1669", "m2", "581.17\u00a0m²"),
        ("125", "m2", "125.00\u00a0m²"),
        ("1234567.5", "m2", "1,234,567.50\u00a0m²"),
        ("71.749", "percent", "71.75\u00a0%"),
        ("65", "percent", "65\u00a0%"),
        ("2", "count", "2"),
        ("100", "count", "100"),
        ("0", "count", "0"),
    ],
)
def test_lengths_and_areas_have_two_decimals(written: str, unit: str, told: str) -> None:
    assert amount(EN, {"amount": written, "unit": unit}) == told


def test_an_amount_speaks_malayalam() -> None:
    assert amount(ML, {"amount": "1.5", "unit": "m"}) == "1.50\u00a0മീ"


def test_amounts_that_differ_never_look_the_same() -> None:
    assert compared(EN, finding("65.0004", "65", "percent")) == ("65.0004\u00a0%", "65\u00a0%")
    assert compared(EN, finding("65.01", "65", "percent")) == ("65.01\u00a0%", "65\u00a0%")
    assert compared(EN, finding("3", "3")) == ("3.00\u00a0m", "3.00\u00a0m")
    assert compared(EN, finding("2.99", "3")) == ("2.99\u00a0m", "3.00\u00a0m")
    assert compared(EN, finding("2.996", "3")) == ("2.996\u00a0m", "3.000\u00a0m")
    assert compared(EN, finding("2.9996", "3")) == ("2.9996\u00a0m", "3.0000\u00a0m")


def test_what_was_not_measured_is_said() -> None:
    found = finding("1", "3") | {"measured": None}
    assert compared(EN, found) == ("not measured", "3.00\u00a0m")


def test_rules_that_no_check_asks_yet_stand_apart_and_still_count() -> None:
    found = a_document()
    for n, each in enumerate(each for each in found["findings"] if each["outcome"] == "unknown"):
        each["reason"] = NOT_CHECKED if n < 3 else "something else"
    section = next(each for each in view(found).sections if each.outcome == "unknown")
    assert len(section.waiting) == 3
    assert section.count == found["counts"]["unknown"] == 3 + sum(len(rule) for rule in section.rules)


def test_findings_keep_their_numbers_and_know_whether_they_are_drawn() -> None:
    shown = [each for section in view().sections for rule in section.rules for each in rule]
    drawn = {int(n) for n in re.findall(r'id="place-(\d+)"', a_drawing())}
    assert {each.number for each in shown if each.is_drawn} == drawn
    assert shown[0].number == 1


def test_a_law_read_only_to_a_day_before_is_told() -> None:
    found = a_document()
    assert view(found).read_to is None
    found["book"]["is_beyond_reading"] = True
    read_to = view(found).read_to
    assert read_to is not None
    assert read_to.isoformat() == found["book"]["read_to"]


def test_each_place_leads_back_to_its_finding_by_its_number() -> None:
    svg = a_drawing()
    for number in re.findall(r'id="place-(\d+)"', svg):
        assert f'href="#finding-{number}"' in svg


def test_numbers_that_would_cover_one_another_are_marked() -> None:
    tags = re.findall(
        r'class="place fail" data-at="([-\d.]+),([-\d.]+)">.*?<a class="(tag|tag close)"', a_drawing()
    )
    read = [(float(x), float(y)) for x, y, kind in tags if kind == "tag"]
    assert 0 < len(read) < len(tags)
    for i, (x, y) in enumerate(read):
        assert all((x - a) ** 2 + (y - b) ** 2 >= 48**2 for a, b in read[:i])


def test_the_drawing_tells_its_scale() -> None:
    root = re.match(
        r'<svg class="plan" viewBox="0 0 ([\d.]+) [\d.]+".* data-scale="([\d.]+)" data-extent="([^"]+)"',
        a_drawing(),
    )
    assert root is not None
    extent = [Decimal(each) for each in root[3].split()]
    assert extent[2] / Decimal(root[2]) == pytest.approx(Decimal("25"), abs=Decimal("0.02"))


@pytest.mark.parametrize(
    ("paise", "told"),
    [
        (0, "₹0"),
        (50000, "₹500"),
        (50005, "₹500.05"),
        (100000, "₹1,000"),
        (12345678900, "₹12,34,56,789"),
        (70367150, "₹7,03,671.50"),
    ],
)
def test_money_is_written_as_in_india(paise: int, told: str) -> None:
    assert rupees(paise) == told


@pytest.mark.parametrize("t", [EN, ML])
def test_the_page_states_risk_fees_and_time_limits(t: Wording) -> None:
    lines = stated(a_document(), t)
    assert lines[0].what == t("check.stated.risk")
    assert any(line.says.startswith("₹") for line in lines)
    assert any(t("check.stated.unit.day") in line.says for line in lines)
    assert all(line.clause or line.steps or line.says == "₹0" for line in lines)


def test_one_month_is_no_months() -> None:
    says = {line.what: line.says for line in stated(a_document(), EN)}
    assert says["reply of the District Town Planner"] == "1 month"
    assert says["reply of the Chief Town Planner"] == "2 months"


@pytest.mark.parametrize(("is_certain", "why"), [(True, NOBODYS_RULES), (False, UNIT_IN_DOUBT)])
def test_where_nothing_is_stated_one_line_says_why(is_certain: bool, why: str) -> None:
    found = a_document()
    found |= {"statement": None, "drawing": found["drawing"] | {"unit_is_certain": is_certain}}
    (line,) = stated(found, EN)
    assert line.steps == (why,)
    assert [each.is_malayalam for each in told_in_malayalam(why, "reasons")] == [True]
