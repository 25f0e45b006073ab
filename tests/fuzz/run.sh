#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets and runs each from its kept corpus: tests/fuzz/run.sh [--tap] [SECONDS_EACH] [TARGET...]
# Without a time it is a minute each; as many run at once as there are processors. New inputs that reach new
# code are added to tests/fuzz/corpus (in --tap they are not), what breaks is kept in build/fuzz/findings. --tap
# prints TAP, for test.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tools/lib.sh

BUILD=$PWD/build/fuzz
CORPUS=$PWD/tests/fuzz/corpus
FINDINGS=$BUILD/findings
MAX_LEN=16384
TAP=
[ "${1:-}" = --tap ] && { TAP=1; shift; }
SECONDS_EACH=60
case "${1:-}" in [0-9]*) SECONDS_EACH=$1; shift ;; esac

# shellcheck disable=SC2086
install_packages $PLEDGE_BUILD_PACKAGES clang libclang-rt-14-dev >&2
mkdir -p "$BUILD" "$FINDINGS"
{ cmake --preset fuzz && cmake --build "$BUILD"; } >"$BUILD/build.log" 2>&1 || {
    grep -E 'error|FAILED' "$BUILD/build.log" | head -n 20
    die "the fuzz targets do not build"
}
# Where LeakSanitizer may not trace (some containers), leaks are looked for by the tests alone.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1

# run TARGET : fuzzes one, says how it went, and returns whether nothing broke.
run() {
    local target=$1 seeds=$BUILD/seeds/$1 work=$BUILD/work/$1 log=$BUILD/$1.log known runs status
    mkdir -p "$work" "$CORPUS/$target" "$seeds"
    cp "$CORPUS/$target"/* "$work/" 2>/dev/null
    known=$(find "$work" -type f | wc -l)
    "$BUILD/tests/fuzz/fuzz_$target" -max_total_time="$SECONDS_EACH" -max_len=$MAX_LEN -timeout=20 \
        -rss_limit_mb=3072 -artifact_prefix="$FINDINGS/$target-" -print_final_stats=1 "$work" "$seeds" \
        >"$log" 2>&1
    status=$?
    runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
    if [ -n "$TAP" ]; then
        [ $status -eq 0 ] && printf 'ok' || printf 'not ok'
        printf ' - %s: %s inputs in %s s\n' "$target" "${runs:-0}" "$SECONDS_EACH"
    else
        printf '%-10s %6s s %12s inputs %9s new   %s\n' "$target" "$SECONDS_EACH" "${runs:-?}" \
            "$(($(find "$work" -type f | wc -l) - known))" "$([ $status -eq 0 ] && echo clean || echo FOUND)"
        "$BUILD/tests/fuzz/fuzz_$target" -merge=1 -max_len=$MAX_LEN "$CORPUS/$target" "$work" >"$log.merge" 2>&1
    fi
    [ $status -ne 0 ] && tail -n 40 "$log" | sed 's/^/# /'
    return $status
}

python3 tests/fuzz/seeds.py "$BUILD/seeds"
targets=${*:-$(cd tests/fuzz && printf '%s\n' fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')}
failed=0
number=0
waiting=()
settle() { # the oldest that runs
    local target=${waiting[0]%%:*}
    wait "${waiting[0]##*:}" || failed=$((failed + 1))
    waiting=("${waiting[@]:1}")
    number=$((number + 1))
    if [ -n "$TAP" ]; then
        sed "1s/ok -/ok $number -/" "$BUILD/$target.said"
    else
        cat "$BUILD/$target.said"
    fi
}
for target in $targets; do
    run "$target" >"$BUILD/$target.said" </dev/null &
    waiting+=("$target:$!")
    [ ${#waiting[@]} -lt "$(nproc)" ] || settle
done
while [ ${#waiting[@]} -gt 0 ]; do
    settle
done
[ -n "$TAP" ] && echo "1..$number"
[ "$failed" -eq 0 ]
