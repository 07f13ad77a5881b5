"""What test_connectors.py asks of JSON bodies, asked of mails; and the laws by which any mail is read."""

import contextlib
import email.policy
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
import yaml
from contract_folders import RECEIVED_AT, delivery_of, installation_of, parse, payloads, plain
from hypothesis import strategies as st
from laws import law

from connectors.base import Delivery
from connectors.registry import discover
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import EventKind
from rules.signals.clean import clean

MAILS = payloads("email", "good")
EITHER = payloads("email", "bad") + MAILS
IN_INDIA = timezone(timedelta(hours=5, minutes=30))


def read(body, received_at=RECEIVED_AT, **settings):
    told = installation_of("email")
    tenant = replace(told, settings={**told.settings, **settings})
    return list(discover()["email"].module.parse(Delivery(body, {}, received_at), tenant))


def mail(head="", body="Olá", **headers):
    """Return a plain first mail; `head` replaces what stands before its body."""
    told = {
        "From": "ana@sol.example",
        "To": "suporte@acme.example",
        "Subject": "Oi",
        "Date": "Mon, 2 Mar 2026 11:00:00 -0300",
        "Message-ID": "<1@sol.example>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = head or "".join(f"{name}: {value}\n" for name, value in told.items() if value is not None)
    return lines.encode() + b"\n" + (body if isinstance(body, bytes) else body.encode())


def every_mail(holds):
    """Make a test of `holds(path)`: it is held for every good mail."""

    def test(subtests):
        for path in MAILS:
            with subtests.test(path.stem):
                holds(path)

    test.__name__, test.__doc__ = holds.__name__, holds.__doc__
    return test


def only(body, **told):
    (event,) = read(body, **told)
    return event


@every_mail
def test_a_header_that_nobody_knows_changes_nothing(path):
    body = b"X-Added-Later: of any kind\nARC-Seal: i=1; a=rsa-sha256\n" + path.read_bytes()

    assert read(body) == parse("email", delivery_of(path))


@every_mail
def test_line_ends_of_the_network_and_of_files_are_the_same(path):
    body = path.read_bytes().replace(b"\n", b"\r\n")

    assert read(body) == parse("email", delivery_of(path))


@every_mail
def test_a_date_is_one_instant_in_whatever_zone_it_is_written(path):
    def moved(found):
        try:
            at = parsedate_to_datetime(found[1].decode())
        except ValueError:
            return found[0]
        return b"Date: " + format_datetime((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(IN_INDIA)).encode()

    body = re.sub(rb"(?m)^Date: (.*)$", moved, path.read_bytes())

    def without_ids(events):
        return [plain(replace(event, id="", ticket_id="", messages=(), known_as=())) for event in events]

    assert b"+0530" in body or b"Monday-ish" in body
    assert without_ids(read(body)) == without_ids(parse("email", delivery_of(path)))


@law(quick=150, thorough=1_500, path=st.sampled_from(EITHER), data=st.data())
def test_whatever_is_done_to_a_mail_it_is_read_or_its_fault_is_named(path, data):
    body = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        until = at + data.draw(st.integers(0, 40))
        body[at:until] = data.draw(
            st.sampled_from([b"\n", b"\n\n", b'"', b"(" * 99, b"=?", b"\x00", b"\xff\xfe", b"<", b"--b1\n", b";", b":"])
            | st.binary(max_size=12)
        )
    try:
        read(bytes(body))
    except (PayloadInvalid, EventUnsupported) as error:
        assert str(error)  # noqa: PT017 - the other way to keep the promise


@law(quick=60, thorough=400, body=st.binary(max_size=300))
def test_any_bytes_are_a_mail_or_a_named_error(body):
    for told in (body, b"From: a@b.example\n" + body, b"Subject: x\nContent-Type: " + body):
        try:
            read(told)
        except (PayloadInvalid, EventUnsupported) as error:
            assert str(error)  # noqa: PT017 - the other way to keep the promise


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=200)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf", "Zs"], include_characters=" "))
NAMES = WORDS.filter(lambda name: name.strip() and "@" not in name and "=?" not in name)


@law(
    quick=60,
    thorough=500,
    text=TEXTS,
    subject=WORDS.filter(lambda words: "=?" not in words),
    name=NAMES,
    coding=st.sampled_from(["quoted-printable", "base64", "8bit"]),
    form=st.sampled_from(["plain", "mixed", "alternative"]),
)
def test_what_the_library_writes_is_read_as_it_was_meant(text, subject, name, coding, form):
    """Any text, subject and name that `email` itself puts into a mail come back, however they are encoded."""
    made = EmailMessage(policy=email.policy.default)
    made["From"] = Address(" ".join(name.split()), addr_spec="ana@sol.example")
    made["To"] = "suporte@acme.example"
    made["Subject"] = " ".join(subject.split())
    made["Message-ID"] = "<1@sol.example>"
    made.set_content(text, cte=coding)
    if form == "alternative":
        made.add_alternative("<p>something else</p>", subtype="html")
    elif form == "mixed":
        made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=f"{name[:20].strip() or 'x'}.pdf")
    event = only(made.as_bytes())
    meant = text if text.strip() else "something else" if form == "alternative" else ""
    told, _, files = (event.changes.description or "").partition("[📎")

    assert "".join(told.split()) == "".join(meant.split())
    assert bool(files) == (form == "mixed")
    assert event.changes.subject == (" ".join(subject.split()) or None)
    assert event.requester.name == " ".join(name.split())
    assert event.requester.email == "ana@sol.example"


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("iso-8859-1", "São João".encode("latin-1")),
        ("us-ascii", "São João".encode()),
        ("utf-8", "São João".encode("cp1252")),
        ("x-unknown", "São João".encode()),
        ("idna", "São João".encode()),
        ("zlib", "São João".encode()),
        ("utf-16", "São João".encode("utf-16")),
        ("windows-1252", "São João".encode("cp1252")),
    ],
)
def test_a_text_is_read_in_its_charset_or_in_the_one_that_fits(charset, content):
    event = only(mail(body=content, Content_Type=f"text/plain; charset={charset}", Content_Transfer_Encoding="8bit"))

    assert event.changes.description == "São João"


