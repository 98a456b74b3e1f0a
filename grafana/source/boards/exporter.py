# SPDX-License-Identifier: Apache-2.0
"""Whether the exporter itself is well: for those who run it."""

from grafana_foundation_sdk.models import dashboard

from source.assembly import assemble
from source.layout import Row, Section
from source.panels import lines_panel, stat_panel
from source.parts import COUNT, DATE, SECONDS, SHARE, Looks, Query
from source.queries import BUILD, RATE, Family, exporter, gained, or_0, quantile, rate
from source.tables import Column, table_panel

_UP = "The exporter was not scraped in this range"
_NO_FOLDER = "No instance has a folder (storage.path)"
_COUNT = Looks(COUNT, 0)
_ALARM = Looks(COUNT, 0, steps=[(None, "green"), (1, "red")])
_BYTES = Looks("bytes", 1)
_BODIES = exporter("bodies_total")
_BODY_TIME = exporter("body_duration_seconds")
_SCRAPE_TIME = exporter("scrape_duration_seconds")
_BUCKETS = "Estimated from buckets."
_INSTANCE = "{{instance}}"


def _process(name: str) -> Family:
    return Family(f"process_{name}")


def _own(expression: str) -> str:
    """Of processes of the exporter alone: the families of processes exist for most programs."""
    return f"{expression} and on (job, instance) {BUILD.where()}"


def _headline() -> Row:
    up = Family("up").where()
    seen = f"last_over_time({BUILD.where()}[$__range])"
    return Row(5, [
        stat_panel("Instances up", "Instances that Prometheus scrapes now, of those that it scraped in this range.", _UP,
                   Looks(COUNT, 0, steps=[(None, "red"), (1, "green")]), Query(f"sum({up} and on (job, instance) {seen})", "up"),
                   Query(f"count({up} and on (job, instance) {seen})", "of"), named=True),
        stat_panel("Time since start", "Of the instance that started last.", _UP, Looks(SECONDS, 0),
                   Query(f"min({_own('time() - ' + _process('start_time_seconds').where())})")),
        stat_panel("Settings and prices", "On: each instance runs with its newest settings and prices. Off: a reload was "
                   "refused, and the log says why.", _UP, Looks("bool_on_off", 0, steps=[(None, "red"), (1, "green")]),
                   Query(f"min({exporter('config_last_reload_successful').where()})")),
        stat_panel("Refused bodies", "Bodies with spans that were not accepted whole in this range: calls may be missing. "
                   "Bodies whose sender went away do not count.", _UP, _ALARM,
                   Query(or_0(gained(_BODIES.where('outcome!~"accepted|interrupted"'))))),
        stat_panel("Refused requests", "Requests to the OTLP listener in this range that were refused and do not count as "
                   "bodies with spans: wrong path, port or protocol.", _UP, _ALARM,
                   Query(or_0(gained(exporter("requests_refused_total").where('listener="otlp"'))))),
        stat_panel("Log lines lost", "Log lines that were not written in this range.", _UP, _ALARM,
                   Query(or_0(gained(exporter("log_lines_lost_total").where()))))])


def _bodies() -> list[Row]:
    return [
        Row(9, [
            lines_panel("Bodies by outcome", "Bodies a second. `partial`: some spans were refused.", _UP, Looks("reqps", 2),
                        Query(rate(_BODIES.where(), "outcome"), "{{outcome}}"), stacked=True),
            lines_panel("Refused requests by reason", "Requests a second that were refused and do not count as bodies with "
                                                      "spans.",
                        "No request was refused", Looks("reqps", 3),
                        Query(rate(exporter("requests_refused_total").where(), "listener", "reason"),
                              "{{listener}}: {{reason}}"))]),
        Row(9, [
            lines_panel("Time to answer a body", f"From a body's headers to its answer. {_BUCKETS}", "No body arrived",
                        Looks(SECONDS, 4), *(Query(quantile(share, _BODY_TIME), name) for share, name in _QUANTILES)),
            lines_panel("Time to answer a scrape", f"Time to make the answer. {_BUCKETS}", _UP, Looks(SECONDS, 4),
                        *(Query(quantile(share, _SCRAPE_TIME), name) for share, name in _QUANTILES))]),
        Row(9, [
            lines_panel("Received bytes", "Bytes of bodies a second, as received and after decompression.", _UP, Looks("Bps", 1),
                        Query(rate(exporter("received_bytes_total").where()), "received"),
                        Query(rate(exporter("inflated_bytes_total").where()), "decompressed")),
            lines_panel("Spans", "Spans a second, by what became of them.", _UP, Looks("suffix: spans/s", 1),
                        Query(rate(exporter("spans_total").where(), "outcome"), "{{outcome}}"), stacked=True)])]


