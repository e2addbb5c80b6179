"""Commands of who keeps a town hall: open it, back it up, bring it back.

In: words on the command line.  Out: a local body, a folder, a database; what was done in a sentence.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.connecting import check_set_up
from api.settings import read_settings
from api.terminal import engine_of, out, told
from gis.errors import Invalid

town_app = typer.Typer(no_args_is_help=True, help="The town hall of a local body.")


@town_app.command("open")
@told
def open_town(
    code: Annotated[str, typer.Argument(help="Code of the local body, such as kochi.")],
    land: Annotated[str, typer.Argument(help="Code of the jurisdiction whose land it is.")],
    name_en: Annotated[str, typer.Option(help="Its name in English.")],
    name_ml: Annotated[str, typer.Option(help="Its name in Malayalam.")],
    kind: Annotated[str, typer.Option(help="grama_panchayat, municipality, corporation or other.")],
    admin: Annotated[str, typer.Option(help="Name of the first administrator.")],
    address: Annotated[str, typer.Option(help="E-mail address or telephone number of the administrator.")],
    order: Annotated[str, typer.Option(help="Order of the administrator's posting.")],
    rest_days: Annotated[
        str, typer.Option(help="Days without office: 7 is each Sunday, 6/2 the second Saturday.")
    ],
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Kolkata",
) -> None:
    """Open the town hall of a local body with its first administrator."""
    from api.founding import Administrator, open_town_hall
    from civic.core.bodies import LocalBody

    if kind not in ("grama_panchayat", "municipality", "corporation", "other"):
        raise Invalid(
            f"“{kind}” is no kind of local body: grama_panchayat, municipality, corporation or other."
        )
    body = LocalBody(
        code=code,
        jurisdiction=land,
        name_en=name_en,
        name_ml=name_ml,
        kind=kind,
        time_zone=time_zone,
        rest_days=rest_days,
        synthetic=False,
    )
    with engine_of(read_settings()) as engine:
        check_set_up(engine)
        first = Administrator(name=admin, address=address, order_ref=order)
        open_town_hall(engine, body, first, now=datetime.now(UTC))
    out.print(
        f"The town hall is at /town/{code}; {admin} signs in with a code sent to {address}.", highlight=False
    )


@told
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder to write the backup into.")],
) -> None:
    """Write database, documents, rasters and the list of keys into a folder; the service may go on meanwhile."""
    from api.backing_up import back_up
    from api.stores import store_of

    settings = read_settings()
    kept = back_up(settings, store_of(settings), folder, said=lambda part: out.print(f"Writing {part}"))
    out.print(
        f"{kept.rows} rows and {kept.files} files, {kept.bytes / 1e6:.1f} MB, in {folder}", highlight=False
    )


@told
def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `backup` wrote.")],
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Go on although settings that held a secret are missing.")
    ] = False,
) -> None:
    """Bring a backup into an empty database, and up to this version."""
    from api.backing_up import restore as bring_back
    from api.connecting import migrate
    from api.stores import store_of

    settings = read_settings()
    kept = bring_back(
        settings,
        store_of(settings),
        folder,
        said=lambda part: out.print(f"Now {part}"),
        without_keys=without_keys,
    )
    with engine_of(settings) as engine:
        migrate(engine)
    out.print(
        f"{kept.rows} rows and {kept.files} files are back. Start with `./bhumika serve`.", highlight=False
    )