def parts(kind, *children):
    head = f"Content-Type: multipart/{kind}; boundary={kind}\n\n"
    return head + "".join(f"--{kind}\n{child}\n" for child in children) + f"--{kind}--\n"


def part(text, kind="text/plain", more=""):
    return f"Content-Type: {kind}\n{more}\n{text}"


PICTURE = part("AAAA", "image/png", 'Content-Disposition: inline; filename="tela.png"\n')


@pytest.mark.parametrize(
    ("structure", "told"),
    [
        (parts("mixed", part("Antes"), PICTURE, part("Depois")), "Antes\n\nDepois\n[📎 tela.png]"),
        (parts("alternative", part("<p>HTML", "text/html"), part("Puro")), "Puro"),
        (parts("alternative", part(" \n"), part("<p>HTML", "text/html")), "HTML"),
        (
            parts("alternative", part("Puro"), parts("related", part("<p>x", "text/html"), PICTURE)),
            "Puro\n[📎 tela.png]",
        ),
        (parts("signed", part("Assinado"), part("x", "application/pgp-signature")), "Assinado"),
        (parts("encrypted", part("Version: 1", "application/pgp-encrypted")), "[📎 application/pgp-encrypted]"),
        (parts("mixed", part("Oi"), part("a;b", "text/csv", "Content-Disposition: attachment\n")), "Oi\n[📎 text/csv]"),
        (parts("mixed", part("nota", "text/plain; name=nota.txt")), "[📎 nota.txt]"),
        (part("From: a@b.c\nSubject: Fatura\n\nDentro", "message/rfc822"), "[📎 Fatura.eml]"),
        (part("Sem limites", "multipart/mixed"), "Sem limites"),
        (part("Sem limites", "multipart/mixed; boundary=nowhere"), "Sem limites"),
        (part("**Oi**", "text/markdown"), "**Oi**"),
        (part("x" * 150_000), "x" * 99_996 + " […]"),
    ],
)
def test_a_mail_says_its_texts_and_the_names_of_its_files(structure, told):
    head = "From: ana@sol.example\nMIME-Version: 1.0\n"

    assert only((head + structure).encode()).changes.description == told


@pytest.mark.parametrize(
    "raw", ["José <jo@sol.example>".encode(), "José <jo@sol.example>".encode("latin-1")], ids=["UTF-8", "Latin"]
)
def test_a_header_of_raw_bytes_is_read(raw):
    event = only(b"From: " + raw + b"\nSubject: S\xc3\xa3o\nDate: Mon, 2 Mar 2026 11:00:00 -0300\n\nOi")

    assert (event.requester.name, event.requester.email, event.changes.subject) == ("José", "jo@sol.example", "São")


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("ana@sol.example", None, "ana@sol.example"),
        ("Ana <ANA@Sol.Example>", "Ana", "ana@sol.example"),
        ('"Ana <ana@sol.example>', None, "ana@sol.example"),
        ("=?utf-8?q?Ana_=C3=81vila?= <ana@sol.example>", "Ana Ávila", "ana@sol.example"),
        ('"=?utf-8?q?Ana_=C3=81vila?=" <ana@sol.example>', "Ana Ávila", "ana@sol.example"),
        (
            "=?utf-8?q?Jo=C3=A3?=\n =?utf-8?q?o?= da =?utf-8?q?S=C3=A9?= <ana@sol.example>",
            "João da Sé",
            "ana@sol.example",
        ),
        ("Nobody <>, Ana <ana@sol.example>", "Ana", "ana@sol.example"),
        ('"suporte@acme.example" <ana@sol.example>', "suporte@acme.example", "ana@sol.example"),
    ],
)
def test_the_author_is_read_from_whatever_people_write_there(written, name, address):
    requester = only(mail(From=written)).requester

    assert requester.email == address
    assert name is None or requester.name == name


