# SPDX-License-Identifier: Apache-2.0
"""Marks on all panels over time: starts of the service, reloads of its settings, and changes of the price book."""

from typing import Any

from grafana_foundation_sdk.models import dashboard

from source.parts import SOURCE
from source.queries import BUILD, RATE, Family, exporter

_BOOK = Family("llm_price_book_info")
_RELOADED = exporter("config_last_reload_success_timestamp_seconds")
_STARTED = Family("process_start_time_seconds")


class _Marks(dashboard.AnnotationQuery):
    """An annotation query with the texts that Grafana's Prometheus data source reads; the SDK's model has no fields for them."""

    def __init__(self, name: str, colour: str, expr: str, text: str) -> None:
        super().__init__(name=name, datasource=SOURCE, enable=True, icon_color=colour, expr=expr)
        self.text = text

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"step": "60s", "titleFormat": self.name, "textFormat": self.text}


ANNOTATIONS = [
    _Marks("Start", "blue",
           f"(changes({_STARTED.where()}[{RATE}]) > 0) and on (job, instance) {BUILD.where()} "
           f"or {BUILD.where()} unless on (job, instance) {BUILD.where()} offset {RATE}",
           "{{instance}} started, or is scraped again"),
    _Marks("Reload", "green", f"changes({_RELOADED.where()}[{RATE}]) > 0", "{{instance}} read its settings and prices again"),
    _Marks("Prices", "orange",
           f"sum by (version, sources) ({_BOOK.where()}) unless on (version, sources) "
           f"sum by (version, sources) ({_BOOK.where()} offset {RATE}) and on () {_BOOK.where()} offset {RATE}",
           "Price book {{version}} is in force: {{sources}}"),
]
