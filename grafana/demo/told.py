# SPDX-License-Identifier: Apache-2.0
"""What `make demo` prints."""
from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from decimal import Decimal

from .company import LOOPING_ENGINEER
from .ledger import Ledger
from .models import SONNET
from .past import Past
from .stage import Stage
from .week import Week

LOOK_AT = (
    (
        "dollars an hour by model over the week: the runaway loop is the spike",
        "sum by (model) (increase(llm_cost_dollars_total[1h]))",
    ),
    (f"dollars a day by user: {LOOPING_ENGINEER}'s agent ran away", "sum by (user) (increase(llm_cost_dollars_total[1d]))"),
    (
        "share of failed calls: a provider failed for an hour, and does again now",
        "sum by (model) (increase(llm_request_errors_total[30m])) / sum by (model) (increase(llm_requests_total[30m]))",
    ),
    (
        "share of prompt tokens from the cache: the loop defeats it",
        'sum by (model) (increase(llm_tokens_used_total{token_type="cache_read"}[1h]))'
        ' / sum by (model) (increase(llm_tokens_used_total{token_type=~"input|cache_.*"}[1h]))',
    ),
)


PERIOD = "period=7d"
"""What pages show of the past: of 15 days, a week and its change against the week before."""


def links(stage: Stage, week: Week, made: Past) -> str:
    """The addresses: pages, figures in Prometheus, and files."""
    ports = stage.ports
    prometheus = f"http://127.0.0.1:{ports.prometheus}"
    lines = ["", "Pages", ""]
    lines += [f"  {name:<24} {stage.web}{path}" for name, path in _pages(stage, made)]
    lines += ["", "Figures", "", f"  {'Prometheus':<24} {prometheus}/"]
    if stage.tools.alertmanager:
        lines.append(f"  {'Alertmanager':<24} http://127.0.0.1:{ports.alertmanager}/")
    if stage.tools.grafana:
        lines.append(f"  {'Grafana':<24} http://127.0.0.1:{ports.grafana}/dashboards")
    lines += [f"  {'metrics':<24} {stage.web}/metrics", f"  {'what can be asked':<24} {stage.web}/api/v1/openapi.json", ""]
    for number, (what, expression) in enumerate(LOOK_AT, 1):
        query = urllib.parse.urlencode({"g0.expr": expression, "g0.tab": 0, "g0.range_input": f"{week.days}d"})
        lines += [f"  {number}. {what}", f"     {prometheus}/graph?{query}"]
    lines += [f"  {len(LOOK_AT) + 1}. alerts that fire, once the rules have run for a minute", f"     {prometheus}/alerts"]
    export = f"{stage.web}/api/v1/export?from=now-{week.days}d"
    lines += [
        "", "Files", "",
        f"  all calls                curl -o calls.csv '{export}&format=csv'",
        f"  chargeback by team       curl -o focus.csv '{export}&format=focus&group_by=team'",
        f"  at a shell               {stage.tools.exporter} top --by user --storage.path {stage.ledger()}", "",
    ]
    return "\n".join(lines)


def _pages(stage: Stage, made: Past) -> Iterator[tuple[str, str]]:
    yield "overview", f"/?{PERIOD}"
    yield "dearest traces", f"/traces?{PERIOD}"
    for trace in _dearest(stage, "trace"):
        yield "the dearest one", f"/traces/{trace}"
    if made.failed:
        yield "one with a failure", f"/traces/{made.failed}"
    for session in _dearest(stage, "session"):
        yield "the dearest session", f"/sessions/{urllib.parse.quote(session, safe='')}"
    yield "users", f"/users?{PERIOD}"
    yield "a model, its prices", f"/models/{SONNET.name}?{PERIOD}"
    yield "calls without a price", f"/unpriced?{PERIOD}"


def _dearest(stage: Stage, kind: str) -> list[str]:
    """The id of the week's dearest trace or session, or nothing if there is none."""
    return [row[kind] for row in stage.ask(f"top?by={kind}&from=now-7d&limit=1")["rows"]]


def paste(stage: Stage) -> str:
    """What to paste into a Grafana that is there already."""
    files = (("datasources", stage.data_source), ("dashboards", stage.dashboard_provider))
    shown = "\n".join(
        f"  provisioning/{folder}/demo.yaml\n\n" + "\n".join("    " + line for line in text.splitlines()) + "\n"
        for folder, text in files
    )
    return (
        "No Grafana is installed here. For one that can reach this machine's loopback address, put these two files into its\n"
        "folder, and start it again. The dashboard Traces and users needs the plugin yesoreyeram-infinity-datasource.\n\n" + shown
    )


def past(made: Past, week: Week, stage: Stage, seconds: float) -> str:
    """What was made of the past, and what the ledger has of it."""
    calls = sum(made.ledger.calls.values())
    totals = stage.ask(f"summary?from={week.start}&to={week.end + 60}")["totals"]
    kept = Decimal(totals["known_cost"])
    verdict = "equal" if (totals["calls"], kept) == (calls, made.ledger.dollars) else "NOT EQUAL"
    return (
        f"past: {made.spans:,} spans of {week.days} days, of which {calls:,} are calls; {cents(made.ledger.dollars)} by the "
        f"company's own books (new prices from {week.price_change}). Made in {seconds:.0f} s.\n"
        f"ledger: {totals['calls']:,} calls imported under their own dates; company's books ${made.ledger.dollars}, "
        f"ledger ${kept}: {verdict}"
    )


def present(ledger: Ledger, counted: Decimal) -> str:
    """What was sent live, by both sides."""
    calls = sum(ledger.calls.values())
    verdict = "equal" if counted == ledger.dollars else "NOT EQUAL"
    return f"present: {calls:,} calls sent; company's books ${ledger.dollars}, llm_cost_dollars_total ${counted}: {verdict}"


def cents(amount: Decimal) -> str:
    """Dollars with two digits."""
    return f"${amount:,.2f}"
