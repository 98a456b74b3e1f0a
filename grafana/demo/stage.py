# SPDX-License-Identifier: Apache-2.0
"""Sets up the service, Prometheus, Alertmanager and Grafana on the loopback address, each with the files of the repository."""
from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from . import models, past, tools
from .children import Children, free_port
from .past import Target
from .tools import Tools

JOB = "llm-cost-exporter"
LABELS = {"team": "resource.team", "agent": "span.gen_ai.agent.name", "user": "span.enduser.id"}
"""The company's own labels, and where the service finds them."""


@dataclass
class Ports:
    """The ports; those that are wanted and taken are replaced by free ones."""

    otlp: int = 4318
    web: int = 9464
    prometheus: int = 9090
    alertmanager: int = 9093
    grafana: int = 3000

    @classmethod
    def free(cls) -> Ports:
        """Ports that nothing else wants."""
        return cls(0, 0, 0, 0, 0).checked()

    def checked(self) -> Ports:
        """The same ports, with free ones instead of those that are taken."""
        return Ports(*(free_port(port) for port in (self.otlp, self.web, self.prometheus, self.alertmanager, self.grafana)))


@dataclass
class Stage:
    """The processes and their files.

    Attributes:
        folder: Where all files of this run are.
        scrape_seconds: The scrape interval.
        lookback_seconds: How old the newest sample of a series may be, Prometheus' own 5 minutes if not given.
        further_targets: Addresses that Prometheus scrapes in addition to the service's, as the same job.
        rules: The files of rules, the repository's own if not given.
        settle: How long the service waits for other spans of a call.
    """

    tools: Tools
    children: Children
    folder: Path
    ports: Ports
    scrape_seconds: int = 5
    lookback_seconds: int = 300
    further_targets: list[str] = field(default_factory=list)
    rules: list[Path] = field(default_factory=tools.rule_files)
    settle: str = "10s"

    @property
    def target(self) -> Target:
        """What Prometheus calls the service."""
        return Target(JOB, f"127.0.0.1:{self.ports.web}")

    @property
    def settings(self) -> Path:
        """The settings file of the service."""
        return self.folder / "settings.yaml"

    @property
    def blocks(self) -> Path:
        """Where Prometheus keeps its data."""
        return self.folder / "prometheus"

    @property
    def web(self) -> str:
        """The URL of the service's pages."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def endpoint(self) -> str:
        """Where applications send spans."""
        return f"http://127.0.0.1:{self.ports.otlp}/v1/traces"

    def write_settings(self, change: date, version: str = "house-prices") -> None:
        """Writes the settings and the price file of the service."""
        (self.folder / "prices.yaml").write_text(models.price_file(change, version))
        labels = "\n".join(f"  - {{name: {name}, from: [{source}]}}" for name, source in LABELS.items())
        self.settings.write_text(f"prices:\n  files: [prices.yaml]\nlabels:\n{labels}\nbilling: {{settle: {self.settle}}}\n")

    def start_exporter(
        self, otlp: int = 0, web: int = 0, name: str = "exporter", keeps: bool = False
    ) -> subprocess.Popen[bytes]:
        """Starts the service, by default on the ports of the stage, and with a folder of its own if it keeps a ledger."""
        otlp, web = otlp or self.ports.otlp, web or self.ports.web
        command = [
            str(self.tools.exporter), "--config.file", str(self.settings), "--otlp.listen-address", f"127.0.0.1:{otlp}",
            "--web.listen-address", f"127.0.0.1:{web}",
        ]
        command += ["--storage.path", str(self.ledger(name))] if keeps else []
        return self.children.start(name, command, f"http://127.0.0.1:{web}/-/ready")

    def ledger(self, name: str = "exporter") -> Path:
        """The folder of a service's ledger."""
        return self.folder / f"{name}-ledger"

    def keep_past(self, sent: Path) -> None:
        """Makes the folder of the ledger, as a first start does, and brings the past into it."""
        self.children.stop(self.start_exporter(keeps=True))
        past.keep(self.tools, self.settings, sent, self.ledger())

    def ask(self, question: str) -> Any:
        """The service's answer to a question, such as `summary?from=now-7d`."""
        with urllib.request.urlopen(f"{self.web}/api/v1/{question}", timeout=30) as answer:
            return json.load(answer)

    def start_prometheus(self) -> None:
        """Starts Prometheus with the repository's rules, over the blocks that are there."""
        targets = ", ".join(f'"{target}"' for target in [self.target.instance, *self.further_targets])
        lines = [
            f"global: {{scrape_interval: {self.scrape_seconds}s, evaluation_interval: 15s}}",
            "rule_files: [" + ", ".join(f'"{path}"' for path in self.rules) + "]",
            "scrape_configs:",
            f"  - job_name: {JOB}",
            f"    static_configs: [{{targets: [{targets}]}}]",
        ]
        if self.tools.alertmanager:
            alertmanager = f"127.0.0.1:{self.ports.alertmanager}"
            lines.append(f'alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{alertmanager}"]}}]}}]}}')
        config = self.folder / "prometheus.yaml"
        config.write_text("\n".join(lines) + "\n")
        command = [
            str(self.tools.prometheus), f"--config.file={config}", f"--storage.tsdb.path={self.blocks}",
            "--storage.tsdb.retention.time=60d", f"--web.listen-address=127.0.0.1:{self.ports.prometheus}",
            f"--query.lookback-delta={self.lookback_seconds}s",
        ]
        self.children.start("prometheus", command, f"http://127.0.0.1:{self.ports.prometheus}/-/ready")

    def start_alertmanager(self) -> None:
        """Starts Alertmanager, which shows the alerts and notifies nobody."""
        assert self.tools.alertmanager
        config = self.folder / "alertmanager.yaml"
        config.write_text("route: {receiver: shown, group_wait: 5s}\nreceivers: [{name: shown}]\n")
        command = [
            str(self.tools.alertmanager), f"--config.file={config}", f"--storage.path={self.folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{self.ports.alertmanager}", "--cluster.listen-address=",
        ]
        self.children.start("alertmanager", command, f"http://127.0.0.1:{self.ports.alertmanager}/-/ready")

    def start_grafana(self) -> None:
        """Starts Grafana with the data source and the repository's dashboards, without a login."""
        assert self.tools.grafana
        provisioning = self.folder / "provisioning"
        for name, text in (("datasources", self.data_source), ("dashboards", self.dashboard_provider)):
            (provisioning / name).mkdir(parents=True, exist_ok=True)
            (provisioning / name / "demo.yaml").write_text(text)
        os.environ.update(
            GF_SERVER_HTTP_ADDR="127.0.0.1", GF_SERVER_HTTP_PORT=str(self.ports.grafana),
            GF_PATHS_DATA=str(self.folder / "grafana"), GF_PATHS_PROVISIONING=str(provisioning),
            GF_AUTH_ANONYMOUS_ENABLED="true", GF_AUTH_ANONYMOUS_ORG_ROLE="Admin", GF_ANALYTICS_REPORTING_ENABLED="false",
        )
        command = [str(self.tools.grafana), *(["server"] if self.tools.grafana.name == "grafana" else [])]
        command += ["--homepath", os.environ.get("GF_PATHS_HOME", "/usr/share/grafana")]
        self.children.start("grafana", command, f"http://127.0.0.1:{self.ports.grafana}/api/health")

    @property
    def data_source(self) -> str:
        """The data sources as Grafana's provisioning wants them.

        The interval of Prometheus is the longest one, that of the past. The plugin Infinity asks the service itself.
        """
        return (
            "apiVersion: 1\ndatasources:\n  - name: LLM cost demo\n    type: prometheus\n    access: proxy\n"
            f"    url: http://127.0.0.1:{self.ports.prometheus}\n    jsonData: {{httpMethod: POST, timeInterval: 2m}}\n"
            "  - name: LLM cost demo, stored calls\n    type: yesoreyeram-infinity-datasource\n    access: proxy\n"
            f"    url: {self.web}\n    jsonData: {{allowedHosts: [\"{self.web}\"]}}\n"
        )

    @property
    def dashboard_provider(self) -> str:
        """The folder of dashboards as Grafana's provisioning wants it."""
        return (
            "apiVersion: 1\nproviders:\n  - name: LLM cost demo\n    type: file\n    folder: LLM cost\n"
            f"    options: {{path: {tools.DASHBOARDS}}}\n"
        )
