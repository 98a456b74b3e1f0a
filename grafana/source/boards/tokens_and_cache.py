# SPDX-License-Identifier: Apache-2.0
"""Where tokens go and what prompt caches save."""

from grafana_foundation_sdk.models import dashboard

from source.assembly import assemble
from source.coverage import existed, only
from source.common import data_begin_panel, link
from source.layout import Row, Section
from source.panels import bars_panel, lines_panel, stat_panel
from source.parts import COUNT, DOLLARS, SHARE, Looks, Query
from source.queries import CALLS, CLASS_COST, PREMIUM, RATE, SAVINGS, TOKENS, bars, gained, rate, ratio, share
from source.tables import Column, table_panel
from source.variables import BAR, MODEL, OPERATION

_READ = 'token_type=~"cache_read.*"'
_WRITTEN = 'token_type=~"cache_write.*"'
_INPUT = 'token_type=~"input.*|cache_.*"'
_OUTPUT = 'token_type=~"output.*|reasoning"'
_PLAIN = 'token_type="input"'
_MONEY = Looks(DOLLARS, 2)
_HIT = Looks(SHARE, 1, highest=1, steps=[(None, "red"), (0.05, "orange"), (0.3, "green")])
_NO_INPUT = "No input token in this range"
_NO_CACHE = "No call in this range had a known price for cached tokens"
_NO_WEEK = "Needs data from a week ago and 20 calls in the last hour"
_RATE = "Hit rate: tokens read from the cache, as a share of all input tokens (plain, read and written)."


def _hit(window: str, *by: str, offset: str = "") -> str:
    # 0 if tokens were put in and none was read, so that a cache that broke shows as 0 and not as no data.
    return share(*(gained(TOKENS.where(which), *by, window=window, offset=offset) for which in (_READ, _INPUT)))


def _headline() -> Row:
    drop = Looks(SHARE, 1, lowest=None, steps=[(None, "red"), (-0.1, "orange"), (-0.05, "green")])
    return Row(5, [
        stat_panel("Cache hit rate", f"{_RATE} Red below 5 %.", _NO_INPUT, _HIT, Query(_hit("$__range"))),
        stat_panel("Hit rate, last hour", f"{_RATE} Of the last hour.", "No input token in the last hour", _HIT,
                   Query(_hit("1h"))),
        stat_panel("Hit rate against a week ago", "Hit rate of the last hour minus that of the same hour a week ago, in points. "
                   "Red for a drop of more than 10 points: prompts, keys or routing may have changed. Needs 20 calls in the last "
                   "hour.", _NO_WEEK, drop,
                   Query(only(only(f"{_hit('1h')} - {_hit('1h', offset='7d')}", existed("7d")),
                              f"({gained(CALLS.where(), window='1h')} >= 20)"))),
        stat_panel("Saved by the cache, net", "What cached tokens would have cost at the plain rate minus what they cost, in "
                   "this range; minus what cache writes cost above the plain rate. Negative: the cache costs more than it "
                   "saves.", _NO_CACHE,
                   Looks(DOLLARS, 2, lowest=None, steps=[(None, "red"), (0, "green")]), Query(_net())),
        stat_panel("Plain input", "Cost of the input tokens in this range that were neither read from a cache nor written to "
                   "one. A better use of the cache can save a part of this.", "No priced input in this range", _MONEY,
                   Query(gained(CLASS_COST.where(_PLAIN)))),
        data_begin_panel()])


def _net() -> str:
    return f"({gained(SAVINGS.where())} or vector(0)) - ({gained(PREMIUM.where())} or vector(0))"


def _missed(*by: str) -> str:
    """Plain input above the share that was plain a week ago, at the average saving of a token that the cache read."""
    plain, whole = gained(TOKENS.where(_PLAIN), *by), gained(TOKENS.where(_INPUT), *by)
    before = [gained(TOKENS.where(which), *by, offset="7d") for which in (_PLAIN, _INPUT)]
    saved = f"{gained(SAVINGS.where(), *by)} / ({gained(TOKENS.where(_READ), *by)} > 0)"
    return f"clamp_min({plain} - {whole} * {before[0]} / ({before[1]} > 0), 0) * {saved}"


