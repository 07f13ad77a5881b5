"""Errors as a command line tells them: one line, what and how to mend; 1 for findings, 2 for usage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from rules.errors import SidecueError


class UsageFault(SidecueError):
    """The command was called in a way that cannot work: exit code 2."""


class _Usage(click.ClickException):
    exit_code = 2


@contextmanager
def told() -> Iterator[None]:
    """Turn what the project raises on purpose into a line on standard error and an exit code."""
    try:
        yield
    except SidecueError as error:
        from plugin.config import SettingsInvalid  # noqa: PLC0415 - only needed when something went wrong
        from plugin.serve import CannotServe  # noqa: PLC0415 - the same

        usage = isinstance(error, SettingsInvalid | CannotServe | UsageFault)
        raise (_Usage if usage else click.ClickException)(str(error)) from error
