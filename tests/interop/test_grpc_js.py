# SPDX-License-Identifier: Apache-2.0
"""The interoperability cases with grpc-js: Node, an HTTP/2 and gRPC of its own."""

import os

import service

SCRIPT = os.path.join(service.HERE, "cases.js")


@service.each(*service.COMMON, "client_compressed_unary", "client_compressed_streaming", "concurrent_large_unary",
              "rpc_soak", "channel_soak", "pick_first_unary")
class GrpcJs(service.Cases):
    def case(self, name):
        self.run_client(["node", SCRIPT, str(self.service.port), service.CA, name])


if __name__ == "__main__":
    service.harness.main()
