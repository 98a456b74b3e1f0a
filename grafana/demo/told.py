# SPDX-License-Identifier: Apache-2.0
"""What `make demo` prints."""
from __future__ import annotations

import urllib.parse
from decimal import Decimal

from .company import LOOPING_ENGINEER
from .ledger import Ledger
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


def links(stage: Stage, week: Week) -> str:
    """The addresses, and five things to look at."""
    ports = stage.ports
    prometheus = f"http://127.0.0.1:{ports.prometheus}"
    lines = [
        "",
        f"  landing page     http://127.0.0.1:{ports.web}/",
        f"  metrics          http://127.0.0.1:{ports.web}/metrics",
        f"  Prometheus       {prometheus}/",
    ]
    if stage.tools.alertmanager:
        lines.append(f"  Alertmanager     http://127.0.0.1:{ports.alertmanager}/")
    if stage.tools.grafana:
        lines.append(f"  Grafana          http://127.0.0.1:{ports.grafana}/dashboards")
    lines += ["", "Look at", ""]
    for number, (what, expression) in enumerate(LOOK_AT, 1):
        span = f"{week.days}d"
        query = urllib.parse.urlencode({"g0.expr": expression, "g0.tab": 0, "g0.range_input": span})
        lines += [f"  {number}. {what}", f"     {prometheus}/graph?{query}"]
    lines += [f"  {len(LOOK_AT) + 1}. alerts that fire, once the rules have run for a minute", f"     {prometheus}/alerts", ""]
    return "\n".join(lines)


def paste(stage: Stage) -> str:
    """What to paste into a Grafana that is there already."""
    indented = "\n".join("    " + line for line in (stage.data_source + stage.dashboard_provider).splitlines())
    return (
        "No Grafana is installed here. For one that can reach this machine's loopback address, put these two files\n"
        "into its folders provisioning/datasources and provisioning/dashboards, and start it again:\n\n" + indented + "\n"
    )


def past(made: Past, week: Week, seconds: float) -> str:
    """What was made of the past."""
    calls = sum(made.ledger.calls.values())
    return (
        f"past: {made.spans:,} spans of {week.days} days, of which {calls:,} are calls; {cents(made.ledger.dollars)} by the "
        f"company's own books (new prices from {week.price_change}). Made in {seconds:.0f} s."
    )


def present(ledger: Ledger, counted: Decimal) -> str:
    """What was sent live, by both sides."""
    calls = sum(ledger.calls.values())
    verdict = "equal" if counted == ledger.dollars else "NOT EQUAL"
    return f"present: {calls:,} calls sent; company's books ${ledger.dollars}, llm_cost_dollars_total ${counted}: {verdict}"


def cents(amount: Decimal) -> str:
    """Dollars with two digits."""
    return f"${amount:,.2f}"