_QUANTILES = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))


def _limits() -> list[Row]:
    used = Looks(SHARE, 1, highest=1, steps=[(None, "green"), (0.8, "orange"), (0.95, "red")])

    def of_limit(name: str, limit: str) -> Query:
        return Query(f"max({exporter(name).where()} / {exporter(limit).where()})")

    return [
        Row(5, [
            stat_panel("Series used", "Series as a share of `limits.series`, of the fullest instance. Near 100 %, the exporter "
                       "counts new label sets under `__overflow__`.", _UP, used, of_limit("series", "series_limit")),
            stat_panel("Unknown series used", "Series with a label value that the price book does not list, as a share of "
                                              "their limit.", _UP,
                       used, of_limit("unknown_series", "unknown_series_limit")),
            stat_panel("Connections used", "Open connections as a share of their limit, of the fullest listener.", _UP, used,
                       of_limit("connections", "connections_limit")),
            stat_panel("Descriptors used", "Open file descriptors as a share of their limit, of the fullest instance.", _UP, used,
                       Query(f"max({_own(_process('open_fds').where() + ' / ' + _process('max_fds').where())})")),
            stat_panel("Values without room", "Times in this range that a label value or label set found no room and was counted "
                       "under `__overflow__`.", _UP, _ALARM,
                       Query(or_0(f"({gained(exporter('series_overflowed_total').where())} or vector(0)) + "
                                   f"({gained(exporter('label_values_overflowed_total').where())} or vector(0))"))),
            stat_panel("Refused connections", "New connections that found no room in this range.", _UP, _ALARM,
                       Query(or_0(gained(exporter("connections_refused_total").where()))))]),
        Row(9, [
            lines_panel("Series", "Series on the page of each instance.", _UP, _COUNT,
                        Query(exporter("series").where(), _INSTANCE)),
            lines_panel("Settle window", "Spans held in the settle window, and decided calls that wait to be counted.", _UP,
                        _COUNT,
                        Query(f"sum({exporter('settle_pending_spans').where()})", "held spans"),
                        Query(f"sum({exporter('settle_uncounted_calls').where()})", "uncounted calls"))]),
        Row(9, [
            lines_panel("Connections", "Open connections of each listener, all instances.", _UP, _COUNT,
                        Query(f"sum by (listener) ({exporter('connections').where()})", "{{listener}}")),
            lines_panel("Memory of ids", "Age of the oldest remembered id of each instance. Repetitions of older spans are "
                                         "counted again.",
                        _UP, Looks(SECONDS, 0), Query(exporter("settle_memory_age_seconds").where(), _INSTANCE))])]


