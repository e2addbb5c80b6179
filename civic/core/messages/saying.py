"""What a message says of an act or of something late, in the language of whoever is told: pure.

In: an act or an escalation as it happened, its workflow.  Out: values for the blanks of a wording.
"""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from civic.core.clocks import Escalated
from civic.core.desk import Advanced
from civic.core.workflow import NamedAct, Workflow
from civic.core.working_days import day_there


def of_late(late: Escalated, flow: Workflow, language: str) -> Mapping[str, str]:
    """Whose word is late: the authority that was asked, the task, or the turn of the case; since when it is theirs, and its last day."""
    task, zone = late.task, ZoneInfo(late.body.time_zone)
    known = flow.tasks.get(task.kind) if task else None
    authority = task.told.get("authority") if task else None
    title = getattr(known.title if known else flow.state_title(late.case.state), language)
    due = task.due if task else late.case.due
    return {
        "what": str(authority[language]) if isinstance(authority, Mapping) else title,
        "since": day_words((task.asked if task else late.case.since).astimezone(zone).date()),
        "due": day_words(due) if due else "–",
    }


def of_act(moved: Advanced, named: NamedAct, language: str) -> Mapping[str, str]:
    """What a message says of an act: its name, what was written of it and what about, its day, and whatever it kept."""
    about = moved.told.get("about")
    said = [str(about[language])] if isinstance(about, Mapping) else []
    return {
        **{name: str(each) for name, each in moved.told.items()},
        "what": getattr(named.title, language),
        "reason": ": ".join([*said, *([moved.note] if moved.note else [])]) or "–",
        "day": day_words(day_there(moved.now, moved.body.time_zone)),
    }


def day_words(day: date) -> str:
    """A day as messages write it."""
    return f"{day.day:02d}-{day.month:02d}-{day.year}"
