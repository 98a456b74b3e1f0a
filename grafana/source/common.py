# SPDX-License-Identifier: Apache-2.0
"""What several dashboards show alike."""

from grafana_foundation_sdk.models import dashboard

from source.coverage import SECONDS_COVERED, first_sample
from source.panels import stat_panel
from source.parts import DATE, SHARE, Looks, Query

_KEPT = "${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&${__url_time_range}"


def data_begin_panel() -> dashboard.Panel:
    """Since when the stored data allow totals."""
    return stat_panel(
        "Data since", "Time of the first sample in this range, and how much of the range has data. Totals of a range that begins "
        "earlier are totals since then: Prometheus has kept nothing older, or did not scrape the exporter yet.",
        "The exporter was not scraped in this range", Looks(DATE, lowest=None), Query(f"{first_sample()} * 1000", "first sample"),
        Query(f"{SECONDS_COVERED} / $__range_s", "of the range"), named=True,
        each={"of the range": Looks(SHARE, 0, highest=1, steps=[(None, "orange"), (0.99, "green")])})


def link(name: str, variable: str, *others: str) -> dashboard.DynamicConfigValue:
    """A link from the cells of a column to a dashboard, with the cell as the value of a variable; other variables keep theirs."""
    kept = "".join(f"&${{{other}:queryparam}}" for other in others)
    return dashboard.DynamicConfigValue(id_val="links", value=[{
        "title": "Show ${__value.text}",
        "url": f"/d/llm-cost-exporter-{name}?var-{variable}=${{__value.text:percentencode}}&{_KEPT}{kept}"}])
