"""Place names in Malayalam and English, made comparable.

In: a name as a person types or a register spells it, in either script or both. Out: `fold`, equal for the
same spelling; `sound_key`, close for the same sound; `similarity`, how close two keys are; `address_parts`,
the names within an address. All pure: the database keeps fold and key beside each name and ranks by the same
measure (pg_trgm) with an index. How often the right name is found is measured in `bench/names.py`.
"""

import re
import unicodedata
from functools import lru_cache

from gis.romanise import paired, romanise

# --- fold: one text for one spelling -------------------------------------------------------------------

_CHILLU_OF = dict(zip("ണനരറലളക", "ൺൻർർൽൾൿ", strict=True))
_NOT_ASCII_WORD = re.compile("[^a-z0-9]+")
_OLD_CHILLU = re.compile("([ണനരറലളക])്\u200d")  # before Unicode 5.1: consonant, virama, ZWJ
_SAME_SPELLING = [
    (re.compile("ൗ"), "ൌ"),  # the newer au sign; NFC makes ൌ of െ and ൗ, so this way round is stable
    (re.compile("ൻ്?റ"), "ന്റ"),  # three ways to write nta
    (re.compile("(?<!ു)ു+്"), "്"),  # older orthography writes the half u with both signs
    (re.compile("ൎ"), "ർ"),
]


