# SPDX-License-Identifier: Apache-2.0
"""The list of all attacks; each family adds its own with ``@attack``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from .field import Attack, Field

_attacks: dict[str, Attack] = {}


FOLDER = "+folder"
"""How the name of an attack ends that runs a second time, on services that keep a ledger."""


def attack(
    name: str,
    *,
    short: bool = False,
    idle: bool = False,
    folder: bool = False,
    short_folder: bool = False,
    keeps: bool = False,
) -> Callable[[Callable[[Field], None]], Callable[[Field], None]]:
    """Lists a function as an attack; the first line of its docstring is what ``--list`` shows.

    ``short`` ones are part of the short form. ``idle`` ones mostly wait and run beside the others. With ``folder`` a second
    attack runs the same on services that keep a ledger: for attacks whose spans reach the journal. ``short_folder`` puts that
    one into the short form. An attack that ``keeps`` runs with a folder only.
    """

    def listed(run: Callable[[Field], None]) -> Callable[[Field], None]:
        if name in _attacks:
            raise ValueError(f"two attacks are named {name}")
        about = (run.__doc__ or "").strip().splitlines()[0]
        _attacks[name] = Attack(name, about, run, short, idle, keeps)
        if folder:
            _attacks[name + FOLDER] = Attack(name + FOLDER, f"With a folder: {about}", run, short_folder, idle, True)
        return run

    return listed


def all_attacks() -> list[Attack]:
    """All attacks, family by family."""
    from . import families

    for module in pkgutil.iter_modules(families.__path__):
        importlib.import_module(f"{families.__name__}.{module.name}")
    return list(_attacks.values())
