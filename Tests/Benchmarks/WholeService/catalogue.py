# SPDX-License-Identifier: Apache-2.0
"""The rows of the table, in order."""

from __future__ import annotations

from .calls import LABELS
from .loads import Health, Idle, LargePage, Load, Sending, Start

_LABELS = {
    "labels": [{"name": name, "from": [f"span.app.{name}"]} for name in LABELS],
    "limits": {"series": 1_000_000},  # so that no kind shares a series with another
}

LOADS: list[Load] = [
    Sending("lean-gzip", "lean gzip", "lean-gzip"),
    Sending("lean-identity", "lean identity", "lean-identity"),
    Sending("fat-gzip", "fat gzip", "fat-gzip"),
    Sending("fat-identity", "fat identity", "fat-identity"),
    Sending("json-gzip", "lean gzip, JSON", "json-gzip"),
    Sending("json-fat-gzip", "fat gzip, JSON", "json-fat-gzip"),
    Sending("mix-gzip", "one span in ten a call, gzip", "mix-gzip"),
    Sending("mix-identity", "one span in ten a call, identity", "mix-identity"),
    Sending("small-gzip", "bodies of 8 spans, gzip", "small-gzip", per_request=True, connections=16),
    Sending("small-identity", "bodies of 8 spans, identity", "small-identity", per_request=True, connections=16),
    Sending("unlabelled", "five more attributes, identity", "labelled"),
    Sending("labels", "the same as labels of the user's own", "labelled", settings=_LABELS),
    Sending("steady-small", "60 bodies of 8 spans a second", "small-identity", per_request=True, rate=60, count=300),
    Sending("steady-lean", "60 lean gzip bodies a second", "lean-gzip", per_request=True, rate=60, count=300),
    Idle("idle-memory", "resident memory when idle", "MiB"),
    Idle("idle-wake-ups", "threads woken when idle", "a second"),
    Start("start", "start until ready"),
    LargePage("page", "page of 100,000 series", "labelled", settings=_LABELS),
    Health("health", "99 of 100 `/-/healthy` under fat gzip", "fat-gzip"),
]

COMPARED = [("labels", "unlabelled")]
"""Loads of which the first is also shown as a multiple of the second, for the same binary."""
