# SPDX-License-Identifier: Apache-2.0
"""Rules that keep a figure from claiming more than the stored data show.

A range may begin before the oldest sample that Prometheus keeps. `increase` then silently counts from that sample. These
expressions tell whether the data cover a range, so that a panel gives its figure another name, or none.
"""

from source.queries import BUILD, RANGE, Family

_BUILD = BUILD.where()
_STARTED = Family("process_start_time_seconds").where()


def first_sample(window: str = RANGE) -> str:
    """Time of the first sample in a window, to within five minutes."""
    return f"min(min_over_time(timestamp({_BUILD})[{window}:5m]) or timestamp({_BUILD}))"


# The first process of the range, unless other programs of the same job have processes too.
_FIRST_START = f"min(min_over_time({_STARTED}[{RANGE}]) and on (job, instance) last_over_time({_BUILD}[{RANGE}]))"

# The service was scraped in the hour before the range, or its first process in the range was scraped from its start on.
COVERED = (f"(count(last_over_time({_BUILD}[1h] offset {RANGE})) or "
           f"count({first_sample()} - {_FIRST_START} < 900))")

# The service was scraped in the hour before a period as long as the range, which ends where the range begins.
BEFORE_COVERED = f"count(max_over_time(({_BUILD} offset {RANGE})[1h:5m] offset {RANGE}))"

# The same for a period as long as the range, a week earlier.
WEEK_AGO_COVERED = f"count(max_over_time(({_BUILD} offset {RANGE})[1h:5m] offset 7d))"

# Seconds of the range that have data.
SECONDS_COVERED = f"clamp(time() - {first_sample()}, 1, $__range_s)"

_START = "vector(time() - $__range_s)"
# Grafana ignores a panel's own time range while the dashboard has an absolute one. Then the range hardly ever begins at a quarter
# of an hour, as days do in every time zone.
_AT_MIDNIGHT = f"(({_START} + 2) % 900 < 4)"
IS_TODAY = f"(count({_AT_MIDNIGHT} and $__range_s <= vector(90000)))"
IS_THIS_MONTH = f"(count({_AT_MIDNIGHT} and day_of_month({_START} + 50400) <= 2 and $__range_s <= vector(2682000)))"

# The middle of the month tells how many days it has, in every time zone.
SECONDS_LEFT_OF_MONTH = f"(days_in_month({_START} + 1209600) * 86400 - $__range_s)"


def only(expression: str, condition: str) -> str:
    """The expression while the condition has a value."""
    return f"({expression}) and on () {condition}"


def unless(expression: str, condition: str) -> str:
    """The expression while the condition has no value."""
    return f"({expression}) unless on () {condition}"


def existed(ago: str) -> str:
    """Has a value if the service was scraped in the hour before a time that is this long ago."""
    return f"count(last_over_time({_BUILD}[1h] offset {ago}))"
