"""Carriers of the tests and letters for them.

In: the stand-ins.  Out: `mails`, `sms_provider`, `cloud_api`: started, and stopped after the test.
"""

from collections.abc import Iterator

import pytest

from tests.civic.messages.stand_ins import CloudApi, MailServer, Provider, SmsProvider, mail_server, served


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as kept:
        yield kept


@pytest.fixture
def sms_provider() -> Iterator[SmsProvider]:
    """A provider of SMS."""
    kept = SmsProvider()
    with served(kept):
        yield kept


@pytest.fixture
def cloud_api() -> Iterator[Provider]:
    """The Cloud API."""
    with served(CloudApi()) as kept:
        yield kept
