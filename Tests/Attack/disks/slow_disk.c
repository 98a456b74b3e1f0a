// SPDX-License-Identifier: Apache-2.0
// A disk whose syncs take long, preloaded into the service: each fdatasync and fsync takes ATTACK_SYNC_MS more.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait(void) {
    const char *text = getenv("ATTACK_SYNC_MS");
    long milliseconds = text ? atol(text) : 0;
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

int fdatasync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    wait();
    return real(descriptor);
}

int fsync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    wait();
    return real(descriptor);
}
