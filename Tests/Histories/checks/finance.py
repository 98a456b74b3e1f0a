# SPDX-License-Identifier: Apache-2.0
"""A FOCUS file of all years: each call exactly once, by day, group, token class and sub account."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from .. import calendars
from ..asking import ROLLUP_KEYS, Asker, Kept
from ..kept import Call, femtodollars

# The months of most calls are closed when these arrive: their rows are corrections in the present month.
_EVERYTHING = {"from": "2020-01-01", "to": "2030-01-01", "format": "focus"}
_METERS = {"Input Tokens": "input", "Output Tokens": "output", "Cache Read Input Tokens": "cache_read"}


def focus(kept: Kept, asker: Asker, first: int, last: int) -> Iterator[str]:
    """Costs and tokens by day, group and sub account; the file is always about everything."""
    rng, zone = kept.rng, kept.rng.choice(calendars.ZONES)
    keys = rng.sample(["model", "provider", "tier", *ROLLUP_KEYS], rng.randrange(1, 4))
    account = rng.choice(["team", "environment", "user"])
    text = asker.text("/api/v1/export", _EVERYTHING | {"tz": zone, "group_by": ",".join(keys), "sub_account": account})
    dollars, tokens = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for row in csv.DictReader(io.StringIO(text)):
        tags = json.loads(_plain(row["Tags"]))
        group = (row["ChargePeriodStart"], _plain(row["SubAccountId"]), *(tags.get(key, "") for key in keys))
        dollars[group] += femtodollars(row["BilledCost"])
        if row["ConsumedUnit"] == "Tokens":
            tokens[*group, _METERS.get(row["SkuMeter"], row["SkuMeter"])] += int(float(row["ConsumedQuantity"]))
    wanted_dollars, wanted_tokens = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for call in kept.calls:
        group = _group(call, zone, account, keys)
        wanted_dollars[group] += call.cost or 0
        for name, count in call.tokens.items():
            wanted_tokens[*group, name] += count
    for what, got, wanted in (("cost", dollars, wanted_dollars), ("tokens", tokens, wanted_tokens)):
        different = [group for group in {*got, *wanted} if got[group] != wanted[group]]
        for group in sorted(different)[:2]:
            yield f"{what} of {group} is {got[group]} instead of {wanted[group]}; {len(different)} groups differ"


def _group(call: Call, zone: str, account: str, keys: Sequence[str]) -> tuple[str, ...]:
    day = datetime.fromtimestamp(calendars.begin("day", call.minute, zone) * 60, timezone.utc)
    return calendars.iso(day), call.value(account), *map(call.value, keys)


def _plain(text: str) -> str:
    """A cell without the apostrophe before what might be a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" else text
