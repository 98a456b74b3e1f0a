# SPDX-License-Identifier: Apache-2.0
"""What must be true of a book before it is written."""

import re
from decimal import Decimal

from . import book, money
from .compare import today_price

# Dollars a million tokens above which a price is taken for a unit mistake of its source.
HIGHEST_BELIEVABLE = Decimal(1000)
_MOST_DECIMALS = 9
_LARGE_SHARE = Decimal("0.05")
_LARGE_FACTOR = Decimal(3)


class CheckError(ValueError):
    """The book must not be written; the message is for the person at the terminal."""


def split_unbelievable(entries: list[dict], exclusions: dict[str, str]) -> tuple[list[dict], list[dict]]:
    """Takes out the entries with a rate above $1,000 a million tokens.

    Returns what stays and the rows for the book's `excluded`. Raises CheckError for one that
    nobody has looked at: a new one is either a source's mistake or a price to believe.
    """
    kept, excluded, unknown = [], [], []
    for entry in entries:
        highest = max((rate for _, rate in all_rates(entry)), default=Decimal(0))
        if highest <= HIGHEST_BELIEVABLE:
            kept.append(entry)
        elif entry["id"] in exclusions:
            excluded.append({"id": entry["id"], "highest": money.text(highest), "reason": exclusions[entry["id"]]})
        else:
            unknown.append(f"  {entry['id']}: ${money.text(highest)} a million tokens ({entry['source']})")
    if unknown:
        raise CheckError(
            "rates above $1,000 a million tokens that scripts/prices/exclusions.json does not list:\n"
            + "\n".join(unknown)
            + "\nlook each one up and add it there with the reason"
        )
    return kept, sorted(excluded, key=lambda row: row["id"])


def all_rates(entry: dict):
    """(place, rate) of every token rate of an entry."""
    for kind in ("prices", "variants"):
        for index, price in enumerate(entry.get(kind) or ()):
            for key, rate in price["rates"].items():
                yield f"{kind}[{index}].{key}", rate
            for step in price["above"]:
                for key, rate in step["rates"].items():
                    yield f"{kind}[{index}].{key}>{step['over']}", rate


def errors(entries: list[dict], providers: dict) -> list[str]:
    """Everything that makes a book wrong, one sentence each; empty for a good one."""
    out: list[str] = []
    ids: set[str] = set()
    names: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry["id"] in ids:
            out.append(f"{entry['id']}: the id is taken twice")
        ids.add(entry["id"])
        if entry["provider"] not in providers:
            out.append(f"{entry['id']}: provider {entry['provider']!r} is not in the provider table")
        for name in entry["names"]:
            other = names.setdefault((entry["provider"], name), entry["id"])
            if other != entry["id"]:
                out.append(f"{entry['id']}: name {name!r} is {other}'s, too")
            if name != name.lower():
                out.append(f"{entry['id']}: name {name!r} is not lower case")
        if not entry["names"] and not entry.get("match"):
            out.append(f"{entry['id']}: neither a name nor a rule would ever find it")
        out += _price_errors(entry)
        out += _rule_errors(entry)
    for provider, row in providers.items():
        for other in row.get("fallback", ()):
            if other not in providers:
                out.append(f"provider {provider}: fallback {other!r} is no provider of the book")
    return out


def _price_errors(entry: dict) -> list[str]:
    out = []
    for place, rate in all_rates(entry):
        if rate < 0:
            out.append(f"{entry['id']}: {place} is negative")
        if -rate.as_tuple().exponent > _MOST_DECIMALS:
            out.append(f"{entry['id']}: {place} has more than {_MOST_DECIMALS} decimals")
    for price in [*entry["prices"], *(entry.get("variants") or ())]:
        if any(fee < 0 for fee in price["fees"].values()):
            out.append(f"{entry['id']}: a fee is negative")
        overs = [step["over"] for step in price["above"]]
        if any(a >= b for a, b in zip(overs, overs[1:])):
            out.append(f"{entry['id']}: thresholds {overs} are not ascending")
    dates = [price["from"] for price in entry["prices"] if "from" in price]
    whole_days = [price["from"] for price in entry["prices"] if "from" in price and "windows" not in price]
    # Prices by the hour begin with the price that they stand behind.
    if dates != sorted(dates) or len(whole_days) > len(set(whole_days)):
        out.append(f"{entry['id']}: dates {dates} are not ascending")
    return out


