# SPDX-License-Identifier: Apache-2.0
"""Proves the dashboards and rules: plays the week, restarts the service, runs a second instance, and evaluates every query.

``variables`` and ``intervals`` do what Grafana does with a query before it sends it, ``dashboards`` and ``rules`` find the
queries, ``server`` asks Prometheus, ``reasons`` says which results may be empty, ``books`` compares with the sender's ledger, and
``play`` is the scene: past, live traffic, a restart and a second instance.
"""
