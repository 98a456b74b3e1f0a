# SPDX-License-Identifier: Apache-2.0
"""The trials, one file for each kind."""
