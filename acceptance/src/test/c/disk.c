/*
 * A disk that can lose power or fail, for a process that is started with this library preloaded.
 *
 * DISK_ROOT  what happens below this folder is looked at
 * DISK_LOG   here it is noted what was synced: of a file its inode and size, of a folder its entries
 * DISK_GRAVE files that are deleted or replaced get a second link here, named by their inode, so that a power cut can
 *            bring them back, and inodes are not used again
 * DISK_UNDO  what an unsynced write has replaced is kept here, in a file for each inode, so that a power cut can undo it:
 *            place and length, eight bytes each, and the bytes
 * DISK_FAULT while this file exists, writes below the root fail with the errno that it holds, in digits; with an s before
 *            them, only syncs do. With a k and a part of a path, the process kills itself after the next sync of such a file;
 *            with a w, at the next write to one
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *root, *grave, *fault, *undo;
static pthread_mutex_t undoing = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;

__attribute__((constructor)) static void begin(void) {
    root = getenv("DISK_ROOT");
    grave = getenv("DISK_GRAVE");
    fault = getenv("DISK_FAULT");
    undo = getenv("DISK_UNDO");
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

static int read_fault(char *text, size_t size) {
    if (!fault || access(fault, F_OK) != 0) {
        return 0;
    }
    static int (*real_open)(const char *, int, ...);
    if (!real_open) {
        real_open = dlsym(RTLD_NEXT, "open");
    }
    int fd = real_open(fault, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    return n > 0;
}

/* The errno with which writes, or syncs, fail just now, 0 when they don't. */
static int failing(int is_sync) {
    char text[256];
    if (!read_fault(text, sizeof text) || text[0] == 'k' || text[0] == 'w') {
        return 0;
    }
    if (text[0] == 's') {
        return is_sync ? atoi(text + 1) : 0;
    }
    return atoi(text);
}

/* Kills the process, if that is what is to happen to it when it does this to such a file. */
static void strike(char what, int fd) {
    char text[256], path[4096];
    if (read_fault(text, sizeof text) && text[0] == what && path_of(fd, path, sizeof path) && strstr(path, text + 1)) {
        kill(getpid(), SIGKILL);
        pause();
    }
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

/* The file with what unsynced writes have replaced, for a file below the root; 0 when there is none to be kept. */
static int undo_file(int fd, char *name, size_t size, struct stat *st) {
    char path[4096];
    if (!undo || !path_of(fd, path, sizeof path) || fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
        return 0;
    }
    snprintf(name, size, "%s/%llu", undo, (unsigned long long) st->st_ino);
    return 1;
}

static int open_undo(const char *name, int flags) {
    static int (*real_open)(const char *, int, ...);
    if (!real_open) {
        real_open = dlsym(RTLD_NEXT, "open");
    }
    int fd = real_open(name, flags | O_CLOEXEC, 0600);
    return fd;
}

static void put(int fd, const void *bytes, size_t size) {
    static ssize_t (*real_write)(int, const void *, size_t);
    if (!real_write) {
        real_write = dlsym(RTLD_NEXT, "write");
    }
    if (real_write(fd, bytes, size) != (ssize_t) size) {
        abort();
    }
}

/* Keeps what a write is going to replace. */
static void keep(int fd, size_t size, off64_t at) {
    char name[4096];
    struct stat st;
    if (!undo_file(fd, name, sizeof name, &st) || at >= st.st_size) {
        return;
    }
    size_t length = size < (size_t) (st.st_size - at) ? size : (size_t) (st.st_size - at);
    char *bytes = malloc(length + 1);
    int reading = -1;
    char path[4096];
    if (!bytes || !path_of(fd, path, sizeof path) || (reading = open_undo(path, O_RDONLY)) < 0
            || pread(reading, bytes, length, at) != (ssize_t) length) {
        abort();
    }
    close(reading);
    pthread_mutex_lock(&undoing);
    int kept = open_undo(name, O_WRONLY | O_CREAT | O_APPEND);
    if (kept < 0) {
        abort();
    }
    int64_t head[2] = {at, (int64_t) length};
    put(kept, head, sizeof head);
    put(kept, bytes, length);
    close(kept);
    pthread_mutex_unlock(&undoing);
    free(bytes);
}

static off_t kept_bytes(int fd) {
    char name[4096];
    struct stat st;
    return undo_file(fd, name, sizeof name, &st) && stat(name, &st) == 0 ? st.st_size : 0;
}

/* What was written before a sync can't be undone after it. */
static void forget(int fd, off_t synced) {
    char name[4096];
    struct stat st;
    if (synced == 0 || !undo_file(fd, name, sizeof name, &st)) {
        return;
    }
    pthread_mutex_lock(&undoing);
    if (stat(name, &st) == 0 && st.st_size > synced) {
        size_t left = st.st_size - synced;
        char *bytes = malloc(left);
        int kept = open_undo(name, O_RDWR);
        if (!bytes || kept < 0 || pread(kept, bytes, left, synced) != (ssize_t) left || ftruncate(kept, 0) != 0) {
            abort();
        }
        put(kept, bytes, left);
        close(kept);
        free(bytes);
    } else {
        static int (*real_unlink)(const char *);
        if (!real_unlink) {
            real_unlink = dlsym(RTLD_NEXT, "unlink");
        }
        real_unlink(name);
    }
    pthread_mutex_unlock(&undoing);
}

static int sync_with(int (*real)(int), int fd) {
    if (fails(fd, 1)) {
        return -1;
    }
    char *text = describe(fd);
    off_t kept = kept_bytes(fd);
    int result = real(fd);
    if (result == 0 && text) {
        note(text, strlen(text));
    }
    free(text);
    if (result == 0) {
        forget(fd, kept);
        strike('k', fd);
    }
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

/* Whether a write is to fail; when not, it is on its way. */
static int is_refused(int fd, size_t size, off64_t at) {
    if (fails(fd, 0)) {
        return 1;
    }
    strike('w', fd);
    keep(fd, size, at);
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t)
    off64_t at = undo && !(fcntl(fd, F_GETFL) & O_APPEND) ? lseek64(fd, 0, SEEK_CUR) : -1;
    return is_refused(fd, size, at < 0 ? INT64_MAX : at) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)
    return is_refused(fd, size, at) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
    return is_refused(fd, size, at) ? -1 : real(fd, bytes, size, at);
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
