# SPDX-License-Identifier: Apache-2.0
"""What a Grafana dashboard shows of a Prometheus: `evaluation` asks its queries, `recorded` makes a Prometheus to ask."""
