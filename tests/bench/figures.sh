#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints what an RPC costs, against the data of ./demo.sh (run that first): calls a second and latency
# of the plainest read and of the monitor by h2load over TLS, allocations an RPC, resident memory, lines of
# C a floor. Load generator, daemon and database share the machine, so the figures are for orientation;
# compare only within one run.
#   tests/bench/figures.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

SECONDS_EACH=${1:-8}
WARM_UP=2
DEMO=$PWD/build/demo
PLEDGED=$PWD/build/release/server/pledged
WORK=$(mktemp -d /tmp/pledge-figures.XXXXXX)
PORT=17443
DAEMON=

[ -x "$PLEDGED" ] && cluster_running "$DEMO/pg" || die "run ./demo.sh first"
install_packages nghttp2-client
finish() {
    [ -n "$DAEMON" ] && kill "$DAEMON" 2>/dev/null && wait "$DAEMON" 2>/dev/null
    rm -rf "$WORK"
}
trap finish EXIT

cc -shared -fPIC -O2 -o "$WORK/certificate.so" tests/bench/client_certificate.c -ldl

frame() { # frame FIELD_NUMBER TEXT : one gRPC message with one string field
    python3 - "$1" "$2" <<'PY'
import struct, sys
text = sys.argv[2].encode()
body = bytes([int(sys.argv[1]) << 3 | 2, len(text)]) + text
sys.stdout.buffer.write(b"\0" + struct.pack(">I", len(body)) + body)
PY
}

start() { # start LOOPS [PRELOAD]
    LD_PRELOAD=${2:-} PLEDGED_LISTEN=127.0.0.1:$PORT PLEDGED_TLS_CERTIFICATE=$DEMO/server.pem \
        PLEDGED_TLS_KEY=$DEMO/server.key PLEDGED_TLS_CLIENT_CA=$DEMO/ca.pem PLEDGED_LOOPS=$1 \
        PLEDGED_DATABASE="host=$(cat "$DEMO/socket-dir") dbname=pledge user=pledged" \
        PLEDGED_SQL_DIRECTORY=$PWD/sql/rpc PLEDGED_LOG_LEVEL=error "$PLEDGED" 2>"$WORK/log" &
    DAEMON=$!
    for _ in $(seq 100); do
        sleep 0.1
        port_free $PORT || ! load PledgeService/GetStatement "$WORK/statement" 1 1 -n 1 -v 2>&1 |
            grep -q -e 'grpc-' -e ' 0 succeeded' && break
    done
}

stop() {
    kill "$DAEMON"
    wait "$DAEMON" || true
    DAEMON=
}

load() { # load METHOD FRAME CONNECTIONS STREAMS EXTRA...
    local method=$1 data=$2 clients=$3 streams=$4
    shift 4
    LD_PRELOAD=$WORK/certificate.so PLEDGE_IDENTITY=$DEMO/identities/derby-officer h2load -c "$clients" -m "$streams" -d "$data" \
        -H 'content-type: application/grpc' -H 'te: trailers' "$@" \
        "https://127.0.0.1:$PORT/pledge.v1.$method"
}

measure() { # measure NAME METHOD FRAME CONNECTIONS STREAMS
    rm -f "$WORK/times"
    # h2load shows headers and not trailers, so a status among them is a refusal
    ! load "$2" "$3" 1 1 -n 1 -v 2>&1 | grep 'grpc-' || die "$2 was refused"
    load "$2" "$3" "$4" "$5" -D "$SECONDS_EACH" --warm-up-time $WARM_UP --log-file "$WORK/times" \
        >"$WORK/h2load" 2>&1
    awk -F'\t' '$2 == 200 { print $3 }' "$WORK/times" | sort -n >"$WORK/sorted"
    awk -v name="$1" -v seconds="$SECONDS_EACH" -v shape="$4 x $5" '
        { t[NR] = $1 }
        END { printf "  %-34s %9s %9.0f %9.2f %9.2f %9.2f\n", name, shape, NR / seconds,
              t[int(NR * .5) + 1] / 1000, t[int(NR * .99) + 1] / 1000, t[NR] / 1000 }' "$WORK/sorted"
    grep -q ' 0 failed, 0 errored, 0 timeout' "$WORK/h2load" || tail -n 5 "$WORK/h2load"
}

frame 1 "authorities/derby/pledges/promise/versions/2/statements/3" >"$WORK/statement"
frame 1 "authorities/derby" >"$WORK/monitor"
printf '\0\0\0\0\0' >"$WORK/empty"

start 1
printf '\nOne loop, h2load and PostgreSQL on the same %s cores\n' "$(nproc)"
printf '  %-34s %9s %9s %9s %9s %9s\n' "" "conns x m" "RPC/s" "p50 ms" "p99 ms" "max ms"
measure "plainest read: GetStatement" PledgeService/GetStatement "$WORK/statement" 8 32
measure "plainest read: GetStatement" PledgeService/GetStatement "$WORK/statement" 1 1
measure "GetMonitor, 10 statements" MonitorService/GetMonitor "$WORK/monitor" 8 4
measure "GetMonitor, 10 statements" MonitorService/GetMonitor "$WORK/monitor" 1 1
printf '\nResident memory after that load: %s KiB\n' "$(awk '/VmRSS/ { print $2 }' "/proc/$DAEMON/status")"
stop
start 1
printf 'Resident memory idle, one loop:  %s KiB\n' "$(awk '/VmRSS/ { print $2 }' "/proc/$DAEMON/status")"
stop

cc -shared -fPIC -O2 -o "$WORK/count.so" tests/bench/count_allocations.c
start 1 "$WORK/count.so"
counted() {
    kill -USR1 "$DAEMON"
    sleep 0.3
    tail -n 1 "$WORK/log" | tr -dc 0-9
}
allocations() { # allocations NAME METHOD FRAME CALLS
    load "$2" "$3" 1 8 -n 200 >/dev/null 2>&1
    local before after
    before=$(counted)
    load "$2" "$3" 1 8 -n "$4" >/dev/null 2>&1
    after=$(counted)
    awk -v name="$1" -v n="$4" -v d=$((after - before)) 'BEGIN { printf "  %-34s %9.1f\n", name, d / n }'
}
printf '\nAllocations an RPC, in all libraries (connection set-up spread over the calls)\n'
allocations "GetStatement" PledgeService/GetStatement "$WORK/statement" 20000
allocations "GetMonitor" MonitorService/GetMonitor "$WORK/monitor" 2000
stop

printf '\nLines of C a floor (code without blank lines)\n'
for floor in server server/sqlrpc server/auth server/rpc server/db server/net common/msg common/grpc \
    common/base client/lib client/cli; do
    printf '  %-34s %9d\n' "$floor" "$(cat "$floor"/*.[ch] | grep -cv '^[[:space:]]*$')"
done
