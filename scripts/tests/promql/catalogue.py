# SPDX-License-Identifier: Apache-2.0
"""The families that exist (grafana/families.json), and what is wrong with a query by them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .references import Matcher, References, references
from .tokens import NotPromQL

ROOT = Path(__file__).resolve().parents[3]

# Labels that Prometheus adds to every series of a target; `env` and `cluster` stand for those of the user's scrape configuration.
TARGET_LABELS = frozenset(["job", "instance", "__name__", "env", "cluster", "namespace", "pod", "replica"])
# Series that Prometheus makes itself, with the labels that they have in addition to those of the target.
FOREIGN = {"up": frozenset[str](), "scrape_duration_seconds": frozenset[str](), "scrape_samples_scraped": frozenset[str](),
           "ALERTS": frozenset(["alertname", "alertstate", "severity", "component"]),
           "ALERTS_FOR_STATE": frozenset(["alertname", "severity", "component"])}
ENDINGS = ("_bucket", "_sum", "_count")
PLAIN_REGEX = re.compile(r"[A-Za-z0-9_|]*")


@dataclass(frozen=True)
class Metric:
    """What is known of a name that queries may ask for; `any_label` if its labels are not known."""

    labels: frozenset[str]
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    adds_labels: bool = False


class Catalogue:
    """All names that a query may ask for."""

    def __init__(self, families: list[dict[str, Any]], own_labels: Iterable[str] = ()):
        self.own_labels = frozenset(own_labels)
        self.families = {family["name"]: family for family in families}
        self.metrics: dict[str, Metric] = {name: Metric(labels) for name, labels in FOREIGN.items()}
        for family in families:
            self._add(family)

    @staticmethod
    def load(own_labels: Iterable[str] = ()) -> Catalogue:
        """The catalogue of the repository."""
        return Catalogue(json.loads((ROOT / "grafana/families.json").read_text(encoding="utf-8")), own_labels)

    def _add(self, family: dict[str, Any]) -> None:
        values = {label: frozenset(each) for label, each in family["values"].items()}
        metric = Metric(frozenset(family["labels"]), values, family["labels_added"])
        if family["type"] != "histogram":
            self.metrics[family["name"]] = metric
            return
        for ending in ENDINGS:
            # Labels of the user's own are on histograms if the settings say so.
            self.metrics[family["name"] + ending] = metric
        buckets = {**values, "le": frozenset(family["buckets"])}
        self.metrics[family["name"] + "_bucket"] = Metric(metric.labels | {"le"}, buckets, metric.adds_labels)

    def record(self, name: str, query: str, labels: Iterable[str] = ()) -> None:
        """Adds the name of a recording rule, whose labels are among those of what it records and its own."""
        found = references(query)
        parts = [self.metrics[each.name] for each in found.selectors if each.name in self.metrics]
        union = frozenset().union(labels, found.made, *(part.labels for part in parts))
        self.metrics[name] = Metric(union, adds_labels=any(part.adds_labels for part in parts))

    def mistakes(self, query: str, prefixes: tuple[str, ...] = ()) -> list[str]:
        """What is wrong with a query; with `prefixes`, with the names in a text that begin with one of them."""
        try:
            found = references(query, strict=not prefixes)
        except NotPromQL as error:
            return [str(error)]
        mistakes = [f"there is no function {name}" for name in found.unknown_functions]
        for selector in found.selectors:
            # `llm_` and `llm_*` are beginnings of names.
            if prefixes and (not selector.name.startswith(prefixes) or selector.name.endswith("_")):
                continue
            # A text may name a histogram as a whole; a query cannot.
            if prefixes and "(" not in query and not selector.matchers and selector.name in self.families:
                continue
            mistakes += self._selected(selector.name, selector.matchers, found)
        return mistakes + self._grouped(found)

    def _selected(self, name: str, matchers: tuple[Matcher, ...], found: References) -> list[str]:
        if not name:
            return [] if matchers else ["a selector without a name and without a label"]
        metric = self.metrics.get(name)
        if metric is None:
            hint = f"; a histogram has {name}_bucket, _sum and _count" if name in self.families else ""
            return [f"there is no metric {name}{hint}"]
        mistakes = []
        for matcher in matchers:
            if not self._has(metric, matcher.label, found):
                mistakes.append(f"{name} has no label {matcher.label}")
            mistakes += [f"{matcher.label} of {name} is never {value!r}" for value in self._unknown(metric, matcher)]
        return mistakes

    def _grouped(self, found: References) -> list[str]:
        mistakes = []
        for use in found.uses:
            metrics = [self.metrics[name] for name in use.of if name in self.metrics]
            for label in use.labels:
                if metrics and not any(self._has(metric, label, found) for metric in metrics):
                    mistakes.append(f"{' and '.join(dict.fromkeys(use.of))}: no label {label} to group or match by")
        return mistakes

    def has_label(self, query: str, label: str) -> bool:
        """Whether a result of a query may have a label."""
        found = references(query)
        metrics = [self.metrics[each.name] for each in found.selectors if each.name in self.metrics]
        return label in found.made or any(self._has(metric, label, found) for metric in metrics)

    def _has(self, metric: Metric, label: str, found: References) -> bool:
        if label.startswith(("$", "[[")) or label in metric.labels | TARGET_LABELS | found.made:
            return True
        return metric.adds_labels and label in self.own_labels

    def _unknown(self, metric: Metric, matcher: Matcher) -> list[str]:
        """The values of a matcher that its label cannot have; empty if the label has any, or the regex is not a list.

        One selector may serve several families, so that a value to leave out may be one that only another family has.
        """
        allowed = metric.values.get(matcher.label)
        if allowed is None or "$" in matcher.value:
            return []
        if matcher.operator in ("!=", "!~"):
            allowed = frozenset().union(*(other.values.get(matcher.label, ()) for other in self.metrics.values()))
        if matcher.operator in ("=~", "!~"):
            if not PLAIN_REGEX.fullmatch(matcher.value):
                return []
            return [value for value in matcher.value.split("|") if value and value not in allowed]
        return [matcher.value] if matcher.value and matcher.value not in allowed else []
