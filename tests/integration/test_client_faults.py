# SPDX-License-Identifier: Apache-2.0
"""libpledge and `pledge` before a service that breaks off, refuses, stalls or talks nonsense.

The service here is a script: each request is answered by the next of its steps, in frames of HTTP/2
written by hand, so that it can do what a good server cannot be made to do.
"""

import base64
import concurrent.futures
import gzip
import os
import random
import socket
import ssl
import struct
import subprocess
import threading
import time
import unittest

import harness
from driver import Driver
from frames import (ACK, CANCEL, DATA, END_STREAM, GOAWAY, HEADERS, INTERNAL_ERROR, PING, PREFACE, REFUSED_STREAM,
                    RST_STREAM, SETTINGS, WINDOW_UPDATE, data, frame, goaway, headers, message)
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection_pb2
from pledge.v1 import member_pb2
from test_cli import PLEDGE, environment, no_memory_error

ATTEMPTS = 5
FLIPPED_REPLIES = 80
RUN_SECONDS = 60


class Close(Exception):
    """Ends the connection."""


def begin(stream, kind="application/grpc", status="200", *more):
    return headers(stream, (":status", status), ("content-type", kind), *more)


def zipped(stream):
    """Headers that promise gzip."""
    return begin(stream, "application/grpc", "200", ("grpc-encoding", "gzip"))


def finish(stream, code="0", *more):
    return headers(stream, ("grpc-status", code), *more, end=True)


SELF = member_pb2.GetSelfResponse(display_name="Somebody").SerializeToString()
BOMB = gzip.compress(bytes(17 << 20))


def answer(payload=SELF):
    def step(connection, stream):
        connection.send(begin(stream), frame(DATA, 0, stream, message(payload)), finish(stream))
    return step


def send(*make):
    """A step that sends what the functions of a stream's number make."""
    def step(connection, stream):
        connection.send(*(piece(stream) for piece in make))
    return step


def send_and_close(*make):
    def step(connection, stream):
        send(*make)(connection, stream)
        raise Close
    return step


class Connection:
    def __init__(self, service, stream):
        self.service = service
        self.socket = stream

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def receive(self, size):
        got = b""
        while len(got) < size:
            piece = self.socket.recv(size - len(got))
            if not piece:
                raise Close
            got += piece
        return got

    def serve(self):
        if self.receive(len(PREFACE)) != PREFACE:
            raise Close
        self.send(frame(SETTINGS, 0, 0))
        while True:
            head = self.receive(9)
            kind, flags = head[3], head[4]
            stream = struct.unpack(">I", head[5:])[0]
            payload = self.receive(int.from_bytes(head[:3], "big"))
            self.service.frames.append((kind, flags, stream, payload))
            if kind == SETTINGS and not flags & ACK:
                self.send(frame(SETTINGS, ACK, 0))
            if kind == PING and not flags & ACK:
                self.service.on_ping(self, payload)
            if kind == self.service.answers or (
                    not self.service.answers and kind in (HEADERS, DATA) and flags & END_STREAM):
                self.service.requests += 1
                self.service.next_step()(self, stream)


