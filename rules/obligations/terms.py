"""What the SAC decrees oblige a regulated supplier to, article by article, each with its term and its sources.

Nobody here read the whole decrees. What a source says is said with the source; what none says is marked `unverified`,
and where two readings are possible the stricter one counts: the one that gives the supplier less time, or has it keep a
record for longer. Terms are the domain's, not an opinion of a rule: rules read the clocks that are made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rules.text import Text


class Pace(StrEnum):
    """How the time of an obligation runs."""

    CALENDAR_DAYS = "calendar_days"  # so many days, the first one counted, to the end of the last
    BUSINESS_DAYS = "business_days"  # the same, Monday to Friday
    AT_ONCE = "at_once"  # due the moment it begins
    STANDING = "standing"  # holds as long as the demand is open; nothing falls due
    KEEP_DAYS = "keep_days"  # kept for so many whole days more
    KEEP_YEARS = "keep_years"


class Begins(StrEnum):
    """What starts the time."""

    REGISTRATION = "registration"  # the ticket was opened, or opened again after its term
    SAID = "said"  # the customer asked for it: one of the obligation's signals
    RESOLUTION = "resolution"  # the demand was concluded
    CALL = "call"  # as registration, of a ticket by phone


class Ends(StrEnum):
    """What meets it. An agent may also say so, by marking one of the obligation's actions as done."""

    ANSWER = "answer"  # the ticket is solved, and an agent wrote to the customer
    NUMBER = "number"  # an agent wrote the ticket's number to the customer
    SETTLED = "settled"  # every demand of the ticket is met
    TIME = "time"  # it is over when its time is


@dataclass(frozen=True, slots=True)
class Obligation:
    """One duty of a decree. `id` is a value of the vocabulary's SAC fields.

    `signals` begin it (of `Begins.SAID`), `done_by` are actions of the shipped packs that prove it met. `sources` say
    where it was seen, `unverified` what they leave open and which reading counts.
    """

    id: str
    asks: Text
    article: str
    pace: Pace
    begins: Begins
    ends: Ends
    sources: tuple[str, ...]
    unverified: Text | None
    count: int = 0
    signals: tuple[str, ...] = ()
    done_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Regime:
    """A decree, in force for what was registered from `since` on (local date of the tenant) until the next one's."""

    id: str
    version: int
    title: Text
    since: date | None
    unverified: Text
    obligations: Mapping[str, Obligation]


def _regime(
    name: str, version: int, title: Text, since: date | None, unverified: Text, *obligations: Obligation
) -> Regime:
    return Regime(name, version, title, since, unverified, MappingProxyType({found.id: found for found in obligations}))


_FIRST_DAY_COUNTS: Final = Text(
    "Se o dia do registro conta, nenhuma fonte diz: aqui ele conta, e o prazo vence no fim do último dia, no fuso do "
    "tenant.",
    "No source says whether the day of registration counts: here it does, and the term ends with its last day, in the "
    "tenant's time zone.",
)
_DECREE: Final = "Decreto 11.034/2022"
_OLD: Final = "Decreto 6.523/2008"

