# SPDX-License-Identifier: Apache-2.0
"""What can be measured: each load starts a service of its own and takes one figure from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from Attack.exposition import Page
from Attack.service import Failed, Service
from Attack.wire import Connection, head

from .bodies import Contents
from .figures import Sample
from .process import SETTLE, Sender, cpu_seconds, running, wake_ups
from .sender import Order, Sent

_PAUSE = 0.5
"""Seconds after which a new service has nothing more to do."""


class Load(Protocol):
    """Something to measure."""

    name: str
    title: str
    unit: str

    @property
    def bodies(self) -> set[str]:
        """The files of bodies that it needs."""
        ...

    def measure(self, binary: Path, contents: Mapping[str, Contents]) -> Sample:
        """Measures one run.

        Raises ``Failed`` when the service could not be measured.
        """
        ...


@dataclass(frozen=True)
class Sending:
    """Sends a file of bodies; the figure is the CPU that the service takes for them, until all calls are counted.

    The first ones are sent before the measurement, so that the figure is that of a service that has run for a while: its
    memory is allocated and the series exist. The first ones of most loads also fill the settle window.
    """

    name: str
    title: str
    file: str
    per_request: bool = False
    """Whether the figure is microseconds for a body, not seconds for a million spans."""
    connections: int = 8
    warm: int = 200
    """How many bodies are sent before the measurement."""
    rate: float = 0
    """Bodies a second; 0 means as fast as they are answered."""
    count: int | None = None
    """How many bodies of the file, those before the measurement included; ``None`` means all."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return "µs a body" if self.per_request else "s/M spans"

    @property
    def bodies(self) -> set[str]:
        return {self.file}

    def measure(self, binary: Path, contents: Mapping[str, Contents]) -> Sample:
        has = contents[self.file].first(self.count)
        with running(binary, self.settings) as service:
            sender = Sender(Order(service.otlp, has.path, has.ends, self.connections, self.warm, self.rate))
            time.sleep(_PAUSE)
            before = cpu_seconds(service)
            sender.begin()
            sent = sender.result()
            answered = cpu_seconds(service)
            used, page = _decided(service)
            timed = has.spans[self.warm :]
            return Sample(
                value=(used - before) * 1e6 / (len(timed) if self.per_request else sum(timed)),
                peak=service.memory(peak=True),
                p50=sent.p50 * 1e3,
                p99=sent.p99 * 1e3,
                busy=(answered - before) / sent.wall,
                wrong=_refused(sent) or _miscounted(page, has),
            )


@dataclass(frozen=True)
class Start:
    """Starts the service; the figure is the time until it is ready."""

    name: str
    title: str
    unit: str = "ms"
    bodies: frozenset[str] = frozenset()

    def measure(self, binary: Path, contents: Mapping[str, Contents]) -> Sample:
        begun = time.monotonic()
        with running(binary):
            return Sample((time.monotonic() - begun) * 1e3)


@dataclass(frozen=True)
class Idle:
    """Leaves the service alone; the figure is its resident memory, or how often its threads wake up."""

    name: str
    title: str
    unit: str
    bodies: frozenset[str] = frozenset()

    def measure(self, binary: Path, contents: Mapping[str, Contents]) -> Sample:
        with running(binary) as service:
            time.sleep(2)
            if self.unit == "MiB":
                return Sample(service.memory())
            before, begun = wake_ups(service), time.monotonic()
            time.sleep(3)
            return Sample((wake_ups(service) - before) / (time.monotonic() - begun))


@dataclass(frozen=True)
class LargePage:
    """Asks a service that has very many series for a page; the figure is the CPU time of one answer.

    That of the metrics is scaled to 100,000 series. The landing page has no row for each series.
    """

    name: str
    title: str
    file: str
    settings: Mapping[str, Any]
    path: str = "/metrics"
    unit: str = "ms"

    @property
    def bodies(self) -> frozenset[str]:
        return frozenset({self.file})

    def measure(self, binary: Path, contents: Mapping[str, Contents]) -> Sample:
        has = contents[self.file].first(100)
        with running(binary, self.settings) as service:
            sender = Sender(Order(service.otlp, has.path, has.ends, connections=8))
            sender.begin()
            sent = sender.result()
            _, page = _decided(service)
            series = sum(1 for line in page.text.splitlines() if line and not line.startswith("#"))
            before, answers = cpu_seconds(service), 10
            for _ in range(answers):
                if service.get(self.path).status != 200:
                    raise Failed(f"{self.path} was not answered")
            milliseconds = (cpu_seconds(service) - before) / answers * 1e3
            scale = 100_000 / series if self.path == "/metrics" else 1
            wrong = _refused(sent) or _miscounted(page, has)
            return Sample(milliseconds * scale, peak=service.memory(peak=True), wrong=wrong)


@dataclass(frozen=True)
class Health:
    """Asks for /-/healthy while a file is sent again and again; the figure is the 99th percentile of the answer times."""

    name: str
    title: str
    file: str
    unit: str = "ms"

    @property
    def bodies(self) -> frozenset[str]:
        return frozenset({self.file})

    def measure(self, binary: Path, contents: Mapping[str, Contents]) -> Sample:
        has, seconds = contents[self.file], 4.0
        taken: list[float] = []
        with running(binary) as service, Connection(service.web) as connection:
            sender = Sender(Order(service.otlp, has.path, has.ends, connections=8, seconds=seconds))
            sender.begin()
            time.sleep(_PAUSE)
            end = time.monotonic() + seconds - 2 * _PAUSE
            while (begun := time.monotonic()) < end:
                if connection.ask(head("/-/healthy", method="GET")).status != 200:
                    raise Failed("the service was not healthy")
                taken.append(time.monotonic() - begun)
                time.sleep(0.005)
            sent = sender.result()
            taken.sort()
            return Sample(
                taken[len(taken) * 99 // 100] * 1e3, peak=service.memory(peak=True), wrong=_refused(sent)
            )


def _decided(service: Service) -> tuple[float, Page]:
    """Waits until all spans are decided; returns the CPU time of the service by then, and a later page."""
    time.sleep(SETTLE + _PAUSE)
    while True:
        used = cpu_seconds(service)
        page = service.page()
        # With a folder, calls are counted once their prices are stored.
        if page.pending == 0 and page.total("llm_cost_exporter_storage_backlog_calls") == 0:
            return used, page
        time.sleep(_PAUSE)


def _refused(sent: Sent) -> str:
    others = {status: count for status, count in sent.statuses.items() if status != "200"}
    return f"answers: {others}" if others else ""


def _miscounted(page: Page, has: Contents) -> str:
    tokens = {"input": 0, "output": 0}
    for labels, value in page.samples("llm_tokens_used_total"):
        side = "output" if labels["token_type"].startswith(("output", "reasoning")) else "input"
        tokens[side] += int(value)
    got = [int(page.total("llm_requests_total")), tokens["input"], tokens["output"]]
    sent = [sum(has.calls), sum(has.input), sum(has.output)]
    return "" if got == sent else f"calls, input, output: counted {got}, sent {sent}"
