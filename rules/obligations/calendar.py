"""From an instant and a term to the last second of the term, in a tenant's own time zone.

Days are days of the local calendar, not 24 hours: across a change of the clocks they are 23 or 25 hours long. A day
ends when the next one begins, which is not everywhere at 00:00: where clocks go forward at midnight it begins at 01:00.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


def local_day(at: datetime, zone: tzinfo) -> date:
    """Return the date that a local calendar shows at an instant."""
    return at.astimezone(zone).date()


def day_begins(day: date, zone: tzinfo) -> datetime:
    """Return the first instant of a local day, in UTC.

    Of a midnight that comes twice it is the first; of one that clocks skip, the instant at which they skip it.
    """
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the last whole second of a local day, in UTC."""
    return day_begins(day + _DAY, zone) - SECOND


def calendar_days(start: datetime, count: int, zone: tzinfo) -> datetime:
    """Return the last second of a term of `count` days, the day of `start` being the first."""
    return end_of(local_day(start, zone) + (count - 1) * _DAY, zone)


def business_days(start: datetime, count: int, zone: tzinfo) -> datetime:
    """Return the last second of a term of `count` days from Monday to Friday, the day of `start` the first if it is."""
    day = local_day(start, zone)
    while True:
        if day.weekday() < _SATURDAY:
            count -= 1
            if count == 0:
                return end_of(day, zone)
        day += _DAY


def kept_days(start: datetime, count: int, zone: tzinfo) -> datetime:
    """Return the last second of `count` whole days after the day of `start`."""
    return end_of(local_day(start, zone) + count * _DAY, zone)


def kept_years(start: datetime, count: int, zone: tzinfo) -> datetime:
    """Return the last second of the same day `count` years later; of 29 February in a common year, of 1 March."""
    day = local_day(start, zone)
    try:
        last = day.replace(year=day.year + count)
    except ValueError:
        last = date(day.year + count, 3, 1)
    return end_of(last, zone)
