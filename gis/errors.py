"""The whole error family; messages are for the citizen: what, why, what to do.

    LandError
    ├── NotFound      nothing has this number, name or place
    ├── Gone          it existed, and something else took its place
    ├── Conflict      the change contradicts what is recorded
    ├── Invalid       the question or the data cannot be understood
    │   └── TooLarge  it can be understood, but it is beyond a stated limit
    ├── NotAllowed    this person may not do it
    │   └── SignInNeeded  nobody is signed in; who may do it is asked first
    └── Unavailable   a needed part of the machine is missing, with the remedy

In: words and identifiers.  Out: exceptions that `api/errors.py` turns into answers, once.  Each has a stable code, by which
pages find its sentence in the reader's language and programs tell one refusal from another.
"""

from collections.abc import Sequence


class LandError(Exception):
    """Anything a person can be told about; all else is a bug."""

    code = "error"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code

    @property
    def message(self) -> str:
        """The sentence for the reader."""
        return str(self)


class NotFound(LandError):
    """Nothing has this number, name or place."""

    code = "not-found"


class Gone(LandError):
    """It existed, and its successors are named."""

    code = "gone"

    def __init__(self, message: str, *, successors: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.successors = tuple(successors)


class Conflict(LandError):
    """The change contradicts what is recorded."""

    code = "conflict"


class Invalid(LandError):
    """The question or the data cannot be understood."""

    code = "not-understood"


class TooLarge(Invalid):
    """Understood, but beyond a stated limit."""

    code = "too-large"


class NotAllowed(LandError):
    """This person may not do it."""

    code = "not-allowed"


class SignInNeeded(NotAllowed):
    """Nobody is signed in, and this is not for everyone."""

    code = "sign-in-needed"


class Unavailable(LandError):
    """A needed part of the machine is missing; the message names the remedy, `retry_after` (seconds) when it will be there."""

    code = "not-ready"

    def __init__(self, message: str = "", *, code: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
