"""Attributes that are about people: they stay out of every public collection, whatever a source calls them.

In: the name of an attribute as its source writes it.  Out: whether it may name or reach a person.
"""

import re

_ABOUT_PEOPLE = {
    "aadhaar", "aadhar", "applicant", "assessee", "beneficiary", "born", "contact", "deceased", "dob", "email", "father",
    "gender", "heir", "holder", "husband", "landlord", "lessee", "lessor", "mail", "mobile", "mortgagee", "mortgagor",
    "mother", "nominee", "occupant", "occupier", "owner", "ownership", "pan", "party", "pattadar", "person", "phone",
    "possessor", "proprietor", "resident", "spouse", "surveyor", "taxpayer", "telephone", "tenant", "thandaper", "wife",
}  # fmt: skip
_SEAMS = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")


def is_personal(name: str) -> bool:
    """Whether one of the words of an attribute's name, in the singular or the plural, speaks of a person."""
    words = [word.lower() for word in _SEAMS.split(name) if word]
    return any(
        word in _ABOUT_PEOPLE or word.removesuffix("s") in _ABOUT_PEOPLE or _plural(word) for word in words
    )


def _plural(word: str) -> bool:
    return word.endswith("ies") and f"{word[:-3]}y" in _ABOUT_PEOPLE
