#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the peer: build.sh OUT makes OUT/grpc-cpp. Needs Debian's g++, libgrpc++-dev,
# protobuf-compiler-grpc and libpq-dev, whose versions the distribution pins.
set -euo pipefail
cd "$(dirname "$0")"
out=$1/grpc-cpp.src
proto=$PWD/../../../../proto
mkdir -p "$out"
protoc -I"$proto" --cpp_out="$out" --grpc_out="$out" \
    --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" pledge/v1/pledge.proto
# shellcheck disable=SC2046
g++ -std=c++17 -O3 -flto -DNDEBUG -Wall -I"$out" $(pkg-config --cflags grpc++ protobuf libpq) \
    server.cc "$out"/pledge/v1/pledge.pb.cc "$out"/pledge/v1/pledge.grpc.pb.cc \
    $(pkg-config --libs grpc++ protobuf libpq) -o "$1/grpc-cpp"
