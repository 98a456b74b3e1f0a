# SPDX-License-Identifier: Apache-2.0
"""Questions about stored calls and pages of them: too many, too wide, too long, and hostile in every parameter."""

from . import crowds, hostile, pages

__all__ = ["crowds", "hostile", "pages"]
