"""Reads from the book what an envelope needs.

In: the book of one day and body, and an occupancy of `axes.yaml`.  Out: `Terms`, with a `Gap` for everything that the book does not hold.
"""

from collections.abc import Sequence
from decimal import Decimal

from gis.errors import Invalid
from rules.book import Book, Citation, Entry, Force, Library, NotEncoded, NotInForce, Parameter, Value
from rules.envelopes.model import Decider, Gap
from rules.envelopes.terms import Growth, Lanes, Row, SmallPlots, StreetRule, Terms, Tier
from rules.reading import library
from rules.table import ByBand, ByWord, Key, words

AREA_STEP = Decimal("0.01")
"""m²: the step in which areas are compared, so that “over 200” begins at 200.01."""
SMALL_GROUPS = ("A1", "F")
"""Groups of the small-plot row of Table 4 and of rule 50."""

OPEN_SPACE = Parameter("yards.open_space")
UNIFORM = Parameter("yards.uniform")
SMALL_YARDS = Parameter("yards.open_space_small_plot")
SMALL_BUILDING = Parameter("yards.small_plot_built_up_area")
SMALL_PLOT = Parameter("yards.small_plot_area")
GROWTH = tuple(Parameter(f"yards.over_10m_{part}") for part in ("above", "step", "rise", "stop"))
STREET = tuple(Parameter(f"height.{part}") for part in ("street_factor", "yard_factor", "street_reach"))
DISTANCE = Parameter("roads.distance")
TIERS = tuple(Parameter(f"coverage.{part}") for part in ("fsi", "fsi_with_fee", "fsi_with_higher_fee"))
FEES = (None, Parameter("coverage.fee"), Parameter("coverage.higher_fee"))
COVERAGE = Parameter("coverage.percent")
RULE_50 = tuple(Parameter(f"small.plot_{part}") for part in ("area", "storeys", "height"))


class _Reading:
    """Asks the book, remembers what was used and what was missing."""

    def __init__(self, book: Book, occupancy: str) -> None:
        self.book, self.occupancy = book, occupancy
        self.cited: dict[Decider, dict[Citation, None]] = {}
        self.forces: set[Force] = set()
        self.gaps: list[Gap] = []

    def value(self, rule: Decider, parameter: Parameter, *keys: Key) -> Value:
        """A number of the book, remembered under the rule that needs it."""
        value = self.book.value(parameter, *keys)
        self.cited.setdefault(rule, {})[value.citation] = None
        self.forces.add(value.force)
        return value

    def numbers(self, rule: Decider, parameters: Sequence[Parameter]) -> list[Decimal]:
        """Several numbers at once."""
        return [self.value(rule, each).number for each in parameters]

    def row(self, parameter: Parameter) -> str:
        """The word of the table for the occupancy: its own, else its group's; `NotEncoded` where only finer parts have rows."""
        known = words(self.book.entry(parameter).node, "occupancy")
        group = self.occupancy.split("_", maxsplit=1)[0]
        for word in (self.occupancy, group):
            if word in known:
                return word
        parts = sorted(word for word in known if word.startswith(f"{group}_"))
        told = f"the table has rows for {' and '.join(parts)}: name one" if parts else "the table has no row"
        raise NotEncoded(
            f"“{self.book.library.card(parameter).title}” for {self.occupancy}, {self.book.body}, on {self.book.on}: {told}."
        )

    def missing(self, rule: str, why: Exception, effect: str, remedy: str = "Ask the local body.") -> None:
        """Remember a hole."""
        self.gaps.append(Gap(rule=rule, reason=str(why), effect=effect, remedy=remedy))


def terms_of(book: Book, occupancy: str) -> Terms:
    """What the book asks of a building of a group; `Invalid` for an occupancy that is none of `axes.yaml`."""
    check_use(occupancy, book.library)
    reading = _Reading(book, occupancy)
    is_multiplex = occupancy == "J"
    ceiling = Parameter("occupancy.multiplex_height")
    return Terms(
        occupancy=occupancy,
        rows=_rows(reading),
        growth=_growth(reading),
        street=_street(reading),
        lanes=_lanes(reading),
        coverage=_coverage(reading),
        tiers=_tiers(reading),
        small=_small(reading) if occupancy in SMALL_GROUPS else None,
        ceiling=_known(reading, Decider.GREATEST_HEIGHT, ceiling) if is_multiplex else None,
        gaps=tuple(reading.gaps),
        citations={rule: tuple(cited) for rule, cited in reading.cited.items()},
        force=Force.ADVISORY if Force.ADVISORY in reading.forces else Force.BINDING,
    )


