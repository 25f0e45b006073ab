# SPDX-License-Identifier: Apache-2.0
"""libpledge as a stranger meets it: installed, found by pkg-config, the README's program as it stands;
and its streams before a server of another make (grpcio)."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

import grpc
import harness
from council import SmallCouncil
from driver import Driver
from google.rpc import error_details_pb2, status_pb2
from pledge.v1 import member_pb2

MIB = 1 << 20
FLOOD = 64  # messages of 1 MiB that a server has for us
AHEAD = 4  # and how many of them may be on their way: our window and what the server buffers
WAIT_SECONDS = 20
NEVER_MS = 600_000


class Library(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = tempfile.mkdtemp(prefix="pledge-stage-")
        subprocess.run(["cmake", "--install", harness.BUILD], capture_output=True, check=True,
                       env=dict(os.environ, DESTDIR=cls.stage))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.stage)
        super().tearDownClass()

    def readme_programs(self):
        with open(os.path.join(harness.ROOT, "client/lib/README.md"), encoding="utf-8") as file:
            return re.findall(r"```c\n(.*?)```", file.read(), re.S)

    def compile(self, text, *arguments):
        """Against the installed library; returns the path of what comes out."""
        found = subprocess.run(["find", self.stage, "-name", "pledge.pc"], capture_output=True, text=True)
        environment = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(found.stdout.split()[0]),
                           PKG_CONFIG_SYSROOT_DIR=self.stage)
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "pledge"],
                               capture_output=True, text=True, env=environment, check=True).stdout.split()
        source = os.path.join(self.stage, "program.c")
        program = os.path.join(self.stage, "program")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", *arguments,
                               "-o", program, source, *flags], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return program

    def run_program(self, program):
        library = subprocess.run(["find", self.stage, "-name", "libpledge.so.*"], capture_output=True, text=True)
        prefix = harness.identity("derby-officer")
        return subprocess.run(
            [program, f"127.0.0.1:{self.daemon.port}", os.path.join(harness.CA, "ca.pem"), prefix + ".pem",
             prefix + ".key", self.parent], capture_output=True, text=True, timeout=WAIT_SECONDS,
            env=dict(os.environ, LD_LIBRARY_PATH=os.path.dirname(library.stdout.split()[0])))

    def test_the_readme_shows_the_example(self):
        with open(os.path.join(harness.ROOT, "client/lib/example.c"), encoding="utf-8") as file:
            example = file.read()
        self.assertEqual(self.readme_programs()[0], example)
        code = [line for line in example.splitlines() if line.strip() and not line.startswith("/*")]
        self.assertLessEqual(len(code), 30)

    def test_it_compiles_against_the_installed_library_and_runs(self):
        done = self.run_program(self.compile(self.readme_programs()[0]))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Promise 1", done.stdout)

    def test_the_readme_shows_streams_that_work(self):
        """Its watch() sees the service serve, and here has one second to do so."""
        watch, loop = self.readme_programs()[1:]
        main = """
