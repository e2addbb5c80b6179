"""Stairs as drawn: which there are, how wide their flights are, and whether their length has room for the steps that the law asks.

In: a proposal.  Out: `Stairway` values and measures in metres.  The convention gives stair i of a floor one layer and each of its flights another;
a flight's width is a dimension in the colour of widths, else the shorter side of its outline; where its steps turn, no side is its width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from rules.book import Value
from rules.findings import Measured, Place, Required, measured
from rules.measure import Unit
from rules.plans.drawing import Length, Thing
from rules.plans.roles import Role
from rules.proposal import Building, Proposal, once
from rules.takings import of_length, side_of, told

FLIGHTS = {Role.STAIR: Role.STAIR_FLIGHT, Role.FIRE_STAIR: Role.FIRE_STAIR_FLIGHT}
WIDTH, LENGTH = "flight width", "flight length"
STOREY_HEIGHT = "FLR_HT_M"
Drawn = TypeVar("Drawn", Thing, Length)


@dataclass(frozen=True, kw_only=True)
class Stairway:
    """One stair on one floor: its outline, its flights and the dimensions on them."""

    role: Role
    building: int
    floor: int
    index: int
    outline: Thing | None
    flights: tuple[Thing, ...]
    lengths: tuple[Length, ...]

    @property
    def title(self) -> str:
        """How a finding names it."""
        kind = "fire stair" if self.role is Role.FIRE_STAIR else "stair"
        return f"building {self.building}, floor {self.floor}, {kind} {self.index}"

    @property
    def width(self) -> tuple[Measured | None, Measured | None]:
        """The least width of its flights, and the most it can be where only outlines tell; the least is None where a flight turns."""
        dims = [of_length(each) for each in self.lengths if each.meaning == WIDTH]
        if len(dims) >= max(1, len(self.flights)):
            narrow = min(dims, key=_amount)
            return narrow, narrow
        if not self.flights:
            return None, None
        if self.turns:
            return None, min(dims, key=_amount, default=None)
        short = min((side_of(e, e.breadth, "shorter side of a flight") for e in self.flights), key=_amount)
        long = min((side_of(e, e.length, "longer side of a flight") for e in self.flights), key=_amount)
        return min((*dims, short), key=_amount), min((*dims, long), key=_amount)

    @property
    def turns(self) -> bool:
        """Whether the steps of a flight do not follow one another straight, so that its outline does not tell its width."""
        return any(each.steps is not None and each.steps.turns for each in self.flights)

    @property
    def run(self) -> Measured | None:
        """The length of all its flights together, in metres; the longer side of an outline where no dimension tells."""
        parts = [side_of(each, each.length, "length of a flight") for each in self.flights]
        if not parts:
            parts = [of_length(each) for each in self.lengths if each.meaning == LENGTH]
        if not parts:
            return None
        amount = sum((each.amount for each in parts), Decimal(0))
        return Measured(
            amount=amount,
            unit=Unit.METRE,
            steps=(f"{len(parts)} flights, together {amount:.3f} m long",),
            sources=tuple(dict.fromkeys(source for each in parts for source in each.sources)),
            places=tuple(place for each in parts for place in each.places),
        )


def _amount(found: Measured) -> Decimal:
    return found.amount


def stairways(plan: Proposal, building: Building, *roles: Role) -> tuple[Stairway, ...]:
    """Every stair of a building by floor and number."""
    found = []
    for role in roles:
        outlines = _by_stair(_things(plan, role).get(building.number, ()), building)
        flights = _by_stair(_things(plan, FLIGHTS[role]).get(building.number, ()), building)
        lengths = _lengths(_dimensions(plan, FLIGHTS[role]).get(building.number, ()), building)
        for floor, index in sorted({*outlines, *flights, *lengths}):
            found.append(
                Stairway(
                    role=role,
                    building=building.number,
                    floor=floor,
                    index=index,
                    outline=next(iter(outlines.get((floor, index), ())), None),
                    flights=tuple(flights.get((floor, index), ())),
                    lengths=tuple(lengths.get((floor, index), ())),
                )
            )
    return tuple(found)


def _things(plan: Proposal, role: Role) -> dict[int | None, list[Thing]]:
    """Things of a kind by building, sorted out once, since thousands of buildings ask for theirs."""
    return once(plan, ("things by building", role), lambda: _sorted_out(plan.drawing.things_of(role)))


def _dimensions(plan: Proposal, role: Role) -> dict[int | None, list[Length]]:
    return once(plan, ("lengths by building", role), lambda: _sorted_out(plan.drawing.lengths_of(role)))


def _sorted_out(drawn: Sequence[Drawn]) -> dict[int | None, list[Drawn]]:
    found: dict[int | None, list[Drawn]] = {}
    for each in drawn:
        found.setdefault(each.block, []).append(each)
    return found


def _by_stair(things: Sequence[Thing], building: Building) -> dict[tuple[int, int], list[Thing]]:
    found: dict[tuple[int, int], list[Thing]] = {}
    for each in things:
        if each.block == building.number and each.floor is not None:
            found.setdefault((each.floor, each.index[0] if each.index else 1), []).append(each)
    return found


def _lengths(lengths: Sequence[Length], building: Building) -> dict[tuple[int, int], list[Length]]:
    found: dict[tuple[int, int], list[Length]] = {}
    for each in lengths:
        if each.block == building.number and each.floor is not None:
            found.setdefault((each.floor, each.index[0] if each.index else 1), []).append(each)
    return found


def storey_height(plan: Proposal, stair: Stairway) -> Measured | None:
    """From one floor to the next: a dimension of the floor's height, else what is declared on the layers of that floor."""
    for each in plan.drawing.lengths_of(Role.FLOOR_HEIGHT):
        if each.block == stair.building and each.floor == stair.floor:
            return of_length(each)
    start = f"BLK_{stair.building}_FLR_{stair.floor}_"
    for said in plan.drawing.declared:
        if said.key == STOREY_HEIGHT and said.number and said.source.layer.upper().startswith(start):
            return measured(
                said.number,
                Unit.METRE,
                steps=(f"{said.key} = {said.text}",),
                sources=(f"declared on {told(said.source)}",),
                places=(Place(what="height of the storey", handles=said.source.handles),),
                is_declared=STOREY_HEIGHT not in plan.answers.confirmed,
            )
    return None


def fewest_risers(height: Measured, riser: Value) -> int:
    """How many risers of the greatest height it takes to climb a storey."""
    metres = Fraction(height.amount.quantize(Decimal("0.001")))
    return int(-(-metres // riser.exact))


def room_for_steps(stair: Stairway, height: Measured, tread: Value, riser: Value) -> Required:
    """The least length of all flights: one tread less than risers in each flight."""
    risers = fewest_risers(height, riser)
    flights = max(1, len(stair.flights))
    metres = tread.number * max(0, risers - flights)
    step = f"{height.amount:.2f} m by risers of {riser}: {risers}; in {flights} flights {max(0, risers - flights)} treads of {tread}: {metres:.2f} m"
    return Required.derived(metres, Unit.METRE, step, tread, riser)
