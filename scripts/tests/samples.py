# SPDX-License-Identifier: Apache-2.0
"""Small hand-made inputs in the shapes of the two sources."""

import sys
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PINS = {
    "book": {"version": "test.1", "date": "2026-06-01"},
    "genai-prices": {"version": "1", "retrieved": "2026-06-01", "licence": "MIT"},
    "litellm": {"version": "2", "retrieved": "2026-06-01", "licence": "MIT"},
}
NOTHING_EXCLUDED = {"unit_mistakes": {}, "not_free": {}, "free": {}, "other_products": {}}


def model(name, price, **more):
    """A dumped genai-prices model with one exact name and one price."""
    return {"id": name, "match": {"equals": name}, "prices": [{"price": price}], "variants": []} | more


def provider(name, *models, fallback=()):
    """A dumped genai-prices provider."""
    return {"id": name, "fallback": list(fallback), "models": list(models)}


def row(source_provider, **more):
    """A litellm chat row at $2 / $8 a million tokens."""
    base = {"litellm_provider": source_provider, "mode": "chat"}
    return base | {"input_cost_per_token": "2e-06", "output_cost_per_token": "8e-06"} | more


def rates(**values):
    """Decimal rates from text."""
    return {key: Decimal(value) for key, value in values.items()}


def price(fees=None, above=(), **values):
    """A price of an entry."""
    return {"rates": rates(**values), "above": list(above), "fees": rates(**(fees or {}))}


def entry(name, *prices, provider="acme", source="genai-prices", **more):
    """An entry of the book before it is written."""
    base = {"id": f"{provider}/{name}", "provider": provider, "source": source, "names": [name], "match": []}
    return base | {"prices": list(prices), "variants": [], "multipliers": []} | more
