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
| cache | for each class, tokens now x price per token before | split of a group into classes, above all the share of cached input |
| price | cost of the range | price per token; also fees and reported costs, which have no tokens |

A segment without calls before has no earlier figures: all its cost is mix. A class without tokens before enters at its new price.
Dollars that have no tokens (fees, reported costs) grow with the calls of their segment until the last step.
"""

from source.queries import CALLS, CLASS_COST, RANGE, TOKENS, gained

_SEGMENT = ("model", "operation")
_INPUT = "input|input_.*|cache_.*"


def _dollars(*by: str, offset: str = "", where: str = "") -> str:
    return gained(CLASS_COST.where(where), *_SEGMENT, *by, offset=offset)


def _tokens(*by: str, offset: str = "", where: str = "") -> str:
    return gained(TOKENS.where(where), *_SEGMENT, *by, offset=offset)


def _calls(offset: str = "") -> str:
    return gained(CALLS.where(), *_SEGMENT, offset=offset)


_ON = "on (model, operation)"
_GROWTH = f"({_calls()} / ({_calls(RANGE)} > 0))"
# The segments that had calls before; the others are new.
_OLD = f"({_calls(RANGE)} > 0)"
_NEW = f"({_dollars()} unless {_ON} {_OLD})"


def _rescaled(by: tuple[str, ...], where: str) -> str:
    """Dollars of old segments at their earlier dollars per token, for each segment or class that had tokens before."""
    labels = ", ".join(_SEGMENT + by)
    now, before = _tokens(*by, where=where), _tokens(*by, offset=RANGE, where=where)
    spent = _dollars(*by, offset=RANGE, where=where)
    return f"({now} * on ({labels}) {spent} / on ({labels}) ({before} > 0))"


def _entering(by: tuple[str, ...], where: str) -> str:
    """Dollars of classes or groups that had no tokens before, in segments that had calls before."""
    labels = ", ".join(_SEGMENT + by)
    before, now = _tokens(*by, offset=RANGE, where=where), _tokens(*by, where=where)
    spent = _dollars(*by, where=where)
    return f"(({spent} and on ({labels}) ({now} > 0)) unless on ({labels}) ({before} > 0) and {_ON} {_OLD})"


_GROUPS = (f'token_type=~"{_INPUT}"', f'token_type!~"{_INPUT}|fee|reported"')
_TOKENS = 'token_type!~"fee|reported"'
_FEES = f"""({_dollars(offset=RANGE, where='token_type=~"fee|reported"')} * {_ON} {_GROWTH})"""


def _sum(*parts: str) -> str:
    """The sum of vectors that may be empty."""
    return "(" + " + ".join(f"(sum({part}) or vector(0))" for part in parts) + ")"


BEFORE = _sum(_dollars(offset=RANGE))
NOW = _sum(_dollars())
_VOLUME = f"({BEFORE} * sum({_calls()}) / (sum({_calls(RANGE)}) > 0))"
_MIX = _sum(f"{_dollars(offset=RANGE)} * {_ON} {_GROWTH}", _NEW)
_PER_CALL = _sum(*(part for group in _GROUPS for part in (_rescaled((), group), _entering((), group))), _FEES, _NEW)
_SPLIT = _sum(_rescaled(("token_type",), _TOKENS), _entering(("token_type",), _TOKENS), _FEES, _NEW)

EFFECTS = {
    "volume": f"{_VOLUME} - {BEFORE}",
    "mix of models": f"{_MIX} - {_VOLUME}",
    "tokens per call": f"{_PER_CALL} - {_MIX}",
    "cache share": f"{_SPLIT} - {_PER_CALL}",
    "price": f"{NOW} - {_SPLIT}",
}