int main(int argc, char **argv)
{
    struct pledge_channel_options options = {.address = argv[1], .ca_file = argv[2],
                                             .cert_file = argv[3], .key_file = argv[4]};
    struct pledge_status status;
    struct pledge_channel *channel = pledge_channel_new(&options, &status);
    bool good = watch(channel);
    pledge_channel_free(channel);
    return argc == 6 && !good ? 0 : 1;
}
"""
        self.assertIn("Health/Watch\", NULL,", watch)
        brief = watch.replace("Health/Watch\", NULL,", "Health/Watch\", &brief,").replace(
            "    struct pledge_reply reply = {0};\n",
            "    struct pledge_reply reply = {0};\n    struct pledge_call_options brief = {.timeout_ms = 1000};\n")
        done = self.run_program(self.compile(brief + main))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("status 1\n", done.stdout)
        self.assertIn("DEADLINE_EXCEEDED", done.stderr)
        self.compile(loop, "-c")


class Server:
    """A grpcio server with every kind of method, on bytes; `seen` tells what it noticed."""

    def __init__(self, **options):
        self.server = grpc.server(
            concurrent.futures.ThreadPoolExecutor(8), **options,
            options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)])
        kinds = {"One": "unary_unary", "Give": "unary_stream", "Take": "stream_unary", "Both": "stream_stream",
                 "Early": "stream_unary", "Flood": "unary_stream", "Deaf": "stream_stream",
                 "Wait": "unary_stream", "Refuse": "unary_stream", "Names": "stream_stream",
                 "Mirror": "stream_stream"}
        handlers = {name: getattr(grpc, kind + "_rpc_method_handler")(getattr(self, name.lower()))
                    for name, kind in kinds.items()}
        self.server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("test.Test", handlers),))

        def read(path):
            with open(os.path.join(harness.WORK, path), "rb") as file:
                return file.read()
        self.port = self.server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(
            [(read("server.key"), read("server.pem"))]))
        self.ended = threading.Event()
        self.given = 0

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop(0).wait()

    def one(self, request, context):
        return request

    def give(self, request, context):
        for number in range(int(request)):
            yield b"%d" % number

    def take(self, requests, context):
        sizes = [len(request) for request in requests]
        return b"%d %d" % (len(sizes), sum(sizes))

    def both(self, requests, context):
        yield from requests

    def early(self, requests, context):
        return next(requests)

    def flood(self, request, context):
        for number in range(FLOOD):
            self.given += 1
            yield bytes([number]) * MIB

    def deaf(self, requests, context):
        context.add_callback(self.ended.set)
        yield b"hello"
        self.ended.wait(WAIT_SECONDS)

    def wait(self, request, context):
        """Gives as many messages as asked for and then does not end."""
        context.add_callback(self.ended.set)
        for number in range(int(request)):
            yield b"%d" % number
        self.ended.wait(WAIT_SECONDS)

    def refuse(self, request, context):
        yield b"one"
        yield b"two"
        bad = error_details_pb2.BadRequest(field_violations=[error_details_pb2.BadRequest.FieldViolation(
            field="a.b[3]", description="must be c", reason="R001")])
        status = status_pb2.Status(code=3, message="no: 100% \u00e9")
        status.details.add().Pack(bad)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, status.message)

    def names(self, requests, context):
        for request in requests:
            name = member_pb2.GetSelfResponse.FromString(request).display_name
            yield member_pb2.GetSelfResponse(display_name=name.upper()).SerializeToString()
        yield b"\x0a\xff\xff"

    def mirror(self, requests, context):
        """Gives the request's metadata back in the headers and in the trailers."""
        own = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-")]
        context.send_initial_metadata(own)
        context.set_trailing_metadata([(key.replace("x-", "y-", 1), value) for key, value in own])
        yield from requests


class Shown(grpc.ServerInterceptor):
    """Keeps the authorization metadata of every call, by method."""

    def __init__(self):
        self.values = {}

    def intercept_service(self, continuation, details):
        self.values[details.method.split("/")[-1]] = [
            value for key, value in details.invocation_metadata if key == "authorization"]
        return continuation(details)


class Sessions(unittest.TestCase):
    KINDS = ("One", "Give", "Take", "Both")
    TOKEN = "pls_" + "A-_z" * 10 + "xyz"

    def setUp(self):
        self.shown = Shown()
        self.server = self.enterContext(Server(interceptors=(self.shown,)))

    def call_all(self, driver, **options):
        self.assertEqual(driver.call("/test.Test/One", b"1", **options)["code"], "OK")
        for method in self.KINDS[1:]:
            driver.open(f"/test.Test/{method}", **options)
            driver.send(b"1")
            driver.close_send()
            self.assertEqual(driver.finish()["code"], "OK")
        return [self.shown.values[method] for method in self.KINDS]

    def test_every_kind_of_call_shows_the_session(self):
        with Driver(self.server.port, session_token=self.TOKEN) as driver:
            self.assertEqual(self.call_all(driver), [["Bearer " + self.TOKEN]] * 4)

    def test_with_a_certificate_too(self):
        prefix = harness.identity("library-session")
        with Driver(self.server.port, session_token=self.TOKEN, cert=prefix + ".pem",
                    key=prefix + ".key") as driver:
            self.assertEqual(self.call_all(driver), [["Bearer " + self.TOKEN]] * 4)

    def test_without_one_nothing_is_shown(self):
        with Driver(self.server.port) as driver:
            self.assertEqual(self.call_all(driver), [[]] * 4)

    def test_metadata_of_the_call_takes_its_place(self):
        with Driver(self.server.port, session_token=self.TOKEN) as driver:
            own = [["authorization", b"Other".hex()]]
            self.assertEqual(self.call_all(driver, metadata=own), [["Other"]] * 4)

    def test_what_is_no_token(self):
        with Driver(self.server.port) as driver:
            for token in ("", "a b", "a\n", "\u00e9", "x" * 4097):
                answer = driver.channel(self.server.port, session_token=token)
                self.assertEqual(answer["code"], "INVALID_ARGUMENT", token)