class Service:
    """Listens on a free port until left; `steps` answer the requests in turn, the last one for good."""

    def __init__(self, *steps, alpn=("h2",), talk=None, answers=None):
        self.steps = list(steps)
        self.talk = talk  # instead of HTTP/2
        self.answers = answers  # a kind of frame, each of which takes a step; else a request's end
        self.pings = 0
        self.frames = []
        self.requests = 0
        self.connections = 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(harness.WORK, "server.pem"),
                                     os.path.join(harness.WORK, "server.key"))
        self.context.set_alpn_protocols(list(alpn))

    def on_ping(self, connection, payload):
        self.pings += 1
        connection.send(frame(PING, ACK, 0, payload))

    def data(self, stream=1):
        """All bytes that came in DATA frames."""
        return b"".join(f[3] for f in self.frames if f[0] == DATA and f[2] == stream)

    def resets(self):
        """The codes of all RST_STREAM frames."""
        return [struct.unpack(">I", f[3])[0] for f in self.frames if f[0] == RST_STREAM]

    def drop(self):
        """Ends the latest connection."""
        self.latest.shutdown(socket.SHUT_RDWR)

    def next_step(self):
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            # Else what a step sends may wait for an acknowledgement, and be lost when it closes.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self.one, args=(plain,), daemon=True).start()

    def one(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as stream:
                self.latest = stream
                if self.talk is not None:
                    stream.sendall(self.talk)
                    time.sleep(0.2)
                else:
                    Connection(self, stream).serve()
        except (Close, OSError):
            pass

    def pledge(self, *arguments, **more):
        done = subprocess.run(
            [PLEDGE, *(arguments or ("whoami",))], capture_output=True, text=True, timeout=RUN_SECONDS,
            env=environment(PLEDGE_ADDRESS=f"127.0.0.1:{self.port}",
                            PLEDGE_CA=os.path.join(harness.CA, "ca.pem"), **more))
        no_memory_error(done.stderr)
        return done


class Client(unittest.TestCase):
    def works(self, service, *arguments, says="Somebody"):
        done = service.pledge(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(says, done.stdout)
        return done

    def fails(self, service, says, *arguments, **more):
        done = service.pledge(*arguments, **more)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(says, done.stderr)
        return done

    def test_the_script_itself_works(self):
        with Service(answer()) as service:
            self.works(service)
            self.assertEqual((service.connections, service.requests), (1, 1))

    # ---- tried again ----

    def test_a_connection_that_ends_within_a_reply(self):
        for part in ((), (begin,), (begin, lambda s: frame(DATA, 0, s, message(SELF)[:7])),
                     (begin, lambda s: frame(DATA, 0, s, message(SELF)))):
            with Service(send_and_close(*part), answer()) as service:
                self.works(service)
                self.assertEqual((service.connections, service.requests), (2, 2))

    def test_goaway_before_the_stream(self):
        with Service(send_and_close(lambda s: frame(GOAWAY, 0, 0, struct.pack(">II", 0, 0))),
                     answer()) as service:
            self.works(service)
            self.assertEqual((service.connections, service.requests), (2, 2))

    def test_goaway_with_the_stream_lets_it_finish(self):
        with Service(send(lambda s: frame(GOAWAY, 0, 0, struct.pack(">II", s, 0)), begin,
                          lambda s: frame(DATA, 0, s, message(SELF)), finish)) as service:
            self.works(service)
            self.assertEqual(service.requests, 1)

    def test_a_refused_stream_is_sent_again_on_the_same_connection(self):
        with Service(send(lambda s: frame(RST_STREAM, 0, s, struct.pack(">I", REFUSED_STREAM))),
                     answer()) as service:
            self.works(service)
            self.assertEqual((service.connections, service.requests), (1, 2))

    def test_unavailable_waits_as_long_as_it_is_asked_to(self):
        info = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(nanos=600_000_000))
        status = status_pb2.Status(code=14)
        status.details.add().Pack(info)
        details = base64.b64encode(status.SerializeToString()).rstrip(b"=")
        with Service(send(lambda s: headers(
                s, (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "14"),
                ("grpc-status-details-bin", details), end=True)), answer()) as service:
            before = time.monotonic()
            self.works(service)
            self.assertGreater(time.monotonic() - before, 0.6)

    def test_it_gives_up(self):
        with Service(send_and_close(begin)) as service:
            self.fails(service, "was lost")
            self.assertEqual(service.requests, ATTEMPTS)

    def describe(self):
        """A step that answers reflection with the files of MemberService."""
        reply = reflection_pb2.ServerReflectionResponse()
        files, todo = {}, [member_pb2.DESCRIPTOR]
        while todo:
            file = todo.pop()
            if file.name not in files:
                files[file.name] = file.serialized_pb
                todo.extend(file.dependencies)
        reply.file_descriptor_response.file_descriptor_proto.extend(files.values())
        return answer(reply.SerializeToString())

    def test_a_call_that_may_not_be_repeated_is_not(self):
        call = ("call", "pledge.v1.MemberService/GetSelf")
        with Service(self.describe(), send_and_close(begin), answer()) as service:
            self.fails(service, "was lost", *call)
            self.assertEqual(service.requests, 2)
        with Service(self.describe(), send(lambda s: frame(RST_STREAM, 0, s, struct.pack(">I", REFUSED_STREAM))),
                     answer()) as service:
            self.works(service, *call)
            self.assertEqual(service.requests, 3)

    # ---- given up ----

    def test_a_broken_stream_is_not_tried_again(self):
        with Service(send(lambda s: frame(RST_STREAM, 0, s, struct.pack(">I", INTERNAL_ERROR)))) as service:
            self.fails(service, "without a status: INTERNAL_ERROR")
            self.assertEqual(service.requests, 1)

    def test_no_answer_in_time(self):
        with Service(lambda connection, stream: None) as service:
            before = time.monotonic()
            self.fails(service, "no answer from 127.0.0.1", "whoami", "--timeout", "1")
            self.assertLess(time.monotonic() - before, 5)
            time.sleep(0.2)
            self.assertEqual(service.resets(), [CANCEL])

    def test_what_is_not_grpc(self):
        def html(stream):
            return frame(DATA, END_STREAM, stream, b"<html>hello</html>")

        cases = (
            ("does not speak gRPC", (lambda s: begin(s, "text/html"), html)),
            ("HTTP status 404", (lambda s: begin(s, "text/html", "404"), html)),
            ("the reply is not gRPC", (begin, lambda s: frame(DATA, 0, s, message(SELF, 9)), finish)),
            ("compressed", (begin, lambda s: frame(DATA, 0, s, message(SELF, 1)), finish)),
            ("compressed", (lambda s: begin(s, "application/grpc", "200", ("grpc-encoding", "deflate")),
                            lambda s: frame(DATA, 0, s, message(SELF, 1)), finish)),
            ("compressed", (zipped, lambda s: frame(DATA, 0, s, message(SELF, 1)), finish)),
            ("compressed", (zipped, lambda s: frame(DATA, 0, s, message(gzip.compress(SELF)[:-1], 1)), finish)),
            ("compressed", (zipped, lambda s: frame(DATA, 0, s, message(b"", 1)), finish)),
            ("longer than", (zipped, lambda s: data(s, message(BOMB, 1)), finish)),
            ("longer than", (begin, lambda s: frame(DATA, 0, s, b"\0\x7f\xff\xff\xff"), finish)),
            ("exactly one message", (begin, finish)),
            ("exactly one message", (begin, lambda s: frame(DATA, 0, s, message(SELF) * 2), finish)),
            ("middle of a message", (begin, lambda s: frame(DATA, 0, s, message(SELF) + b"\0\0"), finish)),
            ("cannot be read", (begin, lambda s: frame(DATA, 0, s, message(b"\x0a\xff\xff")), finish)),
            ("UNKNOWN", (begin, lambda s: frame(DATA, 0, s, message(SELF)), lambda s: finish(s, "fine"))),
            ("UNKNOWN", (begin, lambda s: finish(s, "99"))),
            ("too much metadata", (lambda s: headers(s, (":status", "200"), *[("x", "y")] * 65),)))
        for says, pieces in cases:
            with self.subTest(says), Service(send(*pieces)) as service:
                self.fails(service, says, "whoami", "--timeout", "5")

    def test_no_http_2(self):
        for talk in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(range(256)) * 40):
            with Service(talk=talk) as service:
                self.assertEqual(service.pledge("whoami", "--timeout", "5").returncode, 1)
        with Service(answer(), alpn=("http/1.1",)) as service:
            self.fails(service, "does not speak HTTP/2")
            self.assertEqual(service.connections, 1)

    def test_words_from_the_wire_are_cleaned(self):
        with Service(send(begin, lambda s: finish(s, "9", ("grpc-message", "%1B[2J%C2%9B2J%E2%80%AEred%0A%ff.")))
                     ) as service:
            done = self.fails(service, "[2J2Jred .")
            for character in "\x1b\x9b\u202e":
                self.assertNotIn(character, done.stderr)
        payload = member_pb2.GetSelfResponse(display_name="\x1b]0;x\x07\u009b1mred").SerializeToString()
        with Service(answer(payload)) as service:
            self.assertIn("]0;x1mred\n", self.works(service, "whoami", says="red").stdout)

    def test_a_big_reply_and_too_little_memory(self):
        payload = member_pb2.GetSelfResponse(display_name="x" * 3_000_000).SerializeToString()
        body = message(payload)

        def big(connection, stream):
            # within the window that the client opens by itself; more as it reads on
            connection.send(begin(stream))
            for at in range(0, len(body), 16384):
                connection.send(frame(DATA, 0, stream, body[at:at + 16384]))
                time.sleep(0.001)
            connection.send(finish(stream))

        with Service(big) as service:
            self.works(service, "--json", "whoami", says="x" * 1000)
            self.fails(service, "out of memory", "whoami",
                       ASAN_OPTIONS="allocator_may_return_null=1:max_allocation_size_mb=1")

    def test_replies_with_flipped_bytes(self):
        """Whatever comes, the client ends by itself, with 0 or 1, and without touching foreign memory."""
        chance = random.Random(7)
        status = status_pb2.Status(code=3, message="no")
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field="a.b[3]", description="c", reason="R001")]))
        good = begin(1) + frame(DATA, 0, 1, message(SELF)) + headers(
            1, ("grpc-status", "3"), ("grpc-message", "no%20"),
            ("grpc-status-details-bin", base64.b64encode(status.SerializeToString())), end=True)

        def one(spoilt):
            with Service(send_and_close(lambda stream: spoilt)) as service:
                return service.pledge("whoami", "--timeout", "1")

        replies = []
        for _ in range(FLIPPED_REPLIES):
            spoilt = bytearray(good)
            for _ in range(chance.randint(1, 4)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            replies.append(bytes(spoilt))
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for done in pool.map(one, replies):
                self.assertIn(done.returncode, (0, 1), done.stderr)


class Streams(unittest.TestCase):
    """The same for streams, by way of the library alone."""

    def ends(self, driver, code="OK", says="", stream=0):
        done = driver.finish(stream)
        self.assertEqual(done["code"], code, done["message"])
        self.assertIn(says, done["message"])
        return done

    # ---- GOAWAY ----

    def test_goaway_before_the_stream_replays_it(self):
        """It is sent again with the messages that went already, over another connection."""
        two = message(b"one") + message(b"two")

        def dismiss(connection, stream):
            if connection.service.data() == two:
                connection.send(goaway(0))
                raise Close

        with Service(dismiss, dismiss, answer(b"back"), answers=DATA) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both")
            self.assertTrue(driver.send(b"one"))
            self.assertTrue(driver.send(b"two"))
            self.assertEqual(driver.message(), b"back")
            self.assertEqual(service.connections, 2)
            self.assertEqual(self.ends(driver)["attempts"], 2)
            self.assertEqual(service.data(), two * 2)

    def test_goaway_in_the_middle_of_a_stream(self):
        """The stream goes on to its end; the next call opens another connection."""
        go_on = threading.Event()

        def first(connection, stream):
            connection.send(begin(stream), frame(DATA, 0, stream, message(b"one")), goaway(stream))

            def rest():
                go_on.wait(RUN_SECONDS)
                connection.send(frame(DATA, 0, stream, message(b"two")), finish(stream))
            threading.Thread(target=rest, daemon=True).start()

        with Service(first, answer(b"other"), answers=HEADERS) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both", 0)
            self.assertEqual(driver.message(0), b"one")
            for _ in range(2):
                self.assertEqual(driver.call("/test.Test/One")["hex"], b"other".hex())
            self.assertEqual(service.connections, 2)
            self.assertTrue(driver.send(b"still open", 0))
            go_on.set()
            self.assertEqual(driver.message(0), b"two")
            self.assertEqual(driver.receive(0)["result"], "END")
            self.ends(driver)
            self.assertEqual(driver.call("/test.Test/One")["hex"], b"other".hex())
            self.assertEqual(service.connections, 2)

    def test_goaway_between_two_streams(self):
        """The one that the server has seen goes on, the one above it is sent again elsewhere."""
        def seen(connection, stream):
            connection.send(begin(stream), frame(DATA, 0, stream, message(b"seen")))

        def unseen(connection, stream):
            connection.send(goaway(1), frame(DATA, 0, 1, message(b"more")), finish(1))

        with Service(seen, unseen, answer(b"again"), answers=HEADERS) as service, \
                Driver(service.port) as driver:
            driver.open("/test.Test/Both", 0)
            self.assertEqual(driver.message(0), b"seen")
            driver.open("/test.Test/Both", 1)
            self.assertEqual(driver.message(1), b"again")
            self.assertEqual(driver.message(0), b"more")
            self.assertEqual(self.ends(driver, stream=0)["attempts"], 1)
            self.assertEqual(self.ends(driver, stream=1)["attempts"], 2)
            self.assertEqual(service.connections, 2)

    # ---- tried again or not ----

    def test_a_stream_is_not_sent_again_once_it_gave_something(self):
        with Service(send_and_close(begin, lambda s: frame(DATA, 0, s, message(b"one"))), answers=HEADERS
                     ) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both", idempotent=True)
            self.assertEqual(driver.message(), b"one")
            self.assertEqual(driver.receive()["result"], "ERROR")
            self.assertEqual(self.ends(driver, "UNAVAILABLE", "was lost")["attempts"], 1)

    def test_a_stream_is_not_sent_again_once_its_headers_came(self):
        """They belong to the stream, and the caller may hold on to them."""
        with Service(send_and_close(begin), answer(), answers=HEADERS) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both", idempotent=True)
            self.assertEqual(driver.receive()["result"], "ERROR")
            self.assertEqual(self.ends(driver, "UNAVAILABLE", "was lost")["attempts"], 1)

    def test_large_metadata_is_sent_and_larger_refused(self):
        """nghttp2 would tell of it as of a refusal by the server."""
        part = ["x-part", b"a".hex() * 35_000]
        with Service(answer()) as service, Driver(service.port) as driver:
            done = driver.call("/test.Test/One", metadata=[part] * 2)
            self.assertEqual((done["code"], done["attempts"], service.requests), ("OK", 1, 1))
            done = driver.call("/test.Test/One", metadata=[part] * 3)
            self.assertEqual((done["code"], service.requests), ("INVALID_ARGUMENT", 1))

    def test_a_call_whose_time_ends_while_it_connects(self):
        with socket.create_server(("127.0.0.1", 0)) as silent, Driver(silent.getsockname()[1]) as driver:
            self.assertEqual(driver.call("/test.Test/One", timeout_ms=200)["code"], "DEADLINE_EXCEEDED")

    def test_only_an_idempotent_stream_is_sent_again(self):
        for idempotent, attempts in ((False, 1), (True, 2)):
            with Service(send_and_close(), answer(b"x")) as service, Driver(service.port) as driver:
                driver.open("/test.Test/Give", idempotent=idempotent)
                driver.send(b"x")
                driver.close_send()
                self.assertEqual(driver.receive()["result"], "MESSAGE" if idempotent else "ERROR")
                done = self.ends(driver, "OK" if idempotent else "UNAVAILABLE")
                self.assertEqual(done["attempts"], attempts)

    def test_a_long_stream_is_not_kept_to_be_sent_again(self):
        def grant(stream):
            return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", 1 << 20))

        for size, attempts in ((100_000, 2), (300_000, 1)):
            with Service(send(lambda s: grant(0), grant), answers=HEADERS) as service, Driver(service.port) as driver:
                driver.open("/test.Test/Take", idempotent=True)
                self.assertTrue(driver.fill(size))
                service.steps = [answer(b"x")]
                service.drop()
                self.assertEqual(driver.receive()["result"], "MESSAGE" if attempts == 2 else "ERROR")
                done = self.ends(driver, "OK" if attempts == 2 else "UNAVAILABLE")
                self.assertEqual(done["attempts"], attempts)

    def test_messages_before_a_lost_connection_are_given(self):
        three = b"".join(message(b"%d" % n) for n in range(3)) + b"\0\0"
        with Service(send_and_close(begin, lambda s: frame(DATA, 0, s, three)), answers=HEADERS) as service, \
                Driver(service.port) as driver:
            driver.open("/test.Test/Give", idempotent=True)
            for number in range(3):
                self.assertEqual(driver.message(), b"%d" % number)
            self.assertEqual(driver.receive()["result"], "ERROR")
            self.ends(driver, "UNAVAILABLE")

    def test_messages_before_an_unavailable_end_are_given(self):
        with Service(send(begin, lambda s: frame(DATA, 0, s, message(b"one")), lambda s: finish(s, "14"))
                     ) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Give", idempotent=True)
            driver.close_send()
            self.assertEqual(driver.message(), b"one")
            self.assertEqual(driver.receive()["result"], "ERROR")
            self.assertEqual(self.ends(driver, "UNAVAILABLE")["attempts"], 1)

    def test_streams_of_a_lost_connection_all_end(self):
        with Service(lambda connection, stream: None, answers=HEADERS) as service, \
                Driver(service.port) as driver:
            for stream in range(3):
                driver.open("/test.Test/Both", stream)
            service.drop()
            for stream in range(3):
                self.assertEqual(driver.receive(stream)["result"], "ERROR")
                self.ends(driver, "UNAVAILABLE", "was lost", stream)
            self.assertEqual(service.connections, 1)

    # ---- signs of life ----

    def test_a_server_that_falls_silent(self):
        silent = threading.Event()
        with Service(lambda connection, stream: silent.wait(RUN_SECONDS), answers=HEADERS) as service, \
                Driver(service.port, keepalive_ms=300, keepalive_timeout_ms=300) as driver:
            driver.open("/test.Test/Both", 0)
            driver.open("/test.Test/Both", 1)
            self.assertEqual(driver.receive(0)["result"], "ERROR")
            self.ends(driver, "UNAVAILABLE", "no sign of life for 300 ms", 0)
            self.ends(driver, "UNAVAILABLE", "no sign of life", 1)
            done = driver.call("/test.Test/One", timeout_ms=20_000)
            self.assertEqual((done["code"], done["attempts"]), ("UNAVAILABLE", 1))
            silent.set()

    def test_a_server_that_gives_signs_of_life(self):
        class Patient(Service):
            def on_ping(self, connection, payload):
                super().on_ping(connection, payload)
                if self.pings == 5:
                    connection.send(begin(1), frame(DATA, 0, 1, message(b"at last")), finish(1))

        with Patient(lambda connection, stream: None) as service, \
                Driver(service.port, keepalive_ms=100, keepalive_timeout_ms=5000) as driver:
            self.assertEqual(driver.call("/test.Test/One")["hex"], b"at last".hex())
            self.assertGreaterEqual(service.pings, 5)

    def test_nobody_is_asked_without_being_told_to(self):
        with Service(lambda connection, stream: None) as service, Driver(service.port) as driver:
            self.assertEqual(driver.call("/test.Test/One", timeout_ms=700)["code"], "DEADLINE_EXCEEDED")
            self.assertEqual(service.pings, 0)

    # ---- what goes over the wire ----

    def test_gzip_on_the_wire(self):
        body = b"a" * 5000
        with Service(send(zipped, lambda s: frame(DATA, 0, s, message(gzip.compress(b"b" * 3000), 1)),
                          lambda s: frame(DATA, 0, s, message(b"plain")), finish)) as service, \
                Driver(service.port) as driver:
            driver.open("/test.Test/Both", gzip=True)
            driver.send(body)
            driver.send(b"z")
            driver.close_send()
            answer_ = driver.receive()
            self.assertEqual((answer_["length"], answer_["sum"]), (3000, 98 * 3000))
            self.assertEqual(driver.message(), b"plain")
            self.ends(driver)
            sent = service.data()
            length = struct.unpack(">I", sent[1:5])[0]
            self.assertEqual((sent[0], gzip.decompress(sent[5:5 + length])), (1, body))
            self.assertEqual(sent[5 + length:], message(b"z"))

    def test_binary_metadata_as_proxies_join_it(self):
        more = (("a-bin", "AAE=,AAEC"), ("b-bin", "AAECAw,,AA=="), ("c-bin", "not base64!"), ("d", "x,y"))
        with Service(send(lambda s: begin(s, "application/grpc", "200", *more),
                          lambda s: finish(s, "0", *more))) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both")
            done = self.ends(driver)
            expected = [["a-bin", "0001"], ["a-bin", "000102"], ["b-bin", "00010203"], ["b-bin", ""],
                        ["b-bin", "00"], ["c-bin", b"not base64!".hex()], ["d", b"x,y".hex()]]
            for half in ("headers", "trailers"):
                self.assertEqual([pair for pair in done[half] if pair[0] in ("a-bin", "b-bin", "c-bin", "d")],
                                 expected)

    def test_a_server_that_answers_at_the_headers(self):
        with Service(answer(b"early"), answers=HEADERS) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both")
            while driver.send(b"more"):
                pass
            self.assertEqual(driver.message(), b"early")
            self.ends(driver)
            self.assertEqual(driver.call("/test.Test/One")["hex"], b"early".hex())
            self.assertEqual(service.resets()[0], CANCEL)
            self.assertEqual(service.connections, 1)

    def test_a_stream_that_is_reset(self):
        for code, name in ((INTERNAL_ERROR, "INTERNAL"), (CANCEL, "CANCELLED")):
            with Service(send(begin, lambda s: frame(DATA, 0, s, message(b"one")),
                              lambda s, c=code: frame(RST_STREAM, 0, s, struct.pack(">I", c))),
                         answers=HEADERS) as service, Driver(service.port) as driver:
                driver.open("/test.Test/Both", idempotent=True)
                self.assertEqual(driver.message(), b"one")
                self.assertEqual(driver.receive()["result"], "ERROR")
                self.ends(driver, name, "without a status")

    def test_an_answer_of_no_message_or_of_two(self):
        for more in ((), (lambda s: frame(DATA, 0, s, message(b"one") * 2),)):
            with Service(send(begin, *more, finish)) as service, Driver(service.port) as driver:
                self.assertEqual(driver.call("/test.Test/One")["code"], "UNIMPLEMENTED")

    def test_a_stream_that_ends_within_a_message(self):
        with Service(send(begin, lambda s: frame(DATA, 0, s, message(b"one") + message(b"two")[:-1]), finish),
                     answers=HEADERS) as service, Driver(service.port) as driver:
            driver.open("/test.Test/Both")
            self.assertEqual(driver.message(), b"one")
            self.assertEqual(driver.receive()["result"], "ERROR")
            self.ends(driver, "INTERNAL", "middle of a message")

    def test_streams_with_flipped_bytes(self):
        """Whatever comes, every stream ends, and without touching foreign memory."""
        chance = random.Random(11)
        good = zipped(1) + frame(DATA, 0, 1, message(gzip.compress(b"x" * 500), 1) + message(b"plain") * 3) + \
            headers(1, ("grpc-status", "0"), ("x-bin", "AAE=,AA"), end=True)
        for _ in range(FLIPPED_REPLIES // 4):
            spoilt = bytearray(good)
            for _ in range(chance.randint(1, 4)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            with Service(send_and_close(lambda stream, s=bytes(spoilt): s), answers=HEADERS) as service, \
                    Driver(service.port) as driver:
                for stream in (0, 1):
                    driver.open("/test.Test/Both", stream, timeout_ms=1000)
                for stream in (0, 1):
                    for _ in range(8):
                        if driver.receive(stream)["result"] in ("END", "ERROR", None):
                            break
                    driver.finish(stream)


if __name__ == "__main__":
    harness.main()
