# SPDX-License-Identifier: Apache-2.0
"""One file for each kind of question. A check asks a random question about some minutes and tells what does not hold."""
