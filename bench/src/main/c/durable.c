/*
 * The least that a server of durable writes can do: it takes requests of HTTP/1.1, appends them as they came to a file that
 * has its size and its blocks already, has fdatasync return, and answers. What has come in together is synced together. One
 * thread; nothing is looked up, and nothing but the end of each request is looked for.
 *
 *     durable PORT FILE
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_BYTES = 64 << 20, MOST_AT_ONCE = 1024, REQUEST_BYTES = 4 << 10 };

static const char answer[] = /* as long as the one to an add of an action */
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/javascript; charset=\"UTF-8\"\r\n"
    "Cache-Control: no-cache\r\n"
    "Content-Length: 155\r\n"
    "Connection: keep-alive\r\n"
    "Date: Thu, 26 Nov 2026 12:00:00 GMT\r\n"
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: *\r\n"
    "\r\n"
    "{\"status\":200,\"data\":{\"messageTimetoken\":\"17000000000000000\",\"type\":\"reaction\","
    "\"uuid\":\"u0000000000\",\"value\":\"smile\",\"actionTimetoken\":\"17000000000000000\"}}";

struct connection {
    int socket;
    size_t filled;
    char request[REQUEST_BYTES + 1];
};

/* How long the request is that a connection has sent; 0 while it is not whole. The load sends the next one after the answer. */
static size_t whole(struct connection *from) {
    from->request[from->filled] = 0;
    const char *end = strstr(from->request, "\r\n\r\n");
    if (!end) return 0;
    const char *length = strcasestr(from->request, "\r\nContent-Length:");
    size_t bytes = end + 4 - from->request + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    return from->filled >= bytes ? bytes : 0;
}

static int preallocated(const char *path) {
    static char zeros[1 << 20];
    int file = open(path, O_CREAT | O_RDWR | O_TRUNC, 0600);
    if (file < 0) err(1, "%s", path);
    if (posix_fallocate(file, 0, FILE_BYTES)) errx(1, "no room for %s", path);
    for (off_t at = 0; at < FILE_BYTES; at += sizeof zeros) {
        if (pwrite(file, zeros, sizeof zeros, at) != sizeof zeros) err(1, "%s", path);
    }
    if (fsync(file)) err(1, "%s", path);
    return file;
}

static int listening(int port) {
    int on = 1, server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *) &address, sizeof address) || listen(server, MOST_AT_ONCE)) err(1, "port %d", port);
    return server;
}

static void watch(int events, struct connection *connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(events, EPOLL_CTL_ADD, connection->socket, &event)) err(1, "epoll_ctl");
}

int main(int count, char **arguments) {
    if (count != 3) errx(2, "durable PORT FILE");
    static char append[MOST_AT_ONCE * REQUEST_BYTES];
    static struct epoll_event ready[MOST_AT_ONCE];
    static struct connection *asking[MOST_AT_ONCE];
    int file = preallocated(arguments[2]), events = epoll_create1(0);
    struct connection server = {.socket = listening(atoi(arguments[1]))};
    off_t position = 0;
    watch(events, &server);
    for (;;) {
        int waiting = epoll_wait(events, ready, MOST_AT_ONCE, -1), requests = 0;
        size_t bytes = 0;
        for (int i = 0; i < waiting; i++) {
            struct connection *from = ready[i].data.ptr;
            if (from == &server) {
                int on = 1, socket = accept(server.socket, NULL, NULL);
                if (socket < 0) err(1, "accept");
                setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                struct connection *accepted = calloc(1, sizeof *accepted);
                if (!accepted) err(1, "a connection");
                accepted->socket = socket;
                watch(events, accepted);
                continue;
            }
            ssize_t got = recv(from->socket, from->request + from->filled, REQUEST_BYTES - from->filled, 0);
            if (got <= 0) {
                close(from->socket);
                free(from);
                continue;
            }
            from->filled += got;
            size_t length = whole(from);
            if (length) {
                memcpy(append + bytes, from->request, length);
                bytes += length;
                from->filled = 0;
                asking[requests++] = from;
            }
        }
        if (!requests) continue;
        if (position + bytes > FILE_BYTES) position = 0;
        if (pwrite(file, append, bytes, position) != (ssize_t) bytes || fdatasync(file)) err(1, "the disk");
        position += bytes;
        for (int i = 0; i < requests; i++) {
            send(asking[i]->socket, answer, sizeof answer - 1, MSG_NOSIGNAL);
        }
    }
}
