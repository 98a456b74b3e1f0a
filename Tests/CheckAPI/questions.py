# SPDX-License-Identifier: Apache-2.0
"""Hooks of schemathesis: meaningful questions instead of any text that the document allows.

A parameter of the document that is not listed here is left out of the questions, except `format`, whose values are those of the
document.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from typing import Any

import schemathesis
from hypothesis import strategies as st

from CheckAPI.calls import SESSIONS, Stored

_STORED = Stored.read(os.environ["CHECK_API_STORED"])

_LINES = ["model", "provider", "operation", "source"]
_FACTS = ["answered_model", "requested_model", "tier", "region", "server", "error", "dialect", "tenant", "unpriced_reason"]
_DIMENSIONS = ["user", "session", "agent", "service", "environment", "project"]
_FIGURES = ["cost", "calls", "tokens", "input", "output", "cache_read", "reasoning", "failed", "unpriced", "adjusted_unpriced", "estimated",
            "streamed", "average_cost", "duration", "average_duration"]
_ZONES = ["UTC", "Z", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "+05:45", "-03:30"]
_WEEKS_AGO = datetime.now(timezone.utc) - timedelta(days=40)
# No period has more hours than an answer may have.
_BEGINS = ["now-1h", "now-24h", "now-7d", "now/d-1d", "now/w-1w", "now/M-1M", "now-90d", _WEEKS_AGO.date().isoformat(),
           _WEEKS_AGO.strftime("%Y-%m-%dT%H:%M:%S+01:00"), str(int(_WEEKS_AGO.timestamp())), str(int(_WEEKS_AGO.timestamp() * 1000))]
_ENDS = ["now", "now+1d", "now/d+1d", "now/M+1M", "now+60d"]
_PATTERNS = ["gpt-*", "*", "", "ada", "Zo*", "nobody\\*", "a\\,b", "*o*-4*"]


def _lists(values: list[str], most: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), unique=True, min_size=least, max_size=most).map(",".join)


def _conditions(keys: list[str]) -> st.SearchStrategy[str]:
    one = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(keys), st.sampled_from(_PATTERNS))
    return st.lists(one.map(lambda parts: f"{parts[0]}{parts[1]}:{parts[2]}"), max_size=4).map(",".join)


_PERIOD = {"from": st.sampled_from(_BEGINS), "to": st.sampled_from(_ENDS), "tz": st.sampled_from(_ZONES)}
_ALL = _LINES + _FACTS + _DIMENSIONS
_FIXED: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "/api/v1/top": {"by": st.sampled_from(["trace", "session", "call", *_ALL]),
                    "order_by": st.sampled_from(["cost", "tokens", "calls", "duration", "-cost"]),
                    "limit": st.integers(1, 1000).map(str)},
    "/api/v1/dimensions/{name}/values": {"prefix": st.sampled_from(["", "g", "Zo"]), "limit": st.integers(1, 10_000).map(str)},
    # Two periods must not overlap: the longest one, from now-90d to now+60d, has 150 days.
    "/api/v1/changes": {"before": st.sampled_from(["now-240d", "now/M-9M", "2026-01-01"]),
                        # Changes need what the cache saved, which sums of the lines and one dimension have.
                        "group_by": st.sampled_from(["", "model", "model,provider,operation,source", "user,model", "agent"])},
    "/api/v1/summary": {},
}


@st.composite
def _costs(draw: st.DrawFn) -> dict[str, str]:
    granularity = draw(st.sampled_from(["total", "day", "week", "month", "hour"]))
    keys = draw(_lists([*_ALL, "trace"], 6))
    measures = draw(_lists(_FIGURES, len(_FIGURES)))
    fields = [*(keys.split(",") if keys else []), *(measures or "cost,tokens,calls").split(",")]
    fields += ["time"] if granularity != "total" else []
    order = draw(_lists(fields + [f"-{name}" for name in fields], min(3, len(fields))))
    found = {"granularity": granularity, "group_by": keys, "measures": measures, "order_by": order,
             "where": draw(_conditions(_ALL)), "limit": str(draw(st.integers(1, 10_000)))}
    return {name: text for name, text in found.items() if text}


@st.composite
def _exports(draw: st.DrawFn, forms: list[str]) -> dict[str, str]:
    found = {"format": draw(st.sampled_from(["", *forms]))}
    if found["format"] == "focus":
        found |= {"group_by": draw(_lists(_ALL, 3)),
                  "sub_account": draw(st.sampled_from(["", "project", "user", "tier"])),
                  "close_days": draw(st.sampled_from(["", "0", "3", "60"]))}
    return {name: text for name, text in found.items() if text}


_LANGFUSE = ("/api/public/v2/metrics", "/api/public/metrics")
_AGGREGATIONS = ["sum", "avg", "count", "max", "min", "p50", "p95", "p99", "histogram"]


@st.composite
def _langfuse(draw: st.DrawFn) -> dict[str, str]:
    """A question in the shape of Langfuse's metrics."""
    measures = ["latency", "inputTokens", "outputTokens", "totalTokens", "totalCost"]
    metrics = [{"measure": "count", "aggregation": "count"}] + draw(st.lists(
        st.fixed_dictionaries({"measure": st.sampled_from(measures), "aggregation": st.sampled_from(_AGGREGATIONS)}),
        max_size=3, unique_by=lambda metric: (metric["measure"], metric["aggregation"])))
    fields = ["providedModelName", "userId", "sessionId", "traceId", "environment", "agent", "tier"]
    text = {"type": "string", "operator": draw(st.sampled_from(["=", "contains", "does not contain", "starts with", "ends with"])),
            "column": draw(st.sampled_from(fields[:3])), "value": draw(st.sampled_from(["ada", "gpt", "Zoë", "*", "a,b"]))}
    query: dict[str, Any] = {
        "view": "observations", "metrics": metrics, "filters": [text] if draw(st.booleans()) else [],
        "dimensions": [{"field": name} for name in draw(st.lists(st.sampled_from(fields), unique=True, max_size=3))],
        "fromTimestamp": draw(st.sampled_from(["now-7d", "now-90d", _WEEKS_AGO.strftime("%Y-%m-%dT%H:%M:%SZ")])),
        "toTimestamp": draw(st.sampled_from(["now", "now+1d"]))}
    if draw(st.booleans()):
        query["timeDimension"] = {"granularity": draw(st.sampled_from(["hour", "day", "week", "month", "auto"]))}
    return {"query": json.dumps(query)}


