# SPDX-License-Identifier: Apache-2.0
"""One module for each kind of attack; ``Attack.catalogue`` finds them all."""
