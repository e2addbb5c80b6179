"""How services meet without knowing each other: who publishes does not know who listens.

In: events, frozen values that say what happened.  Out: every listener is called in the same transaction: what one of them
refuses, nobody has done.  The composition root subscribes the services; tests subscribe what they look at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

Event = TypeVar("Event")
Listener = Callable[[Session, Any], None]

_LISTENERS: dict[type, list[Listener]] = defaultdict(list)


def subscribe(kind: type[Event], heard: Callable[[Session, Event], None]) -> None:
    """Call a listener for each event of a kind; one that listens already is not called twice."""
    if heard not in _LISTENERS[kind]:
        _LISTENERS[kind].append(heard)


def publish(session: Session, event: object) -> None:
    """Tell everyone who listens, in the order of their subscription."""
    for heard in tuple(_LISTENERS[type(event)]):
        heard(session, event)


@contextmanager
def listening(kind: type[Event], heard: Callable[[Session, Event], None]) -> Iterator[None]:
    """Listen for a while."""
    subscribe(kind, heard)
    try:
        yield
    finally:
        _LISTENERS[kind].remove(heard)
