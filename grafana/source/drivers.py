# SPDX-License-Identifier: Apache-2.0
"""What drove the change of cost between the chosen range and the period of equal length before it: five effects in dollars.

Cost is calls x share of each model x tokens per call x split of these tokens x price per token. The effects replace one factor
after the other by its new value, in this order, so that they add up to the change exactly. A segment is one model and operation;
a group is the input classes or the output classes of a segment; a class is one `token_type`.

| step | cost if all later factors were as before | effect: this step minus the one above |
| --- | --- | --- |
| before | cost of the period before | |
| volume | cost before x calls now / calls before | more or fewer calls |
| mix | for each segment, calls now x cost of a call before | shares of models and operations among the calls |
| tokens | for each group, tokens now x dollars per token before | input and output tokens of a call |
| cache | for each class, tokens now x price per token before | split of a group into classes, above all cached input |
| price | cost of the range | price per token; also fees and reported costs, which have no tokens |

What has no earlier figure enters with its cost now: a segment without calls or cost before is mix as a whole, a group or class
without tokens before enters at its new price. Dollars without tokens (fees, reported costs) grow with the calls of their segment
until the last step.

Each step is in as few queries as possible, because Prometheus reads all samples of both periods for each.
"""

from source.queries import CALLS, CLASS_COST, COST, RANGE, TOKENS, gained

_SEGMENT = ("model", "operation")
_CLASS = (*_SEGMENT, "token_type")
_INPUT = "input|input_.*|cache_.*"
_FEES = "fee|reported"

BEFORE = f"(sum({gained(COST.where(), offset=RANGE)}) or vector(0))"
NOW = f"(sum({gained(COST.where())}) or vector(0))"


def _calls(*by: str) -> str:
    """Calls now by calls before."""
    return f"({gained(CALLS.where(), *by)} / ({gained(CALLS.where(), *by, offset=RANGE)} > 0))"


def _at_earlier_prices(by: tuple[str, ...], classes: str) -> str:
    """Cost of tokens at the dollars per token before, of each segment or class; where there were none, cost now."""
    now, before = (gained(TOKENS.where(classes), *by, offset=offset) for offset in ("", RANGE))
    spends, spent = (gained(CLASS_COST.where(classes), *by, offset=offset) for offset in ("", RANGE))
    return f"(sum({now} * {spent} / ({before} > 0) or {spends}) or vector(0))"


def _fees() -> str:
    """Dollars without tokens, if they grow with the calls; of segments without calls or cost before, those now."""
    spends, spent = (gained(CLASS_COST.where(f'token_type=~"{_FEES}"'), *_CLASS, offset=offset) for offset in ("", RANGE))
    old = " and ".join(f"{gained(family.where(), *_SEGMENT, offset=RANGE)} > 0" for family in (CALLS, COST))
    grown = f"{spent} * on (model, operation) group_left () {_calls(*_SEGMENT)}"
    return f"(sum({grown} or {spends} unless on (model, operation) ({old})) or vector(0))"


_VOLUME = f"{BEFORE} * {_calls()}"
_MIX = f"sum({gained(COST.where(), *_SEGMENT, offset=RANGE)} * {_calls(*_SEGMENT)} or {gained(COST.where(), *_SEGMENT)})"
_PER_CALL = "(" + " + ".join(_at_earlier_prices(_SEGMENT, classes) for classes in (
    f'token_type=~"{_INPUT}"', f'token_type!~"{_INPUT}|{_FEES}"')) + ")"
_SPLIT = _at_earlier_prices(_CLASS, f'token_type!~"{_FEES}"')

EFFECTS = {
    "volume": f"{BEFORE} * ({_calls()} - 1)",
    "mix of models": f"{_MIX} - {_VOLUME}",
    "tokens per call": f"{_PER_CALL} + {_fees()} - {_MIX}",
    # Fees are the same in both steps.
    "cache share": f"{_SPLIT} - {_PER_CALL}",
    "price": f"{NOW} - {_SPLIT} - {_fees()}",
}
