# SPDX-License-Identifier: Apache-2.0
"""Where the programs are that the demo starts."""
from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RULES = REPOSITORY / "grafana" / "prometheus"
DASHBOARDS = REPOSITORY / "grafana" / "dashboards"
_UNPACKED = REPOSITORY / ".build" / "test-tools" / "bin"


@dataclass(frozen=True)
class Tools:
    """The programs; `None` for one that is not there and not needed."""

    exporter: Path
    prometheus: Path
    promtool: Path
    alertmanager: Path | None
    grafana: Path | None


def find(exporter: Path) -> Tools:
    """Finds the programs: those that scripts/test-tools unpacks, otherwise those of the machine.

    Raises:
        FileNotFoundError: One that the demo needs is missing; the text says what to do.
    """
    if not exporter.exists():
        raise FileNotFoundError(f"{exporter} is missing; run `make release` first")
    prometheus, promtool = _find("prometheus"), _find("promtool")
    if not prometheus or not promtool:
        raise FileNotFoundError("prometheus or promtool is missing; run scripts/test-tools first")
    return Tools(exporter, prometheus, promtool, _find("alertmanager"), _find("grafana") or _find("grafana-server"))


def rule_files() -> list[Path]:
    """The repository's rules."""
    return sorted(RULES.glob("*.yaml"))


def dashboard_files() -> list[Path]:
    """The repository's dashboards."""
    return sorted(DASHBOARDS.glob("*.json"))


def _find(name: str) -> Path | None:
    if (_UNPACKED / name).exists():
        return _UNPACKED / name
    found = shutil.which(name)
    return Path(found) if found else None
