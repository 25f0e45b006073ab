#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the peer: build.sh OUT makes OUT/grpc-go. Needs go and protoc.
set -euo pipefail
cd "$(dirname "$0")"
out=$1/grpc-go.src
proto=$PWD/../../../../proto
file=pledge/v1/pledge.proto
package="$file=example.invalid/peer/gen/pledge/v1;pledgev1"
mkdir -p "$out"
cp go.mod go.sum main.go "$out"
# go.mod pins the generators like everything else
(cd "$out" && GOBIN=$out/bin go install google.golang.org/protobuf/cmd/protoc-gen-go \
    google.golang.org/grpc/cmd/protoc-gen-go-grpc)
PATH=$out/bin:$PATH protoc -I"$proto" --go_out="$out" --go-grpc_out="$out" \
    --go_opt=module=example.invalid/peer --go-grpc_opt=module=example.invalid/peer \
    --go_opt=M"$package" --go-grpc_opt=M"$package" "$file"
cd "$out"
go build -trimpath -o ../grpc-go .
