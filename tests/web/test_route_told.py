"""What a reason of a permit's route tells is told in words: the title of a layer, never its name in the catalogue."""

import pytest

from web.languages import Language, Wording
from web.route_told import route_told

EN, ML = Wording(language=Language.ENGLISH), Wording(language=Language.MALAYALAM)


@pytest.mark.parametrize(
    ("code", "told", "english"),
    [
        ("theme", "asi_monument: affected", "Protected monument: Affected"),
        ("theme_untold", "asi_monument", "Protected monument"),
        ("kind", "demolition", EN("permits.kind.demolition")),
        ("answered", "front", EN("permits.said_beside.front")),
        ("other_body", "panchayat", "panchayat"),
    ],
)
def test_no_name_of_the_program_is_shown(code: str, told: str, english: str) -> None:
    reason = {"code": code, "told": told}
    assert route_told(reason, EN) == english
    malayalam = route_told(reason, ML)
    assert malayalam is not None
    assert malayalam != english
    assert told.split(":", maxsplit=1)[0] not in malayalam


def test_a_sentence_is_left_to_be_told_as_one() -> None:
    assert route_told({"code": "fails", "told": "The yard is too small."}, EN) is None
    assert route_told({"code": "theme", "told": "no_such_layer: affected"}, EN) is None
