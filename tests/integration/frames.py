# SPDX-License-Identifier: Apache-2.0
"""Frames of HTTP/2 (RFC 9113) and gRPC by hand, for what no library would send."""

import contextlib
import os
import socket
import ssl
import struct

import harness

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED, ACK = 1, 4, 8, 1
INITIAL_WINDOW_SIZE = 4  # of SETTINGS
PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL = 1, 2, 3, 6, 7, 8
COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 9, 11
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MAX_FRAME = 16384  # of payload
HEAD = 9
SECONDS = 20  # for what the peer may say


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def text(value):
    """A string of HPACK (RFC 7541 5.2) without Huffman coding."""
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
    """All of them as literals without indexing."""
    block = b"".join(b"\x00" + text(name) + text(value) for name, value in pairs)
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block)


def request(stream, path, end=False):
    """The headers of a gRPC call."""
    return headers(stream, (":method", "POST"), (":scheme", "https"), (":authority", "x"), (":path", path),
                   ("content-type", "application/grpc"), ("te", "trailers"), end=end)


def message(payload, flag=0):
    """As gRPC delimits it."""
    return bytes([flag]) + struct.pack(">I", len(payload)) + payload


def data(stream, payload):
    """As many frames as it takes."""
    return b"".join(frame(DATA, 0, stream, payload[at:at + MAX_FRAME])
                    for at in range(0, len(payload), MAX_FRAME))


def goaway(last, code=0):
    return frame(GOAWAY, 0, 0, struct.pack(">II", last, code))


@contextlib.contextmanager
def link(port):
    """A connection of a stranger to the daemon there."""
    context = ssl.create_default_context(cafile=os.path.join(harness.CA, "ca.pem"))
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", port)) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as secure:
        secure.settimeout(SECONDS)
        yield secure


def read(link):
    """(type, payload) of the frames that come, until the peer ends the connection."""
    held = b""
    while piece := link.recv(65536):
        held += piece
        while len(held) >= HEAD and len(held) >= HEAD + int.from_bytes(held[:3], "big"):
            length = int.from_bytes(held[:3], "big")
            yield held[3], held[HEAD:HEAD + length]
            held = held[HEAD + length:]
