"""Whole messages in both languages: what each says and what it does not."""

from __future__ import annotations

from laws import every
from mails import MAILS, SIGNALS

from rules.signals import SignalReader

READER = SignalReader(SIGNALS)


@every("mail", MAILS, ids=lambda mail: mail.text[:40])
def test_a_message_says_what_it_says_and_nothing_else(mail):
    found = READER.read([("m", mail.text)]).signals

    assert mail.says <= found
    assert not mail.silent & found
