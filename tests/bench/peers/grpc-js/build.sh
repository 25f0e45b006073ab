#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the peer: build.sh OUT makes OUT/grpc-js. Needs node and npm, and Debian's grpc-proto.
set -euo pipefail
cd "$(dirname "$0")"
out=$1/grpc-js.src
mkdir -p "$out"
cp package.json package-lock.json server.js "$out"
npm ci --prefix "$out" --no-audit --no-fund --ignore-scripts
cat >"$1/grpc-js" <<SCRIPT
#!/bin/sh
PEER_PROTO=$(realpath ../../../../proto):/usr/share/grpc-proto NODE_ENV=production exec node $out/server.js
SCRIPT
chmod +x "$1/grpc-js"
