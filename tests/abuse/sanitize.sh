#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs pledged with two loops under a mixed load and its drain, and looks for data races (ThreadSanitizer)
# and for wrong accesses and leaks (valgrind memcheck). Prints TAP:
#     tests/abuse/sanitize.sh [thread|memcheck] [SECONDS]
# Without a name it runs both; each takes SECONDS (60) of load. Neither needs a suppression. libuv, libpq
# and OpenSSL are not instrumented: ThreadSanitizer sees our code and what it knows of libc.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

tools="thread memcheck"
seconds=60
number=0
failed=0

usage() {
    sed -n '3,7s/^# \{0,1\}//p' "$0"
    exit "$1"
}

for argument in "$@"; do
    case $argument in
    thread | memcheck) tools=$argument ;;
    [1-9]*) seconds=$argument ;;
    -h | --help) usage 0 ;;
    *) usage 2 >&2 ;;
    esac
done

# tell STATUS NAME [FILE...] : a TAP line, and the beginning of each file when it failed.
tell() {
    local status=$1 name=$2 file word=ok
    shift 2
    number=$((number + 1))
    [ "$status" -eq 0 ] || { word="not ok" failed=1; }
    echo "$word $number - $name"
    [ "$status" -eq 0 ] && return
    for file in "$@"; do
        head -n 60 "$file" | cut -c 1-160 | sed 's/^/# /'
    done
}

# build TOOL [CMAKE_OPTION...] : build/sanitize/TOOL/server/pledged
build() {
    local folder=build/sanitize/$1 log=build/sanitize/$1.log
    shift
    mkdir -p build/sanitize
    { cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DPLEDGE_TESTS=OFF "$@" &&
        cmake --build "$folder" --target pledged; } >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        die "pledged could not be built"
    }
}

# loaded TOOL BUILD : the load on that build's pledged; $REPORTS/log says how it went.
loaded() {
    local status=0
    tests/bench/soak.sh --load --build "$2" "$seconds" >"$REPORTS/log" 2>&1 || status=$?
    tell $status "$1: $seconds s of load and the drain" "$REPORTS/log"
    [ $status -ne 0 ] || sed 's/^/# /' "$REPORTS/log"
}

run_thread() {
    build thread -DCMAKE_C_FLAGS=-fsanitize=thread
    nm -D build/sanitize/thread/server/pledged | grep -c __tsan_write8 >/dev/null || die "not instrumented"
    export TSAN_OPTIONS="log_path=$REPORTS/thread second_deadlock_stack=1"
    loaded thread "$PWD/build/sanitize/thread"
    local found
    found=$(find "$REPORTS" -name 'thread.*')
    # shellcheck disable=SC2086
    tell "$(wc -w <<<"$found")" "thread: no report" $found
}

# A folder that looks like a build and whose pledged runs under valgrind.
run_memcheck() {
    build memcheck
    mkdir "$REPORTS/server"
    cat >"$REPORTS/server/pledged" <<END
#!/bin/sh
exec valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \\
    --num-callers=30 --log-file=$REPORTS/memcheck.%p $PWD/build/sanitize/memcheck/server/pledged "\$@"
END
    chmod +x "$REPORTS/server/pledged"
    loaded memcheck "$REPORTS"
    # one file each of the daemon and of the command that adds the first administrator
    local bad=0 file
    for file in "$REPORTS"/memcheck.*; do
        grep -q 'ERROR SUMMARY: 0 errors from 0 contexts' "$file" || bad=1
    done
    tell $bad "memcheck: no error and nothing definitely lost" "$REPORTS"/memcheck.*
}

# shellcheck disable=SC2086
install_packages $PLEDGE_BUILD_PACKAGES $PLEDGE_RUN_PACKAGES valgrind >&2
REPORTS=$(mktemp -d /tmp/pledge-sanitize.XXXXXX)
trap 'rm -rf "$REPORTS"' EXIT
for tool in $tools; do
    "run_$tool"
done
echo "1..$number"
exit $failed
