# SPDX-License-Identifier: Apache-2.0
"""The interoperability client of grpc for Ruby, as Debian's ruby-grpc ships it: a client on grpc's C core."""

import subprocess

import service

SHIPPED = "/src/ruby/pb/test/client.rb"
# The client of this version has no special_status_message; its compressed cases are two.
CASES = [name for name in service.COMMON if name != "special_status_message"]


def client():
    listed = subprocess.run(["dpkg", "-L", "ruby-grpc"], capture_output=True, text=True, check=True).stdout
    return next(path for path in listed.split("\n") if path.endswith(SHIPPED))


@service.each(*CASES, "client_compressed_unary", "client_compressed_streaming")
class GrpcRuby(service.Cases):
    def case(self, name):
        said = self.run_client(
            ["ruby", client(), "--server_host", "127.0.0.1",
             "--server_port", str(self.service.port), "--use_tls", "true", "--test_case", name],
            GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=service.CA)
        self.assertIn(f"OK: {name}", said)


if __name__ == "__main__":
    service.harness.main()