def check_use(occupancy: str, law: Library | None = None) -> None:
    """`Invalid` for an occupancy that is none of `axes.yaml`."""
    known = (law or library()).card(COVERAGE).axes[0].words
    if occupancy not in known:
        raise Invalid(f"“{occupancy}” is no occupancy; there are {', '.join(known)}.")


def _rows(reading: _Reading) -> tuple[Row, ...]:
    """The rows of the table of the day: before 2025 one figure for each yard, since then average and minimum."""
    try:
        return _table_rows(reading, UNIFORM)
    except (NotInForce, NotEncoded):
        pass
    try:
        return _table_rows(reading, OPEN_SPACE)
    except (NotInForce, NotEncoded) as why:
        reading.missing("yards", why, "No envelope can be given: the yards are not known.")
        return ()


def _table_rows(reading: _Reading, parameter: Parameter) -> tuple[Row, ...]:
    word, entry = reading.row(parameter), reading.book.entry(parameter)
    least, most = _group_limits(reading)
    rows = []
    for low, high, probe, title in _bands(entry, word):
        yards = _six(reading, parameter, word, probe)
        rows.append(
            Row(
                title=f"{word}, {title}",
                least=max(low, least),
                most=high if most is None else most if high is None else min(high, most),
                plot_upto=None,
                yards=yards[0],
                minimums=yards[1],
            )
        )
    found = [row for row in rows if row.most is None or row.most >= row.least]
    return (*_small_row(reading), *found)


def _bands(entry: Entry, word: str) -> list[tuple[Decimal, Decimal | None, Decimal, str]]:
    """Least and most built-up area of each band of a row, a number inside it, and what it is called."""
    node = dict(entry.node.rows)[word] if isinstance(entry.node, ByWord) else entry.node
    if not isinstance(node, ByBand):
        return [(Decimal(0), None, Decimal(1), "any built-up area")]
    found = []
    for band in node.bands:
        low = Decimal(0) if band.low is None else band.low if band.low_belongs else band.low + AREA_STEP
        high = band.high if band.high is None or band.high_belongs else band.high - AREA_STEP
        found.append((low, high, low if band.low is not None else high or Decimal(1), f"{band} m²"))
    return found


def _six(
    reading: _Reading, parameter: Parameter, *keys: Key
) -> tuple[tuple[Decimal, Decimal, Decimal], tuple[Decimal, Decimal, Decimal]]:
    """Front, rear and side: the larger of average and minimum, and the minimum."""
    yards, minimums = [], []
    for side in ("front", "rear", "side"):
        names = [side] if parameter == UNIFORM else [f"{side}_average", f"{side}_minimum"]
        found = [reading.value(Decider.YARDS, parameter, *keys, name).number for name in names]
        yards.append(max(found))
        minimums.append(found[-1])
    return (yards[0], yards[1], yards[2]), (minimums[0], minimums[1], minimums[2])


def _small_row(reading: _Reading) -> tuple[Row, ...]:
    """The row of Table 4 for small buildings on small plots, from the day on which its own edges are in the book."""
    if reading.occupancy not in SMALL_GROUPS:
        return ()
    try:
        plot, building = (reading.book.value(each).number for each in (SMALL_PLOT, SMALL_BUILDING))
        yards, minimums = _six(reading, SMALL_YARDS)
    except (NotEncoded, NotInForce):
        return ()
    reading.numbers(Decider.YARDS, (SMALL_PLOT, SMALL_BUILDING))
    title = f"{reading.occupancy}, plot up to {plot} m² and up to {building} m² built up"
    return (
        Row(title=title, least=Decimal(0), most=building, plot_upto=plot, yards=yards, minimums=minimums),
    )


