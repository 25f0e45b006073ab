# SPDX-License-Identifier: Apache-2.0
"""libpledge and `pledge` before a service that breaks off, refuses, stalls or talks nonsense.

The service here is a script: each request is answered by the next of its steps, in frames of HTTP/2
written by hand, so that it can do what a good server cannot be made to do.
"""

import base64
import concurrent.futures
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
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha import reflection_pb2
from pledge.v1 import member_pb2
from test_cli import PLEDGE, environment, no_memory_error

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
REFUSED_STREAM, INTERNAL_ERROR, CANCEL = 7, 2, 8
ATTEMPTS = 5
FLIPPED_REPLIES = 80
RUN_SECONDS = 60


class Close(Exception):
    """Ends the connection."""


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def text(value):
    """A string of HPACK without Huffman coding."""
    value = value.encode() if isinstance(value, str) else value
    prefix, rest = bytearray(), len(value)
    if rest < 127:
        prefix.append(rest)
    else:
        prefix.append(127)
        rest -= 127
        while rest > 127:
            prefix.append(rest % 128 + 128)
            rest //= 128
        prefix.append(rest)
    return bytes(prefix) + value


def headers(stream, *pairs, end=False):
    block = b"".join(b"\x00" + text(name) + text(value) for name, value in pairs)
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block)


def begin(stream, kind="application/grpc", status="200"):
    return headers(stream, (":status", status), ("content-type", kind))


def message(payload, flag=0):
    return bytes([flag]) + struct.pack(">I", len(payload)) + payload


def finish(stream, code="0", *more):
    return headers(stream, ("grpc-status", code), *more, end=True)


SELF = member_pb2.GetSelfResponse(display_name="Somebody").SerializeToString()


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
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                self.service.requests += 1
                self.service.next_step()(self, stream)


class Service:
    """Listens on a free port until left; `steps` answer the requests in turn, the last one for good."""

    def __init__(self, *steps, alpn=("h2",), talk=None):
        self.steps = list(steps)
        self.talk = talk  # instead of HTTP/2
        self.frames = []
        self.requests = 0
        self.connections = 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(harness.WORK, "server.pem"),
                                     os.path.join(harness.WORK, "server.key"))
        self.context.set_alpn_protocols(list(alpn))

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
            self.connections += 1
            threading.Thread(target=self.one, args=(plain,), daemon=True).start()

    def one(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as stream:
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
            resets = [f for f in service.frames if f[0] == RST_STREAM]
            self.assertEqual([struct.unpack(">I", f[3])[0] for f in resets], [CANCEL])

    def test_what_is_not_grpc(self):
        def html(stream):
            return frame(DATA, END_STREAM, stream, b"<html>hello</html>")

        cases = (
            ("does not speak gRPC", (lambda s: begin(s, "text/html"), html)),
            ("HTTP status 404", (lambda s: begin(s, "text/html", "404"), html)),
            ("the reply is not gRPC", (begin, lambda s: frame(DATA, 0, s, message(SELF, 9)), finish)),
            ("compressed", (begin, lambda s: frame(DATA, 0, s, message(SELF, 1)), finish)),
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


if __name__ == "__main__":
    harness.main()
