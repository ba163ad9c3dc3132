# How Manicule is started, out of a checkout as out of a package: their launchers source this.
#
# Set before: $java, the program; $options, the file of its options; $native, the folder of native libraries; $cache, what
# the virtual machine learned in a rehearsal (JEP 514), which may be missing.
# shellcheck shell=sh disable=SC2154

# Runs the virtual machine for command $1, with the rest of the arguments.
launch() {
    # Most of what a request leaves behind is garbage at once: a small nursery for each core holds it, and stays in the
    # processor's cache. Other commands are over before the optimising compiler would pay.
    case $1 in
        serve) tuning=-Xmn$(($(nproc 2>/dev/null || echo 2) * 32))m ;;
        bench) tuning= ;;
        *) tuning=-XX:TieredStopAtLevel=1 ;;
    esac
    shift

    # In a locale that knows ASCII only (C, or one that this machine does not have) Java could not name files that are
    # not ASCII, nor read such arguments and variables.
    case $(locale charmap 2>/dev/null || true) in
        '' | ANSI* | US-ASCII | 646) export LC_ALL=C.UTF-8 ;;
    esac

    if [ -s "$cache" ]; then
        set -- "-XX:AOTCache=$cache" -Xlog:aot=off -Xlog:cds=off "$@"
    fi
    # shellcheck disable=SC2086 # these are several words
    exec "$java" "@$options" $tuning ${MANICULE_JAVA_OPTS:-} "-Djava.library.path=$native" "$@"
}
