# SPDX-License-Identifier: Apache-2.0
# Shell functions that set up something to measure: cluster, schema, data, certificates. To be
# sourced from the repository's root, after tests/tools/lib.sh.
# shellcheck shell=bash

# bench_setup DIR [VARIABLE=VALUE...] : a running cluster in DIR/pg on the socket DIR/sockets, a
# database "bench" with the schema and the data of load.sql under these variables, certificates
# DIR/ca.pem, DIR/server.* and DIR/officer.* (officer of authorities/council-001). What is there is
# kept. DIR must be a path that the postgres user can enter, of at most 80 characters.
bench_setup() {
    local dir=$1
    shift
    bench_certificates "$dir"
    bench_cluster "$dir"
    bench_load "$dir" bench "$@"
}

bench_certificates() { # bench_certificates DIR
    mkdir -p "$1"
    chmod 755 "$1"
    ca_make "$1/ca"
    cp "$1/ca/ca.pem" "$1/ca.pem"
    certificate_make "$1/ca" "$1/server" localhost serverAuth
    certificate_make "$1/ca" "$1/officer" officer clientAuth
}

# Settings of a small production server; a commit is on disk before it is answered.
bench_cluster() { # bench_cluster DIR
    cluster_start "$1/pg" "$1/sockets" shared_buffers=1GB max_wal_size=4GB \
        checkpoint_timeout=30min max_connections=200 fsync=on synchronous_commit=on
}

# bench_load DIR DATABASE [VARIABLE=VALUE...]
bench_load() {
    local dir=$1 database=$2 variables=() variable
    shift 2
    PGHOST=$dir/sockets psql -qXAt -U postgres -d postgres -c \
        "SELECT 1 FROM pg_database WHERE datname = '$database'" | grep -q 1 && return 0
    schema_deploy "$dir/sockets" "$database"
    for variable in "officer=$(bench_fingerprint "$dir/officer.pem")" "$@"; do
        variables+=(-v "$variable")
    done
    PGHOST=$dir/sockets psql -qX -U postgres -d "$database" "${variables[@]}" \
        -f tests/bench/load.sql || {
        PGHOST=$dir/sockets dropdb -U postgres "$database"
        die "the data could not be loaded"
    }
}

# bench_fingerprint FILE : the SHA-256 of a certificate, as the service knows it.
bench_fingerprint() {
    openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f
}

# bench_clear DIR : ends the cluster and forgets everything in DIR.
bench_clear() {
    cluster_stop "$1/pg" immediate || true
    rm -rf "$1"
}
