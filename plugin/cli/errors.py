"""Errors as a command line tells them: one line, what and how to mend; 1 for findings, 2 for usage."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

import click

from plugin.cli.options import ASKED_LANGUAGE, language
from rules.errors import SidecueError, ToldError
from rules.text import Locale, Text, placed

_ERROR: Final = Text("Erro: {message}", "Error: {message}")


class UsageFault(ToldError):
    """The command was called in a way that cannot work: exit code 2. `option` names what cannot be used."""

    def __init__(self, text: Text, *, option: str | None = None) -> None:
        super().__init__(placed(option, text) if option is not None else text)


class RunFault(ToldError):
    """Something outside of the command ended its work: exit code 1."""


class _Failure(click.ClickException):
    """One line on standard error, in the language that was asked for."""

    def __init__(self, message: str, locale: Locale) -> None:
        super().__init__(message)
        self._locale = locale

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(_ERROR.read(self._locale).format(message=self.format_message()), file=file or sys.stderr)


class _Usage(_Failure):
    exit_code = 2


@contextmanager
def told(context: click.Context) -> Iterator[None]:
    """Turn what the project raises on purpose into a line on standard error and an exit code.

    What exists in both languages is said in the one that the command was asked for.
    """
    try:
        yield
    except SidecueError as error:
        from plugin.config import SettingsInvalid  # noqa: PLC0415 - only needed when something went wrong
        from plugin.serve import CannotServe  # noqa: PLC0415 - the same

        usage = isinstance(error, SettingsInvalid | CannotServe | UsageFault)
        locale = language(context.meta.get(ASKED_LANGUAGE)) if isinstance(error, ToldError) else "en"
        message = error.told(locale) if isinstance(error, ToldError) else str(error)
        raise (_Usage if usage else _Failure)(message, locale) from error
