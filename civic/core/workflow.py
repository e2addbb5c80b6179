"""A workflow as data: whose turn it is in each state, who may take which step, and by when.

In: the text of a `workflow.yaml`.  Out: a frozen `Workflow`, or `Invalid` naming every fault at once.  No database, no
clock: what a step does to a case is in `civic.core.case`.

A state belongs to a role (its turn) until a limit, or it ends the case.  A step leads from states to a state and names the
roles that may take it; `clock` is time itself: such a step waits some days in its state and is taken by no person; `ledger`
is money: such a step is taken when a demand is paid.  `apart` names earlier steps that another person at another machine must have taken (maker and checker);
`alone` says why an officer's step that ends a case names none.  A task is asked of a role
beside the turn when its state is entered; all tasks run at once, each until a limit of its own or, without one, all on the one
clock of that state, and the guard `tasks_answered` holds a step until none is open.  An act is what is done to a case beside its
steps, whosever turn it is: the history names it, the parties and the watchers of its plots are told of it.
"""

from dataclasses import dataclass
from functools import cached_property

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gis.errors import Invalid

STAFF = (
    "front_office",
    "verifier",
    "field_inspector",
    "approver",
    "secretary",
    "agency",
    "auditor",
    "counter",
    "admin",
)
CONSULTED = ("agency",)
"""Staff roles of other offices: they see what is asked of them, not every case."""
READING = ("auditor",)
"""Staff roles that read and write nothing."""
INSIDERS = tuple(role for role in STAFF if role not in CONSULTED)
"""Staff roles of the local body itself: they read what is for the office only."""
PARTIES = ("applicant", "owner", "licensee")
LICENSED = ("licensee",)
"""Parts that need a posting, too: without one on the day, whoever has such a part in a case reads it and does nothing in it."""
CLOCK = "clock"
LEDGER = "ledger"
CONFIRMED = "required"
ROLES = (*PARTIES, *STAFF)
TASKS_ANSWERED = "tasks_answered"
OF_CORE = frozenset({TASKS_ANSWERED})
"""Guards that the core itself knows."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Title(_Form):
    """A name in both languages."""

    en: str = Field(min_length=1)
    ml: str = Field(min_length=1)


class Limit(_Form):
    """A span of days; exactly one of the two."""

    working_days: int | None = Field(default=None, ge=0, le=1000)
    days: int | None = Field(default=None, ge=0, le=3660)
    source: str | None = None
    """The clause or order that sets it."""


class State(_Form):
    """Where a case can stand."""

    title: Title
    turn: str | None = None
    within: Limit | None = None
    escalates_to: str | None = None
    """The role that is told when the limit has passed."""
    outcome: str | None = None
    """What the end of the case means: granted, refused, withdrawn, …"""


class Step(_Form):
    """What can be done to a case."""

    title: Title
    from_: tuple[str, ...] = Field(alias="from", min_length=1)
    to: str
    by: tuple[str, ...] = Field(min_length=1)
    guards: tuple[str, ...] = ()
    note: str = Field(default="optional", pattern="^(none|optional|required)$")
    seen_by: str = Field(default="parties", pattern="^(everyone|parties|staff)$")
    apart: tuple[str, ...] = ()
    alone: Title | None = None
    """Why an officer may end a case by it though no earlier step must have been another person's."""
    after: Limit | None = None
    passkey: str | None = Field(default=None, pattern="^required$")
    """`required`: whoever takes it confirms this very step with a passkey."""
    own_page: bool = False
    """Whether a page of the service takes it, and the common page of the case shows no form for it."""


class Task(_Form):
    """What is asked beside the turn when a state is entered."""

    title: Title
    role: str
    asked_in: str
    within: Limit | None = None
    """Its own limit; without one it runs on the clock of the state in which it is asked."""
    escalates_to: str | None = None
    """The role that is told when the limit has passed; without one, the role of the state in which it is asked."""


class NamedAct(_Form):
    """What is done to a case beside its steps, and by which message its parties are told."""

    title: Title
    template: str = "case_act"


