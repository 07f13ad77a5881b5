"""Times, money and numbers by locale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plugin.i18n import words
from plugin.i18n.moments import in_full, moment, money, number, share, zone_named

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "away", "expected"),
    [
        ("pt-BR", timedelta(hours=3), "em 3 horas"),
        ("en", timedelta(hours=3), "in 3 hours"),
        ("pt-BR", timedelta(minutes=-2), "há 2 minutos"),
        ("en", timedelta(minutes=-2), "2 minutes ago"),
        ("pt-BR", timedelta(seconds=20), "agora"),
        ("en", timedelta(seconds=-20), "now"),
        ("pt-BR", timedelta(days=3), "em 24 de nov., 15:00"),
        ("en", timedelta(days=3), "Nov 24, 18:00"),
        ("en", timedelta(hours=24), "Nov 22, 18:00"),
    ],
)
def test_moment_is_relative_within_a_day_and_absolute_beyond(locale, away, expected):
    told = moment(words(locale), NOW + away, NOW, zone_named(None, locale))

    assert told.text == expected


def test_moment_names_the_zone_in_its_title_and_keeps_the_instant():
    told = moment(words("pt-BR"), NOW, NOW, zone_named("America/Manaus", "pt-BR"))

    assert "14:00" in told.title
    assert "Amazonas" in told.title
    assert told.iso == "2026-11-21T18:00:00Z"


@pytest.mark.parametrize("name", ["Nowhere/Atall", "../../etc/passwd", "", None, "\x00"])
def test_zone_that_is_none_becomes_the_home_zone(name):
    assert str(zone_named(name, "pt-BR")) == "America/Sao_Paulo"


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "expected"),
    [
        ("pt-BR", 5200, "BRL", "R$ 5.200"),
        ("pt-BR", 5200.5, "BRL", "R$ 5.200,50"),
        ("en", 5200, "USD", "$5,200"),
        ("en", 5200.25, "brl", "R$5,200.25"),
        ("en", 5200, None, "5,200"),
        ("en", 5200, "reais", "5,200"),
    ],
)
def test_money_is_told_in_its_currency_or_in_none(locale, amount, currency, expected):
    assert money(words(locale), amount, currency).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_numbers_and_shares_follow_the_locale():
    assert number(words("pt-BR"), 1234.567) == "1.234,57"
    assert number(words("en"), 1234.567) == "1,234.57"
    assert share(words("en"), 0.857) == "86%"


@pytest.mark.parametrize(
    ("locale", "zone", "expected"),
    [
        ("en", "UTC", "Saturday, 21 November 2026, 18:00 (Coordinated Universal Time)"),
        ("pt-BR", None, "sábado, 21 de novembro de 2026, 15:00 (Horário Padrão de Brasília)"),
    ],
)
def test_whole_moment_says_day_time_and_zone(locale, zone, expected):
    assert in_full(words(locale), NOW, zone_named(zone, locale)) == expected
