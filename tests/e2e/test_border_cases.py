"""What a customer writes, through reader, facts and decider with the shipped packs: every border case."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from border_cases import ACCOUNTS, CASES, SELLING, SUCCESS, SUPPORT, Case
from finer_cases import FINER
from laws import every
from lifecycle_cases import LIFECYCLE
from spoken_cases import SPOKEN, STILL_LEAVING, TAKEN_BACK

from rules.decide import Decider
from rules.facts import facts_from_given
from rules.model import Decision
from rules.rulebook import Rulebook
from rules.signals import SignalReader, SpokenText
from rules.text import Locale

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TABLE = (*CASES, *FINER, *SPOKEN, *LIFECYCLE)


class Desk:
    """The shipped packs at work: a message and what is known of the customer become a decision."""

    def __init__(self, book: Rulebook) -> None:
        self.reader = SignalReader(book.signals.values())
        self.decider = Decider(book)

    def decide(self, text: str, language: Locale, case: Case) -> Decision:
        reading = self.reader.read([SpokenText("m1", text)], language)
        given = {
            **case.given,
            "signals": sorted(reading.signals),
            "customer": dict(case.customer),
            "ticket": {"channel": "email", "language": language, **case.ticket},
        }
        return self.decider.decide(facts_from_given(given, NOW), reading.hits, reading.language)


@pytest.fixture(scope="module")
def desk(shipped):
    made = Desk(shipped)
    yield made
    made.decider.close()


def spoken(case: Case) -> list[tuple[str, Locale]]:
    return [(text, "pt-BR") for text in case.pt] + [(text, "en") for text in case.en]


ROWS = [
    pytest.param(case, text, language, id=f"{case.name} [{language} {number}]")
    for case in TABLE
    for number, (text, language) in enumerate(spoken(case), 1)
]


def names(decision: Decision) -> set[str]:
    return {entry.action for entry in decision.recommendations} | {
        f"kind:{entry.kind.value}" for entry in decision.recommendations
    }


@every(("case", "text", "language"), ROWS)
def test_border_case_is_decided_as_written_down(desk, case, text, language):
    decision = desk.decide(text, language, case)
    shown = names(decision)

    said = {hit.signal for hit in decision.trace.signals}
    assert (decision.primary.value, {function.value for function in decision.collaborators}) == (
        case.primary,
        set(case.collaborators),
    ), said
    assert decision.needs_triage is case.triage, said
    assert set(case.shown) <= shown, (said, decision.not_shown)
    assert not set(case.hidden) & shown, said
    assert not case.one_of or set(case.one_of) & shown, (said, decision.not_shown)
    if case.first is not None:
        assert decision.recommendations[0].action == case.first


def test_every_case_has_sentences_in_both_languages():
    short = [case.name for case in TABLE if min(len(case.pt), len(case.en)) < 2]

    assert not short


def test_sentences_of_the_table_stand_in_no_signal_file(shipped):
    examples = {
        text
        for signal in shipped.signals.values()
        for sides in signal.examples.values()
        for text in (*sides.match, *sides.no_match)
    }

    assert not [text for case in TABLE for text, _ in spoken(case) if text in examples]


def test_every_subset_of_the_functions_is_reached():
    reached = {frozenset() if case.triage else frozenset({case.primary, *case.collaborators}) for case in CASES}
    functions = (SUPPORT, SUCCESS, ACCOUNTS)
    subsets = {frozenset(chosen) for size in range(4) for chosen in combinations(functions, size)}

    assert reached == subsets


def test_two_tickets_of_one_customer_never_contradict_each_other(desk):
    leaving = Case("leaving", ("Quero encerrar o contrato.",), (), SUCCESS, customer={"lifecycle": "active"})
    first = desk.decide(leaving.pt[0], "pt-BR", leaving)
    other = Case(
        "other",
        (),
        (),
        ACCOUNTS,
        customer={"lifecycle": "active", "seat_utilisation": 1.0, "days_to_renewal": 20},
        given={"open_tickets": [{"signals": sorted(first.facts.signals)}]},
    )
    later = [
        desk.decide(text, "pt-BR", other)
        for text in (
            "Quero fazer upgrade para o plano superior.",
            "Quanto custa mais uma licença?",
            "Vamos falar da renovação?",
            "Precisamos de um recurso premium.",
        )
    ]

    assert "retention.register_cancellation" in names(first)
    for decision in later:
        assert not {*SELLING, "kind:renew", "accounts.change_plan"} & names(decision)


def test_a_later_message_takes_the_cancellation_back(desk):
    reading = desk.reader.read(
        [
            SpokenText("m1", "Quero cancelar a assinatura."),
            SpokenText("m2", "Pensei melhor, mudei de ideia, podem manter a assinatura."),
        ],
        "pt-BR",
    )

    assert "cancel_request" not in reading.signals
    assert "cancel_withdrawn" in reading.signals


def said_in(desk, messages):
    return desk.reader.read([SpokenText(f"m{number}", text) for number, text in enumerate(messages, 1)]).signals


@pytest.mark.parametrize("messages", TAKEN_BACK, ids=" / ".join)
def test_a_cancellation_taken_back_leaves_nothing_to_register(desk, messages):
    signals = said_in(desk, messages)
    decision = desk.decider.decide(facts_from_given({"signals": sorted(signals)}, NOW))

    assert "cancel_request" in said_in(desk, messages[:1])
    assert "cancel_request" not in signals
    assert decision.primary.value == SUCCESS


@pytest.mark.parametrize("messages", STILL_LEAVING, ids=" / ".join)
def test_a_cancellation_that_stands_is_registered_first(desk, messages):
    decision = desk.decider.decide(facts_from_given({"signals": sorted(said_in(desk, messages))}, NOW))

    assert decision.recommendations[0].action == "retention.register_cancellation"


TROUBLES = (
    "Solicito o cancelamento da assinatura.",
    "Please close our account.",
    "Que atendimento péssimo, vou ao Procon.",
    "This is unacceptable, I want to make a complaint.",
    "O sistema está fora do ar em todas as lojas.",
    "Nobody can work, the platform is down.",
    "Não reconheço essa cobrança no cartão.",
    "We were charged twice this month.",
    "Sinceramente penso em largar a plataforma",
)
WISHES = (
    "Precisamos de SSO, isso só tem no plano enterprise?",
    "We want the higher plan because our goal is to automate invoicing by June",
    "Podemos falar da renovação?",
    "We'd like to renew early",
    "Adorei o sistema, parabéns, nossa meta é dobrar as vendas",
    "Love the tool, well done. Our goal is to double our sales",
    "Queremos adicionar 4 licenças.",
)


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_wish_on_one_ticket_never_sells_over_the_trouble_on_another(desk, trouble, wish):
    customer = {"lifecycle": "active", "health": "good", "seat_utilisation": 1.0, "days_to_renewal": 20, "nps": 10}
    other = desk.decide(trouble, "pt-BR", Case("other", (), (), SUPPORT, customer=customer))
    open_ticket = {"signals": sorted(other.facts.signals)}
    alone = desk.decide(wish, "pt-BR", Case("alone", (), (), ACCOUNTS, customer=customer))
    beside = desk.decide(
        wish, "pt-BR", Case("beside", (), (), ACCOUNTS, customer=customer, given={"open_tickets": [open_ticket]})
    )

    contradicting = {*SELLING, "kind:renew", "kind:advocate"}
    assert contradicting & names(alone)
    assert not contradicting & names(beside)