class Workflow(_Form):
    """All of a service's states, steps, tasks and acts."""

    service: str = Field(pattern="^[a-z][a-z_]*$")
    prefix: str = Field(pattern="^[A-Z]{1,4}$")
    edition: str
    title: Title
    begin: str
    states: dict[str, State]
    steps: dict[str, Step]
    tasks: dict[str, Task] = {}
    acts: dict[str, NamedAct] = {}

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role that has something to do in it."""
        turns = {state.turn for state in self.states.values() if state.turn}
        return frozenset(turns | {role for step in self.steps.values() for role in step.by})

    def steps_from(self, state: str) -> dict[str, Step]:
        """The steps that lead away from a state, in the order of the file."""
        return {name: step for name, step in self.steps.items() if state in step.from_}

    def state_title(self, state: str) -> Title:
        """What a state is called; its stored name in both languages where this edition no longer has it."""
        known = self.states.get(state)
        return known.title if known else Title(en=state, ml=state)

    def escalation(self, state: str, kind: str | None = None) -> str | None:
        """The role that is told when the turn of a state, or a task asked beside it, is late; None where nobody is.

        A turn without a role above it is told to the role itself: officers hear that they are late, parties are reminded, unless
        their turn lapses by itself.  A task that no workflow names beforehand is told to whoever the state in which the case stands escalates to, or whose turn it is.
        """
        task = self.tasks.get(kind) if kind else None
        if task and task.escalates_to:
            return task.escalates_to
        standing = self.states.get(task.asked_in if task else state)
        if standing is None:
            return None
        is_beside = task is None and standing.turn in INSIDERS
        is_own = is_beside if kind is not None else standing.within is not None and not self._lapses(state)
        return standing.escalates_to or (standing.turn if is_own else None)

    def reminded(self) -> frozenset[str]:
        """The states in which parties are reminded of a turn of their own that has run out."""
        return frozenset(name for name in self.states if self.escalation(name) in PARTIES)

    def _lapses(self, state: str) -> bool:
        """Whether the turn of a party ends by itself."""
        acts = {role for step in self.steps_from(state).values() for role in step.by}
        return self.states[state].turn in PARTIES and CLOCK in acts

    def limit_of(self, task: Task) -> Limit | None:
        """The limit on which a task runs: its own, or that of the state in which it is asked."""
        asked_in = self.states.get(task.asked_in)
        return task.within or (asked_in.within if asked_in else None)

    def tasks_of(self, state: str) -> dict[str, Task]:
        """The tasks that are asked when a state is entered."""
        return {name: task for name, task in self.tasks.items() if task.asked_in == state}


@dataclass(frozen=True, kw_only=True)
class _Reading:
    flow: Workflow
    guards: frozenset[str]

    def faults(self) -> list[str]:
        """Everything that keeps the workflow from running."""
        return [*self._states(), *self._steps(), *self._tasks(), *self._ways()]

    def _states(self) -> list[str]:
        flow, found = self.flow, []
        if flow.begin not in flow.states:
            found.append(f"it begins in “{flow.begin}”, which is no state")
        for name, state in flow.states.items():
            if (state.turn is None) == (state.outcome is None):
                found.append(f"state {name} needs either a turn or an outcome")
            if state.turn and state.turn not in ROLES:
                found.append(f"state {name} is the turn of “{state.turn}”, which is no role")
            if state.escalates_to and state.escalates_to not in STAFF:
                found.append(f"state {name} escalates to “{state.escalates_to}”, which is no staff role")
            if state.escalates_to and not state.within:
                found.append(f"state {name} escalates without a limit")
            found += _limit(f"state {name}", state.within)
        return found

    def _steps(self) -> list[str]:
        flow, found = self.flow, []
        for name, step in flow.steps.items():
            unknown = [state for state in (*step.from_, step.to) if state not in flow.states]
            found += [f"step {name} names “{state}”, which is no state" for state in unknown]
            found += [
                f"step {name} is for “{role}”, which is no role"
                for role in step.by
                if role not in (*ROLES, CLOCK, LEDGER)
            ]
            found += [
                f"step {name} stands under a guard “{guard}” that nobody keeps"
                for guard in step.guards
                if guard not in self.guards | OF_CORE
            ]
            found += [
                f"step {name} must be apart from “{other}”, which is no step"
                for other in step.apart
                if other not in flow.steps
            ]
            if (CLOCK in step.by) != (step.after is not None) or (CLOCK in step.by and len(step.by) > 1):
                found.append(f"step {name}: a step of the clock, and no other, waits a span of days (after)")
            if step.passkey and is_of_nobody(step):
                found.append(
                    f"step {name}: only who takes a step on the page of the case confirms it with a passkey"
                )
            found += _limit(f"step {name}", step.after)
        found += [f"act {name} is a step, too" for name in flow.acts if name in flow.steps]
        return found

    def _tasks(self) -> list[str]:
        found = []
        for name, task in self.flow.tasks.items():
            if task.asked_in not in self.flow.states:
                found.append(f"task {name} is asked in “{task.asked_in}”, which is no state")
            if task.role not in STAFF:
                found.append(f"task {name} is asked of “{task.role}”, which is no staff role")
            if task.escalates_to and task.escalates_to not in STAFF:
                found.append(f"task {name} escalates to “{task.escalates_to}”, which is no staff role")
            if task.escalates_to and not self.flow.limit_of(task):
                found.append(f"task {name} escalates without a limit")
            found += _limit(f"task {name}", task.within)
        return found

    def _ways(self) -> list[str]:
        """No state that cannot be reached, none that cannot be left unless it ends the case."""
        flow = self.flow
        reached, edge = set(), {flow.begin} & set(flow.states)
        while edge:
            reached |= edge
            edge = {step.to for state in edge for step in flow.steps_from(state).values()} - reached
            edge &= set(flow.states)
        found = [f"state {name} can never be reached" for name in flow.states if name not in reached]
        for name, state in flow.states.items():
            leaves = flow.steps_from(name)
            if state.outcome and leaves:
                found.append(f"state {name} ends the case, but {', '.join(leaves)} lead on from it")
            acts = {role for step in leaves.values() for role in step.by}
            if state.turn and not acts & {state.turn, LEDGER}:
                found.append(f"state {name} is the turn of {state.turn}, who has no step to take there")
        return found


def workflow(text: str, *, guards: frozenset[str] = frozenset()) -> Workflow:
    """The workflow of a YAML text; `guards` are those that its service keeps."""
    try:
        flow = Workflow.model_validate(yaml.load(text, Loader=yaml.BaseLoader))
    except (ValidationError, yaml.YAMLError) as error:
        raise Invalid(f"This is not a workflow: {error}") from error
    if found := _Reading(flow=flow, guards=guards).faults():
        raise Invalid(f"The workflow of {flow.service} cannot run: {'; '.join(found)}.")
    return flow


def is_of_nobody(step: Step) -> bool:
    """Whether a step is taken by time or money, or on a page of its service: nobody is there to be asked for a passkey."""
    return step.own_page or bool({CLOCK, LEDGER} & set(step.by))


def _limit(of: str, limit: Limit | None) -> list[str]:
    if limit is None or (limit.working_days is None) != (limit.days is None):
        return []
    return [f"{of} needs either working_days or days"]
