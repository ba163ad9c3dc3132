/*
 * A disk that can lose power or fail, for a process that is started with this library preloaded.
 *
 * DISK_ROOT  what happens below this folder is looked at
 * DISK_LOG   here it is noted what was synced: of a file its inode and size, of a folder its entries
 * DISK_GRAVE files that are deleted or replaced get a second link here, named by their inode, so that a power cut can
 *            bring them back, and inodes are not used again
 * DISK_FAULT while this file exists, writes below the root fail with the errno that it holds, in digits; with an s before
 *            them, only syncs do
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *root, *grave, *fault;
static int log_fd = -1;

__attribute__((constructor)) static void begin(void) {
    root = getenv("DISK_ROOT");
    grave = getenv("DISK_GRAVE");
    fault = getenv("DISK_FAULT");
    const char *log = getenv("DISK_LOG");
    if (log) {
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

static int below(const char *path) {
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static int path_of(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, size - 1);
    if (n < 0) {
        return 0;
    }
    path[n] = 0;
    return below(path);
}

/* The errno with which writes, or syncs, fail just now, 0 when they don't. */
static int failing(int is_sync) {
    if (!fault || access(fault, F_OK) != 0) {
        return 0;
    }
    static int (*real_open)(const char *, int, ...);
    if (!real_open) {
        real_open = dlsym(RTLD_NEXT, "open");
    }
    char digits[16] = {0};
    int fd = real_open(fault, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t n = read(fd, digits, sizeof digits - 1);
    close(fd);
    if (n > 0 && digits[0] == 's') {
        return is_sync ? atoi(digits + 1) : 0;
    }
    return n > 0 ? atoi(digits) : EIO;
}

static int fails(int fd, int is_sync) {
    if (!fault || access(fault, F_OK) != 0) {
        return 0;
    }
    char path[4096];
    int error = path_of(fd, path, sizeof path) ? failing(is_sync) : 0;
    if (error) {
        errno = error;
    }
    return error;
}

static void note(const char *text, size_t size) {
    static ssize_t (*real_write)(int, const void *, size_t);
    if (!real_write) {
        real_write = dlsym(RTLD_NEXT, "write");
    }
    if (log_fd >= 0 && real_write(log_fd, text, size) != (ssize_t) size) {
        abort();
    }
}

/* What a file or a folder is just now, to be noted once it is synced; NULL when nobody wants to know. */
static char *describe(int fd) {
    char path[4096];
    struct stat st;
    if (log_fd < 0 || !path_of(fd, path, sizeof path) || fstat(fd, &st) != 0) {
        return NULL;
    }
    size_t room = 1 << 20;
    char *text = malloc(room);
    if (!text) {
        abort();
    }
    if (!S_ISDIR(st.st_mode)) {
        snprintf(text, room, "F\t%llu\t%lld\n", (unsigned long long) st.st_ino, (long long) st.st_size);
        return text;
    }
    size_t n = snprintf(text, room, "D\t%s\n", path);
    DIR *dir = opendir(path);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && n < room - 512; e = readdir(dir)) {
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) {
            n += snprintf(text + n, room - n, "E\t%llu\t%s\n", (unsigned long long) e->d_ino, e->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
    snprintf(text + n, room - n, "X\n");
    return text;
}

static int sync_with(int (*real)(int), int fd) {
    if (fails(fd, 1)) {
        return -1;
    }
    char *text = describe(fd);
    int result = real(fd);
    if (result == 0 && text) {
        note(text, strlen(text));
    }
    free(text);
    return result;
}

static void bury(const char *path) {
    int before = errno;
    struct stat st;
    if (grave && below(path) && stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        char tomb[4096];
        snprintf(tomb, sizeof tomb, "%s/%llu", grave, (unsigned long long) st.st_ino);
        if (link(path, tomb) != 0 && errno != EEXIST) {
            abort();
        }
    }
    errno = before;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) { \
        real = dlsym(RTLD_NEXT, name); \
    }

int fsync(int fd) {
    REAL(int, "fsync", int)
    return sync_with(real, fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int)
    return sync_with(real, fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t)
    return fails(fd, 0) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)
    return fails(fd, 0) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
    return fails(fd, 0) ? -1 : real(fd, bytes, size, at);
}

static int refuses(const char *path, int flags) {
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && below(path)) {
        int error = failing(0);
        if (error) {
            errno = error;
            return 1;
        }
    }
    return 0;
}

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...)
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return refuses(path, flags) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...)
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return refuses(path, flags) ? -1 : real(path, flags, mode);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    if (refuses(path, O_WRONLY)) {
        return -1;
    }
    bury(path);
    return real(path);
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *)
    if (refuses(to, O_WRONLY)) {
        return -1;
    }
    bury(to);
    return real(from, to);
}
