# SPDX-License-Identifier: Apache-2.0
"""Off-peak rules of litellm as windows of the book, which are always UTC."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

# Any Monday; the weeks of the zones concerned are alike all year round.
_MONDAY = datetime(2026, 1, 5, tzinfo=timezone.utc)
_MINUTES_A_WEEK = 7 * 24 * 60


_WHOLE_DAY = "00:00-00:00"


class WindowError(ValueError):
    """An off-peak rule that has no exact form in the book."""


def off_peak_windows(rule: dict) -> list[dict]:
    """The windows of one off-peak rule.

    The source may count weekdays on another calendar than UTC while its hours are UTC. The book
    has one clock only, so such a rule is taken over when both readings cover the same minutes.
    """
    windows = []
    if rule.get("hours_utc"):
        windows.append({"hours_utc": _hours(rule["hours_utc"])})
    for item in rule.get("windows") or ():
        window = {"hours_utc": _hours(item["hours_utc"])}
        if item.get("weekdays"):
            window = {"days": [int(day) for day in item["weekdays"]]} | window
        windows.append(window)
    zone = rule.get("weekday_timezone")
    if zone and _covered(windows, ZoneInfo(zone)) != _covered(windows, timezone.utc):
        raise WindowError(f"off-peak weekdays in {zone} are not the same minutes in UTC; add a conversion")
    return windows


def adopt_weekdays(prices: list[dict], others: list[dict]) -> None:
    """Limits windows that hold every day to the days that the other source has them on.

    genai-prices knows the peak hours of a vendor, litellm also that its weekends have none: there
    the base is the peak price, and the off-peak windows cover some days from end to end. Done only
    where the two mean the same prices.
    """
    peak, off_peak = others[0], others[-1]
    if not off_peak.get("windows"):
        return
    free = {day for w in off_peak["windows"] if _WHOLE_DAY in w["hours_utc"] for day in w.get("days", range(1, 8))}
    days = [day for day in range(1, 8) if day not in free]
    for price in prices:
        for window in price.get("windows", ()):
            if "days" not in window and days and _same_rates(price, peak):
                window_hours = window["hours_utc"]
                window.clear()
                window.update({"days": days, "hours_utc": window_hours})


def _same_rates(price: dict, other: dict) -> bool:
    shared = price["rates"].keys() & other["rates"].keys()
    return bool(shared) and all(price["rates"][key] == other["rates"][key] for key in shared)


def _hours(value) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _covered(windows: list[dict], calendar) -> set[int]:
    return {
        minute
        for minute in range(_MINUTES_A_WEEK)
        if any(_holds(window, _MONDAY + timedelta(minutes=minute), calendar) for window in windows)
    }


def _holds(window: dict, moment: datetime, calendar) -> bool:
    if "days" in window and moment.astimezone(calendar).isoweekday() not in window["days"]:
        return False
    clock = f"{moment:%H:%M}"
    return any(_in_span(span, clock) for span in window["hours_utc"])


def _in_span(span: str, clock: str) -> bool:
    start, end = span.split("-")
    if start < end:
        return start <= clock < end
    # Start = end is the whole day, a later start wraps past midnight.
    return clock >= start or clock < end
