/*
 * A clock that is off, for one process: preloaded, it adds CLOCK_AHEAD seconds to the time of day. What measures how long something
 * takes is left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t ahead(void) {
    const char *text = getenv("CLOCK_AHEAD");
    return text ? atol(text) : 0;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) { \
        real = dlsym(RTLD_NEXT, name); \
    }

int clock_gettime(clockid_t clock, struct timespec *at) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *)
    int result = real(clock, at);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        at->tv_sec += ahead();
    }
    return result;
}

int gettimeofday(struct timeval *at, void *zone) {
    REAL(int, "gettimeofday", struct timeval *, void *)
    int result = real(at, zone);
    if (result == 0) {
        at->tv_sec += ahead();
    }
    return result;
}

time_t time(time_t *at) {
    REAL(time_t, "time", time_t *)
    time_t now = real(NULL) + ahead();
    if (at) {
        *at = now;
    }
    return now;
}
