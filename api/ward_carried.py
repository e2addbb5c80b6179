"""What every plot of a ward can carry, as lines of a table or as shapes with heights, one plot after the other.

In: plots with their envelopes (`web.plans_asked.WardPlot`).  Out: pieces of CSV or GeoJSON, so that a whole ward is never held in memory.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import orjson

from rules.envelope_document import to_geojson
from rules.envelopes.model import Answer
from web.plans_asked import WardPlot

COLUMNS = (
    "number",
    "outcome",
    "front",
    "plot_area",
    "ground",
    "footprint",
    "floor_area",
    "storeys",
    "decider",
    "gaps",
    "conditions",
    "reason",
)
NO_FRONT = "the front is not known"


def csv_lines(found: Iterable[WardPlot]) -> Iterator[str]:
    """The head, then a line for each plot; what is not known stays empty, and `outcome` says whether the numbers are certain."""
    yield _line(COLUMNS)
    for each in found:
        yield _line(_row(each))


def _line(fields: Iterable[object]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(fields)
    return stream.getvalue()


def _row(each: WardPlot) -> list[object]:
    if each.envelope is None:
        return [each.number, Answer.UNKNOWN, *[""] * (len(COLUMNS) - 3), each.reason]
    choice, found = each.envelope.choice, each.envelope
    gaps, conditions = len(found.gaps), len(found.conditions)
    if choice is None:
        reason = (
            f"{NO_FRONT}; {len(found.candidates)} candidates" if found.candidates else found.gaps[0].reason
        )
        return [each.number, found.outcome, "", found.plot_area, *[""] * 5, gaps, conditions, reason]
    largest = choice.carried[0] if choice.carried else None
    return [
        each.number,
        found.outcome,
        choice.title,
        found.plot_area,
        choice.bands[0].area if choice.bands else 0,
        choice.footprint,
        choice.floor_area,
        choice.storeys,
        largest.decider if largest else "",
        gaps,
        conditions,
        "",
    ]


def geojson_pieces(found: Iterable[WardPlot]) -> Iterator[bytes]:
    """A FeatureCollection of the bands of every plot, and under `without_answer` the plots of which nothing could be reckoned."""
    missing: list[dict[str, str | None]] = []
    between = b""
    yield b'{"type":"FeatureCollection","features":['
    for each in found:
        if each.envelope is None or each.site is None:
            missing.append({"number": each.number, "reason": each.reason})
            continue
        for feature in orjson.loads(to_geojson(each.envelope, each.site))["features"]:
            feature["properties"]["outcome"] = each.envelope.outcome
            yield between + orjson.dumps(feature)
            between = b","
    yield b'],"without_answer":' + orjson.dumps(missing) + b"}"
