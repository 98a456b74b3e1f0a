# SPDX-License-Identifier: Apache-2.0
"""Which traces, sessions, users and agents cost what, from the calls that the service stores."""

from grafana_foundation_sdk.models import dashboard

from source.assembly import assemble
from source.infinity import Figure, Question, Word, periods_panel, rows_panel, totals_panel, values_variable
from source.layout import Row, Section
from source.panels import text_panel
from source.parts import COUNT, DOLLARS, SECONDS, Looks
from source.variables import INFINITY

_MONEY = Looks(DOLLARS, 4)
_CENTS = Looks(DOLLARS, 2)
_WHOLE = Looks(COUNT, 0)
# Calls without a price are missing in the dollars beside them.
_UNPRICED = Looks(COUNT, 0, steps=[(None, "text"), (1, "orange")])
_FAILED = Looks(COUNT, 0, steps=[(None, "text"), (1, "red")])
_NO_CALLS = "No stored call in this range"
_NO_USER = "No stored call in this range that names a user"
_KNOWN = "Dollars are those of calls with a price."
_EVERYTHING = "with all of its calls, also those outside the range"
_ROWS = "20"


def _top(by: str) -> Question:
    return Question("/api/v1/top", {"by": by, "limit": _ROWS}, rows="rows")


def _costs(key: str, measures: str, order: str = "-cost", limit: str = "100", where: str = "") -> Question:
    # Calls without a value are left out.
    conditions = f"-{key}:" + (f",{where}" if where else "")
    return Question("/api/v1/costs", {"group_by": key, "measures": measures, "order_by": order, "limit": limit,
                                      "where": conditions, "format": "flat"})


def _page(kind: str) -> dashboard.DynamicConfigValue:
    """A link from the cells of a column to the page that the service has for each of them."""
    return dashboard.DynamicConfigValue(id_val="links", value=[{
        "title": "Open ${__value.text}", "url": f"${{pages}}/{kind}/${{__value.text:percentencode}}", "targetBlank": True}])


def _choice(variable: str) -> dashboard.DynamicConfigValue:
    """A link from the cells of a column to this dashboard, with the cell as the value of a variable."""
    kept = "${infinity:queryparam}&${granularity:queryparam}&${pages:queryparam}&${__url_time_range}"
    return dashboard.DynamicConfigValue(id_val="links", value=[{
        "title": "Show ${__value.text}",
        "url": f"/d/llm-cost-exporter-traces-and-users?var-{variable}=${{__value.text:percentencode}}&{kept}"}])


def _totals() -> Row:
    return Row(4, [totals_panel(
        "Totals", f"Figures of the range. {_KNOWN} Users are those that calls name.", _NO_CALLS,
        Question("/api/v1/summary", {}, rows="totals"),
        Figure("known_cost", "cost", _CENTS), Figure("traces", "traces", _WHOLE), Figure("sessions", "sessions", _WHOLE),
        Figure("users", "users", _WHOLE), Figure("calls", "calls", _WHOLE),
        Figure("unpriced", "calls without a price", _UNPRICED))])


_BILL = (
    Figure("total_estimated_cost", "Cost", _MONEY), Figure("calls", "Calls", _WHOLE),
    Figure("unpriced_calls", "Unpriced", _UNPRICED), Figure("failed_calls", "Failed", _FAILED))


def _traces() -> list[Row]:
    return [
        Row(11, [rows_panel(
            "Dearest traces", f"The {_ROWS} traces with the highest known cost whose first call ended in this range, "
            f"{_EVERYTHING}. {_KNOWN} A click on a trace opens its page.", _NO_CALLS, _top("trace"),
            Word("trace", "Trace", _page("traces")), Word("name", "Name"), Word("start", "Begin", is_time=True),
            Figure("duration", "Duration", Looks(SECONDS, 1)), *_BILL, Word("dimensions.user", "User"),
            Word("dimensions.service", "Service"))]),
        Row(11, [rows_panel(
            "Dearest sessions", f"The {_ROWS} sessions with the highest known cost that had a call in this range, "
            f"{_EVERYTHING}. {_KNOWN} A click on a session opens its page.", "No stored call in this range that names a session",
            _top("session"),
            Word("session", "Session", _page("sessions")), Word("start", "Begin", is_time=True),
            Word("end", "End", is_time=True), Figure("traces", "Traces", _WHOLE), *_BILL, Word("dimensions.user", "User"))]),
        Row(11, [rows_panel(
            "Dearest calls", f"The {_ROWS} single calls of this range with the highest cost. A click on a trace opens its page.",
            _NO_CALLS, _top("call"),
            Word("trace", "Trace", _page("traces")), Word("model", "Model"), Word("provider", "Provider"),
            Word("end", "End", is_time=True), Figure("duration", "Duration", Looks(SECONDS, 1)),
            Figure("total_estimated_cost", "Cost", _MONEY), Figure("tokens.input", "Input", _WHOLE),
            Figure("tokens.cache_read", "From cache", _WHOLE), Figure("tokens.output", "Output", _WHOLE),
            Word("dimensions.user", "User"))])]


