# SPDX-License-Identifier: Apache-2.0
"""Pieces of PromQL that the dashboards share.

Counters are summed only after `increase` or `rate` of each series, so that restarts and several instances add up. Each selector
names only labels that its family has: filters by model, operation or provider apply where the label exists.
"""

from dataclasses import dataclass

RATE = "$__rate_interval"
RANGE = "$__range"
BAR = "$__interval"

_SERVICE = 'job=~"$job",instance=~"$instance"'
_FILTERS = {name: f'{name}=~"${name}"' for name in ("model", "operation", "provider")}


@dataclass(frozen=True)
class Family:
    """A family of the service, and the filters of the dashboards that apply to it."""

    name: str
    filters: tuple[str, ...] = ()

    def where(self, *matchers: str) -> str:
        """The selector of the family, with the filters of the dashboard and further matchers."""
        parts = [_SERVICE, *(_FILTERS[name] for name in self.filters), *filter(None, matchers)]
        return f"{self.name}{{{','.join(parts)}}}"

    def named(self, ending: str) -> "Family":
        """The series of a histogram with this ending."""
        return Family(self.name + ending, self.filters)


def of_calls(name: str) -> Family:
    """A family with the labels `model` and `operation`."""
    return Family(name, ("model", "operation"))


COST = of_calls("llm_cost_dollars_total")
CLASS_COST = of_calls("llm_token_cost_dollars_total")
TOKENS = of_calls("llm_tokens_used_total")
CALLS = of_calls("llm_requests_total")
ERRORS = of_calls("llm_request_errors_total")
SAVINGS = of_calls("llm_cache_savings_dollars_total")
PREMIUM = of_calls("llm_cache_write_premium_dollars_total")
REPORTED = of_calls("llm_reported_cost_dollars_total")
WITHOUT_USAGE = of_calls("llm_requests_without_usage_total")
DURATION = of_calls("llm_request_duration_seconds")
FIRST_TOKEN = of_calls("llm_time_to_first_token_seconds")
PER_TOKEN = of_calls("llm_time_per_output_token_seconds")
# Their provider is the one that the span reports, not the name in the price book that the variable `provider` lists.
UNPRICED_CALLS = Family("llm_unpriced_requests_total", ("model",))
UNPRICED_TOKENS = Family("llm_unpriced_tokens_total", ("model",))
PROVIDER_COST = Family("llm_cost_by_provider_dollars_total", ("provider",))
SOURCE_COST = Family("llm_cost_by_source_dollars_total")
ESTIMATED = Family("llm_cost_estimated_dollars_total")
DISCREPANCY = Family("llm_cost_discrepancy_dollars_total", ("model",))
BUILD = Family("llm_cost_exporter_build_info")


def exporter(name: str) -> Family:
    """A family about the exporter itself."""
    return Family(f"llm_cost_exporter_{name}")


def gained(selector: str, *by: str, window: str = RANGE, offset: str = "") -> str:
    """What counters gained in a window, summed by labels."""
    return _summed("increase", selector, by, window, offset)


def rate(selector: str, *by: str, window: str = RATE) -> str:
    """What counters gain a second, summed by labels."""
    return _summed("rate", selector, by, window, "")


def bars(selector: str, *by: str) -> str:
    """What counters gain in the interval that begins at each point, if anything; the last interval is not over yet."""
    return f"{_summed('increase', selector, by, BAR, f'-{BAR}')} > 0"


def _summed(function: str, selector: str, by: tuple[str, ...], window: str, offset: str) -> str:
    shifted = f" offset {offset}" if offset else ""
    return f"sum{_by(by)} ({function}({selector}[{window}]{shifted}))"


def _by(labels: tuple[str, ...]) -> str:
    # `$label` is last: PromQL accepts a list of labels that ends with a comma, as it does if the variable is empty.
    return f" by ({', '.join(labels)})" if labels else ""


def quantile(share: float, family: Family, *by: str, window: str = RATE) -> str:
    """A quantile of a classic histogram."""
    return f"histogram_quantile({share}, {rate(family.named('_bucket').where(), 'le', *by, window=window)})"


def ratio(part: str, whole: str) -> str:
    """A part by its whole, without a value while the whole is 0."""
    return f"{part} / ({whole} > 0)"


def share(part: str, whole: str) -> str:
    """The same, except 0 where only the part has no series."""
    return f"({part} or 0 * {whole}) / ({whole} > 0)"


def or_0(expression: str) -> str:
    """0 instead of no value, as long as the exporter is scraped."""
    return f"({expression}) or 0 * sum({BUILD.where()})"


def named(expression: str) -> str:
    """Turns the label that `$label` names into the label `value`, and keeps the values that `$label_value` allows.

    The expression is grouped by `$label`. Calls without a value get `(none)`, as do all calls if no label is configured.
    """
    valued = f'label_replace({expression}, "value", "$1", "$label", "(.*)")'
    filled = f'label_replace({valued}, "value", "(none)", "value", "")'
    # Values that do not match get no label `kept`, and `unless` removes them, because vector(1) has none either.
    return f'(label_replace({filled}, "kept", "yes", "value", "$label_value") unless on (kept) vector(1))'


def bars_by_label(selector: str, *by: str) -> str:
    """Bars by the values of the chosen label, as the label `value`, or by further labels of the calls with these values."""
    valued = named(gained(selector, *by, "$label", window=BAR, offset=f"-{BAR}"))
    return f"sum{_by(by or ('value',))} ({valued}) > 0"


def by_label(selector: str, *by: str, window: str = RANGE, offset: str = "") -> str:
    """What counters gained in a window by the values of the chosen label, as the label `value`, and further labels."""
    return f"sum{_by(('value', *by))} ({named(gained(selector, *by, '$label', window=window, offset=offset))})"
