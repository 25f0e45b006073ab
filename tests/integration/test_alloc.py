# SPDX-License-Identifier: Apache-2.0
"""Allocations fail under load: the daemon stays, calls end with a status that says so, and later ones work."""

import uuid

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

    def test_no_request_is_kept_under_a_wrong_digest(self):
        """A digest that cannot be made is never an empty one: its repetition would be another request's."""
        department = {"parent": self.parent, "department_id": "digests", "department": {"display_name": "Digests"},
                      "request_id": str(uuid.uuid4())}
        self.officer.GetAuthority(name=self.parent)  # the handshake makes digests too
        self.failing["digests_one_in"] = 1
        try:
            self.refused(grpc.StatusCode.RESOURCE_EXHAUSTED, self.officer.CreateDepartment, **department)
        finally:
            self.failing["digests_one_in"] = 0
        self.assertGreater(self.failing["digests_failed"], 0)
        first = self.officer.CreateDepartment(**department)
        self.assertEqual(self.officer.CreateDepartment(**department), first)


if __name__ == "__main__":
    harness.main()
