# SPDX-License-Identifier: Apache-2.0
"""Prints the models of an installed genai-prices as plain JSON, numbers as decimal text.

Runs inside the importer's own virtual environment, so that nothing else has to import the package.
Output: [{"id", "fallback": [...], "models": [{"id", "match", "prices", "variants"}]}].
"""

import json
import sys
from decimal import Decimal

from genai_prices.data import providers
from genai_prices.types import TieredPrices


def number(value):
    # Decimal and int only: a float would carry its noise into every later step.
    if not isinstance(value, (Decimal, int)) or isinstance(value, bool):
        raise TypeError(f"price of type {type(value).__name__}")
    return str(value)


def price(model_price):
    out = {}
    for key, value in vars(model_price).items():
        if key.startswith("_") or value is None:
            continue
        if isinstance(value, TieredPrices):
            tiers = [{"over": tier.start, "price": number(tier.price)} for tier in value.tiers]
            out[key] = {"base": number(value.base), "tiers": tiers}
        else:
            out[key] = number(value)
    return out


def clause(match):
    # Each clause type has exactly one field; "or_" and "and_" hold lists of clauses.
    (field, value), = vars(match).items()
    if isinstance(value, list):
        return {field.rstrip("_"): [clause(inner) for inner in value]}
    return {field: value}


def constraint(condition):
    if condition is None:
        return {}
    fields = vars(condition)
    if "start_date" in fields:
        return {"from": fields["start_date"].isoformat()}
    start, end = fields["start_time"], fields["end_time"]
    for moment in (start, end):
        if moment.second or (moment.utcoffset() is not None and moment.utcoffset().total_seconds()):
            raise ValueError(f"window bound {moment} is not a whole minute of UTC")
    return {"hours_utc": f"{start:%H:%M}-{end:%H:%M}"}


def prices(model):
    if isinstance(model.prices, list):
        return [constraint(item.constraint) | {"price": price(item.prices)} for item in model.prices]
    return [{"price": price(model.prices)}]


def variants(model):
    return [
        constraint(item.constraint) | {"when": dict(item.when), "price": price(item.prices)}
        for item in model.price_variants or ()
    ]


def main():
    out = [
        {
            "id": provider.id,
            "fallback": list(provider.fallback_model_providers or ()),
            "models": [
                {"id": m.id, "match": clause(m.match), "prices": prices(m), "variants": variants(m)}
                for m in provider.models
            ],
        }
        for provider in providers
    ]
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
