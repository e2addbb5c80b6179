"""How often a place is found by its name in the other script, and when it is misspelt.

In: the gazetteer and the local bodies of Kerala beside the checkout (`../shared/data`). Out: a table on the
terminal. Names are ranked as the database ranks them: trigram similarity of `sound_key`, then the folded
name. A search counts as found at k when one of the first k distinct names belongs to a place of the name
asked for; places that share a name are one answer. Run: `python -m bench.names`.
"""

import csv
import difflib
import gzip
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyogrio

from gis.names import fold, sound_key, trigrams

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
GAZETTEER = SHARED / "kerala_gazetteer.csv.gz"
ADMIN = SHARED / "kerala_admin.gpkg.zip"
DEPTHS = (1, 5, 10)
SEED = 20
SAMPLE = 3000
# Bare consonants less alike than this belong to two different names, not to one in two scripts.
SAME_NAME = 0.6

# What people write for one another, both ways; then what a hurried thumb does.
ENGLISH_SWAPS = [
    *["zh l", "zh y", "zh sh", "th t", "dh d", "d t", "ee i", "ee e", "oo u", "oo o", "aa a", "v w", "y i"],
    *["k c", "sh s", "kk k", "ll l", "pp p", "tt t", "nn n", "mm m", "rr r", "e a", "e i", "o u", "ch c"],
    *["j ch", "g k", "b p", "mb mp", "nj nh", "ai y", "au ow"],
]
MALAYALAM_SWAPS = [
    *["ീ ി", "ൂ ു", "േ െ", "ോ ൊ", "ാ ", "ള ല", "ഴ ള", "ണ ന", "റ ര", "ശ സ", "ട്ട ട", "ക്ക ക", "പ്പ പ", "ച്ച ച"],
    *["ത്ത ത", "ല്ല ല", "ള്ള ള", "ശ്ശ ശ", "മ്പ ംപ", "ങ്ക ംക", "റ്റ ററ", "ന്റ ൻറ", "ൌ ൗ", "ൻ ന്", "ർ ര്", "ൽ ല്"],
]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One place's name in both scripts."""

    english: str
    malayalam: str


class Names:
    """Distinct names, searched by trigrams as pg_trgm does."""

    def __init__(self, names: Iterable[str]) -> None:
        spelt = {fold(name): name for name in names}
        self.folded = sorted(spelt)
        self.place = {name: at for at, name in enumerate(self.folded)}
        cut = [trigrams(sound_key(spelt[name])) for name in self.folded]
        self.counts = np.array([len(each) for each in cut])
        holding: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(cut):
            for trigram in each:
                holding[trigram].append(at)
        self.holding = {trigram: np.array(places) for trigram, places in holding.items()}

    def similarities(self, asked: str) -> np.ndarray:
        """Similarity of every name to the one asked for, in the order of `folded`."""
        cut = trigrams(sound_key(asked))
        shared = np.zeros(len(self.folded))
        for trigram in cut:
            if trigram in self.holding:
                shared[self.holding[trigram]] += 1
        return shared / np.maximum(self.counts + len(cut) - shared, 1)

    def rank(self, asked: str, right: Iterable[str]) -> tuple[int, float]:
        """How many names stand before the first right one, and that one's similarity."""
        similar = self.similarities(asked)
        best = min((self.place[name] for name in right), key=lambda at: (-similar[at], at))
        if not similar[best]:
            return len(self.folded), 0.0
        before = (similar > similar[best]).sum() + (similar[:best] == similar[best]).sum()
        return int(before), float(similar[best])


@dataclass(frozen=True, kw_only=True)
class Found:
    """Ranks and similarities of the right names over a set of searches."""

    ranks: np.ndarray
    similar: np.ndarray

    def line(self, title: str) -> str:
        shares = "  ".join(f"{100 * (self.ranks < depth).mean():6.2f}" for depth in DEPTHS)
        kept = 100 * ((self.ranks < 5) & (self.similar >= 0.25)).mean()
        return f"  {title:<50} {len(self.ranks):>6}  {shares}   {kept:6.2f}"


def search(asked: Iterable[tuple[str, set[str]]], names: Names) -> Found:
    """Ask for each name; its right answers are folded names."""
    results = [names.rank(name, right) for name, right in asked]
    return Found(ranks=np.array([rank for rank, _ in results]), similar=np.array([s for _, s in results]))


