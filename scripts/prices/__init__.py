# SPDX-License-Identifier: Apache-2.0
"""Makes the embedded price book out of two pinned public price lists."""
