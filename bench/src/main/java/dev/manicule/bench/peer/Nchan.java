package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx with the module Nchan: one worker, messages in memory. */
public final class Nchan {
    /** With Nchan, nginx wants a folder that only an installation makes, whatever its configuration says: it gets one of its own. */
    private static final String WITH_A_FOLDER = """
            mount -t tmpfs none /var/lib && mkdir /var/lib/nginx \\
                && exec unshare --map-user=65534 --map-group=65534 "$0" -p "$1" -c "$2\"""";

    private Nchan() {}

    /** Starts one. {@code POST /publish?id=…} publishes, {@code GET /subscribe?id=…} waits for the next message. */
    public static PeerProcess start(Machine machine, Packages packages) throws IOException, InterruptedException {
        Path folder = WorkFolders.make("nchan");
        int port = PeerProcess.freePort();
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                load_module %s;
                daemon off;
                worker_processes 1;
                pid %s/pid;
                error_log stderr error;
                events { worker_connections 20000; }
                http {
                    access_log off;
                    client_body_temp_path %2$s/body;
                    proxy_temp_path %2$s/proxy;
                    fastcgi_temp_path %2$s/fastcgi;
                    uwsgi_temp_path %2$s/uwsgi;
                    scgi_temp_path %2$s/scgi;
                    keepalive_requests 1000000000;
                    keepalive_timeout 1h;
                    nchan_shared_memory_size 256M;
                    server {
                        listen 127.0.0.1:%d backlog=4096;
                        location = /publish {
                            nchan_publisher;
                            nchan_channel_id $arg_id;
                            nchan_message_buffer_length 10;
                        }
                        location = /subscribe {
                            nchan_subscriber;
                            nchan_channel_id $arg_id;
                            nchan_subscriber_first_message newest;
                        }
                    }
                }
                """.formatted(packages.file("usr/lib/nginx/modules/ngx_nchan_module.so"), folder, port));
        return PeerProcess.start("nginx with Nchan", machine, folder, port, packages.environment(),
                List.of("unshare", "--map-root-user", "--mount", "sh", "-c", WITH_A_FOLDER,
                        packages.program("usr/sbin/nginx"), folder.toString(), configuration.toString()));
    }
}