def gazetteer() -> list[Pair]:
    """Every place with a name in both scripts."""
    with gzip.open(GAZETTEER, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [Pair(english=r["name_en"], malayalam=r["name_ml"]) for r in rows if r["name_en"] and r["name_ml"]]


def local_bodies() -> list[Pair]:
    """Kerala's local bodies: the election commission's English, OpenStreetMap's Malayalam."""
    table = pyogrio.read_dataframe(f"/vsizip/{ADMIN}", layer="lsg", read_geometry=False)
    names = zip(table["name_en_sec"], table["name_ml_osm"], strict=True)
    return [
        Pair(english=en, malayalam=ml)
        for en, ml in names
        if isinstance(en, str) and isinstance(ml, str) and en and ml
    ]


def is_one_name(pair: Pair) -> bool:
    """Whether the two names sound alike enough to be one name, judged without trigrams."""
    english, malayalam = (sound_key(name).split()[-1:] for name in (pair.english, pair.malayalam))
    return difflib.SequenceMatcher(None, "".join(english), "".join(malayalam)).ratio() >= SAME_NAME


def misspelt(swaps: list[str], times: int, name: str, chance: random.Random) -> str:
    """The name with some of its letters written the other usual way."""
    ways = [tuple(swap.split(" ")) for swap in swaps]
    ways += [(after, before) for before, after in ways if after]
    name = name.lower()
    for _ in range(times):
        open_to = [
            (at, before, after)
            for before, after in ways
            for at in range(1, len(name))
            if name.startswith(before, at)
        ]
        if not open_to:
            break
        at, before, after = chance.choice(open_to)
        name = name[:at] + after + name[at + len(before) :]
    return name


def slipped(name: str, chance: random.Random) -> str:
    """The name with one letter after the first lost, exchanged with the next, or hit beside."""
    if len(name) < 4:
        return name
    at = chance.randrange(1, len(name) - 1)
    here, after = name[at], name[at + 1]
    put = chance.choice(["", after + here, chance.choice("abcdefghijklmnopqrstuvwxyz")])
    return name[:at] + put + name[at + (2 if len(put) == 2 else 1) :]


def across(pairs: list[Pair], english: Names, malayalam: Names) -> None:
    """Print how often each script finds the other."""
    en_of, ml_of = defaultdict(set), defaultdict(set)
    for pair in pairs:
        en_of[fold(pair.malayalam)].add(fold(pair.english))
        ml_of[fold(pair.english)].add(fold(pair.malayalam))
    one = [pair for pair in pairs if is_one_name(pair)]
    print(f"  {len(pairs)} pairs; {len(pairs) - len(one)} are two different names (translated or unrelated)")
    for title, chosen in (("all pairs", pairs), ("one name in two scripts", one)):
        from_ml = [(pair.malayalam, en_of[fold(pair.malayalam)]) for pair in chosen]
        from_en = [(pair.english, ml_of[fold(pair.english)]) for pair in chosen]
        print(search(from_ml, english).line(f"Malayalam finds English, {title}"))
        print(search(from_en, malayalam).line(f"English finds Malayalam, {title}"))


def with_errors(pairs: list[Pair], english: Names, malayalam: Names) -> None:
    """Print how often a misspelt name still finds its place, in its own script and in the other."""
    chosen = random.Random(SEED).sample(pairs, SAMPLE)

    def show(title: str, spoil: Callable[[str, random.Random], str], *, of: str) -> None:
        chance = random.Random(SEED)
        asked = [(spoil(getattr(pair, of), chance), pair) for pair in chosen]
        for target, names in (("english", english), ("malayalam", malayalam)):
            searches = [(name, {fold(getattr(pair, target))}) for name, pair in asked]
            print(search(searches, names).line(f"{title}, finds {target.title()}"))

    for times in (1, 2, 3):
        show(f"English, {times} variation(s)", partial(misspelt, ENGLISH_SWAPS, times), of="english")
    show("English, a slip of the thumb", slipped, of="english")
    for times in (1, 2):
        show(f"Malayalam, {times} variation(s)", partial(misspelt, MALAYALAM_SWAPS, times), of="malayalam")


def main() -> None:
    """Print the whole table, or say that the names are not here."""
    if not GAZETTEER.is_file():
        print("The gazetteer is not beside this checkout (../shared/data): nothing was measured.")
        return
    pairs, bodies = gazetteer(), local_bodies()
    start = time.process_time()
    english, malayalam = Names(p.english for p in pairs), Names(p.malayalam for p in pairs)
    rate = (len(english.folded) + len(malayalam.folded)) / (time.process_time() - start)
    print(f"Found among the first, % {'':<25} searches       1       5      10   5, similarity >= 0.25")
    print(f"Gazetteer: {len(english.folded)} English, {len(malayalam.folded)} Malayalam names")
    across(pairs, english, malayalam)
    print(f"Misspelt, {SAMPLE} places")
    with_errors(pairs, english, malayalam)
    print("Local bodies, among themselves and the gazetteer (a village of the same name often stands first)")
    both = pairs + bodies
    across(bodies, Names(p.english for p in both), Names(p.malayalam for p in both))
    print(f"Keys made and cut per second: {rate:,.0f}")


if __name__ == "__main__":
    main()
