# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of each fuzz target, from the forms that the specifications and our own files show.

    python3 tests/fuzz/seeds.py FOLDER
"""

import gzip
import os
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = sys.argv[1]


def write(target, name, data):
    path = os.path.join(FOLDER, target)
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, name), "wb") as file:
        file.write(data)


def message(data, flags=0):
    return struct.pack(">BI", flags, len(data)) + data


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def headers(stream, pairs, flags=4):
    """A HEADERS frame of literals without indexing (RFC 7541 6.2.2)."""
    block = b"".join(b"\0" + bytes([len(n)]) + n.encode() + bytes([len(v)]) + v.encode() for n, v in pairs)
    return frame(1, flags, stream, block)


def request(stream, path, content, body, *extra, end=True, method="POST"):
    return headers(stream, [(":method", method), (":scheme", "https"), (":path", path), (":authority", "x"),
                            ("content-type", content), *extra]) + frame(0, 1 if end else 0, stream, body)


GRPC, WEB = "application/grpc", "application/grpc-web"
EMPTY = message(b"")
NAMED = message(b"\x0a\x03t.S")
ZIPPED = message(gzip.compress(b"\x0a\x03t.S", mtime=0), 1)
SESSIONS = {
    "unary": request(1, "/t.S/U", GRPC, NAMED, ("te", "trailers"), ("x-a", "b"), ("x-bin", "AAEC,AwQ")),
    "two-streams": request(1, "/t.S/U", GRPC, EMPTY) + request(3, "/grpc.health.v1.Health/Check", GRPC, EMPTY),
    "client-stream": request(1, "/t.S/C", GRPC, EMPTY + NAMED, end=False) + frame(0, 1, 1, EMPTY),
    "server-stream": request(1, "/t.S/S", GRPC, EMPTY),
    "both-ways": request(1, "/t.S/B", GRPC, EMPTY, end=False) + frame(0, 0, 1, NAMED[:3]) + frame(0, 1, 1, NAMED[3:]),
    "gzip": request(1, "/t.S/B", GRPC, ZIPPED, ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip, identity")),
    "json": request(1, "/t.S/U", "application/json", b'{"service": "t.S"}', ("connect-protocol-version", "1"),
                    ("connect-timeout-ms", "5000"), ("accept-encoding", "gzip")),
    "connect-stream": request(1, "/t.S/B", "application/connect+json", message(b'{"service": ""}')),
    "web": request(1, "/t.S/U", WEB, NAMED, ("origin", "https://a.example"), ("x-grpc-web", "1")),
    "web-text": request(1, "/t.S/U", WEB + "-text", b"AAAAAAA="),
    "preflight": headers(1, [(":method", "OPTIONS"), (":scheme", "https"), (":path", "/t.S/U"),
                             ("origin", "https://a.example")], 5),
    "unknown": request(1, "/no.Service/Nothing", GRPC, EMPTY, ("grpc-timeout", "5S")),
    "bad-content": request(1, "/t.S/U", "text/plain", b"x") + request(3, "/t.S/U", GRPC, EMPTY, method="GET"),
    "reset": request(1, "/t.S/B", GRPC, EMPTY, end=False) + frame(3, 0, 1, struct.pack(">I", 8)),
    "watch": request(1, "/grpc.health.v1.Health/Watch", GRPC, EMPTY) + frame(6, 0, 0, b"12345678"),
    "reflection": request(1, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", GRPC, message(b"\x3a\0")),
    "windows": frame(4, 0, 0, struct.pack(">HI", 4, 0)) + request(1, "/t.S/S", GRPC, EMPTY)
    + frame(8, 0, 1, struct.pack(">I", 100)),
    "trailers": request(1, "/t.S/C", GRPC, EMPTY, end=False) + headers(1, [("x-t", "1")], 5),
    "traced": request(1, "/t.S/U", GRPC, EMPTY,
                      ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
}
for name, data in SESSIONS.items():
    write("session", name, b"\0" + data)
    write("session", name + "-in-pieces", b"\x07" + data)

for name, data in (("one", NAMED), ("two", EMPTY + NAMED), ("gzip", ZIPPED), ("partial", b"\0\0\0\0\x09a"),
                   ("flag", b"\x02\0\0\0\0"), ("long", b"\0\xff\xff\xff\xff")):
    write("frame", name, data)
for name, data in (("timeout", b"99999999H"), ("percent", b"a%20b%C3%A9%"), ("base64", b"AAECAwQ="),
                   ("type", b"application/grpc-web+proto ; charset=utf-8"), ("utf8", "é☺😈".encode())):
    write("text", name, data)
for name, data in (("small", b"hello"), ("packed", gzip.compress(b"hello" * 99, mtime=0)),
                   ("bomb", gzip.compress(bytes(1 << 20), mtime=0)), ("cut", gzip.compress(b"hello", mtime=0)[:-3])):
    write("gzip", name, data)
for index in range(64):
    write("message", f"empty-{index}", bytes([index]))
    write("message", f"text-{index}", bytes([index]) + b"\x0a\x11authorities/derby\x12\x01a")
    write("message", f"nested-{index}", bytes([index]) + b"\x12\x0e\x0a\x01a\x12\x03abc\x3a\x04\x0a\x02h1\x18\x05")
    write("json", f"name-{index}", bytes([index]) + b'{"name": "authorities/derby", "pageSize": 5}')
    write("json", f"parent-{index}", bytes([index]) + b'{"parent": "authorities/derby/rounds/a", "pageToken": ""}')
write("json", "return", b"\x00" + b'{"parent": "a", "ownerReturn": {"owner": "b", "progress": [{"commitmentId": "c", '
      b'"rating": "RATING_RED", "createTime": "2016-01-01T00:00:00Z"}]}, "validateOnly": true}')
for folder, _, files in os.walk(os.path.join(ROOT, "sql/rpc")):
    for file in sorted(files)[:2]:
        with open(os.path.join(folder, file), "rb") as source:
            write("sql", file, source.read())
write("sql", "own", b"-- rpc: pledge.v1.AuthorityService/GetDepartment\n-- permission: authority.read\n-- tx: read\n"
      b"-- into: department\nSELECT ':a' FROM t WHERE a = :name/departments::text AND b = :name::text;\n")
with open(os.path.join(ROOT, "server/pledged.conf"), "rb") as source:
    write("config", "shipped", source.read())
write("config", "wrong", b'listen = 5; loops = "x"; none = { a = (1, 2.5, "b"); };')
for file in sorted(os.listdir(os.path.join(ROOT, "tests/data/returns")))[:4]:
    with open(os.path.join(ROOT, "tests/data/returns", file), "rb") as source:
        write("csv", file, source.read()[:2000])
write("care", "good", b"CHILD,DOB\r\nabc,2000-02-29\r\n\xffCHILD,DECOM,RNE,LS,PLACE,DEC,REC\r\n"
      b"abc,01/05/2007,S,C2,F2,01/08/2007,X1\r\nabc,01/08/2007,P,C2,\"H3\",,\r\n")
write("described", "good", b"".join((
    struct.pack(">II", 2, 0), struct.pack(">II", 0, 2), struct.pack(">IB", 25, 4), b"name\0",
    struct.pack(">IB", 1184, 11), b"create_time\0", struct.pack(">II", 1, 0), struct.pack(">II", 3, 0))))
write("csv", "quoted", b'\xef\xbb\xbf# authority: derby\r\ncommitment,rating,"narr""ative"\r\na,"green\n",\x00\r\n')

# An ID token that is believed, signed by a key that nobody has any more, and what is near it.
TOKEN = b".".join((
    b"eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIn0",
    b"eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnIiwiYXVkIjoicGxlZGdlIiwiZXhwIjoxODAwMDAwMzAwLCJpYXQiOjE4"
    b"MDAwMDAwMDAsInByZWZlcnJlZF91c2VybmFtZSI6IkFkYSIsInRpZCI6ImRlcmJ5In0",
    b"hFcu2YQEwS9Gkj5JP450HINoIe3mAQ9_PfWOxiJ_rJItzvcPtsrPA5f9tTvDQga5wkkizq30P9keV_svkKuRIg"))
KEYS = (b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "alg": "ES256", '
        b'"x": "SfqG2dh2BuH0878R3w7UZLbXsTWOuVfD0d8fmfrPxk8", "y": "38DdhnnCm4BTmHdZfbkl56a4z0zN1aSW1-6kCoi-n8w"}, '
        b'{"kty": "RSA", "kid": "rsa", "key_ops": ["verify"], "e": "AQAB", "n": "' + b"v" * 342 + b'"}]}')
write("token", "good", TOKEN + b"\0" + KEYS)
write("token", "unsigned", TOKEN[:-86] + b"AA\0" + KEYS)
write("token", "rsa", b"eyJhbGciOiJSUzI1NiJ9.e30." + b"A" * 342 + b"\0" + KEYS)
write("token", "none", b"eyJhbGciOiJub25lIn0.e30.AA\0{}")
write("verify", "empty", b'{"format": "pledge-signed-version/1"}')
write("verify", "kinds", b'{"format": "pledge-signed-version/1", "version": "authorities/derby/pledges/promise/versions/2", '
      b'"content": "pledge-version\\t1\\nauthority\\tderby\\npledge\\tpromise\\nversion\\t2\\n", "contentHash": "00", "keys": '
      b'[{"name": "authorities/derby/signingKeys/k", "publicKey": "AAAA", "revokeTime": "2016-03-02T10:00:00Z"}], '
      b'"serviceKeys": [{"publicKey": "AAAA"}], "signatures": [{"kind": "SIGNATURE_KIND_KEY", "signingKey": '
      b'"authorities/derby/signingKeys/k"}, {"kind": "SIGNATURE_KIND_YOUNG_PERSON", "serviceKey": "AAAA", "mark": "Sam", '
      b'"markSalt": "AAAA"}], "signatureCount": 2, "seal": "AAAA"}')
