# SPDX-License-Identifier: Apache-2.0
"""Partners without gRPC tools: JSON by curl as the Connect protocol says, and gRPC-Web for browsers."""

import base64
import gzip
import json
import os
import struct
import subprocess
import tempfile
import uuid

import h2.config
import h2.connection
import h2.events
import harness
from council import SmallCouncil
from frames import link
from pledge.v1 import authority_pb2, watch_pb2

GET = "pledge.v1.AuthorityService/GetAuthority"
JSON = "application/json"
PAGE = "https://pledge.example.org"


class Answer:
    """What curl received: status, headers by lower-case name, body."""

    def __init__(self, head, body):
        lines = head.strip().splitlines()
        self.status = int(lines[0].split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        self.body = body

    def json(self):
        return json.loads(self.body)


def frames(body):
    """Splits a framed body into (flags, bytes)."""
    found = []
    while body:
        flags, size = struct.unpack(">BI", body[:5])
        found.append((flags, body[5:5 + size]))
        body = body[5 + size:]
    return found


def frame(data, flags=0):
    return struct.pack(">BI", flags, len(data)) + data


class Web(SmallCouncil):
    settings = {"PLEDGED_WEB_ORIGINS": "https://other.example.org " + PAGE}

    def curl(self, path, body, content_type=JSON, *, who="derby-officer", headers=(), options=()):
        with tempfile.TemporaryDirectory() as folder:
            sent, head = os.path.join(folder, "sent"), os.path.join(folder, "head")
            with open(sent, "wb") as file:
                file.write(body if isinstance(body, bytes) else json.dumps(body).encode())
            command = ["curl", "-sS", "--http2", "--cacert", os.path.join(harness.CA, "ca.pem"), "-D", head,
                       "--max-time", "20", "-H", f"content-type: {content_type}"]
            if who:
                command += ["--cert", harness.identity(who) + ".pem", "--key", harness.identity(who) + ".key"]
            for header in headers:
                command += ["-H", header]
            command += ["--data-binary", "@" + sent, *options, f"https://127.0.0.1:{self.daemon.port}/{path}"]
            done = subprocess.run(command, capture_output=True, timeout=60)
            self.assertIn(done.returncode, (0, 28), done.stderr)
            with open(head, encoding="ascii") as file:
                return Answer(file.read(), done.stdout)

    # --- JSON ---------------------------------------------------------------------------------------

    def test_json(self):
        answer = self.curl(GET, {"name": self.parent})
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, JSON))
        self.assertEqual(answer.json()["authority"]["displayName"], "Derby")
        self.assertEqual(self.curl(GET, {"name": self.parent}, JSON + "; charset=utf-8").status, 200)

    def test_a_return_by_json_counts_once_in_either_codec(self):
        name = "r" + uuid.uuid4().hex[:8]
        self.round(name, opens=-20, due=10, closes=20)
        request = {"parent": f"{self.parent}/rounds/{name}", "requestId": str(uuid.uuid4()),
                   "ownerReturn": {"owner": f"{self.parent}/departments/leisure", "progress": [
                       {"commitmentId": "l1", "rating": "RATING_AMBER", "narrative": "Nearly.",
                        "reason": "One post is open."}]}}
        path = "pledge.v1.ReturnService/SubmitReturn"
        first = self.curl(path, request)
        self.assertEqual(first.status, 200, first.body)
        self.assertEqual(first.json()["ownerReturn"]["submission"], 1)
        self.assertEqual(self.curl(path, request).json(), first.json())
        again = self.officer.SubmitReturn(
            parent=request["parent"], request_id=request["requestId"],
            owner_return=self.report("leisure", [{"commitment_id": "l1", "rating": "RATING_AMBER",
                                                  "narrative": "Nearly.", "reason": "One post is open."}]))
        self.assertEqual(again.owner_return.submission, 1)

    def test_errors_tell_code_message_and_details(self):
        for who, path, body, status, code in (
                ("derby-officer", GET, {"name": "authorities/halton"}, 403, "permission_denied"),
                ("derby-officer", GET, {"name": "derby"}, 400, "invalid_argument"),
                ("derby-officer", GET, {"nmae": "x"}, 400, "invalid_argument"),
                ("derby-officer", GET, b"{", 400, "invalid_argument"),
                ("derby-officer", GET, b"", 400, "invalid_argument"),
                ("derby-officer", "pledge.v1.AuthorityService/Nothing", {}, 501, "unimplemented"),
                ("nobody-known", GET, {"name": self.parent}, 401, "unauthenticated"),
                (None, GET, {"name": self.parent}, 401, "unauthenticated")):
            with self.subTest(body=body, who=who):
                answer = self.curl(path, body, who=who)
                self.assertEqual((answer.status, answer.json()["code"]), (status, code), answer.body)
                self.assertEqual(answer.headers["content-type"], JSON)
                self.assertTrue(answer.json()["message"])
        detail = self.curl(GET, {"name": "derby"}).json()["details"][0]
        self.assertEqual(detail["type"], "google.rpc.BadRequest")
        self.assertEqual(detail["debug"]["fieldViolations"][0]["field"], "name")
        self.assertIn(b"authorities/{authority}", base64.b64decode(detail["value"] + "=="))

    def test_only_post_and_only_known_content(self):
        answer = self.curl(GET, b"", options=["-G"])
        self.assertEqual(answer.status, 405)
        for content in ("text/plain", "application/x-www-form-urlencoded", "application/connect+json"):
            self.assertEqual(self.curl(GET, {}, content).status, 415, content)
        self.assertEqual(self.curl("pledge.v1.WatchService/Watch", {"parent": self.parent}).status, 415)

    def test_a_content_types_case_does_not_matter(self):
        self.assertEqual(self.curl(GET, {"name": self.parent}, "Application/JSON").status, 200)

    def test_a_text_that_is_cut_stays_text(self):
        """In whichever byte of a character the place for it ends."""
        for before in ("", "a"):
            answer = self.curl(GET, {"name": [before + 80 * "é"]})
            self.assertEqual((answer.status, answer.json()["code"]), (400, "invalid_argument"))
            self.assertIn("é…", answer.json()["details"][0]["debug"]["fieldViolations"][0]["description"])
        name = "a" + 600 * "é"
        self.assertEqual(self.curl(GET, {name: 1}).json()["code"], "invalid_argument")

    def test_a_path_that_is_no_text_is_unknown_in_every_wire(self):
        path = b"/pledge.v1.X/\xff"
        for content, body in (("application/json", b"{}"), ("application/connect+proto", frame(b""))):
            _, data = self.raw(path, content, body)
            error = json.loads(data) if content == "application/json" else json.loads(frames(data)[-1][1])["error"]
            self.assertEqual((error["code"], error["message"]), ("unimplemented", "unknown service /pledge.v1.X/?"))

    def test_a_request_that_goes_on_after_its_answer_is_reset(self):
        """gRPC's at once; a browser or curl that is still sending would take that for a failure, so later."""
        for content in ("application/grpc", "application/grpc-web", "application/json", "application/connect+proto",
                        "text/plain"):
            events, _ = self.raw(f"/{GET}".encode(), content, None)
            self.assertEqual(events[-1], "StreamReset", content)

    def raw(self, path, content, body):
        """A call of a caller that nobody knows, past what curl would send; one without a body sends for as long as it
        may. Returns the names of the events of its stream, and its data."""
        events, data, left = [], b"", 64 << 20
        with link(self.daemon.port) as peer:
            http = h2.connection.H2Connection(h2.config.H2Configuration(
                header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False))
            http.initiate_connection()
            http.send_headers(1, [(b":method", b"POST"), (b":scheme", b"https"), (b":path", path),
                                  (b":authority", b"localhost"), (b"content-type", content.encode()),
                                  (b"te", b"trailers")])
            if body is not None:
                http.send_data(1, body, end_stream=True)
            peer.sendall(http.data_to_send())
            last = "StreamEnded" if body is not None else "StreamReset"
            while last not in events and left > 0:
                for event in http.receive_data(peer.recv(65536)):
                    if getattr(event, "stream_id", None) in (0, 1):
                        events += [type(event).__name__] if event.stream_id else []
                        data += event.data if isinstance(event, h2.events.DataReceived) else b""
                while body is None and last not in events and http.local_flow_control_window(1) > 0:
                    size = min(http.local_flow_control_window(1), http.max_outbound_frame_size)
                    http.send_data(1, bytes(size))
                    left -= size
                peer.sendall(http.data_to_send())
        return events, data

    def test_connect_headers(self):
        body = {"name": self.parent}
        self.assertEqual(self.curl(GET, body, headers=["connect-protocol-version: 1"]).status, 200)
        self.assertEqual(self.curl(GET, body, headers=["connect-protocol-version: 2"]).status, 400)
        self.assertEqual(self.curl(GET, body, headers=["connect-timeout-ms: 5000"]).status, 200)
        self.assertEqual(self.curl(GET, body, headers=["connect-timeout-ms: 0"]).status, 504)
        self.assertEqual(self.curl(GET, body, headers=["connect-timeout-ms: 5s"]).status, 400)

    def test_compression_both_ways(self):
        packed = gzip.compress(json.dumps({"name": self.parent}).encode())
        self.assertEqual(self.curl(GET, packed, headers=["content-encoding: gzip"]).status, 200)
        self.assertEqual(self.curl(GET, b"no gzip", headers=["content-encoding: gzip"]).status, 500)
        self.assertEqual(self.curl(GET, packed, headers=["content-encoding: br"]).status, 501)
        nothing = self.curl("grpc.health.v1.Health/Check", b"", "application/proto", headers=["content-encoding: gzip"])
        self.assertEqual(nothing.status, 200)
        path = "pledge.v1.ReturnService/ListReturnChecks"
        plain = self.curl(path, {})
        answer = self.curl(path, {}, headers=["accept-encoding: br, gzip"])
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(answer.body), plain.body)
        self.assertNotIn("content-encoding", self.curl(path, {}, headers=["accept-encoding: gzip;q=0"]).headers)

    def test_binary_messages_go_the_same_way(self):
        request = authority_pb2.GetAuthorityRequest(name=self.parent).SerializeToString()
        answer = self.curl(GET, request, "application/proto")
        self.assertEqual(authority_pb2.GetAuthorityResponse.FromString(answer.body).authority.display_name, "Derby")

    def test_a_stream_of_json(self):
        body = frame(json.dumps({"parent": self.parent}).encode())
        answer = self.curl("pledge.v1.WatchService/Watch", body, "application/connect+json",
                           headers=["connect-timeout-ms: 500"])
        first, last = frames(answer.body)
        self.assertTrue(json.loads(first[1])["cursor"].startswith("c"))
        self.assertEqual((last[0], json.loads(last[1])["error"]["code"]), (2, "deadline_exceeded"))

    # --- gRPC-Web -----------------------------------------------------------------------------------

    def trailers(self, data):
        return dict(line.split(": ", 1) for line in data.decode().split("\r\n") if line)

    def test_grpc_web(self):
        request = frame(authority_pb2.GetAuthorityRequest(name=self.parent).SerializeToString())
        answer = self.curl(GET, request, "application/grpc-web+proto")
        message, last = frames(answer.body)
        self.assertEqual(authority_pb2.GetAuthorityResponse.FromString(message[1]).authority.display_name, "Derby")
        self.assertEqual((last[0], self.trailers(last[1])["grpc-status"]), (0x80, "0"))

    def test_grpc_web_in_text(self):
        data = frame(authority_pb2.GetAuthorityRequest(name=self.parent).SerializeToString())
        for request in (base64.b64encode(data), base64.b64encode(data[:4]) + base64.b64encode(data[4:])):
            answer = self.curl(GET, request, "application/grpc-web-text")
            message, last = frames(decode_text(answer.body))
            self.assertEqual(
                authority_pb2.GetAuthorityResponse.FromString(message[1]).authority.display_name, "Derby")
            self.assertEqual(self.trailers(last[1])["grpc-status"], "0")

    def test_grpc_web_errors_come_in_the_body(self):
        answer = self.curl(GET, frame(b"\x0a\x05derby"), "application/grpc-web")
        self.assertEqual(answer.status, 200)
        (flags, data), = frames(answer.body)
        self.assertEqual((flags, self.trailers(data)["grpc-status"]), (0x80, "3"))

    def test_grpc_web_streams(self):
        body = frame(watch_pb2.WatchRequest(parent=self.parent).SerializeToString())
        answer = self.curl("pledge.v1.WatchService/Watch", body, "application/grpc-web+proto",
                           headers=["grpc-timeout: 500m"])
        first, last = frames(answer.body)
        self.assertTrue(watch_pb2.WatchResponse.FromString(first[1]).cursor)
        self.assertEqual(self.trailers(last[1])["grpc-status"], "4")

    def test_pages_of_known_origins_may_call(self):
        ask = ["-X", "OPTIONS"]
        known = self.curl(GET, b"", who=None, headers=["origin: " + PAGE], options=ask)
        self.assertEqual((known.status, known.headers["access-control-allow-origin"]), (204, PAGE))
        self.assertIn("content-type", known.headers["access-control-allow-headers"])
        for origin in ("https://evil.example.org", PAGE + ".evil.example.org", "https://pledge", "null"):
            foreign = self.curl(GET, b"", who=None, headers=["origin: " + origin], options=ask)
            self.assertEqual(foreign.status, 403)
            self.assertNotIn("access-control-allow-origin", foreign.headers)
        answer = self.curl(GET, {"name": self.parent}, headers=["origin: " + PAGE])
        self.assertEqual(answer.headers["access-control-allow-origin"], PAGE)
        self.assertEqual(answer.headers["vary"], "origin")


def decode_text(text):
    """Base64 in groups of four, any of which may end a part with padding."""
    return b"".join(base64.b64decode(text[i:i + 4]) for i in range(0, len(text), 4))


if __name__ == "__main__":
    harness.main()
