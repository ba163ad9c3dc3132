# How Manicule is started, out of a checkout as out of a package: their launchers source this.
#
# Set before: $java, the program; $options, the file of its options; $native, the folder of native libraries; $cache, what
# the virtual machine learned in a rehearsal (JEP 514), which may be missing.
# shellcheck shell=sh disable=SC2154

# The MiB of $1, a size as Java's options have it, or 0.
mebibytes() {
    case ${1%[kKmMgGtT]} in
        '' | 0* | *[!0-9]*) echo 0 && return ;;
    esac
    case $1 in
        *[kK]) echo $((${1%?} / 1024)) ;;
        *[mM]) echo "${1%?}" ;;
        *[gG]) echo $((${1%?} * 1024)) ;;
        *[tT]) echo $((${1%?} * 1048576)) ;;
        *) echo $(($1 / 1048576)) ;;
    esac
}

# The option for the nursery: 32 MiB for each core, but no more than a third of the heap; Java itself would let it take all.
nursery() {
    heap=0
    for option in ${JDK_JAVA_OPTIONS:-} ${MANICULE_JAVA_OPTS:-}; do
        case $option in
            -Xmx*) heap=$(mebibytes "${option#-Xmx}") ;;
            -XX:MaxHeapSize=*) heap=$(mebibytes "${option#*=}") ;;
        esac
    done
    if [ "$heap" = 0 ] && [ -r /proc/meminfo ]; then # a quarter of the memory is what Java takes
        while read -r name kibibytes _; do
            if [ "$name" = MemTotal: ]; then
                heap=$((kibibytes / 4096)) && break
            fi
        done </proc/meminfo
    fi
    most=$(($(nproc 2>/dev/null || echo 2) * 32))
    if [ "$heap" -ge 3 ] && [ $((heap / 3)) -lt "$most" ]; then
        most=$((heap / 3))
    fi
    echo "-Xmn${most}m"
}

# Runs the virtual machine for command $1, with the rest of the arguments.
launch() {
    # Most of what a request leaves behind is garbage at once: a small nursery for each core holds it, and stays in the
    # processor's cache. Other commands are over before the optimising compiler would pay.
    case $1 in
        serve) tuning=$(nursery) ;;
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
