# SPDX-License-Identifier: Apache-2.0
"""The interoperability cases with our own C library, by its remote control of the integration tests."""

import service
from driver import Driver

MESSAGES = service.testing_messages()
PREFIX = "/grpc.testing.TestService/"
REQUEST_SIZES = (27182, 8, 1828, 45904)
REPLY_SIZES = (31415, 9, 2653, 58979)
SECONDS = 60


def message(type_name, **fields):
    return MESSAGES[type_name](**fields).SerializeToString()


def zeroes(size):
    return {"body": bytes(size)}


@service.each(*service.COMMON, "client_compressed_unary", "client_compressed_streaming", "pick_first_unary")
class Libpledge(service.Cases):
    def case(self, name):
        with Driver(self.service.port) as self.driver:
            getattr(self, name)()

    def is_message(self, answer, wanted):
        """The driver tells a message's length, its first bytes and the sum of all."""
        self.assertEqual((answer["length"], answer["sum"]), (len(wanted), sum(wanted)))
        self.assertTrue(wanted.startswith(bytes.fromhex(answer["hex"])))

    def status(self, answer, code, text=""):
        self.assertEqual((answer["code"], answer["message"]), (code, text))

    def large(self, **fields):
        return message("SimpleRequest", response_size=314159, payload=zeroes(271828), **fields)

    def check_large(self, answer):
        self.status(answer, "OK")
        self.is_message(answer, message("SimpleResponse", payload=zeroes(314159)))

    def empty_unary(self):
        answer = self.driver.call(PREFIX + "EmptyCall")
        self.status(answer, "OK")
        self.is_message(answer, b"")

    def large_unary(self):
        self.check_large(self.driver.call(PREFIX + "UnaryCall", self.large()))

    def client_compressed_unary(self):
        expected = self.large(expect_compressed={"value": True})
        self.assertEqual(self.driver.call(PREFIX + "UnaryCall", expected)["code"], "INVALID_ARGUMENT")
        self.check_large(self.driver.call(PREFIX + "UnaryCall", expected, gzip=True))
        self.check_large(self.driver.call(PREFIX + "UnaryCall", self.large(expect_compressed={"value": False})))

    def pick_first_unary(self):
        request = message("SimpleRequest", fill_server_id=True)
        answers = [self.driver.call(PREFIX + "UnaryCall", request) for _ in range(3)]
        self.assertEqual({answer["code"] for answer in answers}, {"OK"})
        self.assertEqual(len({answer["hex"] for answer in answers}), 1)
        self.assertTrue(MESSAGES["SimpleResponse"].FromString(bytes.fromhex(answers[0]["hex"])).server_id)

    # --- streams ------------------------------------------------------------------------------------

    def gather(self, requests, **options):
        """Sends a stream of requests, and takes the one reply; the answer at the end."""
        self.driver.open(PREFIX + "StreamingInputCall", timeout_ms=SECONDS * 1000, **options)
        for size, expected in requests:
            fields = {} if expected is None else {"expect_compressed": {"value": expected}}
            self.driver.send(message("StreamingInputCallRequest", payload=zeroes(size), **fields))
        self.driver.close_send()
        answer = self.driver.receive()
        total = sum(size for size, _ in requests)
        if answer["result"] == "MESSAGE":
            self.is_message(answer, message("StreamingInputCallResponse", aggregated_payload_size=total))
        return self.driver.finish()

    def client_streaming(self):
        self.status(self.gather([(size, None) for size in REQUEST_SIZES]), "OK")

    def client_compressed_streaming(self):
        """Here all messages of a call are compressed or none is."""
        self.assertEqual(self.gather([(27182, True)])["code"], "INVALID_ARGUMENT")
        self.status(self.gather([(27182, True), (45904, True)], gzip=True), "OK")
        self.status(self.gather([(45904, False)]), "OK")

    def reply(self, size):
        answer = self.driver.receive()
        self.assertEqual(answer["result"], "MESSAGE")
        self.is_message(answer, message("StreamingOutputCallResponse", payload=zeroes(size)))

    def end(self):
        self.assertEqual(self.driver.receive()["result"], "END")
        self.status(self.driver.finish(), "OK")

    def server_streaming(self):
        self.driver.open(PREFIX + "StreamingOutputCall", timeout_ms=SECONDS * 1000)
        self.driver.send(message("StreamingOutputCallRequest",
                                 response_parameters=[{"size": size} for size in REPLY_SIZES]))
        self.driver.close_send()
        for size in REPLY_SIZES:
            self.reply(size)
        self.end()

    def duplex(self, **options):
        self.driver.open(PREFIX + "FullDuplexCall", **{"timeout_ms": SECONDS * 1000, **options})

    def ask(self, reply_size, request_size, **fields):
        self.driver.send(message("StreamingOutputCallRequest", response_parameters=[{"size": reply_size}],
                                 payload=zeroes(request_size), **fields))

    def ping_pong(self):
        self.duplex()
        for reply_size, request_size in zip(REPLY_SIZES, REQUEST_SIZES):
            self.ask(reply_size, request_size)
            self.reply(reply_size)
        self.driver.close_send()
        self.end()

    def empty_stream(self):
        self.duplex()
        self.driver.close_send()
        self.end()

    def timeout_on_sleeping_server(self):
        self.empty_unary()  # connected, so that the server gets to see the call
        self.duplex(timeout_ms=1)
        self.driver.send(message("StreamingOutputCallRequest", payload=zeroes(27182)))
        self.driver.receive()
        self.assertEqual(self.driver.finish()["code"], "DEADLINE_EXCEEDED")

    def cancel_after_begin(self):
        self.driver.open(PREFIX + "StreamingInputCall")
        self.driver.ask(do="cancel", stream=0)
        self.assertEqual(self.driver.finish()["code"], "CANCELLED")
        self.empty_unary()

    def cancel_after_first_response(self):
        self.duplex()
        self.ask(31415, 27182)
        self.reply(31415)
        self.driver.ask(do="cancel", stream=0)
        self.assertEqual(self.driver.finish()["code"], "CANCELLED")
        self.empty_unary()

    # --- beside the messages ------------------------------------------------------------------------

    def status_code_and_message(self):
        told = {"code": 2, "message": "test status message"}
        self.status(self.driver.call(PREFIX + "UnaryCall", message("SimpleRequest", response_status=told)),
                    "UNKNOWN", told["message"])
        self.duplex()
        self.ask(1, 1, response_status=told)
        self.driver.close_send()
        self.assertEqual(self.driver.receive()["result"], "ERROR")
        self.status(self.driver.finish(), "UNKNOWN", told["message"])

    def special_status_message(self):
        told = {"code": 2, "message": service.SPECIAL_MESSAGE}
        self.status(self.driver.call(PREFIX + "UnaryCall", message("SimpleRequest", response_status=told)),
                    "UNKNOWN", service.SPECIAL_MESSAGE)

    def custom_metadata(self):
        first = ["x-grpc-test-echo-initial", b"test_initial_metadata_value".hex()]
        last = ["x-grpc-test-echo-trailing-bin", b"\xab\xab\xab".hex()]
        unary = self.driver.call(PREFIX + "UnaryCall", self.large(), metadata=[first, last])
        self.check_large(unary)
        self.duplex(metadata=[first, last])
        self.ask(314159, 271828)
        self.driver.close_send()
        self.reply(314159)
        self.assertEqual(self.driver.receive()["result"], "END")
        for answer in (unary, self.driver.finish()):
            self.assertIn(first, answer["headers"])
            self.assertIn(last, answer["trailers"])

    def unimplemented_method(self):
        self.assertEqual(self.driver.call(PREFIX + "UnimplementedCall")["code"], "UNIMPLEMENTED")

    def unimplemented_service(self):
        self.assertEqual(self.driver.call("/grpc.testing.UnimplementedService/UnimplementedCall")["code"],
                         "UNIMPLEMENTED")


if __name__ == "__main__":
    service.harness.main()
