# SPDX-License-Identifier: Apache-2.0
"""Checks of everything that names a metric: queries of dashboards and rules, and the code in documents.

- `tokens`: the words of a query.
- `references`: the metrics that a query asks for, with their labels and values.
- `catalogue`: the families, labels and values that exist, and what is wrong with a reference.
- `places`: the queries of dashboards, rules and documents, with names for messages.
"""
