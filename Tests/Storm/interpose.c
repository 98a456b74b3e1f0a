// SPDX-License-Identifier: Apache-2.0
// A disk that fails and stops where a test says, and a wall clock that it sets: preloaded into the service.
//
// STORM_FOLDER is the folder whose files are watched, STORM_CONTROL a file of one `struct control`, which the test maps as
// well. Operations on the folder are counted from 1 on; interpose.py says what the fields mean.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, PWRITE = 2, SYNC = 4, RENAME = 8, OPEN = 16, UNLINK = 32, TRUNCATE = 64 };

struct control {
    _Atomic uint64_t operations, failed, stopped;
    _Atomic uint64_t fail_from, fail_until, stop_at;
    _Atomic int64_t wall_seconds;
    _Atomic uint32_t kinds, error, halves, padding;
};

static struct control nothing;
static struct control *control = &nothing;
static const char *folder;
static size_t folder_length;
static _Atomic unsigned char watched[65536];
/// Where the content of a segment ends: behind it are zeros, as room for what comes next.
static _Atomic long long ends[65536];
/// Where it is written what outlives a power cut, a line for each event.
static int history = -1;

#define REAL(result, name, ...) static result (*real_##name)(__VA_ARGS__)
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
REAL(int, fdatasync, int);
REAL(int, fsync, int);
REAL(int, ftruncate, int, off_t);
REAL(int, rename, const char *, const char *);
REAL(int, unlink, const char *);
REAL(int, open, const char *, int, ...);
REAL(int, close, int);
REAL(int, clock_gettime, clockid_t, struct timespec *);
REAL(int, sem_timedwait, sem_t *, const struct timespec *);
REAL(int, pthread_cond_timedwait, pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    FIND(write); FIND(pwrite); FIND(fdatasync); FIND(fsync); FIND(ftruncate); FIND(rename); FIND(unlink); FIND(open);
    FIND(close); FIND(clock_gettime); FIND(sem_timedwait);
    // The first version of this function has conditions of another shape.
    real_pthread_cond_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!real_pthread_cond_timedwait) FIND(pthread_cond_timedwait);
    folder = getenv("STORM_FOLDER");
    const char *path = getenv("STORM_CONTROL");
    if (!folder || !path) return;
    folder_length = strlen(folder);
    int descriptor = real_open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) { perror(path); _exit(99); }
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) { perror(path); _exit(99); }
    control = mapped;
    real_close(descriptor);
    char name[4096];
    snprintf(name, sizeof name, "%s.history", path);
    history = real_open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/// Writes one event: what happened, a size, and the file.
static void note(char event, long long size, const char *path) {
    char line[4400];
    int length = snprintf(line, sizeof line, "%c %lld %s\n", event, size, path);
    if (history >= 0 && length > 0 && real_write(history, line, (size_t)length) < 0) _exit(99);
}

static int is_inside(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || !path[folder_length]);
}

static int is_watched(int descriptor) {
    return descriptor >= 0 && descriptor < (int)sizeof watched && watched[descriptor];
}

/// The number of an operation, or 0 for one of another kind.
static uint64_t counted(uint32_t kind) { return control->kinds & kind ? ++control->operations : 0; }

static int fails(uint64_t number) {
    if (!number || number < control->fail_from || number >= control->fail_until) return 0;
    ++control->failed;
    errno = (int)control->error;
    return 1;
}

/// Stops the whole process once the operation of that number is done.
static void stop_after(uint64_t number) {
    if (!number || number != control->stop_at) return;
    int kept = errno;
    control->stopped = number;
    kill(getpid(), SIGSTOP);
    errno = kept;
}

/// A write at an offset, or at the end for a negative one.
static ssize_t written(int descriptor, const char *bytes, size_t count, off_t offset) {
    return offset < 0 ? real_write(descriptor, bytes, count) : real_pwrite(descriptor, bytes, count, offset);
}

/// A write of which the first half is done when it fails or stops.
static ssize_t halved(int descriptor, const char *bytes, size_t count, off_t offset, uint64_t number) {
    ssize_t half = written(descriptor, bytes, count / 2, offset);
    if (half < 0) return half;
    stop_after(number);
    if (number >= control->fail_from && number < control->fail_until) return half;
    ssize_t rest = written(descriptor, bytes + half, count - (size_t)half, offset < 0 ? offset : offset + half);
    return rest < 0 ? half : half + rest;
}

