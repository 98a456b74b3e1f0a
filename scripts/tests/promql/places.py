# SPDX-License-Identifier: Apache-2.0
"""Where names of metrics stand: panels, variables and annotations of dashboards, rules, and code in documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .catalogue import ROOT, Catalogue

# Names that only this project gives to metrics, so that any word of a text that begins so must be one.
OWN = ("llm_",)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
# A word of code: dots and the marks of placeholders belong to it, so that `llm.team`, `llm_*` and `…_view` are words.
WORD = re.compile(r"[A-Za-z0-9_:.*…-]+")
VARIABLE = re.compile(r"(label_values|label_names|query_result|metrics)\((.*)\)", re.S)


@dataclass(frozen=True)
class Mistake:
    """Something wrong, and where."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def dashboard_mistakes(name: str, board: dict[str, Any], catalogue: Catalogue) -> list[Mistake]:
    """What is wrong with the queries, legends, variables, annotations and texts of a dashboard."""
    found: list[Mistake] = []

    def note(place: str, what: Iterable[str]) -> None:
        found.extend(Mistake(f"{name}: {place}", each) for each in dict.fromkeys(what))

    for panel in panels(board):
        place = f"panel {panel.get('title') or panel.get('id')}"
        for target in panel.get("targets", []):
            query = target.get("expr", "")
            note(place, catalogue.mistakes(query) if query else [])
            for label in re.findall(r"\{\{\s*(\w+)\s*\}\}", target.get("legendFormat", "")):
                if query and not catalogue.has_label(query, label):
                    note(place, [f"no label {label} for the legend"])
        note(place, text_mistakes(" ".join(strings(panel, {"expr", "legendFormat", "panels"})), catalogue))
    for variable in board.get("templating", {}).get("list", []):
        note(f"variable {variable['name']}", variable_mistakes(variable.get("query"), catalogue))
    for mark in board.get("annotations", {}).get("list", []):
        note(f"annotation {mark['name']}", catalogue.mistakes(mark["expr"]) if mark.get("expr") else [])
    return found


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels, those of collapsed rows included."""
    for panel in board.get("panels", []):
        yield panel
        yield from panel.get("panels", [])


def variable_mistakes(query: Any, catalogue: Catalogue) -> list[str]:
    """What is wrong with the query of a variable: a function of Grafana around a query or a selector, and a label."""
    text = query.get("query", "") if isinstance(query, dict) else query
    call = VARIABLE.fullmatch(text.strip()) if isinstance(text, str) else None
    if call is None:
        return []
    if call[1] == "metrics":
        return []
    if call[1] != "label_values":
        return catalogue.mistakes(call[2]) if call[2].strip() else []
    selector, comma, label = call[2].rpartition(",")
    if not comma:
        known = any(label.strip() in metric.labels for metric in catalogue.metrics.values())
        return [] if known else [f"no metric has a label {label.strip()}"]
    mistakes = catalogue.mistakes(selector)
    if not mistakes and not catalogue.has_label(selector, label.strip()):
        mistakes.append(f"{selector} has no label {label.strip()}")
    return mistakes


def strings(value: Any, without: set[str]) -> Iterator[str]:
    """All strings in a JSON value, except below some keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each, without)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in without:
                yield from strings(each, without)


def text_mistakes(text: str, catalogue: Catalogue) -> list[str]:
    """The words of a text that look like a metric of ours and are none."""
    mistakes = []
    for match in WORD.finditer(text):
        word = match[0].strip(".:-")
        if not word.startswith(OWN) or word.endswith(("*", "…", "_")) or "." in word or "-" in word:
            continue
        # In a regular expression for grep, the beginning of a name.
        is_beginning = text[:match.start()].endswith("^") and any(name.startswith(word) for name in catalogue.metrics)
        if word not in catalogue.families and word not in catalogue.metrics and not is_beginning:
            mistakes.append(f"there is no metric {word}")
    return mistakes


def rules(path: Path) -> list[dict[str, Any]]:
    """The rules of a file."""
    return [rule for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def rule_mistakes(name: str, all_rules: list[dict[str, Any]], catalogue: Catalogue) -> list[Mistake]:
    """What is wrong with the expressions of rules, and with the queries and labels in their annotations."""
    found = []
    for rule in all_rules:
        place = f"{name}: {'alert' if 'alert' in rule else 'rule'} {rule.get('alert') or rule.get('record')}"
        what = catalogue.mistakes(rule["expr"])
        notes = " ".join(str(note) for note in rule.get("annotations", {}).values())
        for query in re.findall(r'query "((?:[^"\\]|\\.)*)"', notes):
            what += catalogue.mistakes(query.replace('\\"', '"'))
        for label in re.findall(r"\$labels\.(\w+)", notes):
            if label not in rule.get("labels", {}) and not catalogue.has_label(rule["expr"], label):
                what.append(f"no label {label} for the annotation")
        found += [Mistake(place, each) for each in dict.fromkeys(what)]
    return found


def record_all(paths: list[Path], catalogue: Catalogue) -> None:
    """Adds the names of recording rules, again and again until those that others are made of have their labels."""
    for _ in range(4):
        for path in paths:
            for rule in rules(path):
                if "record" in rule:
                    catalogue.record(rule["record"], rule["expr"], rule.get("labels", {}))


def document_mistakes(name: str, text: str, catalogue: Catalogue) -> list[Mistake]:
    """What is wrong with the names of metrics in the code of a Markdown page, with the line of the page."""
    found = []
    for line, code in code_of(text):
        for each in dict.fromkeys(text_mistakes(code, catalogue) + catalogue.mistakes(code, prefixes=OWN)):
            found.append(Mistake(f"{name}:{line}", each))
    return list(dict.fromkeys(found))


def code_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines of code blocks and the code spans of a page, with their line numbers."""
    rest = list(text)
    for block in FENCE.finditer(text):
        first = text.count("\n", 0, block.start(2)) + 1
        for index, line in enumerate(block[2].split("\n")):
            yield first + index, line
        # What is between fences is no span; line ends stay, for the numbers.
        for index in range(block.start(), block.end()):
            if rest[index] != "\n":
                rest[index] = " "
    for number, line in enumerate("".join(rest).split("\n"), start=1):
        for span in SPAN.finditer(line):
            yield number, span[1].replace("\\|", "|")


def own_labels(pages: Iterable[str]) -> set[str]:
    """The labels of the user's own in examples of settings."""
    names = {"team", "user", "feature", "agent", "tenant"}
    for text in pages:
        for block in FENCE.finditer(text):
            if block[1] == "yaml" and re.search(r"^labels:", block[2], re.M):
                for rule in yaml.safe_load(block[2]).get("labels") or []:
                    names.add(rule["name"])
    return names


def repository_catalogue() -> Catalogue:
    """The catalogue of the repository with the labels of its examples and the names of its recording rules."""
    catalogue = Catalogue.load(own_labels(page.read_text(encoding="utf-8") for page in documents()))
    record_all(rule_files(), catalogue)
    return catalogue


def documents() -> list[Path]:
    """The pages for users."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "grafana").glob("**/*.md"))]


def rule_files() -> list[Path]:
    """The rules that are shipped."""
    return sorted((ROOT / "grafana/prometheus").glob("*.yaml"))


def dashboards() -> dict[str, dict[str, Any]]:
    """The committed dashboards, by their paths."""
    paths = sorted((ROOT / "grafana/dashboards").glob("*.json"))
    return {str(path.relative_to(ROOT)): json.loads(path.read_text(encoding="utf-8")) for path in paths}
