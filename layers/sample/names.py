"""Names of the invented town in both scripts: villages, wards, roads, houses, temples, schools.

In: numbers.  Out: pairs of an English and a Malayalam name (NFC, chillus as single letters).  All are everyday words of
the language put together anew; none is meant to be a real place.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """The same name in English and Malayalam letters."""

    en: str
    ml: str

    def __add__(self, other: "Name") -> "Name":
        return Name(f"{self.en} {other.en}", f"{self.ml} {other.ml}")


PLACES = [
    Name("Kadalora", "കടലോര"),
    Name("Puzhakkara", "പുഴക്കര"),
    Name("Vayalarikil", "വയലരികിൽ"),
    Name("Kunnumpuram", "കുന്നുംപുറം"),
    Name("Aalinchuvadu", "ആലിൻചുവട്"),
    Name("Kavumkara", "കാവുംകര"),
    Name("Mavilathodi", "മാവിലത്തൊടി"),
    Name("Thengumthara", "തെങ്ങുംതറ"),
    Name("Kulathinkara", "കുളത്തിൻകര"),
    Name("Chirayil", "ചിറയിൽ"),
    Name("Palamukku", "പാലമുക്ക്"),
    Name("Anganadi", "അങ്ങാടി"),
    Name("Kallupara", "കല്ലുപാറ"),
    Name("Manjadithara", "മഞ്ചാടിത്തറ"),
    Name("Pathiripadam", "പതിരിപ്പാടം"),
    Name("Nellikkal", "നെല്ലിക്കൽ"),
    Name("Plavinmoodu", "പ്ലാവിൻമൂട്"),
    Name("Manalthitta", "മണൽത്തിട്ട"),
    Name("Karimpara", "കരിമ്പാറ"),
    Name("Thottumukham", "തോട്ടുമുഖം"),
    Name("Valiyaparambu", "വലിയപറമ്പ്"),
    Name("Cheriyakunnu", "ചെറിയകുന്ന്"),
    Name("Ilanjippuram", "ഇലഞ്ഞിപ്പുറം"),
    Name("Arayankavu", "അരയൻകാവ്"),
]
ROAD_WORDS = [
    Name("Temple", "അമ്പലം"),
    Name("School", "സ്കൂൾ"),
    Name("Mosque", "പള്ളി"),
    Name("Church", "ചർച്ച്"),
    Name("Market", "ചന്ത"),
    Name("Library", "വായനശാല"),
    Name("Post Office", "പോസ്റ്റ് ഓഫീസ്"),
    Name("Hospital", "ആശുപത്രി"),
    Name("Pond", "കുളം"),
    Name("Mill", "മില്ല്"),
    Name("Bund", "ബണ്ട്"),
    Name("Quarry", "ക്വാറി"),
    Name("Beach", "ബീച്ച്"),
    Name("Ferry", "കടവ്"),
    Name("Palm Grove", "പനന്തോട്ടം"),
    Name("Banyan", "ആൽത്തറ"),
]
ROAD = Name("Road", "റോഡ്")
LANE = Name("Lane", "ഇടവഴി")
HIGHWAY = Name("National Highway", "ദേശീയപാത")
PWD_ROAD = Name("PWD Road", "പൊതുമരാമത്ത് റോഡ്")
HOUSE_FIRST = [
    Name("Thekke", "തെക്കേ"),
    Name("Vadakke", "വടക്കേ"),
    Name("Kizhakke", "കിഴക്കേ"),
    Name("Padinjare", "പടിഞ്ഞാറേ"),
    Name("Puthan", "പുത്തൻ"),
    Name("Pazhaya", "പഴയ"),
    Name("Valiya", "വലിയ"),
    Name("Cheriya", "ചെറിയ"),
    Name("Mele", "മേലേ"),
    Name("Thazhe", "താഴെ"),
]
HOUSE_LAST = [
    Name("veedu", "വീട്"),
    Name("parambil", "പറമ്പിൽ"),
    Name("purakkal", "പുരക്കൽ"),
    Name("thodiyil", "തൊടിയിൽ"),
    Name("kandathil", "കണ്ടത്തിൽ"),
    Name("illam", "ഇല്ലം"),
    Name("valappil", "വളപ്പിൽ"),
    Name("chirayil", "ചിറയിൽ"),
    Name("kulangara", "കുളങ്ങര"),
    Name("madathil", "മഠത്തിൽ"),
    Name("kunnel", "കുന്നേൽ"),
    Name("padikkal", "പടിക്കൽ"),
]
LANDMARKS = [
    ("temple", Name("Bhagavathi Temple", "ഭഗവതി ക്ഷേത്രം")),
    ("school", Name("Government L P School", "ഗവൺമെന്റ് എൽ പി സ്കൂൾ")),
    ("mosque", Name("Juma Masjid", "ജുമാ മസ്ജിദ്")),
    ("church", Name("St Mary's Church", "സെന്റ് മേരീസ് പള്ളി")),
    ("library", Name("Public Library and Reading Room", "പൊതു വായനശാല")),
    ("health centre", Name("Family Health Centre", "കുടുംബാരോഗ്യ കേന്ദ്രം")),
    ("anganwadi", Name("Anganwadi", "അങ്കണവാടി")),
    ("market", Name("Fish Market", "മത്സ്യച്ചന്ത")),
    ("village office", Name("Village Office", "വില്ലേജ് ഓഫീസ്")),
]
WARD = Name("Ward", "വാർഡ്")
VILLAGE = Name("Village", "വില്ലേജ്")


def numbered(names: list[Name], number: int) -> Name:
    """The name of this number; when the list is used up, with a numeral behind it."""
    return again(names[number % len(names)], number // len(names))


def again(name: Name, turn: int) -> Name:
    """The name itself at first, then with 2, 3, ... behind it."""
    return name if turn == 0 else Name(f"{name.en} {turn + 1}", f"{name.ml} {turn + 1}")


def road_name(number: int) -> Name:
    """A road called after a place and a landmark; no two numbers have the same."""
    place, turn = PLACES[number % len(PLACES)], number // len(PLACES)
    word = ROAD_WORDS[(number + turn) % len(ROAD_WORDS)]
    return again(place + word + ROAD, turn // len(ROAD_WORDS))


def lane_name(number: int) -> Name:
    """A lane called after a place."""
    return again(PLACES[(5 * number + 3) % len(PLACES)] + LANE, number // len(PLACES))


def house_name(number: int) -> Name:
    """A house name, such as are painted on gateposts."""
    first, last = (
        HOUSE_FIRST[number % len(HOUSE_FIRST)],
        HOUSE_LAST[number // len(HOUSE_FIRST) % len(HOUSE_LAST)],
    )
    return Name(first.en + last.en, first.ml + last.ml)
