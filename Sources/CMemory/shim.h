// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <malloc.h>

/// Asks memory for the cache line at an address, and waits for nothing.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }

/// The C library's function, which its headers declare for GNU programs only: it fills a bit for each processor that the
/// threads of a process may run on, and returns 0, or -1 when `size` bytes are too few.
extern int sched_getaffinity(int process, unsigned long size, void *mask);
