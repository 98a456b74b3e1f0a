# SPDX-License-Identifier: Apache-2.0
"""Prometheus text, read for sums: values are exact fractions, since the service prints exact decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r'\\(["\\n])')

RECEIVED = "llm_cost_exporter_spans_total"
PENDING = "llm_cost_exporter_settle_pending_spans"
BACKLOG = "llm_cost_exporter_storage_backlog_calls"
_OF_THE_PROCESS = ("llm_cost_exporter_", "process_")


class Page:
    """One answer of ``/metrics``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._read: dict[str, list[tuple[dict[str, str], Fraction]]] = {}

    def samples(self, name: str) -> list[tuple[dict[str, str], Fraction]]:
        """Labels and value of each sample of that exact name."""
        if name not in self._read:
            self._read[name] = list(self._samples(name))
        return self._read[name]

    def _samples(self, name: str) -> Iterator[tuple[dict[str, str], Fraction]]:
        for match in re.finditer(rf"(?m)^{re.escape(name)}(?:\{{(.*)\}})? ([^ \n]+)$", self.text):
            labels = {key: _unescaped(value) for key, value in _LABEL.findall(match.group(1) or "")}
            yield labels, Fraction(match.group(2))

    def total(self, name: str, **wanted: str) -> Fraction:
        """The sum of the samples that have these labels, 0 where there is none."""
        return sum(
            (value for labels, value in self.samples(name) if wanted.items() <= labels.items()), start=Fraction(0)
        )

    def has(self, name: str) -> bool:
        """Whether the page has a family of that name, with a sample or without."""
        return re.search(rf"(?m)^# TYPE {re.escape(name)}(?:_total)? ", self.text) is not None

    @property
    def received(self) -> int:
        """Spans of all bodies that were taken: those decided and those that still wait."""
        return int(self.total(RECEIVED) + self.total(PENDING))

    @property
    def pending(self) -> int:
        """Spans that wait for their decision."""
        return int(self.total(PENDING))

    @property
    def backlog(self) -> int:
        """Priced calls that are not counted yet; 0 for a service without a folder."""
        return int(self.total(BACKLOG))

    @property
    def lasting(self) -> dict[str, str]:
        """Each sample that a restart with a folder must not change, with its value: counters and histograms of calls."""
        samples: dict[str, str] = {}
        lasts = False
        for line in self.text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                lasts = kind in ("counter", "histogram") and not name.startswith(_OF_THE_PROCESS)
            elif lasts and not line.startswith("#"):
                sample, _, value = line.rpartition(" ")
                samples[sample] = value
        return samples


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match.group(1) == "n" else match.group(1), value)