_NEW_TERMS: Final = (
    Obligation(
        "answer",
        Text(
            "Responder a demanda de forma clara, objetiva e conclusiva em até 7 dias corridos do registro.",
            "Answer the demand clearly, objectively and conclusively within 7 calendar days of registration.",
        ),
        f"{_DECREE}, art. 13",
        Pace.CALENDAR_DAYS,
        Begins.REGISTRATION,
        Ends.ANSWER,
        ("Valor Econômico, 2022-04-06", "O Mossoroense (Migalhas), art. 13", "Diário do Nordeste 1.3225253"),
        Text(
            f"{_FIRST_DAY_COUNTS.pt_br} Um chamado reaberto dentro do prazo é a mesma demanda; depois dele, uma nova. "
            "O artigo não foi lido.",
            f"{_FIRST_DAY_COUNTS.en} A ticket that is opened again within its term is the same demand; after it, a new "
            "one. The article was not read.",
        ),
        count=7,
        done_by=("regulated_sac.conclude_answer",),
    ),
    Obligation(
        "history",
        Text(
            "Entregar o histórico, sem custo e com a resposta dada, em até 5 dias corridos do pedido.",
            "Deliver the record, free of charge and with the answer given, within 5 calendar days of the request.",
        ),
        f"{_DECREE}, art. 12, §§ 1-4",
        Pace.CALENDAR_DAYS,
        Begins.SAID,
        Ends.ANSWER,
        ("Legjur, dec_00110342022-12: artigo 12 lido",),
        _FIRST_DAY_COUNTS,
        count=5,
        signals=("history_request", "recording_request"),
        done_by=("regulated_sac.send_history", "regulated_sac.send_recording"),
    ),
    Obligation(
        "cancellation",
        Text(
            "Cancelar na hora, por todo canal de contratação, com ou sem débito; avisar de multas e dar comprovante.",
            "Cancel at once, on every channel used for contracting, paid up or not; warn of penalties, give a receipt.",
        ),
        _DECREE,
        Pace.AT_ONCE,
        Begins.SAID,
        Ends.ANSWER,
        ("Estadão, SAC: novas regras", "Jornal do Comércio 867625", "Souto Correa", "TozziniFreire", "Telesíntese"),
        Text(
            "Uma fonte fala de exceção, com o texto cortado; o prazo técnico de processamento é do regulador. Aqui não "
            "há exceção: o efeito conta do pedido, e nada do que se ofereça o atrasa.",
            "One source speaks of an exception, its text cut off; the regulator sets the technical processing time. "
            "Here there is none: the effect counts from the request, and no offer delays it.",
        ),
        signals=("cancel_request",),
        done_by=("regulated_sac.cancel_at_once", "retention.register_cancellation"),
    ),
    Obligation(
        "suspended_charge",
        Text(
            "Suspender na hora a cobrança contestada como indevida ou de serviço não solicitado.",
            "Suspend at once a charge that is disputed as undue, or as of a service nobody asked for.",
        ),
        _DECREE,
        Pace.AT_ONCE,
        Begins.SAID,
        Ends.ANSWER,
        ("Estadão, SAC: novas regras", "Diário do Nordeste 1.3225253"),
        Text(
            "O artigo e as condições não foram lidos; a contestação do cliente basta para suspender.",
            "Article and conditions were not read; that the customer disputes it is enough to suspend.",
        ),
        signals=("dispute_charge", "duplicate_charge"),
        done_by=("regulated_sac.suspend_charge",),
    ),
    Obligation(
        "protocol",
        Text(
            "Dar o número de protocolo e deixar acompanhar a demanda por todos os canais.",
            "Give the protocol number, and let the demand be followed on every channel.",
        ),
        f"{_DECREE}, art. 12",
        Pace.STANDING,
        Begins.REGISTRATION,
        Ends.NUMBER,
        ("Legjur, dec_00110342022-12: artigo 12 lido",),
        Text(
            "Até quando informar o número, as fontes não dizem: vale desde o registro, até ser informado.",
            "By when the number is to be given no source says: it is asked for from registration until it is given.",
        ),
        done_by=("regulated_sac.register_protocol",),
    ),
    Obligation(
        "no_repeating",
        Text(
            "Não pedir que o consumidor repita a demanda depois do primeiro registro.",
            "Not ask the consumer to repeat the demand after its first registration.",
        ),
        _DECREE,
        Pace.STANDING,
        Begins.REGISTRATION,
        Ends.SETTLED,
        ("ACIJ",),
        Text("O artigo não foi lido.", "The article was not read."),
    ),
    Obligation(
        "no_selling",
        Text(
            "Não ofertar nada enquanto o consumidor espera; informar sobre direitos e canais, sim.",
            "Advertise nothing while the consumer waits; informing about rights and channels is allowed.",
        ),
        _DECREE,
        Pace.STANDING,
        Begins.REGISTRATION,
        Ends.SETTLED,
        ("Montgomery & Associados", "Conexão Tocantins"),
        Text(
            "As fontes falam da espera em linha, salvo consentimento prévio; aqui a espera dura até a demanda ser "
            "atendida, e consentimento não é presumido.",
            "The sources speak of waiting on the line, unless consented to before; here the wait lasts until the "
            "demand is met, and consent is not presumed.",
        ),
    ),
    Obligation(
        "record",
        Text(
            "Guardar o registro do atendimento por 2 anos da solução, à disposição do consumidor e da fiscalização.",
            "Keep the record of the attendance for 2 years from its solution, for the consumer and the authorities.",
        ),
        f"{_DECREE}, art. 12, § 5",
        Pace.KEEP_YEARS,
        Begins.RESOLUTION,
        Ends.TIME,
        ("Legjur, dec_00110342022-12: artigo 12 lido",),
        Text(
            "Até que instante se guarda, as fontes não dizem: aqui, até o fim do mesmo dia 2 anos depois.",
            "Until which instant no source says: here until the end of the same day 2 years later.",
        ),
        count=2,
    ),
    Obligation(
        "recording",
        Text(
            "Guardar a gravação da ligação por 90 dias e dar o conteúdo a quem o pedir.",
            "Keep the recording of the call for 90 days, and give its content to whoever asks.",
        ),
        f"{_DECREE}, art. 12, §§ 3-4",
        Pace.KEEP_DAYS,
        Begins.CALL,
        Ends.TIME,
        ("Legjur, dec_00110342022-12: artigo 12 lido",),
        Text(
            "O Sidecue não guarda gravações: diz só até quando a central as guarda, o fim do 90º dia depois da "
            "ligação.",
            "Sidecue keeps no recordings: it only says until when the call centre does, to the end of the 90th day "
            "after the call.",
        ),
        count=90,
    ),
)

