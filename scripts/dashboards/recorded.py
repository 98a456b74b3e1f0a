# SPDX-License-Identifier: Apache-2.0
"""A Prometheus on loopback that has scraped the service, which received the recorded bodies of the tests."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from .evaluation import Prometheus

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """\
exposition: {gen_ai_view: true, openlit_view: true}
billing: {settle: 100ms}
labels: [{name: team, from: [resource.team, resource.service.name]}]
"""
# The longest wait for anything, in seconds.
PATIENCE = 30


@contextlib.contextmanager
def recorded(service: Path) -> Iterator[Prometheus]:
    """Starts service and Prometheus, sends every recorded body, and ends both afterwards."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        (folder / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
        otlp, web = stack.enter_context(running(
            [service, "--config.file", folder / "settings.yaml", "--otlp.listen-address", "127.0.0.1:0",
             "--web.listen-address", "127.0.0.1:0"], folder / "service.log"))
        port = free_port()
        (folder / "prometheus.yaml").write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [
            {"job_name": "llm-cost-exporter", "static_configs": [{"targets": [web]}]}]}), encoding="utf-8")
        program = ROOT / ".build/test-tools/bin/prometheus"
        stack.enter_context(ended(
            [program, "--config.file", folder / "prometheus.yaml", "--storage.tsdb.path", folder / "data",
             "--web.listen-address", f"127.0.0.1:{port}"], folder / "prometheus.log"))
        prometheus = Prometheus(f"http://127.0.0.1:{port}")
        wait(lambda: prometheus.has_data("up == 1"))
        for body, headers in bodies():
            request = urllib.request.Request(f"http://{otlp}/v1/traces", data=body, headers=headers)
            urllib.request.urlopen(request, timeout=PATIENCE).close()
        # A new series is at 0 in its first scrape and at its value from the second one on.
        wait(lambda: prometheus.has_data("sum(rate(llm_cost_dollars_total[1m])) > 0"))
        wait(lambda: prometheus.has_data("min(count_over_time(llm_requests_total[1m])) >= 4"))
        yield prometheus


def bodies() -> Iterator[tuple[bytes, dict[str, str]]]:
    """Every recorded body of spans, with the headers that it came with."""
    for path in sorted((ROOT / "Tests/Captures").glob("*/*.expected.json")):
        for post in json.loads(path.read_text(encoding="utf-8"))["trace_posts"]:
            body = path.parent / post
            headers = json.loads(body.with_suffix(".headers.json").read_text(encoding="utf-8"))["headers"]
            kept = {key: value for key, value in headers.items() if key.lower() in ("content-type", "content-encoding")}
            yield body.read_bytes(), kept


@contextlib.contextmanager
def running(command: list[str | Path], log: Path) -> Iterator[tuple[str, str]]:
    """The service, with the addresses of its two listeners."""
    with ended(command, log):
        def addresses() -> dict[str, str]:
            return dict(re.findall(r"msg=listening door=(\w+) address=(\S+)", log.read_text(encoding="utf-8")))
        wait(lambda: len(addresses()) == 2)
        yield addresses()["otlp"], addresses()["web"]


@contextlib.contextmanager
def ended(command: list[str | Path], log: Path) -> Iterator[None]:
    """A process that is ended afterwards."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.kill()


def wait(is_true) -> None:
    """Waits until something is true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if is_true():
                return
        time.sleep(0.2)
    raise TimeoutError("the service or Prometheus did not get ready")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