static ssize_t watched_write(int descriptor, const void *bytes, size_t count, off_t offset, uint32_t kind) {
    uint64_t number = is_watched(descriptor) ? counted(kind) : 0;
    int is_due = number == control->fail_from || number == control->stop_at;
    ssize_t result = -1;
    if (number && control->halves && is_due && count > 1) {
        result = halved(descriptor, bytes, count, offset, number);
    } else {
        if (fails(number)) return -1;
        result = written(descriptor, bytes, count, offset);
        stop_after(number);
    }
    // Records begin with a byte that is not 0, and room is nothing but zeros.
    static const char zeros[4];
    int is_room = count >= sizeof zeros && memcmp(bytes, zeros, sizeof zeros) == 0;
    if (is_watched(descriptor) && result > 0 && offset >= 0 && !is_room) ends[descriptor] = offset + result;
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    return watched_write(descriptor, bytes, count, -1, WRITE);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return watched_write(descriptor, bytes, count, offset, PWRITE);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

static int is_segment(const char *path) {
    size_t length = strlen(path);
    return length > 8 && strcmp(path + length - 8, ".journal") == 0;
}

/// A sync, after which the file has at least the content that it had before.
static int synced(int descriptor, int (*sync)(int)) {
    uint64_t number = is_watched(descriptor) ? counted(SYNC) : 0;
    if (fails(number)) return -1;
    struct stat before;
    int is_known = is_watched(descriptor) && fstat(descriptor, &before) == 0;
    long long end = is_known ? ends[descriptor] : 0;
    int result = sync(descriptor);
    if (is_known && result == 0) {
        char link[64], path[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, path, sizeof path - 1);
        if (length > 0) {
            path[length] = 0;
            note(S_ISDIR(before.st_mode) ? 'D' : 'S', is_segment(path) && end ? end : before.st_size, path);
        }
    }
    stop_after(number);
    return result;
}

int fdatasync(int descriptor) { return synced(descriptor, real_fdatasync); }
int fsync(int descriptor) { return synced(descriptor, real_fsync); }

#define ON_DESCRIPTOR(name, kind, call, ...)                 \
    int name(__VA_ARGS__) {                                  \
        uint64_t number = is_watched(descriptor) ? counted(kind) : 0; \
        if (fails(number)) return -1;                        \
        int result = call;                                   \
        stop_after(number);                                  \
        return result;                                       \
    }
ON_DESCRIPTOR(ftruncate, TRUNCATE, real_ftruncate(descriptor, length), int descriptor, off_t length)
ON_DESCRIPTOR(ftruncate64, TRUNCATE, real_ftruncate(descriptor, length), int descriptor, off64_t length)

int rename(const char *from, const char *to) {
    uint64_t number = is_inside(to) ? counted(RENAME) : 0;
    if (fails(number)) return -1;
    int result = real_rename(from, to);
    if (is_inside(to) && result == 0) {
        note('F', 0, from);
        note('T', 0, to);
    }
    stop_after(number);
    return result;
}

int unlink(const char *path) {
    uint64_t number = is_inside(path) ? counted(UNLINK) : 0;
    if (fails(number)) return -1;
    int result = real_unlink(path);
    stop_after(number);
    return result;
}

static int opened(const char *path, int flags, mode_t mode) {
    int inside = is_inside(path);
    uint64_t number = inside ? counted(OPEN) : 0;
    if (fails(number)) return -1;
    // A database is opened like a file that may have to be made.
    int is_new = inside && flags & O_CREAT && access(path, F_OK) != 0;
    int descriptor = real_open(path, flags, mode);
    if (is_new && descriptor >= 0) note('C', 0, path);
    if (inside && descriptor >= 0 && descriptor < (int)sizeof watched) {
        ends[descriptor] = 0;
        watched[descriptor] = 1;
    }
    stop_after(number);
    return descriptor;
}

#define OPENING(name)                                      \
    int name(const char *path, int flags, ...) {           \
        mode_t mode = 0;                                   \
        if (flags & (O_CREAT | O_TMPFILE)) {               \
            va_list rest;                                  \
            va_start(rest, flags);                         \
            mode = va_arg(rest, mode_t);                   \
            va_end(rest);                                  \
        }                                                  \
        return opened(path, flags, mode);                  \
    }
OPENING(open)
OPENING(open64)

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < (int)sizeof watched) watched[descriptor] = 0;
    return real_close(descriptor);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = real_clock_gettime(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += control->wall_seconds;
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}

/// When a wait until a wall time must look at the clock again, in the kernel's time: within 5 ms. The kernel ends such a wait by its
/// own clock, and `control` sets another one.
///
/// Returns 0 if the time is over.
static int next_look(const struct timespec *end, struct timespec *look) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long left = (end->tv_sec - now.tv_sec) * 1000000000LL + (end->tv_nsec - now.tv_nsec);
    if (left <= 0) return 0;
    real_clock_gettime(CLOCK_REALTIME, look);
    look->tv_nsec += left < 5000000 ? left : 5000000;
    look->tv_sec += look->tv_nsec / 1000000000;
    look->tv_nsec %= 1000000000;
    return 1;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end) {
    struct timespec look;
    while (1) {
        if (sem_trywait(semaphore) == 0) return 0;
        if (!next_look(end, &look)) { errno = ETIMEDOUT; return -1; }
        if (real_sem_timedwait(semaphore, &look) == 0) return 0;
        if (errno != ETIMEDOUT) return -1;
    }
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict end) {
    // A condition may have another clock, whose times are far smaller.
    if (end->tv_sec < 1000000000) return real_pthread_cond_timedwait(condition, mutex, end);
    struct timespec look;
    while (1) {
        if (!next_look(end, &look)) return ETIMEDOUT;
        int result = real_pthread_cond_timedwait(condition, mutex, &look);
        if (result != ETIMEDOUT) return result;
    }
}
