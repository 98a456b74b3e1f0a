# SPDX-License-Identifier: Apache-2.0
"""The rows of the table, in order."""

from __future__ import annotations

from typing import Any

from .calls import LABELS
from .loads import Health, Idle, LargePage, Load, Sending, Start

_LABELS = {
    "labels": [{"name": name, "from": [f"span.app.{name}"]} for name in LABELS],
    "limits": {"series": 1_000_000},  # so that no kind shares a series with another
}

_SMALL: dict[str, Any] = {"per_request": True, "connections": 16, "warm": 10_000}

LOADS: list[Load] = [
    Sending("lean-gzip", "lean gzip", "lean-gzip"),
    Sending("lean-identity", "lean identity", "lean-identity"),
    Sending("fat-gzip", "fat gzip", "fat-gzip", warm=20),
    Sending("fat-identity", "fat identity", "fat-identity", warm=20),
    Sending("json-gzip", "lean gzip, JSON", "json-gzip"),
    Sending("json-fat-gzip", "fat gzip, JSON", "json-fat-gzip", warm=20),
    Sending("mix-gzip", "one span in ten a call, gzip", "mix-gzip"),
    Sending("mix-identity", "one span in ten a call, identity", "mix-identity"),
    Sending("small-gzip", "bodies of 8 spans, gzip", "small-gzip", **_SMALL),
    Sending("small-identity", "bodies of 8 spans, identity", "small-identity", **_SMALL),
    Sending("unlabelled", "five more attributes, identity", "labelled"),
    Sending("labels", "the same as labels of the user's own", "labelled", settings=_LABELS),
    Sending("steady-small", "60 bodies of 8 spans a second", "small-identity", per_request=True, rate=60, count=500),
    Sending("steady-lean", "60 lean gzip bodies a second", "lean-gzip", per_request=True, rate=60, count=500),
    Idle("idle-memory", "resident memory when idle", "MiB"),
    Idle("idle-wake-ups", "threads woken when idle", "a second"),
    Start("start", "start until ready"),
    LargePage("page", "page of 100,000 series", "labelled", settings=_LABELS),
    LargePage("landing", "page at `/` with 100,000 series", "labelled", settings=_LABELS, path="/"),
    Health("health", "99 of 100 `/-/healthy` under fat gzip", "fat-gzip"),
]

COMPARED = [("labels", "unlabelled")]
"""Loads of which the first is also shown as a multiple of the second, for the same binary."""