def _storage() -> list[Row]:
    failed, backlog = exporter("storage_failed").where(), exporter("storage_backlog_calls").where()
    used, syncs = exporter("storage_bytes").where(), exporter("storage_sync_duration_seconds")
    return [
        Row(5, [
            stat_panel("Disk accepts", "Off: the disk of an instance refuses the journal or the rows. The instance refuses bodies, at once "
                       "or when too many calls wait, and senders keep their spans for some minutes. The log says why.", _NO_FOLDER,
                       Looks("bool_on_off", 0, steps=[(None, "red"), (1, "green")]), Query(f"1 - max({failed})")),
            stat_panel("Instances with a folder", "Instances that keep counters and calls in a folder. The others begin at 0 with each "
                       "start.", _NO_FOLDER, _COUNT, Query(f"count({failed})")),
            stat_panel("Storage used", "Size of the files in the folders of all instances.", _NO_FOLDER, _BYTES,
                       Query(f"sum({used})")),
            stat_panel("Calls that wait", "Priced calls and dropped spans that are not stored, not counted or not in the rows yet, of the "
                       "instance with the most. An instance with too many refuses bodies.", _NO_FOLDER, _COUNT, Query(f"max({backlog})")),
            stat_panel("Time of a sync, p99", f"Time to store what arrived, in this range. {_BUCKETS}", _NO_FOLDER,
                       Looks(SECONDS, 2, steps=[(None, "green"), (0.1, "orange"), (1, "red")]),
                       Query(quantile(0.99, syncs, window="$__range"))),
            stat_panel("Calls read at the start", "Calls that the latest start of each instance counted from its journal, after its last "
                       "saved state: many after a kill, few after an orderly stop.", _NO_FOLDER, _COUNT,
                       Query(f"sum({exporter('storage_replayed_calls').where()})"))]),
        Row(9, [
            lines_panel("Time of a sync", f"Time to store what arrived. A body waits for it. {_BUCKETS}", _NO_FOLDER,
                        Looks(SECONDS, 4), *(Query(quantile(share, syncs), name) for share, name in _QUANTILES)),
            lines_panel("Syncs", "How often each instance stored its journal, a second. One sync serves all bodies that wait.",
                        _NO_FOLDER, Looks("suffix: syncs/s", 1),
                        Query(f"rate({exporter('storage_journal_syncs_total').where()}[{RATE}])", _INSTANCE))]),
        Row(9, [
            lines_panel("Size of the folder", "Size of the files in the folder of each instance, by what they hold.", _NO_FOLDER, _BYTES,
                        Query(used, "{{instance}}: {{what}}")),
            lines_panel("Calls that wait for the disk", "Priced calls and dropped spans that are not stored, not counted or not in the rows "
                        "yet.", _NO_FOLDER, _COUNT,
                        Query(backlog, _INSTANCE))])]


def _resources() -> list[Row]:
    return [Row(9, [
        lines_panel("CPU", "Cores in use by each instance.", _UP, Looks(COUNT, 3),
                    Query(_own(f"rate({_process('cpu_seconds_total').where()}[{RATE}])"), _INSTANCE)),
        lines_panel("Memory", "Resident memory of each instance.", _UP, _BYTES,
                    Query(_own(_process("resident_memory_bytes").where()), _INSTANCE)),
        lines_panel("File descriptors", "Open file descriptors of each instance.", _UP, _COUNT,
                    Query(_own(_process("open_fds").where()), _INSTANCE))])]


def _tables() -> list[Row]:
    span = exporter("last_span_timestamp_seconds").where()
    return [Row(10, [
        table_panel("Last span of each service", "Time since the last span of a service arrived at any instance. A service that "
                    "is silent may be idle, or its export may be broken.", "No span arrived since the "
                                                                           "start", {"service": "Service"},
                    Column("Silent for", f"time() - max by (service) ({span})",
                           Looks(SECONDS, 0, steps=[(None, "green"), (3600, "orange"), (86400, "red")]))),
        table_panel("Instances", "Version and start of each instance.", _UP,
                    {"instance": "Instance", "version": "Version", "revision": "Revision"},
                    Column("Started", f"max by (instance, version, revision) ({BUILD.where()} * on (job, instance) group_left () "
                           f"({_process('start_time_seconds').where()} * 1000))", Looks(DATE)))])]


def build() -> dashboard.Dashboard:
    """The dashboard `exporter`."""
    return assemble(
        "exporter", "Exporter", "Whether llm-cost-exporter itself is well.", [
            Section("At a glance", [_headline()]),
            Section("Bodies and scrapes", _bodies()),
            Section("Limits", _limits()),
            Section("Storage", _storage()),
            Section("Resources", _resources()),
            Section("Services and instances", _tables()),
        ], [], since="now-6h", refresh="1m")
