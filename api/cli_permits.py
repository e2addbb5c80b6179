"""Commands about building permits: bring in earlier ones.

In: words on the command line.  Out: permits in a town hall, and what became of each row.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.terminal import engine_of, out, told

permits_app = typer.Typer(no_args_is_help=True, help="Building permits.")


@permits_app.callback()
def _permits() -> None:
    """Building permits."""


@permits_app.command("import")
@told
def import_permits(
    table: Annotated[
        Path, typer.Argument(help="CSV in UTF-8: number, plot, kind, issued, until, words, plans.")
    ],
    body: Annotated[str, typer.Option(help="Code of the local body.")],
    by: Annotated[str, typer.Option(help="E-mail address or telephone number of its administrator.")],
    plans: Annotated[Path | None, typer.Option(help="Folder of the plans that the table names.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")
    ] = False,
) -> None:
    """Bring earlier permits with their plans into a town hall: all of them, or none where a row is refused."""
    from api.connecting import check_set_up
    from api.earlier_permits import Earlier, bring_in_earlier
    from api.settings import read_settings
    from api.stores import store_of

    settings = read_settings()
    earlier = Earlier(body=body, table=table, plans=plans, by=by, is_rehearsal=dry_run)
    with engine_of(settings) as engine:
        check_set_up(engine)
        report = bring_in_earlier(
            engine,
            earlier,
            store=store_of(settings),
            largest=settings.largest_document,
            now=datetime.now(UTC),
        )
    for each in report.refused:
        out.print(f"Row {each.row}: {each.why}", highlight=False)
    out.print(
        f"{report.rows} rows: {len(report.taken)} permits with {report.plans} plans, {len(report.known)} recorded"
        f" already, {len(report.refused)} refused.",
        highlight=False,
    )
    if report.refused or dry_run:
        out.print("Nothing was written.", highlight=False)
    if report.refused:
        raise typer.Exit(1)
