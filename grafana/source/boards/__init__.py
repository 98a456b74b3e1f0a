# SPDX-License-Identifier: Apache-2.0
"""The seven dashboards, each with a function `build`."""
