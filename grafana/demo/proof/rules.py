# SPDX-License-Identifier: Apache-2.0
"""The queries of rules."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from .dashboards import Result, is_number
from .server import QueryError, Server

_NAME = re.compile(r"\b(?:llm_|process_|up\b|[a-z_]+:)[a-zA-Z0-9_:]*")


@dataclass(frozen=True)
class Rule:
    """A rule of a file."""

    file: str
    name: str
    expression: str
    is_alert: bool

    @property
    def where(self) -> str:
        """The file and the rule."""
        return f"{self.file}: {self.name}"

    @property
    def inputs(self) -> list[str]:
        """The names of the series that the rule reads, without those that it expects to be absent."""
        without_texts = re.sub(r'"(?:\\.|[^"\\])*"', '""', self.expression)
        without_absent = re.sub(r"\babsent(_over_time)?\([^()]*\)", "", without_texts)
        return sorted(set(_NAME.findall(without_absent)))


def load(paths: list[Path]) -> list[Rule]:
    """All rules of the files, in order."""
    rules = []
    for path in paths:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                name = rule.get("record") or rule["alert"]
                rules.append(Rule(path.name, name, str(rule["expr"]), "alert" in rule))
    return rules


def hurried(path: Path, folder: Path, seconds: int) -> Path:
    """A copy of a file of rules whose groups run at a shorter interval."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for group in content["groups"]:
        group["interval"] = f"{seconds}s"
    copy = folder / path.name
    copy.write_text(yaml.safe_dump(content, sort_keys=False, width=10_000), encoding="utf-8")
    return copy


def results(rules: list[Rule], server: Server, now: float) -> Iterator[Result]:
    """Evaluates each expression, and asks whether what an alert reads is there: its own result is empty while it is silent."""
    known: dict[str, int] = {}
    for rule in rules:
        try:
            series = server.instant(rule.expression, now)
        except (QueryError, OSError) as error:
            yield Result(rule.where, rule.expression, 0, error=str(error))
            continue
        if not rule.is_alert:
            yield Result(rule.where, rule.expression, sum(is_number(entry["value"][1]) for entry in series))
            continue
        for name in rule.inputs:
            if name not in known:
                known[name] = len(server.instant(f"last_over_time({name}[1h])", now))
            yield Result(f"{rule.where} reads {name}", name, known[name])