def fold(text: str) -> str:
    """The text with chillus, joiners, case, digits and punctuation made uniform, in its own script; idempotent."""
    if text.isascii():
        return " ".join(_NOT_ASCII_WORD.sub(" ", text.lower()).split())
    text = _OLD_CHILLU.sub(lambda found: _CHILLU_OF[found[1]], text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # joiners, marks of direction
    text = unicodedata.normalize("NFC", text.casefold())
    for spelling, plain in _SAME_SPELLING:
        text = spelling.sub(plain, text)
    return " ".join("".join(_plain(c) for c in text).split())


def _plain(char: str) -> str:
    """Letters and marks as they are, any script's digit as ASCII, all else a space."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return char if unicodedata.category(char)[0] in "LMN" else " "


_PIN_CODE = re.compile("(?:^| )[1-9][0-9]{2} ?[0-9]{3}(?= |$)")
_POST_OFFICE = re.compile("(?: (?:p ?o|post|pin|പി ഒ|പോസ്റ്റ്|പിൻ)){1,3}$")


def address_parts(text: str) -> tuple[str, ...]:
    """The parts of an address that can name a place, folded, in their order: no PIN code, no bare number."""
    parts = (_PIN_CODE.sub("", fold(part)) for part in re.split("[,;\n]", text))
    named = (_POST_OFFICE.sub("", part).strip() for part in parts)
    return tuple(part for part in named if any(char.isalpha() for char in part))


# --- sound_key: nearly one text for one sound ----------------------------------------------------------

# A letter that stands for its name (എം.ജി. റോഡ്, M.G. Road).
_LETTER_NAMES = paired(
    "എ ബി സി ഡി ഇ ഈ എഫ് ജി എച്ച് ഐ ജെ ജേ കെ കേ എൽ എം എൻ ഒ ഓ പി ക്യു ആർ എസ് ടി റ്റി യു വി ഡബ്ല്യു എക്സ് വൈ",
    "a b c d e e f g h i j j k k l m n o o p q r s t t u v w x y",
)
# Words of many place names that are translated as often as they are kept: they meet in the words of the
# key, while its bare consonants stay with the sound. Both scripts meet too: വടക്ക് also serves vadakku.
_TRANSLATED = {
    "north": "നോർത്ത് വടക്ക് വടക്കേ വടക്കൻ",
    "south": "സൗത്ത് തെക്ക് തെക്കേ തെക്കൻ",
    "east": "ഈസ്റ്റ് കിഴക്ക് കിഴക്കേ കിഴക്കൻ",
    "west": "വെസ്റ്റ് പടിഞ്ഞാറ് പടിഞ്ഞാറേ പടിഞ്ഞാറൻ padincharu padinchare padingaru padinjattu",
    "junction": "ജംഗ്ഷൻ ജങ്ഷൻ ജങ്ങ്ഷൻ ജംക്ഷൻ കവല jn",
    "market": "മാർക്കറ്റ് ചന്ത",
    "temple": "ടെമ്പിൾ അമ്പലം അന്പലം ക്ഷേത്രം kshetram",
    "bridge": "ബ്രിഡ്ജ് പാലം",
    "beach": "ബീച്ച് കടപ്പുറം kadapuram",
    "lake": "ലേക്ക് കായൽ",
    "fort": "ഫോർട്ട് കോട്ട",
    "hospital": "ഹോസ്പിറ്റൽ ആശുപത്രി asupatri",
    "library": "ലൈബ്രറി വായനശാല",
    "old": "ഓൾഡ് പഴയ",
    "new": "ന്യൂ പുതിയ",
} | paired(
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "ഒന്നാം രണ്ടാം മൂന്നാം നാലാം അഞ്ചാം ആറാം ഏഴാം എട്ടാം ഒമ്പതാം പത്താം പതിനൊന്നാം പന്ത്രണ്ടാം",
)
# English words that are spelt far from their sound.
_RESPELT = {
    "town": "ടൗൺ ഠൗൺ",
    "church": "ചർച്ച്",
    "mile": "മൈൽ",
    "school": "സ്കൂൾ സ്ക്കൂൾ",
    "highschool": "ഹൈസ്കൂൾ ഹൈസ്ക്കൂൾ",
    "college": "കോളേജ് കോളജ്",
    "office": "ഓഫീസ് ആഫീസ്",
    "village": "വില്ലേജ്",
    "government": "ഗവ ഗവൺമെന്റ് govt",
    "house": "ഹൗസ്",
    "light": "ലൈറ്റ്",
    "road": "റോഡ്",
    "saint": "സെന്റ് st",
    "centre": "സെന്റർ center",
    "colony": "കോളനി",
    "station": "സ്റ്റേഷൻ",
    "railway": "റെയിൽവേ",
    "high": "ഹൈ",
    "boat": "ബോട്ട്",
    "jetty": "ജെട്ടി",
    "power": "പവർ",
    "court": "കോർട്ട്",
    "line": "ലൈൻ",
}
# Older English names of towns that people still type, with the name of today.
_FORMER = {
    "trivandrum": "തിരുവനന്തപുരം",
    "quilon": "കൊല്ലം",
    "alleppey": "ആലപ്പുഴ",
    "cochin": "കൊച്ചി",
    "trichur": "തൃശൂർ",
    "palghat": "പാലക്കാട്",
    "calicut": "കോഴിക്കോട്",
    "cannanore": "കണ്ണൂർ",
    "tellicherry": "തലശ്ശേരി",
    "badagara": "വടകര",
    "alwaye": "ആലുവ",
    "quilandy": "കൊയിലാണ്ടി",
    "manantoddy": "മാനന്തവാടി",
    "parur": "പറവൂർ",
    "cranganore": "കൊടുങ്ങല്ലൂർ",
    "sherthalai": "ചേർത്തല",
}
# What kind of body or area bears the name. After the first word it says little of the place, so it weighs
# one letter: enough to put Kollam district behind Kollam for who asks for Kollam.
_KINDS = {
    "g": "ഗ്രാമ ഗ്രാമപഞ്ചായത്ത് പഞ്ചായത്ത് gram grama grampanchayat grampanchayath gramapanchayat panchayat",
    "m": "മുനിസിപ്പാലിറ്റി നഗരസഭ municipality",
    "c": "കോർപ്പറേഷൻ corporation",
    "w": "വാർഡ് ward",
    "d": "ജില്ല district",
    "t": "താലൂക്ക് taluk",
}
_AFTER_NUMBER = re.compile(r"(?<=[0-9]) ?(?:ാം|ആം|(?:st|nd|rd|th)\b)")
_LATIN_WORD = re.compile("[a-z]+|[0-9]+")

# Spelling to usual spelling, in order; what stays distinct (l and zh, t and th, single and double) ranks
# the near before the far.
_SPELLING = [
    ("c(?=[eiy])|sh|z(?!h)", "s"),
    ("(?:t?ch)+h?", "C"),
    ("ck|c|q", "k"),
    ("C", "ch"),
    ("x", "ks"),
    ("ph", "f"),
    ("w", "v"),
    ("^ye", "e"),
    ("n(?:[hj]|nj)", "nj"),
    ("(?<=[^aeiouy])y(?=[^aeiouy])", "ai"),
    ("[ao][uv](?![aeiou])", "av"),
    ("(?<=[^aeiouy])[eu]$", ""),
    ("y", "i"),
    ("[ou](?=[mn]$)", "a"),
    ("(?:th)+", "th"),
    ("mp", "mb"),
    ("(?<=[aeiou])mg", "ng"),
    ("aa", "a"),
    ("ee|ii+", "i"),
    ("oo", "u"),
]
# Usual spelling to bare consonants: sounds that are muddled in writing fall together, doubles are single.
_CONSONANTS = [
    ("ks", "s"),
    ("ch|j|s", "s"),
    ("zh", "l"),
    ("th|d", "t"),
    ("g", "k"),
    ("b|f", "p"),
    ("h", ""),
    ("m(?=[ktps])", "n"),
    ("(?<=.)[aeiou]+", ""),
    (r"([a-z])\1+", r"\1"),
]


def _rules(table: list[tuple[str, str]]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), plain) for pattern, plain in table]


_SPELLING_RULES, _CONSONANT_RULES = _rules(_SPELLING), _rules(_CONSONANTS)


def sound_key(text: str) -> str:
    """Words in a common Latin spelling, then the bare consonants of the whole: ASCII, close for one sound."""
    words = [_spelling(word) for word in _words(fold(text))]
    kinds = [_KIND_LETTERS[word] for word in words[1:] if word in _KIND_LETTERS]
    words = words[:1] + [word for word in words[1:] if word not in _KIND_LETTERS]
    sounds = [_SOUND_OF.get(word, word) for word in words]
    bare = _apply(_CONSONANT_RULES, "".join(sounds))
    return " ".join(
        word for word in [*(_MEANT_BY.get(sound, sound) for sound in sounds), *kinds, bare] if word
    )


def _words(folded: str) -> list[str]:
    """Latin words of a folded text; initials stand together (m g road: mg, road)."""
    latin = [_LETTER_NAMES.get(word, word) for word in _AFTER_NUMBER.sub(" ", folded).split()]
    decomposed = unicodedata.normalize("NFKD", romanise(" ".join(latin)))
    text = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    text = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", text)
    return _LATIN_WORD.findall(text)


@lru_cache(maxsize=50_000)
def _spelling(word: str) -> str:
    return _apply(_SPELLING_RULES, word)


def _apply(rules: list[tuple[re.Pattern[str], str]], word: str) -> str:
    for pattern, plain in rules:
        word = pattern.sub(plain, word)
    return word


def _standing_for(table: dict[str, str]) -> dict[str, str]:
    """The usual spelling of every form in a table, with the word it stands for."""
    forms = [(form, word) for word, forms in table.items() for form in [word, *forms.split()]]
    return {_spelling(*_words(fold(form))): word for form, word in forms}


_KIND_LETTERS = _standing_for(_KINDS)
_MEANT_BY = _standing_for(_TRANSLATED)
_SOUND_OF = _standing_for(_RESPELT) | {
    _spelling(former): _spelling(*_words(fold(today))) for former, today in _FORMER.items()
}


# --- similarity: the database's measure ----------------------------------------------------------------


def trigrams(key: str) -> frozenset[str]:
    """The distinct trigrams of a key as pg_trgm cuts them: each word with two spaces before and one after."""
    padded = [f"  {word} " for word in re.findall("[a-z0-9]+", key)]
    return frozenset(word[i : i + 3] for word in padded for i in range(len(word) - 2))


def similarity(a_key: str, b_key: str) -> float:
    """Shared trigrams over all trigrams of two keys, 0 to 1: similarity() of PostgreSQL's pg_trgm."""
    a, b = trigrams(a_key), trigrams(b_key)
    return len(a & b) / len(a | b) if a and b else 0.0
