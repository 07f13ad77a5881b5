"""What a CRM or billing system may state about a customer, checked against the vocabulary, all faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rules.conditions import Scalar
from rules.errors import FactsInvalid
from rules.model import Customer
from rules.text import LOCALES, Locale, Text, filled
from rules.vocabulary import COLLECTIONS, CUSTOMER_DATES, FIELDS, Collection, Field, Source, nearest

PREFIX: Final = "customer."
MAX_ITEMS: Final = 500

_STATED: Final = {
    name.removeprefix(PREFIX): field
    for name, field in FIELDS.items()
    if name.startswith(PREFIX) and field.source is Source.STATED
}
_WORKED_OUT: Final = {
    name.removeprefix(PREFIX): field
    for name, field in FIELDS.items()
    if name.startswith(PREFIX) and field.source is not Source.STATED
}
_DATE_OF: Final = {field.removeprefix(PREFIX): name for name, field in CUSTOMER_DATES.items()}
_LISTS: Final = {name: found for name, found in COLLECTIONS.items() if found.source is Source.STATED}

_BY_CLOCK: Final = Text(
    "é calculado pelo relógio: informe dates.{name}", "is worked out from the clock: state dates.{name}"
)
_BY_TICKETS: Final = Text(
    "é calculado a partir dos chamados do cliente e não se informa",
    "is worked out from the customer's tickets and cannot be stated",
)
_NO_FIELD: Final = Text("esse campo não existe", "there is no such field")
_NEAR: Final = Text("esse campo não existe; seria {near}?", "there is no such field; did you mean {near}?")
_NOT_OF_IT: Final = Text(
    "esse campo não existe; os conhecidos são {known}", "there is no such field; known are {known}"
)
_NO_DATE: Final = Text("essa data não existe; as conhecidas são {known}", "there is no such date; known are {known}")
_NO_LIST: Final = Text("essa lista não existe; as conhecidas são {known}", "there is no such list; known are {known}")
_TOO_MANY: Final = Text("tem no máximo {limit} itens", "holds at most {limit} items")


@dataclass(frozen=True, slots=True)
class Fault:
    """One member that does not fit; `nearest` is the valid name most like a wrong one."""

    field: str
    why: Text
    nearest: str | None = None

    def as_json(self, locale: Locale) -> dict[str, str]:
        """Return it as a member of a problem's `errors`."""
        told = {"field": self.field, "why": self.why.read(locale)}
        return told | ({"nearest": self.nearest} if self.nearest else {})


class CustomerFactsInvalid(FactsInvalid):
    """Facts about a customer that the vocabulary does not know; `faults` names each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            Text(
                *("; ".join(f"{fault.field}: {fault.why.read(locale)}" for fault in self.faults) for locale in LOCALES)
            )
        )


def customer_of(external_id: str, stated: Mapping[str, Any]) -> Customer:
    """Return the customer that a request states. Raise CustomerFactsInvalid with every fault of it."""
    faults: list[Fault] = []
    attributes = _attributes(stated.get("attributes", {}), faults)
    dates = _dates(stated.get("dates", {}), faults)
    collections = _collections(stated.get("collections", {}), faults)
    if faults:
        raise CustomerFactsInvalid(faults)
    return Customer(
        external_id=external_id,
        name=stated.get("name"),
        email=stated.get("email"),
        phone=stated.get("phone"),
        locale=stated.get("locale"),
        attributes=attributes,
        dates=dates,
        collections=collections,
    )


def _attributes(given: Mapping[str, object], faults: list[Fault]) -> dict[str, Scalar]:
    accepted: dict[str, Scalar] = {}
    for name, value in given.items():
        place = f"attributes.{name}"
        if name in _DATE_OF:
            faults.append(Fault(place, filled(_BY_CLOCK, name=_DATE_OF[name]), _DATE_OF[name]))
        elif name in _WORKED_OUT:
            faults.append(Fault(place, _BY_TICKETS))
        elif name not in _STATED:
            near = nearest(name, _STATED)
            faults.append(Fault(place, filled(_NEAR, near=near) if near else _NO_FIELD, near))
        else:
            _accept(_STATED[name], value, place, accepted, name, faults)
    return accepted


def _dates(given: Mapping[str, date], faults: list[Fault]) -> dict[str, date]:
    for name in given.keys() - CUSTOMER_DATES.keys():
        near = nearest(name, CUSTOMER_DATES)
        faults.append(Fault(f"dates.{name}", filled(_NO_DATE, known=", ".join(sorted(CUSTOMER_DATES))), near))
    return {name: day for name, day in given.items() if name in CUSTOMER_DATES}


def _collections(
    given: Mapping[str, list[Mapping[str, object]]], faults: list[Fault]
) -> dict[str, tuple[Mapping[str, Scalar], ...]]:
    accepted: dict[str, tuple[Mapping[str, Scalar], ...]] = {}
    for name, items in given.items():
        place = f"collections.{name}"
        if name not in _LISTS:
            near = nearest(name, _LISTS)
            faults.append(Fault(place, filled(_NO_LIST, known=", ".join(sorted(_LISTS))), near))
        elif len(items) > MAX_ITEMS:
            faults.append(Fault(place, filled(_TOO_MANY, limit=MAX_ITEMS)))
        else:
            accepted[name] = tuple(
                _item(_LISTS[name], item, f"{place}[{index}]", faults) for index, item in enumerate(items)
            )
    return accepted


def _item(collection: Collection, item: Mapping[str, object], place: str, faults: list[Fault]) -> Mapping[str, Scalar]:
    accepted: dict[str, Scalar] = {}
    for name, value in item.items():
        if name not in collection.fields:
            near = nearest(name, collection.fields)
            why = filled(_NOT_OF_IT, known=", ".join(sorted(collection.fields)))
            faults.append(Fault(f"{place}.{name}", why, near))
        else:
            _accept(collection.fields[name], value, f"{place}.{name}", accepted, name, faults)
    return accepted


def _accept(  # noqa: PLR0913, PLR0917 - one value, its place, and where it goes
    field: Field, value: object, place: str, accepted: dict[str, Scalar], name: str, faults: list[Fault]
) -> None:
    try:
        taken = field.accept(value)
    except FactsInvalid as error:
        why = Text(*(error.told(locale).split(": ", 1)[-1] for locale in LOCALES))
        faults.append(Fault(place, why, nearest(str(value), field.values)))
        return
    assert not isinstance(taken, frozenset)  # noqa: S101 - nothing that may be stated is a set
    accepted[name] = taken