@pytest.mark.parametrize(
    ("date", "received", "at"),
    [
        ("Mon, 2 Mar 2026 11:00:00 -0300", None, "14:00"),
        ("2 Mar 26 14:00 GMT", None, "14:00"),
        ("2026-03-02T14:00:00Z", None, "14:00"),
        ("Mon, 02 Mar 2026 14:00:00 -0000", None, "14:00"),
        ("Mon, 2 Mar 2026 11:00:00 BRT", "Mon, 2 Mar 2026 11:00:07 -0300", "14:00"),
        ("Thu, 1 Jan 1970 00:00:00 +0000", "Mon, 2 Mar 2026 11:00:07 -0300", "14:00"),
        ("Wed, 2 Mar 2033 11:00:00 -0300", "Mon, 2 Mar 2026 11:00:07 -0300", "14:00"),
        ("Mon, 2 Mar 2026 11:00:00 +9900", "Mon, 2 Mar 2026 11:00:07 -0300", "14:00"),
        (None, "Mon, 2 Mar 2026 11:00:07 -0300", "14:00"),
        (None, "yesterday", "15:00"),
        ("Wed, 2 Mar 2033 11:00:00 -0300", None, "15:00"),
        ("9" * 999, None, "15:00"),
    ],
)
def test_no_clock_costs_a_mail(date, received, at):
    hops = f"from a by b; {received}\nReceived: from c by a; Mon, 2 Mar 2026 09:00:00 -0300" if received else None
    event = only(mail(Date=date, Received=hops))

    assert f"{event.occurred_at:%d %H:%M}" == f"02 {at}"
    assert event.changes.opened_at == event.occurred_at


def test_a_conversation_is_one_ticket_however_the_answers_are_marked():
    opened = read(mail())
    answered = read(
        mail(
            From="davi@acme.example", To="ana@sol.example", Message_ID="<2@acme.example>", In_Reply_To="<1@sol.example>"
        )
    )
    replied = read(mail(Message_ID="<3@sol.example>", References="<1@sol.example>\n <2@acme.example>"))
    cut = read(mail(Message_ID="<4@sol.example>", References="<1@sol.example> " + "<x@acme.example> " * 2_000))

    assert {event.ticket_id for event in opened + answered + replied + cut} == {"1@sol.example"}
    assert [event.kind for event in opened + answered[1:] + replied[1:]] == [
        EventKind.OPENED,
        EventKind.ANSWERED,
        EventKind.REPLIED,
    ]


def test_what_leads_to_a_conversation_is_told_best_first():
    told = read(mail(Message_ID="<4@sol.example>", References="<1@a.b> <2@a.b> <3@a.b>", In_Reply_To="<3@a.b>"))[1]
    numbered = {"Subject": "Re: [#12] Oi", "References": "<1@sol.example>"}
    by_customer = read(mail(**numbered))[1]
    by_agent = read(mail(From="davi@acme.example", To="ana@sol.example", **numbered))[1]

    assert (told.found_by, told.known_as) == (("1@a.b", "3@a.b", "2@a.b"), ("4@sol.example", "1@a.b"))
    assert by_customer.found_by == by_agent.found_by == ("1@sol.example", "12")
    assert "12" in by_agent.known_as
    assert "12" not in by_customer.known_as


def test_equal_subjects_and_numbers_that_customers_write_join_nothing():
    first = only(mail(Subject="Re: [#12] Nota"), marker="")
    second = only(mail(Subject="Re: [#12] Nota", Message_ID="<2@lua.example>"), marker="")
    elsewhere = only(mail(To="ana+12@sol.example", Message_ID="<3@lua.example>"))
    forged = read(mail(Message_ID="<4@lua.example>", References="<12>"))

    assert len({each.ticket_id for each in (first, second, elsewhere)}) == 3
    assert "12" not in {event.ticket_id for event in forged}


def test_a_message_id_that_is_used_twice_loses_no_mail():
    first, second = only(mail(body="Um")), only(mail(body="Dois"))

    assert first.id != second.id
    assert first.ticket_id == second.ticket_id


