"""What commands have in common: for whom they print, and in which language."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from rules.text import LOCALES, Locale, locale_for

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

ASKED_LANGUAGE: Final = "sidecue.language"
"""Key in a click context's `meta`: what `--lang` said."""
FORMAT: Final[Option] = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for machines.",
)


def _remember(context: click.Context, _: click.Parameter, asked: str | None) -> str | None:
    """Keep the language for whoever tells what went wrong, once the command has ended."""
    context.meta[ASKED_LANGUAGE] = asked
    return asked


LANG: Final[Option] = click.option(
    "--lang",
    type=click.Choice(LOCALES),
    callback=_remember,
    help="Language of the output; else SIDECUE_LANG, LANG, English.",
)


def language(given: str | None, environ: Mapping[str, str] | None = None) -> Locale:
    """Return the language of the output: as given, else SIDECUE_LANG, else LANG, else English."""
    known = os.environ if environ is None else environ
    return locale_for(given or known.get("SIDECUE_LANG") or known.get("LANG"), "en")
