// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <malloc.h>

/// Asks memory for the cache line at an address, and waits for nothing.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }
