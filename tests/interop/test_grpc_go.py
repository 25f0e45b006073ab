# SPDX-License-Identifier: Apache-2.0
"""The interoperability client of grpc-go, as its authors publish it."""

import os

import service

CLIENT = os.path.join(os.environ["PLEDGE_TEST_GO"], "client")
SOAK = ("-soak_iterations", "20", "-soak_overall_timeout_seconds", "60",
        "-soak_per_iteration_max_acceptable_latency_ms", "20000")

# The balancer of the client that reads load reports.
ORCA = ("-service_config_json", '{"loadBalancingConfig": [{"test_backend_metrics_load_balancer": {}}]}')


def options(name):
    return SOAK if name.endswith("_soak") else ORCA if name.startswith("orca_") else ()


@service.each(*service.COMMON, "pick_first_unary", "orca_per_rpc", "orca_oob", "rpc_soak", "channel_soak")
class GrpcGo(service.Cases):
    def case(self, name):
        self.run_client(
            [CLIENT, "-server_host", "127.0.0.1", "-server_port", str(self.service.port), "-use_tls",
             "-use_test_ca", "-ca_file", service.CA, "-server_host_override", "localhost",
             "-test_case", name, *options(name)])


if __name__ == "__main__":
    service.harness.main()
