# SPDX-License-Identifier: Apache-2.0
"""When two entries mean the same price."""

from . import money

# What the service bills when a rate is absent.
_INSTEAD = {
    "cache_read": ("input",),
    "cache_write": ("input",),
    "cache_write_1h": ("cache_write", "input"),
    "cache_write_12h": ("cache_write", "input"),
    "reasoning": ("output",),
    "citation": ("output",),
    "cache_read_audio": ("cache_read", "input"),
    "cache_read_image": ("cache_read", "input"),
    "input_audio": ("input",),
    "input_image": ("input",),
    "input_video": ("input",),
    "output_audio": ("output",),
    "output_image": ("output",),
    "output_video": ("output",),
}


def today_price(entry: dict, today: str) -> dict:
    """The last price of an entry that holds on a day, windows left aside."""
    current = entry["prices"][0]
    for price in entry["prices"]:
        if price.get("windows"):
            continue
        if price.get("from", "") <= today:
            current = price
    return current


def differences(ours: dict, theirs: dict, today: str) -> dict:
    """Rates of today that both have and that differ: key -> [ours, theirs].

    When only one has long-context rates, that is a difference, too ("input>200000"): the other
    one says that every request costs the same.
    """
    left = today_price(ours, today)
    # A price by the hour has two faces; which of them a source calls its base is its own choice.
    faces = [_differences(left, price) for price in theirs["prices"]]
    return next((face for face in faces if not face), faces[0])


def _differences(left: dict, right: dict) -> dict:
    out = _different_rates(left["rates"], right["rates"])
    left_steps = {step["over"]: step["rates"] for step in left["above"]}
    right_steps = {step["over"]: step["rates"] for step in right["above"]}
    for over in sorted(left_steps.keys() | right_steps.keys()):
        at_left = left["rates"] | left_steps.get(over, {})
        at_right = right["rates"] | right_steps.get(over, {})
        for key, pair in _different_rates(at_left, at_right).items():
            out.setdefault(f"{key}>{over}", pair)
    return out


def _different_rates(left: dict, right: dict) -> dict:
    return {
        key: [money.text(left[key]), money.text(right[key])]
        for key in sorted(left.keys() & right.keys())
        if money.differ(left[key], right[key])
    }


def is_free(entry: dict) -> bool:
    """Whether every token rate of an entry's first price is 0."""
    rates = entry["prices"][0]["rates"]
    return bool(rates) and all(rate == 0 for rate in rates.values())


def covers(whole: dict, part: dict) -> bool:
    """Whether one price bills everything that another has a rate for at that same rate."""
    return all(
        (effective := effective_rate(whole["rates"], key)) is not None and not money.differ(effective, rate)
        for key, rate in part["rates"].items()
    )


def effective_rate(rates: dict, key: str):
    """The rate that the service bills for a key, itself or the one that stands in for it."""
    return next((rates[name] for name in (key, *_INSTEAD.get(key, ())) if name in rates), None)