def test_a_colleague_in_copy_does_not_become_the_customer():
    _, told = read(mail(From="chefe@sol.example", Message_ID="<5@sol.example>", References="<1@sol.example>"))
    before, _ = read(mail(From="chefe@sol.example", Message_ID="<5@sol.example>", References="<1@sol.example>"))

    assert told.requester is None
    assert before.occurred_at < only(mail()).occurred_at
    assert before.requester.email == "chefe@sol.example"


def test_a_marker_that_marks_nothing_says_how_to_mend_it():
    with pytest.raises(PayloadInvalid, match=r"write it as \[#\{ticket\}\]"):
        read(mail(), marker="#")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "no"}, None),
        ({"Auto_Submitted": "auto-generated"}, "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"X_Auto_Response_Suppress": "DR, RN, NRN, OOF, AutoReply"}, None),
        ({"X_Auto_Response_Suppress": "OOF, All"}, "auto_reply"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"Return_Path": "<>", "Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Precedence": "Junk"}, "bulk"),
        ({"Precedence": "first-class"}, None),
        ({"List_Id": "<suporte.acme.example>"}, None),
        ({"List_Id": "<suporte.outra.example>"}, "mailing_list"),
        ({"Content_Type": "multipart/report; report-type=feedback-report; boundary=x"}, "report"),
        ({"Subject": "Automatic reply: out of office"}, None),
    ],
)
def test_what_a_machine_sent_by_itself_is_named_and_is_no_message(headers, kind):
    if kind is None:
        assert only(mail(**headers)).kind is EventKind.OPENED
    else:
        with pytest.raises(EventUnsupported) as caught:
            read(mail(**headers))
        assert caught.value.event_type == kind


@pytest.mark.parametrize(
    "body",
    [
        b"To: " + b"(" * 900_000,
        b"From: " + b'"a" ' * 200_000,
        b"From: a@b.example\nContent-Type: text/plain" + b"; a=b" * 150_000,
        b"From: a@b.example\nContent-Disposition: attachment; filename=" + b'"' * 900_000,
        b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 20_000,
        b"From: a@b.example\n" + b"X: y\n" * 150_000,
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        b"From: a@b.example\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000)),
        b"From: a@b.example\nContent-Type: text/html\n\n" + b"<div " * 150_000,
        b"From: a@b.example\nReferences: " + b"<" * 900_000,
        b"From: a@b.example\nReferences: " + b"a@" * 400_000,
        b"From: a@b.example\nContent-Type: text/plain; charset=punycode\n\n" + b"a-" * 400_000,
    ],
    ids=lambda body: body[:60].decode(errors="replace").replace("\n", " ")[:40],
)
def test_a_hostile_mail_is_read_or_refused_within_the_time_of_a_large_one(body):
    """Each is as large as a webhook may be; reading a megabyte of honest text is the measure."""
    honest = (
        b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n"
        + "São palavras de um cliente.\n".encode() * 35_000
    )

    def seconds_of(told):
        started = time.process_time()
        with contextlib.suppress(PayloadInvalid, EventUnsupported):
            read(told)
        return time.process_time() - started

    assert seconds_of(body) < 50 * seconds_of(honest)


def test_the_answer_is_read_apart_from_what_it_quotes():
    """The text stays whole; what of it is quoted, `rules.signals` tells for every helpdesk."""
    path = next(path for path in MAILS if path.stem == "replied")
    (message,) = [message for event in parse("email", delivery_of(path)) for message in event.messages]

    assert "escreveu:" in message.body
    assert clean(message.body) == "O CNPJ certo termina em 0002."


QUOTING = yaml.safe_load((Path(__file__).parents[1] / "support" / "quoting.yml").read_text("utf-8"))


@pytest.mark.parametrize("quoting", QUOTING, ids=range(len(QUOTING)))
def test_what_is_new_in_a_mail_is_found_in_every_manner_of_quoting(quoting):
    (event,) = read(mail(body=quoting["text"], Content_Type="text/plain; charset=utf-8"))

    assert clean(event.changes.description).split() == quoting["new"].split()


def test_a_mail_that_postfix_tries_again_is_the_same_delivery():
    key = discover()["email"].module.delivery_key
    first, again, other = (
        b"From ana@sol.example  Mon Mar  2 11:00:01 2026\n" + mail(),
        b"From ana@sol.example  Mon Mar  2 11:05:01 2026\n" + mail(),
        mail(body="Outra"),
    )

    assert read(first) == read(mail())
    assert key(Delivery(first, {}, RECEIVED_AT)) == key(Delivery(again, {}, RECEIVED_AT))
    assert key(Delivery(first, {}, RECEIVED_AT)) != key(Delivery(other, {}, RECEIVED_AT))


def test_the_reading_is_made_of_the_mail_and_of_when_it_came_alone():
    later = datetime(2026, 4, 1, tzinfo=UTC)

    assert read(mail(), received_at=later) == read(mail())