_OLD_TERMS: Final = (
    Obligation(
        "answer",
        Text(
            "Responder a demanda em até 5 dias úteis do registro.",
            "Answer the demand within 5 business days of registration.",
        ),
        _OLD,
        Pace.BUSINESS_DAYS,
        Begins.REGISTRATION,
        Ends.ANSWER,
        ("Tribuna de Minas", "Diário do Nordeste 1.3225253"),
        Text(
            f"{_FIRST_DAY_COUNTS.pt_br} Dias úteis são de segunda a sexta; feriados contam como úteis.",
            f"{_FIRST_DAY_COUNTS.en} Business days are Monday to Friday; holidays count as such.",
        ),
        count=5,
        done_by=("regulated_sac.conclude_answer",),
    ),
    Obligation(
        "cancellation",
        Text("Cancelar na hora e dar comprovante.", "Cancel at once and give a receipt."),
        f"{_OLD}, art. 18, §§ 2-3",
        Pace.AT_ONCE,
        Begins.SAID,
        Ends.ANSWER,
        ("Gianetti Advogados",),
        Text("O artigo não foi lido.", "The article was not read."),
        signals=("cancel_request",),
        done_by=("regulated_sac.cancel_at_once", "retention.register_cancellation"),
    ),
    Obligation(
        "recording",
        Text("Guardar a gravação da ligação por 90 dias.", "Keep the recording of the call for 90 days."),
        _OLD,
        Pace.KEEP_DAYS,
        Begins.CALL,
        Ends.TIME,
        ("Tribuna de Minas",),
        Text("O artigo não foi lido.", "The article was not read."),
        count=90,
    ),
)

REGIMES: Final = (
    _regime(
        "decree_6523",
        1,
        Text("SAC, Decreto 6.523/2008", "SAC, Decree 6.523/2008"),
        None,
        Text(
            "Só o que as fontes repetem do decreto antigo está aqui; prazos de histórico e de suspensão não foram "
            "conferidos.",
            "Only what the sources repeat of the old decree is here; its terms for records and suspension were not "
            "checked.",
        ),
        *_OLD_TERMS,
    ),
    _regime(
        "decree_11034",
        1,
        Text("SAC, Decreto 11.034/2022", "SAC, Decree 11.034/2022"),
        date(2022, 10, 3),
        Text(
            "As fontes divergem sobre o início: 3 de outubro de 2022 (ConJur, Diário do Nordeste) ou 6 de outubro "
            "(Montgomery). Vale o dia 3, que são 180 dias depois da publicação em 6 de abril.",
            "The sources differ on when it came into force: 3 October 2022 (ConJur, Diário do Nordeste) or 6 October "
            "(Montgomery). The 3rd counts: 180 days after its publication on 6 April.",
        ),
        *_NEW_TERMS,
    ),
)
"""Every decree, the oldest first."""


def regime_on(day: date) -> Regime:
    """Return the decree in force for what was registered on a local day."""
    return next(found for found in reversed(REGIMES) if found.since is None or found.since <= day)
