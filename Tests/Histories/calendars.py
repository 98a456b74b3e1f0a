# SPDX-License-Identifier: Apache-2.0
"""Hours, days, weeks and months of time zones, found by looking at the clock minute by minute of a quarter."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
         "Asia/Kolkata", "+05:45", "-03:30")
"""Zones with and without summer time, one whose summer time is half an hour, and one that begins it at midnight."""

GRANULARITIES = ("total", "hour", "day", "week", "month")

_QUARTER = 15


@cache
def zone_of(name: str) -> tzinfo:
    """A zone by its name, or an offset such as `+05:45`."""
    if name == "UTC":
        return timezone.utc
    if name[0] in "+-":
        hours, minutes = map(int, name[1:].split(":"))
        return timezone(timedelta(minutes=(hours * 60 + minutes) * (-1 if name[0] == "-" else 1)))
    return ZoneInfo(name)


@cache
def local(minute: int, name: str) -> datetime:
    """What the clock of a zone shows at a minute since 1970."""
    return datetime.fromtimestamp(minute * 60, zone_of(name))


@cache
def begin(granularity: str, minute: int, name: str) -> int:
    """The begin of the period that contains a minute: the first quarter of an hour that belongs to the same one."""
    at = minute // _QUARTER * _QUARTER
    if granularity == "hour":
        while local(at, name).minute != 0:
            at -= _QUARTER
        return at
    wanted = _identity(granularity, minute, name)
    # Whole days back, then forth by quarters: no two days of a period are further apart than this.
    at -= {"day": 2, "week": 9, "month": 33}[granularity] * 1_440
    if granularity != "day":
        while _identity(granularity, at, name) != wanted:
            at += 720
        at -= 720
    while _identity(granularity, at, name) != wanted:
        at += _QUARTER
    return at


def end(granularity: str, start: int, name: str) -> int:
    """The begin of the period behind the one that begins at a minute."""
    at = start
    while begin(granularity, at, name) == start:
        at += _QUARTER
    return at


def _identity(granularity: str, minute: int, name: str) -> tuple[int, ...]:
    """The same for all minutes of a period."""
    day = local(minute, name).date()
    if granularity == "day":
        return (day.toordinal(),)
    return day.isocalendar()[:2] if granularity == "week" else (day.year, day.month)


def text(minute: int, name: str) -> str:
    """A minute as answers write it."""
    return iso(local(minute, name))


def iso(moment: datetime) -> str:
    """A time as RFC 3339 writes it, with Z for UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def changes(name: str, first: int, last: int) -> list[int]:
    """The minutes at which a zone's offset changes."""
    found, step = [], 1_440
    for minute in range(first, last, step):
        if local(minute, name).utcoffset() != local(minute + step, name).utcoffset():
            found.append(next(at for at in range(minute, minute + step + 1, _QUARTER)
                              if local(at, name).utcoffset() != local(minute, name).utcoffset()))
    return found
