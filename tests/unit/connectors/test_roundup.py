"""What Roundup's folder cannot show by fixtures: statuses, what a missed delivery costs, retries, the panel's link."""

import json
import runpy
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors import roundup
from connectors.base import Delivery, Installation, Note
from connectors.roundup.mapping import parse
from plugin.sessions import open_link
from rules.errors import HelpdeskFailed
from rules.folding import fold
from rules.model import TicketStatus

FOLDER = Path(__file__).parents[3] / "connectors" / "roundup"
STORY = sorted((FOLDER / "fixtures" / "story").glob("*.json"))
RECEIVED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
REF = "sc_0123456789abcdef0123"


def body_of(name: str) -> dict:
    return json.loads((FOLDER / "fixtures" / f"{name}.json").read_text("utf-8"))


def parsed(body: dict, **settings: str):
    delivery = Delivery(json.dumps(body).encode(), {}, RECEIVED_AT)
    return list(parse(delivery, Installation("acme", "pt-BR", settings=settings)))


@pytest.mark.parametrize(
    ("status", "told", "means"),
    [
        ("Concluído", "concluído=solved", TicketStatus.SOLVED),
        ("aguardando fornecedor", "novo=new, Aguardando Fornecedor = On_Hold", TicketStatus.ON_HOLD),
        ("testing", "testing=pending", TicketStatus.PENDING),
        ("testing", "", TicketStatus.OPEN),
        ("concluído", "concluído=feito,=solved,concluído", None),
    ],
)
def test_statuses_mean_what_the_admin_told_before_what_roundup_calls_them(status, told, means):
    body = body_of("status_changed")
    body["issue"]["status"] = status

    assert parsed(body, statuses=told)[-1].changes.status is means


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_deliveries_in_any_order_and_the_last_alone_give_the_same_ticket(order):
    told = [parsed(json.loads(path.read_text("utf-8"))) for path in STORY]
    whole = fold([event for place in order for event in told[place]])
    last = fold(told[-1])

    assert whole.messages == last.messages
    assert (whole.description, whole.subject, whole.status) == (last.description, last.subject, last.status)
    assert whole.opened_at == last.opened_at


def test_first_words_of_an_issue_that_was_opened_without_any_are_its_description():
    events = [*parsed(body_of("issue_created__without_words")), *parsed(body_of("message_added"))]
    ticket = fold(events)

    assert ticket.description.startswith("Bom dia. O emissor de notas")
    assert [message.id for message in ticket.messages] == ["34", "35"]


def test_two_messages_of_one_instant_stand_in_the_order_of_their_numbers():
    body = body_of("message_added")
    for message, number in zip(body["issue"]["messages"], ("9", "10", "11"), strict=True):
        message |= {"id": number, "date": "2026-03-02T12:00:00.000Z"}

    assert [event.id for event in parsed(body)][1:4] == ["msg:9", "msg:10", "msg:11"]


@pytest.fixture
def client(desk):
    return roundup.client(Installation("acme", "en", f"{desk.url}/support", "sidecue:pass:word"))


def test_an_issue_that_others_change_all_the_time_is_left_for_later(desk, client):
    def answer(asked):
        if asked.method == "GET":
            return 200, {}, {"data": {"attributes": {"assignedto": None}, "@etag": f'"{len(desk.asked)}"'}}
        return 412, {}, {"error": {"status": 412}}

    desk.answer = answer
    with pytest.raises(HelpdeskFailed, match="changed by others 5 times") as caught:
        client.assign("7", assignee="4")

    assert caught.value.retryable
    assert [asked.method for asked in desk.asked] == ["GET", "PUT"] * 5
    assert len({asked.headers["if-match"] for asked in desk.asked if asked.method == "PUT"}) == 5


@pytest.mark.parametrize("refused", [400, 409])
def test_a_keyword_that_somebody_else_makes_at_the_same_moment_is_taken(desk, client, refused):
    keywords = []

    def answer(asked):
        if asked.method == "POST":
            keywords.append({"id": "5", "name": "vip"})
            return refused, {}, {"error": {"status": refused, "msg": "node with key vip exists"}}
        if "/rest/data/keyword" in asked.path:
            return 200, {}, {"data": {"collection": list(keywords)}}
        return 200, {}, {"data": {"attributes": {"keyword": []}, "@etag": '"1"'}}

    desk.answer = answer
    client.change_tags("7", add={"vip"}, remove=set())

    assert desk.asked[-1].body == {"data": ["5"]}


def test_every_request_says_where_it_comes_from_as_roundup_wants_it(desk, client):
    client.post_note("7", Note(REF, f"Ligar.\n{REF}"))

    (asked,) = desk.asked
    assert asked.path == "/support/rest/data/sidecue_note"
    assert asked.headers["origin"] == desk.url
    assert asked.headers["x-requested-with"]


def test_a_note_of_another_issue_is_not_this_ones(desk, client):
    note = {"id": "3", "ref": REF, "issue": {"id": "8"}, "text": REF}
    desk.answer = lambda _: (200, {}, {"data": {"collection": [note]}})

    assert client.has_note("8", REF)
    assert not client.has_note("7", REF)


@pytest.mark.parametrize(
    "body", [[], {}, {"data": None}, {"data": {"collection": None}}, {"data": {"collection": ["x"]}}]
)
def test_an_answer_that_is_none_of_roundups_is_named(desk, client, body):
    desk.answer = lambda _: (200, {}, body)

    with pytest.raises(HelpdeskFailed, match="api-url"):
        client.has_note("1", REF)


def panel(language, **section):
    """Return the panel's functions, and a logged-in agent's request as Roundup hands it over."""
    names = {f"SIDECUE_{name.upper()}": value for name, value in section.items()}
    config = SimpleNamespace(detectors=names)
    agent = SimpleNamespace(user="ana maria", language=language, instance=SimpleNamespace(config=config))
    return runpy.run_path(str(FOLDER / "tracker" / "extensions" / "sidecue_panel.py")), agent


@pytest.mark.parametrize(
    ("language", "locale"), [(["pt_BR", "pt"], "pt"), ("pt_BR", "pt"), (["de", "en"], "en"), ([], "en"), (None, "en")]
)
def test_panel_signs_a_link_that_opens_for_this_agent_in_their_language(language, locale):
    functions, agent = panel(language, url="https://sidecue.test/", tenant="acme", sidebar_key="k3y")
    links = [urlsplit(functions["sidecue_url"](agent, "12")) for _ in range(2)]
    query = dict(parse_qsl(links[0].query))
    session = open_link(["k3y"], "roundup", "acme", query, datetime.now(UTC))

    assert links[0].path == "/sidebar/roundup/acme"
    assert (session.ticket, session.agent, query["lang"]) == ("12", "ana maria", locale)
    assert dict(parse_qsl(links[1].query))["once"] != query["once"]
    assert functions["sidecue_words"](agent) == functions["WORDS"][locale]


def test_panel_shows_no_frame_until_it_is_set_up():
    for section in ({}, {"url": "https://sidecue.test", "tenant": "acme", "sidebar_key": " "}):
        functions, agent = panel(None, **section)
        assert functions["sidecue_url"](agent, "12") == ""
