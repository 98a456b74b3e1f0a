# SPDX-License-Identifier: Apache-2.0
"""Why the result of a query may be empty in the simulated company."""
from __future__ import annotations

import re
from collections.abc import Iterator

from .dashboards import Result

EXCEPTIONS: dict[str, str] = {
    "spend: Today: B": "the same hours a week ago have no two samples, shortly after midnight (UTC)",
    "spend: Month to date: C": "the time of the first sample is shown only if the data do not cover the month",
    "tokens-and-cache: (Hit rate against a week ago: A|Caches by model: C)": "a small company has too few calls at night",
    "spend: Budget left: C": "the budget is used up or not in use, so that there is no day on which it runs out",
    "recording.yaml: model:llm_cache_hit:ratio1d": "sums hours of a recorded series, which begins with the scene",
    "recording.yaml: model:llm_cache_hit:baseline": "is a record of a day or a week ago, and records begin with the scene",
    "recording.yaml: service:llm_cost_exporter:expected_spans": "a small company has hours without a request",
    "alerts.yaml: LLMServiceSilent reads service:llm_cost_exporter:expected_spans": "the same",
    "alerts.yaml: LLMCacheCollapse reads model:llm_cache_hit:baseline": "the same",
}
"""By the pattern of the place, which must match as a whole."""
ALTERNATIVES = {
    "spend: (Month to date|Forecast for the month|Budget used|Budget left|Cost in this range): [AB]",
}
"""Panels whose queries exclude each other, by whether the range is covered by data: one of them must have a result."""


def unexplained(results: list[Result]) -> Iterator[Result]:
    """The results that are empty without a reason."""
    shown = {_panel(result.where) for result in results if result.values}
    for result in results:
        if result.values or result.error or _matches(EXCEPTIONS, result.where):
            continue
        if _matches(ALTERNATIVES, result.where) and _panel(result.where) in shown:
            continue
        yield result


def idle(results: list[Result]) -> list[str]:
    """The patterns that match no query, so that a renamed panel does not keep its exception."""
    patterns = (*EXCEPTIONS, *ALTERNATIVES)
    return [pattern for pattern in patterns if not any(re.fullmatch(pattern, result.where) for result in results)]


def _matches(patterns: object, where: str) -> bool:
    return any(re.fullmatch(pattern, where) for pattern in patterns)  # type: ignore[attr-defined]


def _panel(where: str) -> str:
    return where.rpartition(": ")[0]
