# SPDX-License-Identifier: Apache-2.0
"""A simulated company: a week of its AI traffic, as blocks for Prometheus and in the ledger, and its present, sent live.

``models`` has what the company pays, ``spans`` the parts of a trace, ``company`` what its applications do, ``week`` when they do
it. ``ledger`` adds up what the sender spent, without the service. ``otlp`` writes spans as JSON bodies, ``live`` sends them with
the OpenTelemetry SDK. ``past`` makes the blocks and fills the service's ledger, ``children`` starts and ends the processes,
``stage`` sets all of them up, and ``told`` is what `make demo` prints.
"""
