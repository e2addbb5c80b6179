"""What can be read of a permit's checks: a page for people, JSON and GeoJSON for programs and maps.

In: a case and the number of a check.  Out: the check as it was kept.
"""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from civic.core.http import SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.workflow import PARTIES
from civic.permits.beside import may_confirm
from civic.permits.checking import check_numbered, drawn_of
from civic.permits.difference import difference
from civic.permits.doors.common import Number, Refusal, Seq, matter, room_of, status_of
from civic.permits.drawings import OPEN_TO_DRAWINGS
from civic.permits.fees import bill
from civic.permits.lettering import letter
from civic.permits.queries import shown
from civic.permits.subdivisions import layout_to_begin_with
from gis.errors import Unavailable

router = APIRouter(route_class=TownRoute)
Language = Annotated[Literal["en", "ml"], Query()]


@router.get(
    "/town/{body}/permits/{number}/checks/{seq}", dependencies=[allowed(SIGNED_IN)], include_in_schema=False
)
def check_page(request: Request, town: TownDep, number: Number, seq: Seq) -> Response:
    """What was found of a drawing: every finding with its clause, the drawing with its marks, what it would cost."""
    return check_shown(request, town, number, seq, refused=None)


def check_shown(request: Request, town: Town, number: str, seq: int, *, refused: Refusal | None) -> Response:
    """The page of a check; on the newest one a party answers its open questions while drawings are handed in."""
    desk, standing, roles = matter(town, number)
    check = check_numbered(town.session, standing.id, seq)
    told = shown(desk, standing)
    is_party = bool(roles & set(PARTIES)) and standing.state in OPEN_TO_DRAWINGS
    return page(
        request,
        "town/permits/check.html",
        town=town,
        status=status_of(refused),
        case=standing,
        is_party=is_party,
        answers=is_party and told.check is not None and told.check.seq == seq,
        may_confirm=may_confirm(roles),
        shown=told,
        check=check,
        bill=bill(town.session, check),
        svg=drawn_of(town.session, check.id).svg,
        refused=refused,
    )


@router.get(
    "/api/town/{body}/permits/{number}/checks/{seq}", dependencies=[allowed(SIGNED_IN)], tags=["permits"]
)
def check_document(town: TownDep, number: Number, seq: Seq) -> Response:
    """A check as it was kept (`bhumika-check-1`)."""
    _, standing, _ = matter(town, number)
    found = check_numbered(town.session, standing.id, seq).found
    return Response(orjson.dumps(found) + b"\n", media_type="application/json")


@router.get(
    "/api/town/{body}/permits/{number}/checks/{seq}/plan.geojson",
    dependencies=[allowed(SIGNED_IN)],
    tags=["permits"],
)
def check_ground(town: TownDep, number: Number, seq: Seq) -> Response:
    """The plan of a check laid on its plot (GeoJSON, EPSG:4326)."""
    _, standing, _ = matter(town, number)
    check = check_numbered(town.session, standing.id, seq)
    ground = drawn_of(town.session, check.id).ground or {"type": "FeatureCollection", "features": []}
    return Response(orjson.dumps(ground), media_type="application/geo+json")


@router.get(
    "/town/{body}/permits/{number}/checks/{seq}/changes",
    dependencies=[allowed(SIGNED_IN)],
    include_in_schema=False,
)
def changes_page(request: Request, town: TownDep, number: Number, seq: Seq) -> Response:
    """What is otherwise in a check than in the one before it: drawing, land, book, measures, findings."""
    _, standing, _ = matter(town, number)
    after = check_numbered(town.session, standing.id, seq)
    before = check_numbered(town.session, standing.id, seq - 1)
    drawn = drawn_of(town.session, before.id), drawn_of(town.session, after.id)
    found = difference(before.found, after.found, ground_before=drawn[0].ground, ground_after=drawn[1].ground)
    return page(
        request,
        "town/permits/changes.html",
        town=town,
        case=standing,
        before=before,
        after=after,
        found=found,
        svgs=(drawn[0].svg, drawn[1].svg),
    )


@router.get(
    "/town/{body}/permits/{number}/layout.json", dependencies=[allowed(SIGNED_IN)], include_in_schema=False
)
def layout_begun(town: TownDep, number: Number) -> Response:
    """A layout file to begin with: the plot's boundary, as land and as one plot that is to be divided."""
    desk, standing, _ = matter(town, number)
    name = f"{standing.number}-layout.json"
    return Response(
        layout_to_begin_with(desk, standing),
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@router.get(
    "/town/{body}/permits/{number}/letters/{kind}.pdf",
    dependencies=[allowed(SIGNED_IN)],
    include_in_schema=False,
)
def letter_file(
    request: Request, town: TownDep, number: Number, kind: str, lang: Language = "en"
) -> Response:
    """A letter of the case as PDF, for its parties and the office."""
    _, standing, _ = matter(town, number)
    room = room_of(request)
    if room.letters is None:
        raise Unavailable("Letters cannot be printed here now; ask at the office.")
    said = letter(town.session, town.body, standing, kind, front=room.front)
    town.keep()  # printing takes time, and asks nothing of the database
    name = f"{said.number}-{kind}.pdf"
    return Response(
        room.letters.pdf(said, language=lang),
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )
