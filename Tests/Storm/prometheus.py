# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus beside a storm, and what it says that it has seen."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from Attack.field import Skipped
from Attack.service import Failed
from Attack.wire import HOST

_PROGRAM = Path(__file__).resolve().parents[2] / ".build/test-tools/bin/prometheus"

_OF_CALLS = '{__name__=~"llm_.+%s",__name__!~"llm_cost_exporter_.+"}'


class Prometheus:
    """Scrapes one target each second; a context manager that ends it."""

    def __init__(self, target: int, place: Path) -> None:
        if not _PROGRAM.exists():
            raise Skipped(f"there is no {_PROGRAM}; scripts/test-tools brings one")
        config = place / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            f"scrape_configs: [{{job_name: storm, static_configs: [{{targets: ['{HOST}:{target}']}}]}}]\n"
        )
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self._port = probe.getsockname()[1]
        command = [
            str(_PROGRAM),
            f"--config.file={config}",
            f"--storage.tsdb.path={place / 'tsdb'}",
            f"--web.listen-address={HOST}:{self._port}",
            "--log.level=error",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Prometheus:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def samples(self, selector: str) -> Iterator[tuple[str, list[tuple[float, float]]]]:
        """Each series of the last hour with its raw samples: times and values."""
        query = urllib.parse.urlencode({"query": f"{selector}[1h]"})
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self._port}/api/v1/query?{query}", timeout=60) as answer:
                    results = json.load(answer)["data"]["result"]
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Failed(f"Prometheus does not answer: {error}") from None
                time.sleep(0.1)
        for result in results:
            name = "{" + ",".join(f"{key}={value}" for key, value in sorted(result["metric"].items())) + "}"
            yield name, [(time, float(value)) for time, value in result["values"]]

    def falls(self) -> Iterator[str]:
        """What went down."""
        for name, samples in self.samples(_OF_CALLS % "_(total|bucket|count|sum)"):
            for (_, before), (moment, after) in zip(samples, samples[1:], strict=False):
                if after < before:
                    yield f"{name} went from {before:.12g} to {after:.12g} at {moment}"

    def count(self) -> tuple[int, int]:
        """Series of calls, and samples of them."""
        lengths = [len(samples) for _, samples in self.samples(_OF_CALLS % "")]
        return len(lengths), sum(lengths)
