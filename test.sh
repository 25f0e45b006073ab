#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds with sanitizers and runs the tests:
#     ./test.sh [tidy] [unit] [sql] [integration] [interop] [abuse] [fuzz]
# Without a name it runs all of them. The last line is "N passed, N failed". Full output of each part lies
# in build/test/logs/.
set -u
cd "$(dirname "$0")" || exit 1
. tests/tools/lib.sh

PARTS="tidy unit sql integration interop abuse fuzz"
TEST_PACKAGES="libcmocka-dev clang-format-14 postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl
    python3 python3-venv nghttp2-client man-db curl ca-certificates rsync git
    faketime testssl.sh"
WORK=$PWD/build/test
LOGS=$WORK/logs
BUILD=build/asan
PASSED=0
FAILED=0

usage() {
    sed -n '3,6s/^# //p' "$0"
    exit "${1:-0}"
}

case "${1:-}" in -h | --help) usage ;; esac
chosen=${*:-$PARTS}
for part in $chosen; do
    case " $PARTS " in *" $part "*) ;; *) usage 2 >&2 ;; esac
done
wants() { case " $chosen " in *" $1 "*) return 0 ;; esac; return 1; }

# count LOG STATUS NAME : adds up the TAP lines of a part; a failure without one counts as one.
count() {
    local log=$1 status=$2 name=$3 good bad
    good=$(grep -cE '^ok [0-9]' "$log")
    bad=$(grep -cE '^not ok [0-9]' "$log")
    [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    [ $((good + bad)) -eq 0 ] && bad=1
    PASSED=$((PASSED + good))
    FAILED=$((FAILED + bad))
    printf '  %-34s %4d passed %4d failed\n' "$name" "$good" "$bad"
    if [ "$bad" -gt 0 ]; then
        grep -vE '^ok [0-9]' "$log" | tail -n 60 | sed 's/^/    /'
    fi
}

# part NAME COMMAND... : runs a command that prints TAP.
part() {
    local name=$1 log status
    shift
    log=$LOGS/$(printf %s "$name" | tr -c 'a-zA-Z0-9._\n' '-').log
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    count "$log" $status "$name"
}

finish() {
    [ -n "${CLUSTER:-}" ] && cluster_stop "$CLUSTER" immediate
    [ -n "${SOCKETS:-}" ] && rm -rf "$SOCKETS"
}
trap finish EXIT

build() {
    say "building with sanitizers"
    { cmake --preset asan && cmake --build $BUILD; } >"$LOGS/build.log" 2>&1 || {
        grep -E 'error|warning|FAILED' "$LOGS/build.log" | head -n 30
        say "0 passed, 1 failed"
        exit 1
    }
}

# One cluster for all parts; without fsync, since it is thrown away.
cluster() {
    [ -n "${CLUSTER:-}" ] && return
    CLUSTER=$WORK/pg
    SOCKETS=$(mktemp -d /tmp/pledge-test.XXXXXX)
    [ -d "$CLUSTER" ] && { cluster_stop "$CLUSTER" immediate; rm -rf "$CLUSTER"; }
    cluster_start "$CLUSTER" "$SOCKETS" fsync=off max_connections=200
    schema_deploy "$SOCKETS" pledge_test
    export PGHOST=$SOCKETS PGUSER=postgres
    ca_make "$WORK/ca"
    certificate_make "$WORK/ca" "$WORK/server" localhost serverAuth
    export PLEDGE_TEST_WORK=$WORK PLEDGE_TEST_BUILD=$PWD/$BUILD
}

# The foreign clients, each in a folder of its own: grpcio from PyPI; buf, grpc-js, Connect and an identity
# provider from npm;
# grpc-go's and h2spec from their modules. Debian has the Ruby client and the browser.
INTEROP_PACKAGES="ruby-grpc chromium libnss3-tools"
GRPC_GO=v1.71.1
GRPC_GO_OLDEST=22        # the Go 1.N that it needs;
GRPC_GO_BEFORE=v1.64.1   # and what an older Go, such as Debian's, can build
H2SPEC=v0.0.0-20200804131034-70ac22940108  # is 2.6.0; a proxy that has only tags gives 2.2.1

python_env() {
    [ -x "$WORK/venv/bin/python" ] || /usr/bin/python3 -m venv "$WORK/venv"
    "$WORK/venv/bin/pip" install -q --disable-pip-version-check -r tests/interop/requirements.txt ||
        die "pip could not install the Python client"
    mkdir -p "$WORK/python"
    "$WORK/venv/bin/python" -m grpc_tools.protoc -Iproto \
        --python_out="$WORK/python" proto/pledge/v1/*.proto proto/google/rpc/*.proto
    export PYTHONPATH=$WORK/python PYTHONDONTWRITEBYTECODE=1
}

# Not npm ci, which refuses a lock without the packages for systems that nobody here has.
node_env() {
    command -v node >/dev/null && command -v npm >/dev/null || install_packages nodejs npm
    export PLEDGE_TEST_NODE=$WORK/node
    cmp -s tests/interop/package-lock.json "$WORK/node/installed.json" && return
    mkdir -p "$WORK/node"
    rm -rf "$WORK/node/node_modules"
    cp tests/interop/package.json tests/interop/package-lock.json "$WORK/node/"
    (cd "$WORK/node" && npm install --no-audit --no-fund) >"$LOGS/npm.log" 2>&1 ||
        { tail -n 20 "$LOGS/npm.log"; die "npm could not install the Node client"; }
    cp tests/interop/package-lock.json "$WORK/node/installed.json"
}

go_env() {
    local minor version=$GRPC_GO
    command -v go >/dev/null || install_packages golang-go
    minor=$(GOTOOLCHAIN=local go env GOVERSION | sed -E 's/^go1\.([0-9]+).*/\1/')
    [ "$minor" -ge $GRPC_GO_OLDEST ] || version=$GRPC_GO_BEFORE
    export PLEDGE_TEST_GO=$WORK/go/$version
    export GOTOOLCHAIN=local
    [ -x "$PLEDGE_TEST_GO/client" ] ||
        GOBIN=$PLEDGE_TEST_GO go install "google.golang.org/grpc/interop/client@$version" >"$LOGS/go.log" 2>&1 ||
        { tail -n 20 "$LOGS/go.log"; die "go could not install the Go client"; }
    [ -x "$PLEDGE_TEST_GO/h2spec" ] ||
        GOBIN=$PLEDGE_TEST_GO go install "github.com/summerwind/h2spec/cmd/h2spec@$H2SPEC" >"$LOGS/go.log" 2>&1 ||
        (cd tests/interop/h2spec && go build -o "$PLEDGE_TEST_GO/h2spec" github.com/summerwind/h2spec/cmd/h2spec) \
            >"$LOGS/go.log" 2>&1 || { tail -n 20 "$LOGS/go.log"; die "go could not build h2spec"; }
}

run_sql() {
    PGDATABASE=pledge_test pg_prove -v --ext .sql tests/sql/
}

# Revert everything, deploy again, verify: what sqitch would do on a server.
run_sqitch() {
    local name=pledge_sqitch
    createdb $name
    (
        cd sql || exit 1
        export SQITCH_FULLNAME=test SQITCH_EMAIL=test@localhost
        sqitch deploy --verify "db:pg:$name" && echo "ok 1 - deploys and verifies" &&
            sqitch revert -y "db:pg:$name" && echo "ok 2 - reverts" &&
            [ "$(psql -qAt -d $name -c "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pledge'")" = 0 ] &&
            echo "ok 3 - leaves nothing behind" &&
            sqitch deploy "db:pg:$name" && sqitch verify "db:pg:$name" &&
            echo "ok 4 - deploys again" &&
            cd .. && schema_of_plan "$PGHOST" no_such_database && schema_of_plan "$PGHOST" $name &&
            psql -qX -d $name -c "DELETE FROM sqitch.changes WHERE change = 'grants'" &&
            schema_of_plan "$PGHOST" $name && echo "ok 5 - the beginning of the plan is of the plan" &&
            psql -qX -d $name -c "UPDATE sqitch.changes SET script_hash = 'x' WHERE change = 'support'" &&
            ! schema_of_plan "$PGHOST" $name && echo "ok 6 - another text of a change is not"
    )
}

mkdir -p "$LOGS"
rm -f "$LOGS"/*.log
say "packages"
# shellcheck disable=SC2086
install_packages $PLEDGE_BUILD_PACKAGES $PLEDGE_RUN_PACKAGES $TEST_PACKAGES
# A machine has one mail server; where there is another, it stays and test_reminders is skipped.
if [ ! -e /usr/sbin/sendmail ]; then
    install_packages exim4-daemon-light
fi
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1

wants tidy && part "tidy" python3 tests/tidy/tidy.py
if wants unit || wants integration || wants interop; then
    build
fi
if wants unit; then
    for test in "$BUILD"/tests/unit/test_*; do
        [ -x "$test" ] && [ -f "$test" ] || continue
        part "unit/$(basename "$test" | sed s/test_//)" env CMOCKA_MESSAGE_OUTPUT=TAP "$test"
    done
fi
if wants sql; then
    cluster
    part "sql/pgtap" run_sql
    part "sql/sqitch" run_sqitch
fi
if wants integration; then
    cluster
    python_env
    node_env
    for test in tests/integration/test_*.py; do
        part "integration/$(basename "$test" .py | sed s/test_//)" "$WORK/venv/bin/python" "$test"
    done
fi
if wants interop; then
    # shellcheck disable=SC2086
    install_packages $INTEROP_PACKAGES
    cluster
    python_env
    node_env
    go_env
    for test in tests/interop/test_*.py; do
        part "interop/$(basename "$test" .py | sed s/test_//)" "$WORK/venv/bin/python" "$test"
    done
fi
# Memory and latency are measured on the build that is installed, since sanitizers distort both.
if wants abuse; then
    cluster
    python_env
    say "building the release"
    { cmake --preset release && cmake --build build/release; } >"$LOGS/release.log" 2>&1 ||
        { tail -n 20 "$LOGS/release.log"; die "the release does not build"; }
    for test in tests/abuse/test_*.py; do
        part "abuse/$(basename "$test" .py | sed s/test_//)" env PLEDGE_TEST_BUILD=$PWD/build/release \
            "$WORK/venv/bin/python" "$test"
    done
fi
# Each target replays its corpus and looks further; tests/fuzz/run.sh goes on for hours.
FUZZ_SECONDS=${FUZZ_SECONDS:-120}
if wants fuzz; then
    part "fuzz" tests/fuzz/run.sh --tap $FUZZ_SECONDS
fi
say ""
say "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
