#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A mixed load on pledged for a long time; fails when its memory or its descriptors grow:
#     tests/bench/soak.sh [--load] [--build DIR] SECONDS
# --load only loads and ends it, and judges nothing but the answers; --build takes the pledged of that
# build and does not make one. It has a cluster and certificates of its own and forgets them at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

BUILD=
VENV=$PWD/build/test/venv
options=()
seconds=

usage() {
    sed -n '3,6s/^# \{0,1\}//p' "$0"
    exit "$1"
}

while [ $# -gt 0 ]; do
    case $1 in
    --load) options+=(--load) ;;
    --build)
        [ $# -ge 2 ] || usage 2 >&2
        BUILD=$2
        shift
        ;;
    -h | --help) usage 0 ;;
    [1-9]*) seconds=$1 ;;
    *) usage 2 >&2 ;;
    esac
    shift
done
[ -n "$seconds" ] || usage 2 >&2

# shellcheck disable=SC2086
install_packages $PLEDGE_BUILD_PACKAGES $PLEDGE_RUN_PACKAGES python3 python3-venv curl >&2
if [ -z "$BUILD" ]; then
    BUILD=$PWD/build/soak
    cmake -S . -B "$BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPLEDGE_TESTS=OFF >/dev/null
    cmake --build "$BUILD" --target pledged >/dev/null
fi
[ -x "$VENV/bin/python" ] || /usr/bin/python3 -m venv "$VENV"
"$VENV/bin/pip" install -q --disable-pip-version-check -r tests/interop/requirements.txt

# A path that the postgres user can enter, and short enough for a socket.
PLACE=$(mktemp -d /tmp/pledge-soak.XXXXXX)
finish() {
    cluster_stop "$PLACE/pg" immediate || true
    rm -rf "$PLACE"
}
trap finish EXIT
chmod 755 "$PLACE"
cluster_start "$PLACE/pg" "$PLACE/sockets" fsync=off max_connections=60
schema_deploy "$PLACE/sockets" pledge_test
ca_make "$PLACE/ca"
certificate_make "$PLACE/ca" "$PLACE/server" localhost serverAuth
mkdir "$PLACE/python"
"$VENV/bin/python" -m grpc_tools.protoc -Iproto --python_out="$PLACE/python" \
    proto/pledge/v1/*.proto proto/google/rpc/*.proto
export PGHOST=$PLACE/sockets PGUSER=postgres PLEDGE_TEST_WORK=$PLACE PLEDGE_TEST_BUILD=$BUILD \
    PYTHONPATH=$PLACE/python:$PWD/tests/integration PYTHONDONTWRITEBYTECODE=1
"$VENV/bin/python" tests/bench/soak.py "${options[@]}" "$seconds"
