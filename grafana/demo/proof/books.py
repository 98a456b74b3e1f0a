# SPDX-License-Identifier: Apache-2.0
"""Compares the counters in Prometheus with the sender's own ledger, exactly."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..ledger import LABELS, Ledger, dollars
from .server import Server

Gains = Counter[tuple[str, ...]]


def gains(server: Server, name: str, labels: tuple[str, ...], start: float, end: float) -> dict[tuple[str, ...], Decimal]:
    """What a counter gained from its first to its last sample, by labels, over all instances and restarts.

    A counter that falls began again at 0, so that its new value is a gain. The sums are exact: Prometheus prints the shortest
    decimal of a number.
    """
    series = server.instant(f"{name}[{round(end - start)}s]", end)
    sums: dict[tuple[str, ...], Decimal] = {}
    for entry in series:
        key = tuple(entry["metric"].get(label, "") for label in labels)
        sums[key] = sums.get(key, Decimal(0)) + _gain(entry)
    return sums


def _gain(entry: dict[str, Any]) -> Decimal:
    values = [Decimal(value) for _, value in entry["values"]]
    gain = Decimal(0)
    for before, after in zip(values, values[1:]):
        gain += after - before if after >= before else after
    return gain


def differences(server: Server, ledger: Ledger, start: float, end: float) -> Iterator[str]:
    """What is not equal, one sentence for each series."""
    compared: tuple[tuple[str, tuple[str, ...], dict[tuple[str, ...], Decimal]], ...] = (
        ("llm_cost_dollars_total", LABELS, {key: dollars(cost) for key, cost in ledger.femtodollars.items()}),
        (
            "llm_tokens_used_total", (*LABELS, "token_type"),
            {(*key, kind): Decimal(count) for (key, kind), count in ledger.tokens.items()},
        ),
        ("llm_requests_total", LABELS, {key: Decimal(count) for key, count in ledger.calls.items()}),
        (
            "llm_request_errors_total", (*LABELS, "error_type"),
            {(*key, kind): Decimal(count) for (key, kind), count in ledger.errors.items()},
        ),
        ("llm_cost_exporter_spans_total", ("outcome",), {(fate,): Decimal(count) for fate, count in ledger.fates.items()}),
    )
    for name, labels, expected in compared:
        counted = gains(server, name, labels, start, end)
        for key in sorted(expected.keys() | counted.keys()):
            sent, seen = expected.get(key, Decimal(0)), counted.get(key, Decimal(0))
            if sent != seen:
                yield f"{name}{dict(zip(labels, key))}: the sender's books have {sent}, the counter gained {seen}"
