"""The PDF of a letter of the building permit: permit, refusal, occupancy certificate, revocation.

In: a `Letter` of `civic.permits`.  Out: a PDF/A-2a and PDF/UA-1 file, the same bytes for the same letter; its date is that of the decision,
its identifiers derive from the content.
"""

import hashlib
from dataclasses import asdict, dataclass, replace

import orjson

from civic.permits.letters import Letter, LetterKind
from web.languages import Language
from web.languages import Wording as PageWording
from web.print.fonts import print_fonts
from web.print.pdf import fit_for_paper, typeset
from web.print.permit_letter_sheet import letter_sheet, letter_words, title_of
from web.print.words import Wording, wording


@dataclass(frozen=True, kw_only=True)
class PermitLetters:
    """The print shop of the building permit, as `civic.permits.room` asks for it."""

    def pdf(self, letter: Letter, *, language: str) -> bytes:
        """A letter as PDF, `en` or `ml`."""
        return permit_letter(letter, language=Language(language))


def permit_letter(letter: Letter, *, language: Language) -> bytes:
    """The letter as PDF; `FontsMissing` names the package to install where the fonts are not there."""
    t = PageWording(language=language)
    fonts, words = print_fonts(), _words(letter, t)
    sheet = letter_sheet(letter, digest_of(letter), t)
    content = fit_for_paper(asdict(sheet), fonts.letters, words)
    return typeset("permit_letter.typ", content, words, fonts, timestamp=int(letter.instant.timestamp()))


def digest_of(letter: Letter) -> str:
    """SHA-256 over everything that the letter says, whatever its language."""
    told = asdict(letter)
    if not letter.clause:
        del told["clause"]  # letters were printed before one could name it: their digests stay what they were
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_UTC_Z)).hexdigest()


def _words(letter: Letter, t: PageWording) -> Wording:
    """The words of the print with those of the letters and of the drawing, in head and foot too."""
    own, said = wording(t.language.value), letter_words()[t.language.value]
    named = {
        "title": said[f"title.{title_of(letter)}"],
        "valid_on": said["dated"],
        "known_at": said["instant"],
        "digest": said["digest"],
        "footer": said["footer.refusal" if letter.kind is LetterKind.REFUSAL else "footer"],
    }
    checks = {f"check.{key}": text for key, text in t.part("check").items()}
    letters = {f"letter.{key}": text for key, text in said.items()}
    return replace(own, sentences={**own.sentences, **checks, **letters, **named})
