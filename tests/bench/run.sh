#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures Pledge beside other stacks on this machine and prints one table; README.md says how to read it.
#
#   tests/bench/run.sh [--rows NAME,...] [--rounds N] [--seconds N] [--quick]
#
# Rows: health read memory start monitor latency submit audit bulk signin cost. --quick is 3 rounds of 1 second.
# Results go to build/bench/results.json and build/bench/*.svg. It takes 25 to 40 minutes, needs
# two cores and Debian 12, and installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh
. tests/bench/setup.sh

OUT=$PWD/build/bench
TOOLS=$OUT/tools
GHZ=github.com/bojand/ghz/cmd/ghz@v0.120.0
MIN_FILES=20000
options=()

while [ $# -gt 0 ]; do
    case $1 in
    --rows | --rounds | --seconds)
        [ $# -ge 2 ] || die "$1 needs a value"
        options+=("$1" "$2")
        shift 2
        ;;
    --quick)
        options+=(--rounds 3 --seconds 1)
        shift
        ;;
    *)
        sed -n '3,9s/^# \{0,1\}//p' "$0"
        case $1 in -h | --help) exit 0 ;; *) exit 2 ;; esac
        ;;
    esac
done

progress() { printf '%s\n' "$*" >&2; }

build() { # build NAME COMMAND... : quietly, or with the end of its output when it fails
    local name=$1
    shift
    progress "building $name"
    "$@" >"$OUT/build-$name.log" 2>&1 || {
        tail -n 20 "$OUT/build-$name.log" >&2
        die "$name could not be built; the whole output is in $OUT/build-$name.log"
    }
}

build_all() {
    local peer
    build pledged cmake -S . -B "$OUT/pledged" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DPLEDGE_TESTS=OFF
    build pledged cmake --build "$OUT/pledged" --target pledged
    cp "$OUT/pledged/server/pledged" "$TOOLS/pledged"
    build client cc -O2 -Wall -o "$TOOLS/client" tests/bench/client.c -lnghttp2 -lssl -lcrypto
    build client_certificate cc -shared -fPIC -O2 -o "$TOOLS/client_certificate.so" \
        tests/bench/client_certificate.c -ldl
    build count_allocations cc -shared -fPIC -O2 -o "$TOOLS/count_allocations.so" \
        tests/bench/count_allocations.c
    [ -x "$TOOLS/ghz" ] || build ghz env GOBIN="$TOOLS" go install "$GHZ"
    for peer in grpc-go tonic grpc-cpp grpc-js; do
        build "$peer" "tests/bench/peers/$peer/build.sh" "$TOOLS/peers"
    done
}

# shellcheck disable=SC2086
install_packages $PLEDGE_BUILD_PACKAGES $PLEDGE_RUN_PACKAGES nghttp2-client nghttp2-server linux-perf \
    g++ libgrpc++-dev protobuf-compiler-grpc binutils util-linux python3 >&2
for tool in go cargo node npm; do
    command -v $tool >/dev/null ||
        die "$tool is needed to build a peer and is not on the PATH; peers/README.md says which versions"
done
[ "$(nproc)" -ge 2 ] || die "two cores are needed: one for the server, one for the load"
ulimit -n $MIN_FILES 2>/dev/null || [ "$(ulimit -n)" -ge $MIN_FILES ] ||
    die "10,000 connections need $MIN_FILES open files; raise the limit: ulimit -n $MIN_FILES"
mkdir -p "$TOOLS/peers"
build_all

# A path that the postgres user can enter, and short enough for a socket.
PLACE=$(mktemp -d /tmp/pledge-bench.XXXXXX)
finish() {
    cp -r "$PLACE/logs" "$OUT" 2>/dev/null || true
    bench_clear "$PLACE"
}
trap finish EXIT
progress "loading 153 authorities (a minute or two)"
bench_setup "$PLACE" authorities=153
bench_load "$PLACE" bench_one authorities=1
for database in bench_write bench_unaudited; do
    bench_load "$PLACE" $database authorities=1 statements=3 owners=50 rounds=1 closed=0
done
PGHOST=$PLACE/sockets psql -qX -U postgres -d bench_unaudited -c "CREATE OR REPLACE FUNCTION pledge.audit_write(p_method
    text, p_peer text, p_request_id text, p_request_hash bytea) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'"
python3 tests/bench/measure.py "$PLACE" "$TOOLS" "$OUT/results.json" "${options[@]}"
python3 tests/bench/report.py "$OUT/results.json" "$OUT"
