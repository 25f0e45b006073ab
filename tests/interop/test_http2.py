# SPDX-License-Identifier: Apache-2.0
"""What RFC 9113 says a server answers to frames that no good client sends, one connection a rule.

Left out: 5.1.1, a new stream numbered below an older one. It ends the connection by the RFC; nghttp2 takes it for a
late frame of a stream that is over, and ignores it.
"""

import socket
import ssl
import struct

import service  # the folder of frames comes with it
from frames import (
    ACK, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR,
    FRAME_SIZE_ERROR, GOAWAY, HEADERS, MAX_FRAME, PADDED, PING, PREFACE, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE,
    RST_STREAM, SETTINGS, WINDOW_UPDATE, frame)

SECONDS = 30
UNKNOWN_TYPE = 0x16
MAX_WINDOW = (1 << 31) - 1
ECHO = b"sequence"


def fields(*pairs):
    """A header block of literals that nobody indexes, none longer than 126 bytes."""
    return b"".join(b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
                    for name, value in pairs)


PSEUDO = {":method": "POST", ":scheme": "https", ":path": "/grpc.testing.TestService/EmptyCall",
          ":authority": "localhost"}
USUAL = {**PSEUDO, "content-type": "application/grpc", "te": "trailers"}
BLOCK = fields(*USUAL.items())
MESSAGE = bytes(5)  # an empty one


def without(name):
    return fields(*((key, value) for key, value in USUAL.items() if key != name))


def headers(block=BLOCK, flags=END_HEADERS, stream=1):
    return frame(HEADERS, flags, stream, block)


def whole(block, stream=1):
    """A request that the header block alone could spoil."""
    return headers(block, stream=stream) + frame(DATA, END_STREAM, stream, MESSAGE)


def setting(name, value):
    return frame(SETTINGS, payload=struct.pack(">HI", name, value))


def window(increment, stream=0):
    return frame(WINDOW_UPDATE, stream=stream, payload=struct.pack(">I", increment))


# What ends the connection, and the code of its GOAWAY.
CONNECTION_ERRORS = {
    "4_2_headers_above_the_frame_size": (headers(bytes(MAX_FRAME + 1)), FRAME_SIZE_ERROR),
    "4_2_data_above_the_frame_size": (headers() + frame(DATA, 0, 1, bytes(MAX_FRAME + 1)), FRAME_SIZE_ERROR),
    "4_3_a_broken_header_block": (headers(b"\xff\xff\xff\xff\xff\xff"), COMPRESSION_ERROR),
    "4_3_a_frame_inside_a_header_block": (headers(flags=0) + frame(PING, payload=ECHO), PROTOCOL_ERROR),
    "4_3_a_block_goes_on_in_another_stream": (
        headers(flags=0) + frame(CONTINUATION, END_HEADERS, 3, BLOCK), PROTOCOL_ERROR),
    "5_1_data_on_an_idle_stream": (frame(DATA, END_STREAM, 1, MESSAGE), PROTOCOL_ERROR),
    "5_1_reset_of_an_idle_stream": (frame(RST_STREAM, 0, 1, bytes(4)), PROTOCOL_ERROR),
    "5_1_window_of_an_idle_stream": (window(1, 1), PROTOCOL_ERROR),
    "5_1_1_an_even_stream": (headers(stream=2), PROTOCOL_ERROR),
    "6_1_data_on_the_connection": (frame(DATA, 0, 0, MESSAGE), PROTOCOL_ERROR),
    "6_1_padding_longer_than_the_frame": (headers() + frame(DATA, PADDED, 1, b"\x09abc"), PROTOCOL_ERROR),
    "6_2_headers_on_the_connection": (headers(stream=0), PROTOCOL_ERROR),
    "6_2_padding_longer_than_the_block": (headers(b"\xff" + BLOCK, END_HEADERS | PADDED), PROTOCOL_ERROR),
    "6_3_priority_on_the_connection": (frame(PRIORITY, 0, 0, bytes(5)), PROTOCOL_ERROR),
    "6_4_reset_of_the_connection": (frame(RST_STREAM, 0, 0, bytes(4)), PROTOCOL_ERROR),
    "6_4_a_long_reset": (headers() + frame(RST_STREAM, 0, 1, bytes(5)), FRAME_SIZE_ERROR),
    "6_5_settings_on_a_stream": (frame(SETTINGS, 0, 1), PROTOCOL_ERROR),
    "6_5_half_a_setting": (frame(SETTINGS, payload=bytes(5)), FRAME_SIZE_ERROR),
    "6_5_an_acknowledgement_that_sets": (frame(SETTINGS, ACK, payload=bytes(6)), FRAME_SIZE_ERROR),
    "6_5_2_push_neither_on_nor_off": (setting(2, 2), PROTOCOL_ERROR),
    "6_5_2_a_window_too_wide": (setting(4, MAX_WINDOW + 1), FLOW_CONTROL_ERROR),
    "6_5_2_a_frame_size_too_small": (setting(5, MAX_FRAME - 1), PROTOCOL_ERROR),
    "6_5_2_a_frame_size_too_large": (setting(5, 1 << 24), PROTOCOL_ERROR),
    "6_6_a_client_pushes": (
        headers() + frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + BLOCK), PROTOCOL_ERROR),
    "6_7_ping_on_a_stream": (frame(PING, 0, 1, ECHO), PROTOCOL_ERROR),
    "6_7_a_short_ping": (frame(PING, payload=ECHO[1:]), FRAME_SIZE_ERROR),
    "6_8_goaway_on_a_stream": (frame(GOAWAY, 0, 1, bytes(8)), PROTOCOL_ERROR),
    "6_9_a_window_that_stays": (window(0), PROTOCOL_ERROR),
    # The RFC asks for the stream's end at least; nghttp2 ends the connection.
    "6_9_a_stream_window_that_stays": (headers() + window(0, 1), PROTOCOL_ERROR),
    "6_9_a_short_window": (frame(WINDOW_UPDATE, payload=bytes(3)), FRAME_SIZE_ERROR),
    "6_9_1_a_window_that_overflows": (window(MAX_WINDOW), FLOW_CONTROL_ERROR),
    "6_10_continuation_of_nothing": (headers() + frame(CONTINUATION, END_HEADERS, 1, BLOCK), PROTOCOL_ERROR),
}

# What ends stream 1 alone, and the code of its RST_STREAM.
STREAM_ERRORS = {
    "6_9_1_a_stream_window_that_overflows": (headers() + window(MAX_WINDOW, 1), FLOW_CONTROL_ERROR),
    # The RFC asks for the connection's end; nghttp2 ends the stream whose window it is.
    "6_9_2_settings_overflow_a_window": (headers() + window(1, 1) + setting(4, MAX_WINDOW), FLOW_CONTROL_ERROR),
    "8_1_trailers_that_do_not_end": (headers() + headers(fields(("x-more", "1"))), PROTOCOL_ERROR),
    "8_1_1_less_than_the_content_length": (whole(BLOCK + fields(("content-length", "6"))), PROTOCOL_ERROR),
    "8_1_1_more_than_the_content_length": (whole(BLOCK + fields(("content-length", "4"))), PROTOCOL_ERROR),
    "8_2_1_a_name_in_upper_case": (whole(BLOCK + fields(("X-Upper", "1"))), PROTOCOL_ERROR),
    "8_2_2_a_header_of_the_connection": (whole(BLOCK + fields(("connection", "close"))), PROTOCOL_ERROR),
    "8_2_2_te_other_than_trailers": (whole(without("te") + fields(("te", "gzip"))), PROTOCOL_ERROR),
    "8_3_a_pseudo_header_of_a_response": (whole(fields((":status", "200")) + BLOCK), PROTOCOL_ERROR),
    "8_3_an_unknown_pseudo_header": (whole(fields((":other", "1")) + BLOCK), PROTOCOL_ERROR),
    "8_3_a_pseudo_header_after_a_header": (whole(fields(("x-first", "1")) + BLOCK), PROTOCOL_ERROR),
    "8_3_a_pseudo_header_in_trailers": (
        headers() + headers(fields((":path", "/")), END_HEADERS | END_STREAM), PROTOCOL_ERROR),
    "8_3_1_no_method": (whole(without(":method")), PROTOCOL_ERROR),
    "8_3_1_no_scheme": (whole(without(":scheme")), PROTOCOL_ERROR),
    "8_3_1_no_path": (whole(without(":path")), PROTOCOL_ERROR),
    "8_3_1_an_empty_path": (whole(fields((":path", "")) + without(":path")), PROTOCOL_ERROR),
    "8_3_1_two_methods": (whole(fields((":method", "POST")) + BLOCK), PROTOCOL_ERROR),
}

# What a server lives with: the call behind it is answered.
HARMLESS = {
    "4_1_flags_without_a_meaning": frame(PING, 0xfe, payload=ECHO),
    "4_1_a_reserved_bit": frame(PING, 0, 1 << 31, ECHO),
    "5_1_priority_of_an_idle_stream": frame(PRIORITY, 0, 5, struct.pack(">IB", 0, 9)),
    "5_5_an_unknown_frame": frame(UNKNOWN_TYPE, 0xff, 7, b"whatever"),
    "6_5_2_an_unknown_setting": setting(0x99, 7),
    "6_7_an_answer_to_no_ping": frame(PING, ACK, payload=ECHO),
    "6_9_2_a_window_that_shrinks_and_grows": setting(4, 1) + setting(4, 65535),
}


class Connection:
    """A connection whose frames are made by hand."""

    def __init__(self, port, preface=PREFACE):
        context = ssl.create_default_context(cafile=service.CA)
        context.set_alpn_protocols(["h2"])
        self.link = context.wrap_socket(socket.create_connection(("127.0.0.1", port), SECONDS),
                                        server_hostname="localhost")
        self.link.sendall(preface + frame(SETTINGS))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def read(self, size):
        data = b""
        while len(data) < size:
            more = self.link.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def frames(self):
        """What the server sends, until it closes the connection."""
        try:
            while True:
                head = self.read(9)
                kind, flags, stream = struct.unpack(">BBI", head[3:])
                yield kind, flags, stream, self.read(int.from_bytes(head[:3], "big"))
        except (EOFError, ConnectionError, ssl.SSLError):
            return


@service.each(*("connection_error_" + name for name in CONNECTION_ERRORS),
              *("stream_error_" + name for name in STREAM_ERRORS), *("harmless_" + name for name in HARMLESS))
class Http2(service.Cases):
    def case(self, name):
        kind, name = next((kind, name[len(kind) + 1:]) for kind in ("connection_error", "stream_error", "harmless")
                          if name.startswith(kind))
        getattr(self, kind)(name)

    def connection_error(self, name):
        sent, code = CONNECTION_ERRORS[name]
        with Connection(self.service.port) as connection:
            connection.link.sendall(sent)
            told = [struct.unpack(">I", data[4:8])[0] for kind, _, _, data in connection.frames() if kind == GOAWAY]
        self.assertEqual(told[-1:], [code])

    def stream_error(self, name):
        sent, code = STREAM_ERRORS[name]
        with Connection(self.service.port) as connection:
            connection.link.sendall(sent + whole(BLOCK, stream=3))
            reset, answered = None, False
            for kind, flags, stream, data in connection.frames():
                self.assertNotEqual(kind, GOAWAY)
                if kind == RST_STREAM and stream == 1:
                    reset = struct.unpack(">I", data)[0]
                answered |= stream == 3 and bool(kind == HEADERS and flags & END_STREAM)
                if answered and reset is not None:
                    break
        self.assertEqual((reset, answered), (code, True))

    def harmless(self, name):
        with Connection(self.service.port) as connection:
            connection.link.sendall(HARMLESS[name] + whole(BLOCK))
            for kind, flags, stream, _ in connection.frames():
                self.assertNotIn(kind, (GOAWAY, RST_STREAM))
                if stream == 1 and kind == HEADERS and flags & END_STREAM:
                    return
        self.fail("the call is not answered")

    def test_3_4_a_preface_that_is_none(self):
        with Connection(self.service.port, b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n") as connection:
            self.assertNotIn(HEADERS, [kind for kind, *_ in connection.frames()])

    def test_6_5_3_settings_are_acknowledged_and_6_7_a_ping_answered(self):
        with Connection(self.service.port) as connection:
            connection.link.sendall(frame(PING, payload=ECHO))
            seen = set()
            for kind, flags, stream, data in connection.frames():
                if kind in (SETTINGS, PING) and flags & ACK:
                    seen.add((kind, stream, data))
                if len(seen) == 2:
                    break
        self.assertEqual(seen, {(SETTINGS, 0, b""), (PING, 0, ECHO)})

    def test_pings_without_end_are_a_reason_to_part(self):
        with Connection(self.service.port) as connection:
            connection.link.sendall(frame(PING, payload=ECHO) * 50)
            told = [data[4:] for kind, _, _, data in connection.frames() if kind == GOAWAY]
        self.assertEqual(told, [struct.pack(">I", ENHANCE_YOUR_CALM) + b"too_many_pings"])


if __name__ == "__main__":
    service.harness.main()
