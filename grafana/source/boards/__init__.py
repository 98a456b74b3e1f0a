# SPDX-License-Identifier: Apache-2.0
"""The six dashboards, each with a function `build`."""
