// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/// Asks memory for the cache line at an address, and waits for nothing.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }

/// The C library's function, which its headers declare for GNU programs only: it fills a bit for each processor that the
/// threads of a process may run on, and returns 0, or -1 when `size` bytes are too few.
extern int sched_getaffinity(int process, unsigned long size, void *mask);

/// Takes the pages of the program's code out of the process until they are needed again; the kernel still has them.
///
/// The pages between the two symbols, which the linker defines, are never written to.
static inline void forget_code_pages(void) {
    extern const char __executable_start[], etext[];
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t start = ((uintptr_t)__executable_start + page - 1) & ~(page - 1);
    const uintptr_t end = (uintptr_t)etext & ~(page - 1);
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}
