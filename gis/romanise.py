"""Malayalam letters as Kerala usually spells them in English.

In: folded text (`gis.names.fold`). Out: the same text with every Malayalam letter in Latin letters;
whatever is in another script passes through. The spelling is that of name boards (Kozhikkod, Aalappuzha),
not a scholarly transliteration: it serves to compare names and cannot be turned back.
"""

import re


def paired(names: str, values: str) -> dict[str, str]:
    """Two rows of words of one length, read as a table."""
    return dict(zip(names.split(), values.split(), strict=True))


# Joined letters that English spells otherwise than their parts. The key is what a name board would print.
_CLUSTERS = {
    "ററ": "tt",  # old typewriters had no joined റ്റ
    "റ്റ": "tt",
    "ന്റ": "nt",
    "ങ്ങ": "ng",
    "ങ്ക": "nk",
    "ഞ്ഞ": "nj",
    "ഞ്ച": "nch",
    "ജ്ഞ": "nj",
    "ച്ച": "ch",
    "ത്ത": "th",
    "ദ്ധ": "dh",
    "മ്പ": "mb",
    "ളള": "ll",  # the same typewriters, ള്ള
}
_CONSONANTS = paired(
    "ക ഖ ഗ ഘ ങ ച ഛ ജ ഝ ഞ ട ഠ ഡ ഢ ണ ത ഥ ദ ധ ന പ ഫ ബ ഭ മ യ ര ല വ ശ ഷ സ ഹ ള ഴ റ ഩ ഺ",
    "k kh g gh ng ch chh j jh nj t th d dh n th th d dh n p ph b bh m y r l v s sh s h l zh r n t",
)
_CHILLUS = paired("ൺ ൻ ർ ൽ ൾ ൿ ൔ ൕ ൖ ം ഃ", "n n r l l k m y zh m h")
_VOWELS = paired("അ ആ ഇ ഈ ഉ ഊ ഋ എ ഏ ഐ ഒ ഓ ഔ ൟ ൠ ഌ ൡ", "a aa i ee u oo ri e e ai o o au ee ri l l")
_SIGNS = paired("ാ ി ീ ു ൂ ൃ ൄ െ േ ൈ ൊ ോ ൌ ൗ ൢ ൣ", "aa i ee u oo ri ri e e ai o o au au l l")
_VIRAMA = "്"
# Kasaragod also writes Kannada, the eastern hills Tamil; Unicode lays their letters out in the same order.
_NEIGHBOURS = {first + place: 0xD00 + place for first in (0xC80, 0xB80) for place in range(0x80)}

_JOINED = {**_CLUSTERS, **_CONSONANTS}
_ALONE = {**_CHILLUS, **_VOWELS, **_SIGNS, _VIRAMA: ""}
_SYLLABLE = re.compile(
    f"({'|'.join(sorted(_JOINED, key=len, reverse=True))})([{''.join(_SIGNS)}{_VIRAMA}]?)"
    f"|([{''.join(_ALONE)}])"
)
# ട after a vowel or ണ sounds and is spelt d (കോഴിക്കോട്, Kozhikode); doubled, or first in a word, it is t.
_SOFT_T = re.compile("(?:(?<=[\u0d05-\u0d4c])|(?<=ണ്))ട(?!്ട)")


def romanise(folded: str) -> str:
    """Malayalam in Latin letters; a consonant without a sign carries its inherent a, the virama drops it."""
    return _SYLLABLE.sub(_spell, _SOFT_T.sub("ഡ", folded.translate(_NEIGHBOURS)))


def _spell(found: re.Match[str]) -> str:
    consonant, sign, alone = found.groups()
    if alone:
        return _ALONE[alone]
    if sign == _VIRAMA:
        return _JOINED[consonant]
    return _JOINED[consonant] + _SIGNS.get(sign, "a")