def _rule_errors(entry: dict) -> list[str]:
    out = []
    for pattern in _regexes(entry.get("match") or ()):
        try:
            re.compile(pattern)
        except re.error as error:
            out.append(f"{entry['id']}: pattern {pattern!r} does not compile: {error}")
    return out


def _regexes(rules):
    for rule in rules:
        (kind, value), = rule.items()
        if kind == "regex":
            yield value
        elif kind in ("all", "any"):
            yield from _regexes(value)


def warnings(entries: list[dict]) -> list[str]:
    """Rows that look odd but that a vendor may really have."""
    out = []
    for entry in entries:
        for price in [*entry["prices"], *(entry.get("variants") or ())]:
            rates = price["rates"]
            if "cache_read" in rates and "input" in rates and rates["cache_read"] > rates["input"]:
                out.append(f"{entry['id']}: cache_read {rates['cache_read']} > input {rates['input']}")
            if "cache_write" in rates and "cache_read" in rates and rates["cache_write"] < rates["cache_read"]:
                out.append(f"{entry['id']}: cache_write {rates['cache_write']} < cache_read {rates['cache_read']}")
    return list(dict.fromkeys(out))


def changes(previous: dict, entries: list[dict], today: str) -> list[str]:
    """What changed so much since the last book that a person has to look; empty when nothing did.

    Compares today's base rates of the models that both books have under the same id.
    """
    old = {model["id"]: _old_rates(model, today) for model in previous["models"]}
    counts: dict[str, list[int]] = {}
    moved: list[tuple[str, str]] = []
    steep: list[str] = []
    for entry in entries:
        before, after = old.get(entry["id"]), today_price(entry, today)["rates"]
        if before is None:
            continue
        total = counts.setdefault(entry["provider"], [0, 0])
        for key in sorted(before.keys() & after.keys()):
            total[0] += 1
            if before[key] == after[key]:
                continue
            total[1] += 1
            row = f"  {entry['id']} {key}: {money.text(before[key])} -> {money.text(after[key])}"
            moved.append((entry["provider"], row))
            low, high = sorted((before[key], after[key]))
            if low == 0 or high / low > _LARGE_FACTOR:
                steep.append(row)
    restless = {p for p, (total, changed) in counts.items() if changed > total * _LARGE_SHARE}
    out = [f"{p}: {counts[p][1]} of {counts[p][0]} rates changed" for p in sorted(restless)]
    out += [row for provider, row in moved if provider in restless]
    if steep:
        out += ["changed by more than x3, or from or to nothing:"] + steep
    return out


def _old_rates(model: dict, today: str) -> dict:
    price = today_price(model, today)
    return {key: money.parse(value) for key, value in price.get("rates", {}).items()}


def lines(text: str) -> list[str]:
    """Whether a written book has the line shape that the service scans for."""
    out = []
    rows = text.split("\n")
    if not rows[0].endswith('"models":[') or rows[-2:] != ["]}", ""]:
        return ["the header or the end of the book is not on a line of its own"]
    for number, row in enumerate(rows[1:-2], start=2):
        if not re.match(r'\{"id":"[^"\\]+","provider":"[^"\\]+","names":\[("[^"\\]+"(,"[^"\\]+")*)?\],"', row):
            out.append(f"line {number} does not begin with id, provider and names")
        if row.endswith(",") == (number == len(rows) - 2):
            out.append(f"line {number} has a comma too many or too few at its end")
    book.parse(text)
    return out