def _group_limits(reading: _Reading) -> tuple[Decimal, Decimal | None]:
    """Built-up area from and up to which a building is of this group (rule 25(1))."""
    group = reading.occupancy.split("_", maxsplit=1)[0]
    asked: tuple[tuple[str, str, bool], ...] = (
        ("occupancy.built_up_area_over", group, group in {"B", "C", "D", "E"}),
        ("occupancy.livestock_area", reading.occupancy, group == "G3"),
    )
    for key, word, is_asked in asked:
        if is_asked:
            limit = _known(reading, Decider.BUILT_UP_AREA, Parameter(key), word)
            return (Decimal(0) if limit is None else limit + AREA_STEP), None
    if group == "J":
        area = _known(reading, Decider.BUILT_UP_AREA, Parameter("occupancy.multiplex_area"))
        return area or Decimal(0), None
    most = (
        _known(reading, Decider.BUILT_UP_AREA, Parameter("occupancy.industrial_area"), "G1")
        if group == "G1"
        else None
    )
    return Decimal(0), most


def _known(reading: _Reading, rule: Decider, parameter: Parameter, *keys: Key) -> Decimal | None:
    try:
        return reading.value(rule, parameter, *keys).number
    except (NotEncoded, NotInForce):
        return None


def _growth(reading: _Reading) -> Growth | None:
    try:
        above, step, rise, stop = reading.numbers(Decider.GROWTH, GROWTH)
    except (NotEncoded, NotInForce) as why:
        reading.missing(
            "yards above 10 m",
            why,
            "The ground is shown; up to which height it holds, storeys and floor area are not known.",
        )
        return None
    return Growth(above=above, step=step, rise=rise, stop=stop)


def _street(reading: _Reading) -> StreetRule | None:
    try:
        width, yard, reach = reading.numbers(Decider.STREET_HEIGHT, STREET)
    except (NotEncoded, NotInForce) as why:
        reading.missing("height against the street", why, "Storeys and floor area are not known.")
        return None
    return StreetRule(width_factor=width, yard_factor=yard, reach=reach)


def _lanes(reading: _Reading) -> Lanes | None:
    def number(name: str) -> Decimal:
        return reading.value(Decider.STREET_DISTANCE, Parameter(f"roads.{name}")).number

    try:
        return Lanes(
            full=reading.value(Decider.STREET_DISTANCE, DISTANCE, "main_or_notified_or_wide").number,
            other=reading.value(Decider.STREET_DISTANCE, DISTANCE, "other").number,
            wide_from=number("wide_from"),
            lane=number("lane_distance"),
            height=number("lane_height"),
            cul_de_sac=number("cul_de_sac_length"),
            pedestrian=number("pedestrian_width"),
            short=number("short_lane_distance"),
            short_length=number("short_lane_length"),
            short_plots=reading.value(Decider.STREET_DISTANCE, Parameter("roads.short_lane_plots")).count,
        )
    except (NotEncoded, NotInForce) as why:
        reading.missing(
            "distance to the street",
            why,
            "Only the yards keep the building from the street: the envelope may be too large there.",
        )
        return None


def _coverage(reading: _Reading) -> Decimal | None:
    try:
        return reading.value(Decider.COVERAGE, COVERAGE, reading.row(COVERAGE)).number
    except (NotEncoded, NotInForce) as why:
        reading.missing("coverage", why, "Neither the largest footprint nor the floor area is known.")
        return None


def _tiers(reading: _Reading) -> tuple[Tier, ...]:
    """The floor space index without a fee and those with one, rising; empty where the free one is not known."""
    tiers: list[Tier] = []
    for parameter, fee in zip(TIERS, FEES, strict=True):
        try:
            index = reading.value(Decider.FSI, parameter, reading.row(parameter)).number
            paise = None if fee is None else reading.value(Decider.FSI, fee).paise
        except NotInForce:
            continue
        except NotEncoded as why:
            effect = "The floor area with that fee is not given." if tiers else "The floor area is not known."
            reading.missing("floor space index" + (" with a fee" if tiers else ""), why, effect)
            break
        if not tiers or index > tiers[-1].index:
            tiers.append(Tier(index=index, fee=paise))
    return tuple(tiers)


def _small(reading: _Reading) -> SmallPlots | None:
    try:
        plot, storeys, height = reading.numbers(Decider.SMALL_PLOT, RULE_50)
    except (NotEncoded, NotInForce):
        return None
    return SmallPlots(plot=plot, storeys=int(storeys), height=height)
