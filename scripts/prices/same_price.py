# SPDX-License-Identifier: Apache-2.0
"""Words behind a model's name that never change its price, as far as the sources know.

The service takes such a word, a date or a version behind the text of a match rule for the same product. Any other
word may be another product: a rule that begins with "m" says nothing of the price of "m-fast".
"""

import re

from .compare import today_price

# How often the sources must list a name both with and without the word at equal rates, and for how many providers.
FEWEST_PAIRS = 3
FEWEST_PROVIDERS = 2

_LAST_WORD = re.compile(r"(.+)[-.:@_]([a-z]+)")


def words(entries: list[dict], today: str, other_products: set[str]) -> list[str]:
    """The words, sorted.

    A word is left out as soon as one provider asks for another price where a name ends in it. `other_products` are
    words that name a product of its own although it costs the same today.
    """
    by_name = {(entry["provider"], name): entry for entry in entries for name in entry["names"]}
    equal: dict[str, list[str]] = {}
    different: set[str] = set()
    for (provider, name), entry in by_name.items():
        found = _LAST_WORD.fullmatch(name)
        plain = by_name.get((provider, found[1])) if found else None
        if plain is None:
            continue
        ours, theirs = today_price(entry, today), today_price(plain, today)
        if not any(theirs["rates"].values()):
            continue
        if ours is theirs or _figures(ours) == _figures(theirs):
            equal.setdefault(found[2], []).append(provider)
        else:
            different.add(found[2])
    return sorted(
        word
        for word, providers in equal.items()
        if len(providers) >= FEWEST_PAIRS
        and len(set(providers)) >= FEWEST_PROVIDERS
        and word not in different
        and word not in other_products
    )


def _figures(price: dict) -> tuple:
    return price["rates"], price["above"], price["fees"]