@schemathesis.hook
def before_generate_query(context: Any, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    path = context.operation.path
    formats = [parameter.definition["schema"]["enum"] for parameter in context.operation.query if parameter.name == "format"]
    form = {"format": st.sampled_from(formats[0])} if formats else {}
    names = {parameter.name for parameter in context.operation.query}
    period = {name: values for name, values in _PERIOD.items() if name in names}
    if path == "/api/v1/export":
        own, form = _exports(formats[0]), {}
    elif path in _LANGFUSE:
        own = _langfuse()
    else:
        own = _costs() if path == "/api/v1/costs" else st.fixed_dictionaries({}, optional=_FIXED.get(path, {}))
    common = st.fixed_dictionaries({}, optional=period | form)
    return st.tuples(common, own).map(lambda parts: parts[0] | parts[1])


@schemathesis.hook
def before_generate_path_parameters(context: Any, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    match context.operation.path:
        case "/api/v1/traces/{trace}":
            return st.sampled_from(_STORED.spans).map(lambda ids: {"trace": ids[0]})
        case "/api/v1/spans/{trace}/{span}":
            return st.sampled_from(_STORED.spans).map(lambda ids: {"trace": ids[0].upper(), "span": ids[1]})
        case "/api/v1/sessions/{session}":
            return st.sampled_from(SESSIONS).map(lambda name: {"session": name})
        case "/api/v1/dimensions/{name}/values":
            return st.sampled_from(_ALL).map(lambda name: {"name": name})
    return strategy
