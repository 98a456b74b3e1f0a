# SPDX-License-Identifier: Apache-2.0
"""Exact decimal text: from the sources' numbers to the strings of the book.

No value on its way to the book is ever a binary float: the noise that floats left in the
sources ("0.18000000000000002") would otherwise be joined by our own.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

# Everything is computed with room to spare and rounded once, at the end.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
# Twelve significant digits remove the float noise of the sources and nothing else.
_SIGNIFICANT = Context(prec=12, rounding=ROUND_HALF_EVEN)
# The service keeps rates in 1e-15 USD a token, which is 1e-9 USD a million tokens.
_SMALLEST = Decimal("1e-9")

ZERO = Decimal(0)
TOKENS_PER_RATE = Decimal(1_000_000)
THOUSAND = Decimal(1_000)


class PriceNumberError(ValueError):
    """A price that is no finite decimal number."""


def parse(value) -> Decimal:
    """Reads a source's number (text, Decimal or int) exactly.

    Raises PriceNumberError for floats, too: one that arrives here has already lost digits.
    """
    if isinstance(value, bool) or not isinstance(value, (str, Decimal, int)):
        raise PriceNumberError(f"not a decimal number: {value!r}; read the source with parse_float=str")
    try:
        number = Decimal(value)
    except ArithmeticError as error:
        raise PriceNumberError(f"not a decimal number: {value!r}") from error
    if not number.is_finite():
        raise PriceNumberError(f"not a finite number: {value!r}")
    return number


def tidy(number: Decimal) -> Decimal:
    """Drops float noise: twelve significant digits, at most nine decimals."""
    short = _SIGNIFICANT.plus(number)
    return short.quantize(_SMALLEST, context=_WIDE)


def per_million(value) -> Decimal:
    """A price per unit as a price per million units."""
    return tidy(_WIDE.multiply(parse(value), TOKENS_PER_RATE))


def per_one_of_thousand(value) -> Decimal:
    """A price per thousand units as a price per unit."""
    return tidy(_WIDE.divide(parse(value), THOUSAND))


def text(number: Decimal) -> str:
    """Plain decimal text without exponent or trailing zeros: "0.3", "15", "0"."""
    plain = format(number, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def differ(left: Decimal, right: Decimal, tolerance: Decimal = Decimal("0.001")) -> bool:
    """True when two prices differ by more than the relative tolerance."""
    return abs(left - right) > tolerance * max(abs(left), abs(right))
