# SPDX-License-Identifier: Apache-2.0
"""Reads packed roll-ups without the service's own reader: `Sources/Ledger/Rows/Rollups/PackedSums.swift` says what the bytes are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_COUNTS = ["value", "line", "calls", "failed", "unpriced", "estimated", "streamed", "duration"]
_MONEY = ["micros", "rest", "saved_micros", "saved_rest"]
_FIRST_CLASS = 32
_SIGNED, _SPARSE, _DIFFERENCES = 0x10, 0x20, 0x40
_BLOCK = 64


def sums(database: sqlite3.Connection, classes: list[str], dimension: int) -> Iterator[dict[str, int]]:
    """The sums of a dimension, each by the names of the columns that are not zero in all sums beside it."""
    if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'packed_rollups'").fetchone():
        return  # The tables are older, or are not made yet.
    rows = database.execute(
        "SELECT count, sums FROM packed_rollups WHERE id >= ? << 40 AND id < (? + 1) << 40", (dimension, dimension)
    )
    for count, packed in rows:
        columns = dict(_columns(packed, classes))
        if any(len(numbers) != count for numbers in columns.values()):
            raise ValueError(f"packed roll-ups have other than {count} sums")
        for index in range(count):
            yield {name: numbers[index] for name, numbers in columns.items()}


def _columns(packed: bytes, classes: list[str]) -> Iterator[tuple[str, list[int]]]:
    names = dict(enumerate([*_COUNTS, *_MONEY])) | {_FIRST_CLASS + index: name for index, name in enumerate(classes)}
    if packed[0] != 1:
        raise ValueError(f"packed roll-ups have the version {packed[0]}")
    count, at = _number(packed, 5)
    stated, at = _number(packed, at)
    columns = []
    for _ in range(stated):
        length, behind = _number(packed, at + 2)
        columns.append((packed[at], packed[at + 1], length))
        at = behind
    for column, form, length in columns:
        name = names.get(column, f"column {column}")
        yield name, _column(packed[at : at + length], form, count)
        at += length
    if at != len(packed):
        raise ValueError("packed roll-ups have bytes behind their columns")


def _number(packed: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while True:
        number |= (packed[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if packed[at - 1] < 0x80:
            return number, at


def _column(packed: bytes, form: int, count: int) -> list[int]:
    stated = [True] * count
    if form & _SPARSE:
        bits = (count + 7) // 8
        stated = [packed[index // 8] >> index % 8 & 1 == 1 for index in range(count)]
        packed = packed[bits:]
    numbers = iter(_blocks(packed, sum(stated)))
    if form & _SIGNED:
        numbers = (number >> 1 ^ -(number & 1) for number in numbers)
    scaled = (number * 10 ** (form & 15) for number in numbers)
    column = [next(scaled) if is_stated else 0 for is_stated in stated]
    if form & _DIFFERENCES:
        for index in range(1, count):
            column[index] += column[index - 1]
    return column


def _blocks(packed: bytes, count: int) -> Iterator[int]:
    at = 0
    for first in range(0, count, _BLOCK):
        width, numbers = packed[at], min(_BLOCK, count - first)
        end = at + 1 + (width * numbers + 7) // 8
        bits = int.from_bytes(packed[at + 1 : end], "little")
        for index in range(numbers):
            yield bits >> index * width & (1 << width) - 1
        at = end
