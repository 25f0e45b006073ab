# SPDX-License-Identifier: Apache-2.0
"""The interoperability cases with grpcio: Python on grpc's C core."""

import gzip
import queue

import grpc
import service

Code = grpc.StatusCode
MESSAGES = service.testing_messages()
SECONDS = 60
SOAK = 20
PARALLEL = 1000
REQUEST_SIZES = (27182, 8, 1828, 45904)
REPLY_SIZES = (31415, 9, 2653, 58979)
GZIP_MAGIC = b"\x1f\x8b"

# Each method by the name of its path: streams of requests and of replies, request and reply.
METHODS = {
    "EmptyCall": ("unary_unary", "Empty", "Empty"),
    "UnaryCall": ("unary_unary", "SimpleRequest", "SimpleResponse"),
    "StreamingInputCall": ("stream_unary", "StreamingInputCallRequest", "StreamingInputCallResponse"),
    "StreamingOutputCall": ("unary_stream", "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
    "FullDuplexCall": ("stream_stream", "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
    "UnimplementedCall": ("unary_unary", "Empty", "Empty"),
}


def zeroes(size):
    return {"body": bytes(size)}


def expanded(data):
    """A message as it came, made plain, and whether it came compressed."""
    compressed = data.startswith(GZIP_MAGIC)
    return gzip.decompress(data) if compressed else data, compressed


class Requests(queue.Queue):
    """A stream of requests that a test feeds; put(None) ends it."""

    def __iter__(self):
        return iter(self.get, None)


@service.each(*service.COMMON, "client_compressed_unary", "server_compressed_unary",
              "client_compressed_streaming", "server_compressed_streaming", "concurrent_large_unary", "rpc_soak",
              "channel_soak", "pick_first_unary")
class Grpcio(service.Cases):
    def setUp(self):
        self.channel = self.channel_new()
        self.addCleanup(self.channel.close)

    def channel_new(self, **options):
        with open(service.CA, "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        return grpc.secure_channel(f"localhost:{self.service.port}", credentials,
                                   options=[("grpc.use_local_subchannel_pool", 1),
                                            *(("grpc." + key, value) for key, value in options.items())])

    def stub(self, method, channel=None, of="TestService", raw=False):
        kind, _, reply = METHODS[method]
        return getattr(channel or self.channel, kind)(
            f"/grpc.testing.{of}/{method}", request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=None if raw else MESSAGES[reply].FromString)

    def request(self, method, **fields):
        return MESSAGES[METHODS[method][1]](**fields)

    def refused(self, code, call, *arguments, **options):
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments, timeout=SECONDS, **options)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        return caught.exception

    def case(self, name):
        getattr(self, name)()

    # --- one request, one reply ---------------------------------------------------------------------

    def empty_unary(self):
        self.assertEqual(self.stub("EmptyCall")(self.request("EmptyCall"), timeout=SECONDS), MESSAGES["Empty"]())

    def large(self, **fields):
        return self.request("UnaryCall", response_size=314159, payload=zeroes(271828), **fields)

    def check_large(self, reply):
        self.assertEqual(reply.payload.type, 0)
        self.assertEqual(reply.payload.body, bytes(314159))

    def large_unary(self, channel=None):
        self.check_large(self.stub("UnaryCall", channel)(self.large(), timeout=SECONDS))

    def client_compressed_unary(self):
        call = self.stub("UnaryCall")
        expected = self.large(expect_compressed={"value": True})
        self.refused(Code.INVALID_ARGUMENT, call, expected)
        self.check_large(call(expected, timeout=SECONDS, compression=grpc.Compression.Gzip))
        self.check_large(call(self.large(expect_compressed={"value": False}), timeout=SECONDS))

    def server_compressed_unary(self):
        with self.channel_new(per_message_decompression=0) as channel:
            call = self.stub("UnaryCall", channel, raw=True)
            for wanted in (True, False):
                data, compressed = expanded(call(self.large(response_compressed={"value": wanted}), timeout=SECONDS))
                self.assertEqual(compressed, wanted)
                self.check_large(MESSAGES["SimpleResponse"].FromString(data))

    def concurrent_large_unary(self):
        call = self.stub("UnaryCall")
        for reply in [call.future(self.large(), timeout=SECONDS) for _ in range(PARALLEL)]:
            self.check_large(reply.result())

    def rpc_soak(self):
        for _ in range(SOAK):
            self.large_unary()

    def channel_soak(self):
        for _ in range(SOAK):
            with self.channel_new() as channel:
                self.large_unary(channel)

    def pick_first_unary(self):
        call = self.stub("UnaryCall")
        names = {call(self.request("UnaryCall", fill_server_id=True), timeout=SECONDS).server_id
                 for _ in range(SOAK)}
        self.assertEqual(len(names), 1)
        self.assertNotIn("", names)

    # --- streams ------------------------------------------------------------------------------------

    def client_streaming(self):
        requests = (self.request("StreamingInputCall", payload=zeroes(size)) for size in REQUEST_SIZES)
        reply = self.stub("StreamingInputCall")(requests, timeout=SECONDS)
        self.assertEqual(reply.aggregated_payload_size, sum(REQUEST_SIZES))

    def client_compressed_streaming(self):
        """grpcio compresses all messages of a call or none; clients that can do either take turns."""
        call = self.stub("StreamingInputCall")

        def stream(size, expected):
            return [self.request("StreamingInputCall", payload=zeroes(size), expect_compressed={"value": expected})]
        self.refused(Code.INVALID_ARGUMENT, call, iter(stream(27182, True)))
        reply = call(iter(stream(27182, True) + stream(45904, True)), timeout=SECONDS,
                     compression=grpc.Compression.Gzip)
        self.assertEqual(reply.aggregated_payload_size, 73086)
        self.assertEqual(call(iter(stream(45904, False)), timeout=SECONDS).aggregated_payload_size, 45904)

    def server_streaming(self):
        request = self.request("StreamingOutputCall", response_parameters=[{"size": size} for size in REPLY_SIZES])
        replies = self.stub("StreamingOutputCall")(request, timeout=SECONDS)
        self.assertEqual([len(reply.payload.body) for reply in replies], list(REPLY_SIZES))

    def server_compressed_streaming(self):
        wanted = ((True, 31415), (False, 92653))
        request = self.request("StreamingOutputCall", response_parameters=[
            {"size": size, "compressed": {"value": compressed}} for compressed, size in wanted])
        with self.channel_new(per_message_decompression=0) as channel:
            found = []
            for data in self.stub("StreamingOutputCall", channel, raw=True)(request, timeout=SECONDS):
                data, compressed = expanded(data)
                reply = MESSAGES["StreamingOutputCallResponse"].FromString(data)
                found.append((compressed, len(reply.payload.body)))
        self.assertEqual(found, list(wanted))

    def ask(self, reply_size, request_size, **fields):
        return self.request("FullDuplexCall", response_parameters=[{"size": reply_size}],
                            payload=zeroes(request_size), **fields)

    def ping_pong(self):
        requests = Requests()
        replies = self.stub("FullDuplexCall")(iter(requests), timeout=SECONDS)
        for reply_size, request_size in zip(REPLY_SIZES, REQUEST_SIZES):
            requests.put(self.ask(reply_size, request_size))
            self.assertEqual(len(next(replies).payload.body), reply_size)
        requests.put(None)
        self.assertEqual(list(replies), [])
        self.assertEqual(replies.code(), Code.OK)

    def empty_stream(self):
        replies = self.stub("FullDuplexCall")(iter(()), timeout=SECONDS)
        self.assertEqual(list(replies), [])
        self.assertEqual(replies.code(), Code.OK)

    def timeout_on_sleeping_server(self):
        self.empty_unary()  # connected, so that the server gets to see the call
        requests = Requests()
        requests.put(self.request("FullDuplexCall", payload=zeroes(27182)))
        replies = self.stub("FullDuplexCall")(iter(requests), timeout=0.001)
        self.assertEqual(replies.code(), Code.DEADLINE_EXCEEDED)
        requests.put(None)

    def cancel_after_begin(self):
        requests = Requests()
        reply = self.stub("StreamingInputCall").future(iter(requests), timeout=SECONDS)
        self.assertTrue(reply.cancel())
        self.assertEqual(reply.code(), Code.CANCELLED)
        requests.put(None)

    def cancel_after_first_response(self):
        requests = Requests()
        replies = self.stub("FullDuplexCall")(iter(requests), timeout=SECONDS)
        requests.put(self.ask(31415, 27182))
        next(replies)
        replies.cancel()
        self.assertEqual(replies.code(), Code.CANCELLED)
        requests.put(None)

    # --- beside the messages ------------------------------------------------------------------------

    def status_code_and_message(self):
        told = {"code": 2, "message": "test status message"}
        for method, request in (("UnaryCall", self.request("UnaryCall", response_status=told)),
                                ("FullDuplexCall", iter([self.request("FullDuplexCall", response_status=told)]))):
            call = self.stub(method)(request, timeout=SECONDS) if method == "FullDuplexCall" else None
            with self.assertRaises(grpc.RpcError) as caught:
                next(call) if call else self.stub(method)(request, timeout=SECONDS)
            self.assertEqual((caught.exception.code(), caught.exception.details()),
                             (Code.UNKNOWN, "test status message"))

    def special_status_message(self):
        told = {"code": 2, "message": service.SPECIAL_MESSAGE}
        error = self.refused(Code.UNKNOWN, self.stub("UnaryCall"), self.request("UnaryCall", response_status=told))
        self.assertEqual(error.details(), service.SPECIAL_MESSAGE)

    def custom_metadata(self):
        first = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
        last = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")
        reply, call = self.stub("UnaryCall").with_call(self.large(), timeout=SECONDS, metadata=(first, last))
        self.check_large(reply)
        replies = self.stub("FullDuplexCall")(iter([self.ask(314159, 271828)]), timeout=SECONDS,
                                              metadata=(first, last))
        self.assertEqual([len(reply.payload.body) for reply in replies], [314159])
        for done in (call, replies):
            self.assertIn(first, done.initial_metadata())
            self.assertIn(last, done.trailing_metadata())

    def unimplemented_method(self):
        self.refused(Code.UNIMPLEMENTED, self.stub("UnimplementedCall"), self.request("EmptyCall"))

    def unimplemented_service(self):
        self.refused(Code.UNIMPLEMENTED, self.stub("UnimplementedCall", of="UnimplementedService"),
                     self.request("EmptyCall"))


if __name__ == "__main__":
    service.harness.main()
