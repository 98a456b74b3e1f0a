// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/// Asks memory for the cache line at an address, and waits for nothing.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }

/// The C library's function, which its headers declare for GNU programs only: sets a bit for each processor that a thread may
/// run on, where 0 means the calling thread. Returns 0, or -1 on an error, such as too few bytes in `size`.
extern int sched_getaffinity(int process, unsigned long size, void *mask);

/// The C library's function, which its headers declare for GNU programs only: `pthread_cond_timedwait` by a clock of choice.
extern int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time);

/// Takes the pages of the program's code out of the process until it needs them again; the kernel keeps them in its cache or
/// reads them from the file again.
///
/// Sound: the program never writes to the pages between the two symbols, which the linker defines.
static inline void forget_code_pages(void) {
    extern const char __executable_start[], etext[];
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t start = ((uintptr_t)__executable_start + page - 1) & ~(page - 1);
    const uintptr_t end = (uintptr_t)etext & ~(page - 1);
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}
