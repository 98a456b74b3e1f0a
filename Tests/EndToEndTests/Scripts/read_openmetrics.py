#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read an OpenMetrics exposition from standard input with prometheus_client and print each family: TYPE NAME SAMPLES."""
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

for family in text_string_to_metric_families(sys.stdin.read()):
    print(family.type, family.name, len(family.samples))