class Streams(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.driver = self.enterContext(Driver(self.server.port))

    def ends(self, code="OK", stream=0, says=""):
        done = self.driver.finish(stream)
        self.assertEqual(done["code"], code, done["message"])
        self.assertIn(says, done["message"])
        self.assertEqual(done["good"], code == "OK")
        return done

    # ---- the four kinds ----

    def test_unary(self):
        done = self.driver.call("/test.Test/One", b"hello")
        self.assertEqual((done["code"], done["hex"], done["attempts"]), ("OK", b"hello".hex(), 1))

    def test_the_server_streams(self):
        self.driver.open("/test.Test/Give")
        self.assertTrue(self.driver.send(b"1000"))
        self.assertTrue(self.driver.close_send())
        for number in range(1000):
            self.assertEqual(self.driver.message(), b"%d" % number)
        self.assertEqual(self.driver.receive()["result"], "END")
        self.assertEqual(self.driver.receive()["result"], "END")
        self.ends()

    def test_the_client_streams(self):
        self.driver.open("/test.Test/Take")
        for size in range(100):
            self.assertTrue(self.driver.fill(size))
        self.assertTrue(self.driver.close_send())
        self.assertFalse(self.driver.send(b"more"))
        self.assertEqual(self.driver.message(), b"100 4950")
        self.assertEqual(self.driver.receive()["result"], "END")
        self.ends()

    def test_both_stream_in_turn(self):
        self.driver.open("/test.Test/Both")
        for text in (b"", b"a", b"b" * 60):
            self.assertTrue(self.driver.send(text))
            self.assertEqual(self.driver.message(), text)
        self.assertEqual(self.driver.receive(timeout_ms=0)["result"], "AGAIN")
        self.assertTrue(self.driver.close_send())
        self.assertEqual(self.driver.receive()["result"], "END")
        self.ends()

    def test_typed_messages(self):
        self.driver.open("/test.Test/Names")
        self.assertTrue(self.driver.ask(do="send", name="somebody")["good"])
        self.assertEqual(self.driver.receive(typed=True), {"result": "MESSAGE", "name": "SOMEBODY"})
        self.driver.close_send()
        self.assertEqual(self.driver.receive(typed=True), {"result": "ERROR"})
        self.ends("INTERNAL", says="cannot be read")

    def test_streams_that_carry_nothing(self):
        self.driver.open("/test.Test/Both")
        self.driver.close_send()
        self.assertEqual(self.driver.receive()["result"], "END")
        self.ends()
        self.driver.open("/test.Test/Take")
        self.driver.close_send()
        self.assertEqual(self.driver.message(), b"0 0")
        self.ends()

    def test_a_unary_method_by_way_of_a_stream(self):
        self.driver.open("/test.Test/One")
        self.driver.send(b"x")
        self.ends()

    def test_finish_waits_and_drops_what_nobody_took(self):
        self.driver.open("/test.Test/Give")
        self.driver.send(b"5000")
        self.ends()

    # ---- several on one channel ----

    def test_streams_interleave(self):
        for stream in range(4):
            self.driver.open("/test.Test/Both", stream)
        for text in (b"a", b"b", b"c"):
            for stream in (2, 0, 3, 1):
                self.driver.send(text + b"%d" % stream, stream)
            self.assertEqual(self.driver.call("/test.Test/One", text)["hex"], text.hex())
            for stream in (1, 2, 3, 0):
                self.assertEqual(self.driver.message(stream), text + b"%d" % stream)
        for stream in (3, 1, 0, 2):
            self.driver.close_send(stream)
            self.ends(stream=stream)

    def test_a_stream_that_nobody_reads_holds_up_no_other(self):
        self.driver.open("/test.Test/Flood", 1)
        self.driver.send(b"x", 1)
        self.driver.open("/test.Test/Both", 2)
        for _ in range(40):
            self.assertTrue(self.driver.fill(200_000, stream=2))
            self.assertEqual(self.driver.receive(2)["length"], 200_000)
        self.assertLess(self.server.given, AHEAD)
        self.driver.finish(1, drop=True)
        self.driver.close_send(2)
        self.ends(stream=2)

    # ---- flow control ----

    def test_messages_beyond_the_windows(self):
        done = self.driver.ask(do="call", method="/test.Test/One", size=9 * MIB, fill=3)
        self.assertEqual((done["code"], done["length"], done["sum"]), ("OK", 9 * MIB, 27 * MIB))
        self.driver.open("/test.Test/Both")
        for fill in (1, 2, 3):
            self.assertTrue(self.driver.fill(5 * MIB, fill))
            answer = self.driver.receive()
            self.assertEqual((answer["length"], answer["sum"]), (5 * MIB, fill * 5 * MIB))
        self.driver.close_send()
        self.ends()

    def test_a_slow_reader_holds_the_server_up(self):
        self.driver.open("/test.Test/Flood")
        self.driver.send(b"x")
        before = self.driver.ask(do="memory")["peak"]
        for number in range(FLOOD):
            answer = self.driver.receive()
            self.assertEqual((answer["length"], answer["sum"]), (MIB, number * MIB))
            self.driver.call("/test.Test/One", b"meanwhile")
            self.assertLessEqual(self.server.given, number + 1 + AHEAD)
        after = self.driver.ask(do="memory")["peak"]
        self.assertEqual(self.driver.receive()["result"], "END")
        self.ends()
        self.assertLess(after - before, FLOOD // 2 * 1024)

    def test_a_server_that_does_not_read_holds_us_up(self):
        self.driver.open("/test.Test/Deaf", timeout_ms=2000)
        sent = 0
        while self.driver.fill(MIB):
            sent += 1
            self.assertLess(sent, FLOOD)
        self.ends("DEADLINE_EXCEEDED")

    # ---- the end of a call ----

    def test_cancelled_in_the_middle(self):
        self.driver.open("/test.Test/Wait")
        self.driver.send(b"3")
        self.assertEqual(self.driver.message(), b"0")
        self.driver.ask(do="cancel", stream=0)
        self.assertTrue(self.server.ended.wait(WAIT_SECONDS))
        self.assertEqual(self.driver.receive()["result"], "ERROR")
        self.assertFalse(self.driver.send(b"more"))
        self.driver.ask(do="cancel", stream=0)
        self.ends("CANCELLED", says="by the caller")
        self.assertEqual(self.driver.call("/test.Test/One", b"x")["code"], "OK")

    def test_dropped_in_the_middle(self):
        self.driver.open("/test.Test/Wait")
        self.driver.send(b"3")
        self.assertEqual(self.driver.message(), b"0")
        self.driver.finish(drop=True)
        self.assertTrue(self.server.ended.wait(WAIT_SECONDS))

    def test_the_deadline_comes_in_the_middle(self):
        self.driver.open("/test.Test/Wait", timeout_ms=1000)
        self.driver.send(b"3")
        for number in range(3):
            self.assertEqual(self.driver.message(), b"%d" % number)
        self.assertEqual(self.driver.receive()["result"], "ERROR")
        self.assertTrue(self.server.ended.wait(WAIT_SECONDS))
        self.ends("DEADLINE_EXCEEDED")

    def test_a_server_that_answers_before_it_has_read_all(self):
        self.driver.open("/test.Test/Early")
        self.driver.send(b"first")
        while self.driver.fill(MIB):
            pass
        self.assertEqual(self.driver.message(), b"first")
        self.assertEqual(self.driver.receive()["result"], "END")
        self.ends()

    def test_details_of_a_refusal_behind_messages(self):
        self.driver.open("/test.Test/Refuse")
        self.driver.send(b"x")
        self.assertEqual([self.driver.message(), self.driver.message()], [b"one", b"two"])
        self.assertEqual(self.driver.receive()["result"], "ERROR")
        done = self.ends("INVALID_ARGUMENT", says="no: 100% \u00e9")
        self.assertEqual(done["violations"], [["a.b[3]", "must be c", "R001"]])
        details = status_pb2.Status.FromString(bytes.fromhex(done["details"]))
        self.assertEqual(details.code, 3)

    def test_no_such_method(self):
        self.driver.open("/test.Test/Nothing")
        self.assertEqual(self.driver.receive()["result"], "ERROR")
        self.ends("UNIMPLEMENTED")

    # ---- metadata ----

    def test_metadata_both_ways(self):
        every = bytes(range(256))
        sent = [["x-text", b"hello world".hex()], ["x-data-bin", every.hex()], ["x-one-bin", "00"],
                ["x-two-bin", "0001"], ["x-empty-bin", ""], ["x-data-bin", "ff"], ["x-empty", ""]]
        self.driver.open("/test.Test/Mirror", metadata=sent)
        self.driver.send(b"go")
        self.driver.message()
        self.assertEqual(self.driver.ask(do="header", name="x-text"), {"value": b"hello world".hex()})
        self.assertEqual(self.driver.ask(do="header", name="x-data-bin"), {"value": every.hex()})
        self.assertEqual(self.driver.ask(do="header", name="x-none"), {"value": None})
        self.driver.close_send()
        done = self.ends()
        ours = [pair for pair in done["headers"] if pair[0].startswith("x-")]
        self.assertEqual(sorted(ours), sorted(sent))
        self.assertEqual(sorted(p for p in done["trailers"] if p[0].startswith("y-")),
                         sorted(["y" + name[1:], value] for name, value in sent))

    def test_what_cannot_begin(self):
        for metadata in ([["Upper", "00"]], [["grpc-mine", "61"]], [["x", "0a"]], [["x", "61"]] * 65):
            done = self.driver.open("/test.Test/Both", metadata=metadata)
            self.assertEqual((done["good"], done["code"]), (False, "INVALID_ARGUMENT"), metadata)
        self.assertEqual(self.driver.open("test.Test")["code"], "INVALID_ARGUMENT")
        self.assertEqual(self.driver.call("test.Test")["code"], "INVALID_ARGUMENT")
        self.driver.channel(1)
        self.assertEqual(self.driver.open("/test.Test/Both", timeout_ms=1000)["code"], "UNAVAILABLE")

    # ---- sizes and compression ----

    def test_the_largest_messages(self):
        self.driver.channel(self.server.port, max_send_bytes=1000, max_receive_bytes=1000)
        self.assertEqual(self.driver.ask(do="call", method="/test.Test/One", size=1000)["length"], 1000)
        done = self.driver.ask(do="call", method="/test.Test/One", size=1001)
        self.assertEqual((done["code"], done["message"]),
                         ("RESOURCE_EXHAUSTED", "the message is longer than 1000 bytes"))
        self.driver.open("/test.Test/Flood")
        self.driver.send(b"x")
        self.assertEqual(self.driver.receive()["result"], "ERROR")
        self.ends("RESOURCE_EXHAUSTED", says="longer than 1000 bytes")
        self.driver.open("/test.Test/Both")
        self.assertTrue(self.driver.fill(1000))
        self.assertFalse(self.driver.fill(1001))
        self.ends("RESOURCE_EXHAUSTED")

    def test_gzip_both_ways(self):
        with Server(compression=grpc.Compression.Gzip) as server:
            self.driver.channel(server.port)
            for gzip in (False, True):
                self.driver.open("/test.Test/Both", gzip=gzip)
                for size in (0, 1, 100, 5 * MIB):
                    self.assertTrue(self.driver.fill(size))
                    answer = self.driver.receive()
                    self.assertEqual((answer["length"], answer["sum"]), (size, 7 * size))
                self.driver.close_send()
                self.assertEqual(["grpc-encoding", b"gzip".hex()] in self.ends()["headers"], True)
                self.assertEqual(self.driver.call("/test.Test/One", b"a" * 500, gzip=gzip)["sum"], 97 * 500)
            self.driver.channel(server.port, max_receive_bytes=1000)
            done = self.driver.ask(do="call", method="/test.Test/One", size=MIB)
            self.assertEqual(done["code"], "RESOURCE_EXHAUSTED")

    # ---- a loop of the caller's own ----

    def test_receiving_without_waiting(self):
        self.driver.open("/test.Test/Both")
        self.assertEqual(self.driver.receive(timeout_ms=0)["result"], "AGAIN")
        self.assertEqual(self.driver.ask(do="poll", stream=0, timeout_ms=0)["wait"], -1)
        for size in (1, MIB, 3 * MIB):
            self.driver.fill(size)
            result, turns = "AGAIN", 0
            while result == "AGAIN":
                told = self.driver.ask(do="poll", stream=0, timeout_ms=NEVER_MS)
                self.assertTrue(told["ready"])
                answer = self.driver.receive(timeout_ms=0)
                result = answer["result"]
                turns += 1
            self.assertEqual(answer["length"], size)
            self.assertEqual(self.driver.receive(timeout_ms=0)["result"], "AGAIN")
        self.driver.close_send()
        self.assertTrue(self.driver.ask(do="poll", stream=0, timeout_ms=NEVER_MS)["ready"])
        self.ends()

    def test_another_stream_takes_in_what_is_ours(self):
        for stream in (0, 1):
            self.driver.open("/test.Test/Wait", stream)
        self.driver.send(b"1", 0)
        self.driver.close_send(0)
        while self.driver.ask(do="poll", stream=0, timeout_ms=0)["wait"] != 0:
            self.driver.receive(1, timeout_ms=20)
        self.assertEqual(self.driver.receive(0, timeout_ms=0)["hex"], b"0".hex())
        for stream in (0, 1):
            self.driver.finish(stream, drop=True)

    def test_the_deadline_is_told_to_the_loop(self):
        self.driver.open("/test.Test/Wait", timeout_ms=NEVER_MS)
        wait = self.driver.ask(do="poll", stream=0, timeout_ms=0)["wait"]
        self.assertGreater(wait, NEVER_MS // 2)
        self.assertLessEqual(wait, NEVER_MS)
        self.driver.finish(drop=True)

    # ---- memory ----

    def test_every_allocation_may_fail(self):
        """One failure each, at every place in turn: the call ends with a status, the next one works."""
        steps = (dict(do="open", method="/test.Test/Mirror", metadata=[["x-a-bin", "00"]], gzip=True),
                 dict(do="send", size=3000), dict(do="receive", timeout_ms=-1), dict(do="close_send"),
                 dict(do="finish"), dict(do="call", method="/test.Test/One", hex="00"))
        for index, step in enumerate(steps):
            failed, number = True, 0
            while failed:
                if index in (0, len(steps) - 1):
                    self.driver.channel(self.server.port)  # so that connecting is part of the step
                for before in steps[:index]:
                    self.driver.ask(**before)
                done = self.driver.ask(**step, allocations=number)
                failed = done["failed"]
                if failed and "code" in done:
                    self.assertIn(done["code"], ("OK", "RESOURCE_EXHAUSTED", "UNAVAILABLE"), (step, number))
                self.driver.ask(do="finish", drop=True)
                self.assertEqual(self.driver.call("/test.Test/One", b"x")["code"], "OK", (step, number))
                number += 1
                self.assertLess(number, 200)


if __name__ == "__main__":
    harness.main()