def _users() -> list[Row]:
    over_time = _costs("user", "cost", "time,-cost", "10000", "user:${user}")
    over_time = Question(over_time.path, dict(over_time.parameters) | {"granularity": "${granularity}"})
    return [
        Row(10, [periods_panel(
            "Cost by user over time", f"Each bar is the cost of the period that begins at its left edge. {_KNOWN} At most 10,000 "
            "bars are read, the earliest first: choose a user, or longer bars, if the latest are missing.", _NO_USER, _CENTS,
            over_time, "known_cost", "user")]),
        Row(11, [
            rows_panel(
                "Users", f"The 100 users with the highest known cost in this range. {_KNOWN} A click on a user filters the panels "
                "of this section.", _NO_USER,
                _costs("user", "cost,calls,average_cost,tokens,failed,unpriced", where="user:${user}"),
                Word("user", "User", _choice("user")), Figure("known_cost", "Cost", _MONEY), Figure("calls", "Calls", _WHOLE),
                Figure("average_cost", "Cost per call", _MONEY), Figure("tokens", "Tokens", _WHOLE),
                Figure("failed", "Failed", _FAILED), Figure("unpriced", "Unpriced", _UNPRICED)),
            rows_panel(
                "Average cost by agent", "Known cost of an agent's calls by its calls with a price, the dearest first, at most 100 "
                "agents. The filter by user does not apply.", "No stored call in this range that names an agent",
                _costs("agent", "average_cost,calls,cost,tokens,unpriced", "-average_cost"),
                Word("agent", "Agent"), Figure("average_cost", "Cost per call", _MONEY, gauge=True),
                Figure("calls", "Calls", _WHOLE), Figure("known_cost", "Cost", _MONEY), Figure("tokens", "Tokens", _WHOLE),
                Figure("unpriced", "Unpriced", _UNPRICED))])]


_HOW = """These panels ask the service, not Prometheus, for the calls that it has stored: give it a folder (`storage.path`). Grafana
needs the data source **Infinity**, whose base URL is the address of the service's pages.

**Pages** is that address as your browser reaches it, such as `http://127.0.0.1:9464`; save the dashboard to keep yours. A user
whose name has a comma, an asterisk or a backslash cannot be chosen under **User**."""

_USER = values_variable(
    "user", "User", _costs("user", "cost"), "user", "The 100 users with the highest cost in the range. Applies to the panels of Users.")
_PAGES = dashboard.VariableOption(selected=True, text="http://127.0.0.1:9464", value="http://127.0.0.1:9464")
_VARIABLES = [
    INFINITY, _USER,
    dashboard.VariableModel(
        type_val=dashboard.VariableType.CUSTOM, name="granularity", label="Bar", query="hour,day,week,month",
        description="The time that one bar stands for.",
        current=dashboard.VariableOption(selected=True, text="day", value="day"),
        options=[dashboard.VariableOption(selected=name == "day", text=name, value=name)
                 for name in ("hour", "day", "week", "month")]),
    dashboard.VariableModel(
        type_val=dashboard.VariableType.TEXTBOX, name="pages", label="Pages", query=str(_PAGES.value), current=_PAGES,
        options=[_PAGES], description="Address of the service's pages, as your browser reaches it, for links to them.")]


def build() -> dashboard.Dashboard:
    """The dashboard `traces-and-users`."""
    return assemble(
        "traces-and-users", "Traces and users", "Which traces, sessions, users and agents cost what, from the stored calls.", [
            Section("In this range", [_totals()]),
            Section("Dearest", _traces()),
            Section("Users and agents", _users()),
            Section("Set up", [Row(5, [text_panel("How to set this up", "What this dashboard needs.", _HOW)])]),
        ], _VARIABLES, asks_prometheus=False)
