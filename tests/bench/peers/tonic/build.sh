#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the peer: build.sh OUT makes OUT/tonic. Needs cargo and protoc.
set -euo pipefail
cd "$(dirname "$0")"
PEER_PROTO=$PWD/../../../../proto cargo build --release --locked --target-dir "$1/tonic.src"
cp "$1/tonic.src/release/tonic-peer" "$1/tonic"