def _hits() -> list[Row]:
    now, ago = _hit("1h", "model"), _hit("1h", "model", offset="7d")
    return [
        Row(9, [
            lines_panel("Hit rate by model", f"{_RATE} Each point looks back one hour. Below the dashed line (5 %) a cache does "
                                             "nothing.",
                        _NO_INPUT, Looks(SHARE, 1, highest=1, steps=[(None, "transparent"), (0.05, "red")]),
                        Query(now, "{{model}}"),
                        calculations=("lastNotNull", "min")),
            lines_panel("Hit rate now and a week ago", f"{_RATE} All models, each point looks back one hour. If `now` "
                        "falls far below `a week ago`, a cache broke.", _NO_INPUT, Looks(SHARE, 1, highest=1),
                        Query(_hit("1h"), "now"),
                        Query(_hit("1h", offset="7d"), "a week ago"), calculations=("lastNotNull", "min"))]),
        Row(10, [table_panel(
            "Caches by model", "Each model in this range. Points: hit rate of the last hour minus the same hour a week ago. Cost "
            "of misses: plain input above its share of a week ago, at the average saving of a token that the cache reads "
            "now.", _NO_INPUT,
            {"model": "Model"},
            Column("Input tokens", f"{gained(TOKENS.where(_INPUT), 'model')} > 0", Looks(COUNT)),
            Column("Hit rate", _hit("$__range", "model"), _HIT),
            Column("Points", only(f"{now} - {ago}", existed("7d")),
                   Looks(SHARE, 1, lowest=None, steps=[(None, "red"), (-0.1, "orange"), (-0.05, "green")])),
            Column("Saved", f"{gained(SAVINGS.where(), 'model')} > 0", _MONEY),
            Column("Write premium", f"{gained(PREMIUM.where(), 'model')} > 0", _MONEY),
            Column("Reads per written token",
                   ratio(gained(TOKENS.where(_READ), "model"), gained(TOKENS.where(_WRITTEN), "model")),
                   Looks(COUNT, 1)),
            Column("Cost of misses", only(_missed("model"), existed("7d")), _MONEY),
            sort="Input tokens", links={"Model": link("engineering", "model")})])]


def _money() -> list[Row]:
    return [Row(9, [
        bars_panel("Saved by cache reads", "Dollars that cached tokens cost less than at the plain rate. 0 where the cached rate "
                   "is higher.", _NO_CACHE, _MONEY, Query(bars(SAVINGS.where(), "model"), "{{model}}")),
        bars_panel("Premium of cache writes", "Dollars that cache writes cost above the plain rate. Pays only if the tokens are "
                   "read again.", _NO_CACHE, _MONEY, Query(bars(PREMIUM.where(), "model"), "{{model}}"))])]


def _classes() -> list[Row]:
    per_call = Looks(COUNT, 0)
    return [
        Row(9, [
            lines_panel("Tokens by class", "Tokens a second, each in the one class that it is billed at.", "No token in this "
                                                                                                           "range",
                        Looks("suffix: tokens/s", 0), Query(rate(TOKENS.where(), "token_type"), "{{token_type}}"), stacked=True),
            bars_panel("Cost by class", "Dollars by the class of the tokens. `fee` is what calls, units and machines cost in "
                       "addition to tokens, `reported` a cost that the span reported.", "No priced call in this range", _MONEY,
                       Query(bars(CLASS_COST.where(), "token_type"), "{{token_type}}"))]),
        Row(9, [
            lines_panel("Input tokens per call", "Input tokens of all classes divided by calls, failed ones included. A steady "
                        "climb is a conversation or a tool that grows.", _NO_INPUT, per_call,
                        Query(ratio(rate(TOKENS.where(_INPUT), "model"), rate(CALLS.where(), "model")), "{{model}}")),
            lines_panel("Output tokens per call", "Output and reasoning tokens divided by calls, failed ones included.",
                        "No output token in this range", per_call,
                        Query(ratio(rate(TOKENS.where(_OUTPUT), "model"), rate(CALLS.where(), "model")), "{{model}}"))]),
        Row(9, [
            lines_panel("Share of reasoning", "Reasoning tokens as a share of all output tokens, of models that report them.",
                        "No reasoning token in this range", Looks(SHARE, 1, highest=1),
                        Query(ratio(rate(TOKENS.where('token_type="reasoning"'), "model"), rate(TOKENS.where(_OUTPUT), "model")),
                              "{{model}}")),
            lines_panel("Dollars per million tokens", "Cost of tokens of all classes divided by their number: the price with "
                        "cache, tiers and your own prices applied.", "No priced token in this range", _MONEY,
                        Query(_blended(), "{{model}}"))])]


def _blended() -> str:
    cost = rate(CLASS_COST.where('token_type!~"fee|reported"'), "model", window=RATE)
    return f"1e6 * {ratio(cost, rate(TOKENS.where(), 'model'))}"


def build() -> dashboard.Dashboard:
    """The dashboard `tokens-and-cache`."""
    return assemble(
        "tokens-and-cache", "Tokens and cache", "Token classes, hit rate of prompt caches, what they save and what misses "
                                                "cost.", [
            Section("At a glance", [_headline()]),
            Section("Cache", _hits()),
            Section("Savings and premium", _money()),
            Section("Classes", _classes()),
        ], [MODEL, OPERATION, BAR])
