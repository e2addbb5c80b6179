"""The doors of studies: the list, the form, a study while it runs and when it is done, its files.

In: forms of the office, the address of a study.  Out: pages and files.  Who has the address of a study may read it, signed in or not: it is
made of chance, and what stands in it says nothing of any person.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from pydantic import AfterValidator

from civic.core.doors.form import Text, plain, see
from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page
from civic.reforms.found import EFFECTS, PERMIT_EFFECTS, as_sketch, on_the_map
from civic.reforms.reading import reform_sent
from civic.reforms.room import Question, ReformRoom
from civic.reforms.rows import as_csv, page_of, plots_as_csv
from civic.reforms.studies import (
    PERMITS,
    PLOTS,
    Wish,
    begin_study,
    call_off,
    file_of,
    followed_at,
    open_to_all,
    studies,
    study_at,
)
from gis.errors import Conflict, Invalid, NotFound
from rules.reform import LONGEST

router = APIRouter(route_class=TownRoute, include_in_schema=False)
STARTERS = ("verifier", "approver", "secretary", "admin")
"""Who asks for studies, calls them off and opens them to everybody."""
LISTED, ROWS = 50, 100
"""Studies of a list, plots of a page."""
EXAMPLE = """title: {en: A front yard of 2 m}
from: 2027-01-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "2.0"}
"""
"""What the form begins with."""
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]
Long = Annotated[str, Form(max_length=LONGEST + 10_000), AfterValidator(plain)]
Upload = Annotated[UploadFile | None, File()]
Refused = Invalid | NotFound | Conflict


def room_of(request: Request) -> ReformRoom:
    """The room of studies that `create_app` was built with."""
    return cast(ReformRoom, request.app.state.reforms)


@router.get("/town/{body}/reforms", dependencies=[allowed(ANYONE)])
def list_page(
    request: Request, town: TownDep, before: Annotated[int | None, Query(ge=0, lt=2**62)] = None
) -> Response:
    """The studies that are open to everybody; for the office every one."""
    is_office = bool(town.actor and town.actor.is_office)
    found = studies(town.session, everything=is_office, before=before, most=LISTED)
    onward = f"{town.path}/reforms?before={found[-1].id}" if len(found) == LISTED else None
    return page(
        request,
        "town/reforms/list.html",
        town=town,
        studies=found,
        onward=onward,
        may_ask=town.holds(*STARTERS),
        is_office=is_office,
    )


@router.get("/town/{body}/reforms/new", dependencies=[allowed(*STARTERS)])
def form_page(request: Request, town: TownDep) -> Response:
    """The form that asks for a study."""
    return _form(request, town, {})


@router.post("/town/{body}/reforms", dependencies=[allowed(*STARTERS)])
def ask(
    request: Request,
    town: TownDep,
    text: Long = "",
    ward: Text = "",
    occupancy: Text = "A1",
    storey: Text = "3",
    permits: Text = "",
    open_to: Text = "",
    reform: Upload = None,
    shape: Upload = None,
) -> Response:
    """Ask for a study: what is wrong with it stands above the form, with everything that was written."""
    said = {"text": text, "ward": ward, "occupancy": occupancy, "storey": storey}
    said |= {"permits": permits, "open_to": open_to}
    try:
        wish = _wish(said, reform, shape)
        room_of(request).reckoner(town.hall.engine).check(_question(town, wish))
        study = begin_study(town.session, town.body, wish, actor=town.who(), now=town.now)
    except (Invalid, NotFound, Conflict) as error:
        town.undo()
        return _form(request, town, said, refused=error)
    return see(f"{town.path}/reforms/{study.key}")


@router.get("/town/{body}/reforms/{key}", dependencies=[allowed(ANYONE)])
def study_page(
    request: Request,
    town: TownDep,
    key: Key,
    effect: Annotated[str, Query(max_length=40)] = "",
    at: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """A study: how far it is, or what it found."""
    study = study_at(town.session, key)
    shown: dict[str, Any] = {}
    if study.found is not None:
        content = file_of(town.session, study, PLOTS)
        rows, has_more = page_of(content, effect, at=at, most=ROWS)
        shown = {
            "rows": rows,
            "more": has_more,
            "sketch": as_sketch(content),
            "permits": orjson.loads(file_of(town.session, study, PERMITS)),
            "effects": EFFECTS,
            "permit_effects": PERMIT_EFFECTS,
        }
    return page(
        request,
        "town/reforms/study.html" if study.found is not None else "town/reforms/under_way.html",
        town=town,
        study=study,
        may_ask=town.holds(*STARTERS),
        effect=effect,
        at=at,
        step=ROWS,
        **shown,
    )


@router.get("/town/{body}/reforms/{key}/progress", dependencies=[allowed(ANYONE)])
def progress(town: TownDep, key: Key) -> Response:
    """How far a study is, for the bar of its page."""
    study = followed_at(town.session, key)
    told = {"state": study.state, "done": study.steps_done, "steps": study.steps, "percent": study.percent}
    return _file(orjson.dumps(told), "application/json")


@router.post("/town/{body}/reforms/{key}/cancel", dependencies=[allowed(*STARTERS)])
def cancel(town: TownDep, key: Key) -> Response:
    """Call a study off."""
    call_off(town.session, followed_at(town.session, key), now=town.now)
    return see(f"{town.path}/reforms/{key}")


@router.post("/town/{body}/reforms/{key}/open", dependencies=[allowed(*STARTERS)])
def open_study(town: TownDep, key: Key, open_to: Text = "") -> Response:
    """List a study for everybody, or leave it to who has its address."""
    open_to_all(town.session, followed_at(town.session, key), open_to == "all")
    return see(f"{town.path}/reforms/{key}")


@router.get("/town/{body}/reforms/{key}/plots.parquet", dependencies=[allowed(ANYONE)])
def plots_parquet(town: TownDep, key: Key) -> Response:
    """Every plot with its shape as GeoParquet."""
    return _file(_plots(town, key), "application/vnd.apache.parquet", f"reform-{key[:6]}.parquet")


@router.get("/town/{body}/reforms/{key}/plots.csv", dependencies=[allowed(ANYONE)])
def plots_csv(town: TownDep, key: Key) -> Response:
    """Every plot as CSV."""
    return _file(plots_as_csv(_plots(town, key)).encode(), "text/csv", f"reform-{key[:6]}.csv")


@router.get("/town/{body}/reforms/{key}/plots.geojson", dependencies=[allowed(ANYONE)])
def plots_geojson(town: TownDep, key: Key) -> Response:
    """The plots for the map."""
    return _file(on_the_map(_plots(town, key)), "application/geo+json")


@router.get("/town/{body}/reforms/{key}/permits.csv", dependencies=[allowed(ANYONE)])
def permits_csv(town: TownDep, key: Key) -> Response:
    """Every permit that was judged again as CSV."""
    rows = orjson.loads(file_of(town.session, followed_at(town.session, key), PERMITS))
    kept = [{name: value for name, value in each.items() if not isinstance(value, list)} for each in rows]
    return _file(as_csv(kept).encode(), "text/csv", f"reform-{key[:6]}-permits.csv")


@router.get("/town/{body}/reforms/{key}/reform.yaml", dependencies=[allowed(ANYONE)])
def text_of_reform(town: TownDep, key: Key) -> Response:
    """The reform as it was written."""
    return _file(study_at(town.session, key).text.encode(), "text/plain", f"reform-{key[:6]}.yaml")


def _plots(town: Town, key: str) -> bytes:
    return file_of(town.session, followed_at(town.session, key), PLOTS)


def _form(
    request: Request, town: Town, said: Mapping[str, str], *, refused: Refused | None = None
) -> Response:
    status = 200 if refused is None else 409 if isinstance(refused, Conflict) else 422
    return page(
        request,
        "town/reforms/new.html",
        example=EXAMPLE,
        town=town,
        status=status,
        said=said,
        refused=refused,
        longest=LONGEST,
    )


def _wish(said: Mapping[str, str], reform: UploadFile | None, shape: UploadFile | None) -> Wish:
    file = _sent(reform)
    is_untouched = said["text"].split() == EXAMPLE.split()
    text, meant = reform_sent("" if file and is_untouched else said["text"], file, _sent(shape))
    try:
        storey = Decimal(said["storey"].strip().replace(",", "."))
    except InvalidOperation as error:
        raise Invalid(f"“{said['storey'][:20]}” is no height of a storey; give metres, such as 3.") from error
    if not (storey.is_finite() and 1 <= storey <= 20):
        raise Invalid(f"A storey of {storey} m cannot be meant; give 1 to 20 metres.")
    return Wish(
        text=text,
        reform=meant,
        ward=said["ward"].strip() or None,
        occupancy=said["occupancy"].strip(),
        storey=storey,
        with_permits=said["permits"] == "yes",
        is_open=said["open_to"] == "all",
    )


def _sent(file: UploadFile | None) -> tuple[str, bytes] | None:
    """The name and bytes of a file that was chosen; None where none was."""
    if file is None or not file.filename:
        return None
    return file.filename.replace("\\", "/").rpartition("/")[2], file.file.read()


def _question(town: Town, wish: Wish) -> Question:
    return Question(
        place=town.body.jurisdiction,
        reform=wish.reform,
        ward=wish.ward,
        occupancy=wish.occupancy,
        storey=wish.storey,
    )


def _file(content: bytes, media_type: str, name: str | None = None) -> Response:
    headers = {"Cache-Control": "no-store"}
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers=headers)
