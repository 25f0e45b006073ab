# SPDX-License-Identifier: Apache-2.0
"""grpc.testing.TestService for one test program, its messages, and a test for each case of a client.

The cases are those of grpc/grpc doc/interop-test-descriptions.md.
"""

import os
import select
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402

START_SECONDS = 30
CASE_SECONDS = 120
HERE = os.path.dirname(os.path.abspath(__file__))
CA = os.path.join(harness.CA, "ca.pem")

# What every client of ours and of others can do with any server.
COMMON = ("empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong", "empty_stream",
          "timeout_on_sleeping_server", "cancel_after_begin", "cancel_after_first_response",
          "status_code_and_message", "special_status_message", "custom_metadata", "unimplemented_method",
          "unimplemented_service")
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


class Service:
    """The program, on a free port. Leaving it asserts a clean end."""

    def __enter__(self):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [os.path.join(harness.BUILD, "tests/test_service"), "0", os.path.join(harness.WORK, "server.pem"),
             os.path.join(harness.WORK, "server.key"), CA],
            stdout=subprocess.PIPE, stderr=self.errors, text=True)
        if not select.select([self.process.stdout], [], [], START_SECONDS)[0]:
            self.process.kill()
            raise RuntimeError("test_service does not start")
        line = self.process.stdout.readline().split()
        if line[:1] != ["listening"]:
            raise RuntimeError("test_service: " + self.said())
        self.port = int(line[1])
        return self

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def __exit__(self, *_):
        self.process.terminate()
        try:
            status = self.process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()
        if status != 0:
            raise RuntimeError(f"test_service ended with {status}:\n" + self.said())


class Client:
    """Runs programs that are clients; part of a test case."""

    def run_client(self, command, **environment):
        """Runs a client for one case; what it prints is shown when it fails."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=CASE_SECONDS, env={**os.environ, **environment})
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        return done.stdout


class Cases(harness.unittest.TestCase, Client):
    """Test cases that share one service."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()


def each(*names):
    """Gives a class whose method `case(name)` does one case a test for each name."""
    def decorate(cls):
        for name in names:
            setattr(cls, "test_" + name, lambda self, name=name: self.case(name))
        return cls
    return decorate


def descriptors(folder, *files):
    """The descriptor set of protos below a folder, with all that they import."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", "-I" + folder, "--include_imports",
                        "--descriptor_set_out=" + out.name, *files], cwd=folder, check=True)
        return out.read()


def testing_messages():
    """Classes of grpc.testing by name. Made at run time: modules of that package's name would hide grpcio."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    found = descriptor_pb2.FileDescriptorSet.FromString(
        descriptors("/usr/share/grpc-proto", "grpc/testing/messages.proto", "grpc/testing/empty.proto"))
    pool = descriptor_pool.DescriptorPool()
    for file in found.file:
        pool.Add(file)
    return {message.name: message_factory.GetMessageClass(
        pool.FindMessageTypeByName("grpc.testing." + message.name))
            for file in found.file for message in file.message_type}
