"""Attributes that are about people: they stay out of every public answer, whatever a source calls them.

In: the name of an attribute as its source writes it.  Out: whether it may name or reach a person.  Sources glue words together and cut
them to ten letters (`OWNERNAME`, `BENEFICIAR`), so the longer words count wherever a part of a name begins or ends with them.  What is
hidden without need can be asked of the office; what is told cannot be taken back.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_WORDS = {
    "born", "dob", "gender", "heir", "mail", "mob", "pan", "party", "person", "resident", "user", "wife",
}  # fmt: skip
"""Alone, in the plural, or before a word of `_OF_A_PERSON`: at the edge of other words these letters mean something else."""
_STEMS = (
    "aadha", "adhaar", "adhar", "allottee", "applicant", "assessee", "assignee", "beneficiar", "birth", "claimant",
    "complainant", "contact", "creator", "deceased", "donee", "editor", "email", "father", "grantee", "grantor", "guardian",
    "holder", "husband", "janmi", "kudikida", "landlord", "lessee", "lessor", "licensee", "mobile", "mortgag", "mother",
    "nominee", "occupant", "occupier", "owner", "pattadar", "petitioner", "phone", "possessor", "proprietor", "purchaser",
    "rationcard", "spouse", "surveyor", "taxpayer", "tenant", "thandaper", "transferee", "vendee", "voter", "widow",
)  # fmt: skip
"""Where a word begins or ends with them."""
_OF_A_PERSON = ("card", "id", "name", "nam", "nm", "no", "num", "number")
_SHORT = {"own", "ownr", "ph", "tel"} | _WORDS
_HOUSE_NAMES = {"housename", "housenam", "housenm", "hname"}
"""A house may bear the name of its people."""
_DONE = {
    "applied", "checked", "created", "digitised", "digitized", "drawn", "edited", "entered", "held", "modified", "occupied",
    "owned", "possessed", "prepared", "surveyed", "updated", "verified",
}  # fmt: skip
"""Before the word “by”."""
_IN_MALAYALAM = (
    "ഉടമ", "കൈവശ", "അപേക്ഷക", "അവകാശി", "ആധാർ", "ഫോൺ", "മൊബൈൽ", "പിതാവ", "തണ്ടപ്പേർ", "വാടകക്കാര", "കുടികിട", "വീട്ടുപേര",
)  # fmt: skip
_OLD_CHILLUS = {"ന്‍": "ൻ", "ണ്‍": "ൺ", "ര്‍": "ർ", "ല്‍": "ൽ", "ള്‍": "ൾ"}
"""The letters as they were written before Unicode 5.1."""
_SEAMS = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")


@lru_cache(maxsize=4096)
def is_personal(name: str) -> bool:
    """Whether an attribute's name speaks of a person."""
    words = [word.lower() for word in _SEAMS.split(name) if word]
    pairs = list(pairwise(words))
    return (
        any(_is_about_people(word) for word in (*words, *map("".join, pairs)))
        or any(done in _DONE and by == "by" for done, by in pairs)
        or _is_in_malayalam(name)
    )


def _is_about_people(word: str) -> bool:
    singular = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    if {word, singular} & _WORDS or word in _HOUSE_NAMES:
        return True
    if word.startswith(_STEMS) or singular.endswith(_STEMS):
        return True
    return any(word.removesuffix(after) in _SHORT for after in _OF_A_PERSON if word.endswith(after))


def _is_in_malayalam(name: str) -> bool:
    text = unicodedata.normalize("NFC", name)
    for old, new in _OLD_CHILLUS.items():
        text = text.replace(old, new)
    return any(word in text for word in _IN_MALAYALAM)
