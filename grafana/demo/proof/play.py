# SPDX-License-Identifier: Apache-2.0
"""Plays the scene of the proof: the past, live traffic, a restart in the middle, and a second instance behind the same job."""
from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .. import past, tools
from ..children import ChildError, Children, free_port, until
from ..ledger import Ledger
from ..live import Company
from ..past import Past
from ..stage import Ports, Stage
from ..week import Week
from . import books, rules, trouble
from .server import Server

SCRAPE_SECONDS = 1
RULE_SECONDS = 2


@dataclass(frozen=True)
class Scene:
    """What was played.

    Attributes:
        began: Before the first live sample, in seconds since 1970.
        end: After the last one.
        made: The past.
        ledger: The sender's books of the present.
        scrape: The interval that a data source in Grafana would name, in seconds.
    """

    server: Server
    stage: Stage
    week: Week
    began: float
    end: float
    made: Past
    ledger: Ledger
    scrape: float


def play(exporter: Path, folder: Path, children: Children, days: int, volume: float, step: int, requests: int) -> Scene:
    """Plays the scene.

    Args:
        days: Days of the past.
        volume: The size of the company.
        step: Seconds between two samples of the past.
        requests: Live requests in each of the three parts: before the restart, after it, and to both instances.
    """
    ports = Ports.free()
    second_otlp, second_web = free_port(), free_port()
    stage = Stage(
        tools.find(exporter), children, folder, ports, SCRAPE_SECONDS, lookback_seconds=max(300, 3 * step + 300),
        further_targets=[f"127.0.0.1:{second_web}"], rules=_rules(folder), settle="1s",
    )
    week = Week(int(time.time()) - 3 * step - 20, days, volume)
    stage.write_settings(week.price_change)
    made = past.make(stage.tools, week, stage.target, stage.settings, step, folder, stage.blocks)

    began = time.time()
    first = stage.start_exporter()
    stage.start_prometheus()
    server = Server(f"http://127.0.0.1:{ports.prometheus}")
    # Calls before a server's first scrape have no gain that `increase` could see. The service waits at its end for the last
    # scrape of a server that it knows as regular, after a few even intervals.
    _scraped(server, stage.target.instance, 6)
    ledger = Ledger(week.price_change)
    company = Company(stage.endpoint, ledger)
    company.requests(requests)
    trouble.send(company, ports.otlp)
    _counted(server, ledger, began)
    # These wait in the settle window when the service ends, and must be in its last scrape.
    company.loop(requests)
    stage.write_settings(week.price_change, "house-prices-2")
    children.stop(first)
    before = time.time()
    stage.start_exporter()
    # One instance keeps a folder, so that queries about it have results; the other one does not, as at its restart.
    stage.start_exporter(second_otlp, second_web, "second-exporter", keeps=True)
    _scraped(server, f"127.0.0.1:{second_web}", 2)
    _scraped(server, stage.target.instance, 2, before)
    company.requests(requests)
    other = Company(f"http://127.0.0.1:{second_otlp}/v1/traces", ledger, seed=2)
    other.requests(requests)
    company.close()
    other.close()
    _counted(server, ledger, began)
    return Scene(server, stage, week, began, time.time(), made, ledger, step)


def _counted(server: Server, ledger: Ledger, began: float) -> None:
    """Waits until the counters have what was sent; what is missing after that is for the proof to say."""
    with suppress(ChildError):
        until("the counters", 40, lambda: not list(books.differences(server, ledger, began, time.time())))


def _rules(folder: Path) -> list[Path]:
    target = folder / "rules"
    target.mkdir()
    return [rules.hurried(path, target, RULE_SECONDS) for path in tools.rule_files()]


def _scraped(server: Server, instance: str, times: int, since: float = 0) -> None:
    def is_seen() -> bool:
        seconds = 60 if not since else max(1, round(time.time() - since))
        found = server.instant(f'count_over_time(llm_cost_exporter_build_info{{instance="{instance}"}}[{seconds}s])', time.time())
        return bool(found) and float(found[0]["value"][1]) >= times

    until(f"Prometheus to scrape {instance}", 30, is_seen)
