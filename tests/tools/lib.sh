# SPDX-License-Identifier: Apache-2.0
# Shell functions shared by demo.sh and test.sh: packages, private PostgreSQL clusters, certificates.
# shellcheck shell=bash

# Debian packages to build and run; the tests add their own.
PLEDGE_BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config protobuf-compiler
    protobuf-c-compiler libprotobuf-dev libprotobuf-c-dev grpc-proto libuv1-dev libnghttp2-dev
    libpq-dev libssl-dev libjansson-dev libconfig-dev libcsv-dev zlib1g-dev libcjose-dev
    libcurl4-openssl-dev libqrencode-dev libsodium-dev liboath-dev libcrack2-dev"
PLEDGE_RUN_PACKAGES="postgresql-15 postgresql-client-15 sqitch libdbd-pg-perl openssl cracklib-runtime"

PG_BIN=/usr/lib/postgresql/15/bin
CLUSTER_START_SECONDS=60

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# install_packages NAME... : installs those that are missing; says what to do if it cannot.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "these packages are missing and there is no sudo: ${missing[*]}"
        root=(sudo)
    fi
    say "  installing ${#missing[@]} packages: ${missing[*]}"
    # The packages' own scripts must not start a cluster on this machine.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        "${root[@]}" mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' |
            "${root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    local log
    log=$(mktemp)
    if ! { "${root[@]}" apt-get update &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "apt-get could not install: ${missing[*]}"
    fi
    rm -f "$log"
}

# pg DIR COMMAND... : runs a PostgreSQL program as somebody who is not root, since initdb and the
# server refuse root. As root that is the postgres user where it can reach DIR, else a user
# namespace in which root is an ordinary user.
pg() {
    local dir=$1 program=$PG_BIN/$2
    shift 2
    if [ "$(id -u)" -ne 0 ]; then
        (cd / && "$program" "$@")
    elif runuser -u postgres -- test -x "$(dirname "$dir")"; then
        (cd / && runuser -u postgres -- "$program" "$@")
    else
        unshare --user --map-user=65534 --map-group=65534 true 2>/dev/null ||
            die "the postgres user cannot enter $(dirname "$dir"), and there are no user namespaces here;
  move the checkout to a folder that the postgres user can enter"
        (cd / && unshare --user --map-user=65534 --map-group=65534 "$program" "$@")
    fi
}

# cluster_start DIR SOCKET_DIR [SETTING...] : makes the cluster if it is not there, and starts it.
# It listens on a socket in SOCKET_DIR only, which nobody else can enter.
cluster_start() {
    local dir=$1 sockets=$2
    shift 2
    [ -x $PG_BIN/initdb ] || die "PostgreSQL 15 is not at $PG_BIN"
    mkdir -p "$dir" "$sockets"
    chmod 700 "$sockets"
    if [ "$(id -u)" -eq 0 ] && runuser -u postgres -- test -x "$(dirname "$dir")"; then
        chown postgres: "$dir" "$sockets"
    fi
    if [ ! -s "$dir/PG_VERSION" ]; then
        pg "$dir" initdb -D "$dir" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
            --no-instructions >"$sockets/initdb.log" 2>&1 ||
            { cat "$sockets/initdb.log" >&2; die "initdb failed"; }
    fi
    local setting options="-c listen_addresses='' -c unix_socket_directories='$sockets'"
    for setting in "$@"; do
        options="$options -c $setting"
    done
    cluster_running "$dir" && return 0
    pg "$dir" pg_ctl -D "$dir" -w -t $CLUSTER_START_SECONDS -l "$dir/server.log" -o "$options" \
        start >/dev/null 2>&1 || { tail -n 20 "$dir/server.log" >&2; die "PostgreSQL did not start"; }
}

cluster_running() { [ -s "$1/PG_VERSION" ] && pg "$1" pg_ctl -D "$1" status >/dev/null 2>&1; }

# cluster_stop DIR [MODE]
cluster_stop() { pg "$1" pg_ctl -D "$1" -w -m "${2:-fast}" stop >/dev/null 2>&1; }

# schema_deploy SOCKET_DIR DATABASE : brings the schema to its newest change.
schema_deploy() {
    local sockets=$1 database=$2 log
    log=$(mktemp)
    PGHOST=$sockets psql -qXAt -U postgres -d postgres -c \
        "SELECT 1 FROM pg_database WHERE datname = '$database'" | grep -q 1 ||
        PGHOST=$sockets createdb -U postgres "$database"
    if ! (cd sql && PGHOST=$sockets PGUSER=postgres SQITCH_FULLNAME=deploy \
        SQITCH_EMAIL=deploy@localhost sqitch deploy --verify "db:pg:$database") >"$log" 2>&1; then
        cat "$log" >&2
        die "the schema could not be deployed"
    fi
    rm -f "$log"
}

# schema_of_plan SOCKETS DATABASE : whether what is deployed there, if anything, is how sql/ begins now: the same changes in
# the same order with the same text. If not, the schema is another version's, and schema_deploy cannot or does not mend it.
schema_of_plan() {
    local sockets=$1 database=$2 deployed
    deployed=$(PGHOST=$sockets psql -qXAt -U postgres -d "$database" -c \
        "SELECT change || ' ' || script_hash FROM sqitch.changes ORDER BY committed_at" 2>/dev/null) || return 0
    [ "$deployed" = "$(cd sql && awk '/^[^%@]/ {print $1}' sqitch.plan | head -n "$(grep -c . <<<"$deployed")" |
        while read -r change; do echo "$change $(sha1sum <"deploy/$change.sql" | cut -d' ' -f1)"; done)" ]
}

# ca_make DIR : a certificate authority in DIR/ca.pem and DIR/ca.key.
ca_make() {
    [ -s "$1/ca.pem" ] && return 0
    mkdir -p "$1"
    (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$1/ca.key")
    openssl req -x509 -new -key "$1/ca.key" -out "$1/ca.pem" -days 3650 -sha256 \
        -subj "/CN=Pledge demonstration authority" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
}

# certificate_make CA_DIR OUT_PREFIX COMMON_NAME USAGE : OUT_PREFIX.pem and OUT_PREFIX.key; USAGE is
# serverAuth (for localhost) or clientAuth.
certificate_make() {
    local ca=$1 out=$2 name=$3 usage=$4 request extensions
    [ -s "$out.pem" ] && return 0
    mkdir -p "$(dirname "$out")"
    request=$(mktemp)
    extensions=$(mktemp)
    {
        echo "basicConstraints=critical,CA:FALSE"
        echo "keyUsage=critical,digitalSignature"
        echo "extendedKeyUsage=$usage"
        [ "$usage" = serverAuth ] && echo "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
    } >"$extensions"
    (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$out.key")
    openssl req -new -key "$out.key" -subj "/CN=$name" -out "$request" 2>/dev/null
    openssl x509 -req -in "$request" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -CAcreateserial -days 3650 \
        -sha256 -extfile "$extensions" -out "$out.pem" 2>/dev/null
    rm -f "$request" "$extensions"
}

# port_free PORT : true when nothing listens on 127.0.0.1:PORT.
port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
