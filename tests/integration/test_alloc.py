# SPDX-License-Identifier: Apache-2.0
"""Allocations fail under load: the daemon stays, calls end with a status that says so, and later ones work."""

import grpc
import harness
import test_durability
import test_syscalls

# What grpcio says when OpenSSL had no memory for a record: the outcome is open, and writers and load go on.
test_durability.REPEATED += (grpc.StatusCode.UNKNOWN,)
CLEAN = test_syscalls.CLEAN | {"UNKNOWN"}


class Allocations(test_syscalls.FailingCase):
    def test_few_allocations_fail(self):
        self.endure("allocations", 3000, CLEAN)

    def test_many_allocations_fail(self):
        self.endure("allocations", 200, CLEAN)


if __name__ == "__main__":
    harness.main()
