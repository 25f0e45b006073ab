# SPDX-License-Identifier: Apache-2.0
"""Connect's own client for Node against pledged: its protocol in JSON and binary, gRPC and gRPC-Web."""

import glob
import json
import os
import tempfile

import service
from council import SmallCouncil

SCRIPT = os.path.join(service.HERE, "connect.js")
PROTOCOLS = ("connect_json", "connect_binary", "grpc", "grpc_web")
CASES = ("unary", "error_details", "refusals", "compression", "a_write", "watch", "watch_refused",
         "stream_of_requests", "timeout", "cancellation")


@service.each(*(f"{protocol}_{case}" for protocol in PROTOCOLS for case in CASES))
class Connect(SmallCouncil, service.Client):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = os.path.join(service.harness.ROOT, "proto")
        files = glob.glob("pledge/v1/*.proto", root_dir=folder) + ["google/rpc/error_details.proto"]
        cls.protos = tempfile.NamedTemporaryFile(suffix=".binpb")
        cls.protos.write(service.descriptors(folder, *files))
        cls.protos.flush()

    @classmethod
    def tearDownClass(cls):
        cls.protos.close()
        super().tearDownClass()

    def case(self, name):
        protocol = next(one for one in PROTOCOLS if name.startswith(one + "_") and name[len(one) + 1:] in CASES)
        settings = {"port": self.daemon.port, "ca": service.CA, "known": service.harness.identity("derby-officer"),
                    "stranger": service.harness.identity("nobody-known"), "protos": self.protos.name,
                    "parent": self.parent, "protocol": protocol}
        self.run_client(["node", SCRIPT, name[len(protocol) + 1:], json.dumps(settings)])


if __name__ == "__main__":
    service.harness.main()
