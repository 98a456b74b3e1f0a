# SPDX-License-Identifier: Apache-2.0
"""Questions about stored calls: too many, too wide, too long, and hostile in every parameter."""

from . import crowds, hostile

__all__ = ["crowds", "hostile"]
