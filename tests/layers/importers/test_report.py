"""The report says what became of every feature, to people and to programs, and stays small."""

import json
from io import StringIO

from rich.console import Console

from layers.importers.report import LISTED, SHOWN, ImportReport, Kind, ParcelCounts, Tally


def report(tally: Tally, **other: object) -> ImportReport:
    """A report of a tally."""
    content: dict[str, object] = {
        "jurisdiction": "test", "target": "parcels", "series": "plots", "file": "plots.fgb", "table": "plots",
        "sha256": "0" * 64, "entry": "1" * 64, "dry_run": False, "unchanged": False, "parcels": ParcelCounts(new=3),
        "extent": (0.0, 0.0, 1.0, 1.0),
    }  # fmt: skip
    return ImportReport(
        **(content | other),  # type: ignore[arg-type]
        read=tally.read,
        kept=tally.kept,
        counts={kind.value: number for kind, number in tally.counts.items()},
        reasons={kind.value: dict(reasons) for kind, reasons in tally.reasons.items()},
        remarks=tally.sentences(),
        notes=tally.listed(),
    )


def printed(what: ImportReport) -> str:
    """What a person sees."""
    out = StringIO()
    Console(file=out, width=140).print(what)
    return out.getvalue()


def test_every_feature_is_accounted_for() -> None:
    tally = Tally(read=10)
    tally.add(Kind.MENDED, [(1, "12/1")], "a ring was not closed", "Close it.", ["at 76, 10"])
    tally.add(Kind.REFUSED, [(2, "12/2"), (3, "")], "it has no shape", "Draw it.")
    tally.add(Kind.FILTERED, [(4, "")], "its zone is not A")
    tally.add(Kind.HELD, [(5, "12/5")], "the register has a later change, which stays")
    tally.add(Kind.JOINED, [(6, "12/1")], "it was joined")
    assert tally.kept == 5
    content = report(tally).to_json()
    lost = sum(content["counts"][kind.value] for kind in Kind if kind is not Kind.MENDED)
    assert content["read"] == content["kept"] + lost
    assert json.loads(json.dumps(content)) == content | {"extent": [0.0, 0.0, 1.0, 1.0]}


def test_people_see_what_why_and_what_to_do() -> None:
    tally = Tally(read=3)
    tally.add(Kind.REFUSED, [(2, "12/2")], "it has no shape", "Draw the feature.", ["row 7"])
    tally.remark("{} features are 3-D; their heights were left out.", 2)
    tally.remark("{} features are 3-D; their heights were left out.", 1)
    shown = printed(report(tally))
    assert "3 read, 2 kept, 1 refused" in shown
    assert "3 features are 3-D" in shown
    for words in ("12/2", "it has no shape (row 7)", "Draw the feature.", "3 new"):
        assert words in shown


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    tally = Tally(read=5_000)
    tally.add(Kind.REFUSED, [(position, "") for position in range(1, LISTED + 501)], "it has no shape")
    made = report(tally)
    assert len(made.of(Kind.REFUSED)) == LISTED
    assert made.to_json()["unlisted"] == {"refused": 500}
    assert made.reasons == {"refused": {"it has no shape": LISTED + 500}}
    shown = printed(made)
    assert f"and {LISTED + 500 - SHOWN} more" in shown
    assert f"│ {SHOWN}  " in shown
    assert f"│ {SHOWN + 1}  " not in shown


def test_a_dry_run_and_a_known_file_say_so() -> None:
    tally = Tally(read=1)
    assert "dry run, nothing was stored" in printed(report(tally, dry_run=True))
    assert (
        printed(report(tally, unchanged=True)).strip() == "parcels: plots.fgb is already in, nothing changed."
    )


def test_notes_stand_in_file_order() -> None:
    tally = Tally(read=9)
    tally.add(Kind.REFUSED, [(7, "b"), (None, "line 3")], "late")
    tally.add(Kind.REFUSED, [(2, "a")], "early")
    assert [note.ref for note in tally.listed()] == ["a", "b", "line 3"]
    assert tally.listed()[0].line() == "feature 2 “a”: early"
