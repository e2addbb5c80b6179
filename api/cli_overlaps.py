"""`bhumika overlaps`: the command of who keeps the facts about shared ground fresh.

In: words on the command line.  Out: facts, and a table of what there is.
"""

from typing import Annotated

import typer

from api.connecting import check_set_up
from api.settings import read_settings
from api.terminal import engine_of, err, out, told


@told
def overlaps(
    place: Annotated[str, typer.Argument(help="Code of the jurisdiction, for example kl-sample.")],
    show: Annotated[bool, typer.Option("--show", help="Measure nothing, say what there is.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Measure everything, also what is fresh.")] = False,
    cores: Annotated[int | None, typer.Option(min=1, help="Cores to use; all unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure the ground that parcels share with layers, where something has changed, and keep it as facts."""
    from api.planner.overlapping import make_fresh, show_kept

    with engine_of(read_settings()) as engine:
        check_set_up(engine)
        if show:
            show_kept(engine, place, out=out, as_json=as_json)
        else:
            make_fresh(engine, place, anew=anew, cores=cores, out=out, err=err, as_json=as_json)
