# SPDX-License-Identifier: Apache-2.0
"""What is on the wire: malformed, oversized, late and foreign requests each get a clear answer."""

import contextlib
import os
import struct
import subprocess
import time

import frames
import grpc
import harness
from pledge.v1 import authority_pb2, return_pb2, watch_pb2

Code = grpc.StatusCode
GET = "/pledge.v1.AuthorityService/GetAuthority"
REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
REFLECTION_BURST, REFLECTION_PER_SECOND, REFLECTION_QUESTION = 16 << 20, 2 << 20, 4 << 10  # reflection.c
QUESTION = b"\x22\x18pledge.v1.MonitorService"  # which file defines it, for reflection


class Wire(harness.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        cls.officer = cls.member("derby", "derby-officer", "ROLE_OFFICER")

    def raw(self, path, data, reply=authority_pb2.GetAuthorityResponse, **more):
        return self.daemon.call("derby-officer", path, data, reply, **more)

    def test_malformed_messages(self):
        for data in (b"\xff\xff\xff", b"\x0a\x7f", b"\x08", b"\x0b", b"\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"):
            with self.subTest(data=data):
                self.refused(Code.INVALID_ARGUMENT, self.raw, GET, data)

    def test_bad_text_names_its_field(self):
        self.refused(Code.INVALID_ARGUMENT, self.raw, GET, b"\x0a\x02\xc3\x28", field="name")
        self.refused(Code.INVALID_ARGUMENT, self.raw, GET, b"\x0a\x03a\x00b", field="name")

    def test_an_unknown_enum_value_names_its_field(self):
        progress = b"\x0a\x01x\x10\x09"
        ret = b"\x3a" + bytes([len(progress)]) + progress
        self.refused(Code.INVALID_ARGUMENT, self.raw, "/pledge.v1.ReturnService/SubmitReturn",
                     b"\x12" + bytes([len(ret)]) + ret, return_pb2.SubmitReturnResponse,
                     field="owner_return.progress[0].rating")

    def test_an_unknown_field_is_ignored(self):
        known = authority_pb2.GetAuthorityRequest(name="authorities/derby").SerializeToString()
        self.assertEqual(self.raw(GET, known + b"\xfa\x3e\x03abc").authority.display_name, "Derby")

    def test_a_large_message_is_refused_by_its_size(self):
        self.refused(Code.RESOURCE_EXHAUSTED, self.raw, GET, b"\x0a" + b"\x80\x80\x80\x02" + b"a" * (5 << 20))

    def test_unknown_methods_and_services(self):
        for path in ("/pledge.v1.AuthorityService/Nothing", "/pledge.v9.Nothing/Get", "/", "/x"):
            with self.subTest(path=path):
                self.refused(Code.UNIMPLEMENTED, self.raw, path, b"")

    def test_a_deadline_reaches_the_database(self):
        """Somebody holds the row; the waiting write ends with its deadline and frees its connection."""
        lock = subprocess.Popen(
            ["psql", "-qX", "-U", "postgres", "-d", self.daemon.database, "-c",
             "BEGIN; SELECT 1 FROM pledge.authority FOR UPDATE; SELECT pg_sleep(3); COMMIT"],
            stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        for _ in range(6):
            self.refused(Code.DEADLINE_EXCEEDED, self.officer.UpdateAuthority, timeout=0.2,
                         authority={"name": "authorities/derby", "display_name": "Derby"})
        lock.wait()
        self.officer.UpdateAuthority(authority={"name": "authorities/derby", "display_name": "Derby"})

    def curl(self, *arguments):
        """The head of the answer. An answer may come whole, with a reset behind it that asks for no more of the
        request (RFC 9113 8.1), while curl still sends that; now and then curl takes the reset for a fault and
        tells nothing (exit status 92), so it is asked again."""
        prefix = harness.identity("derby-officer")
        for _ in range(10):
            done = subprocess.run(
                ["curl", "-sS", "--http2", "--cacert", os.path.join(harness.CA, "ca.pem"), "--cert",
                 prefix + ".pem", "--key", prefix + ".key", "-o", "/dev/null", "-D", "-", *arguments,
                 f"https://127.0.0.1:{self.daemon.port}{GET}"], capture_output=True, text=True, timeout=20)
            if done.returncode != 92:
                break
        return done.stdout

    def test_http_that_is_not_grpc(self):
        self.assertIn("HTTP/2 405", self.curl())
        self.assertIn("HTTP/2 415", self.curl("-d", "{}", "-H", "content-type: text/plain"))
        answer = self.curl("-d", "{}", "-H", "content-type: application/grpc", "-H", "grpc-encoding: zstd")
        self.assertIn("grpc-status: 12", answer)
        answer = self.curl("-d", "{}", "-H", "content-type: application/grpc", "-H", "grpc-timeout: soon")
        self.assertIn("grpc-status: 3", answer)

    def test_a_deadline_that_has_passed(self):
        answer = self.curl("-d", "{}", "-H", "content-type: application/grpc", "-H", "grpc-timeout: 0m")
        self.assertIn("grpc-status: 4", answer)

    def test_a_cut_message_stays_readable(self):
        error = self.refused(Code.INVALID_ARGUMENT, self.officer.UpdateAuthority,
                             authority={"name": "authorities/derby"},
                             update_mask={"paths": ["a" + "\u00e9" * 400]}, field="update_mask.paths[0]")
        self.assertLess(len(error.details()), 600)

    def test_a_stream_whose_replies_are_not_read_ends(self):
        """Reflection answers anybody, so what it holds for a client that does not read has a bound."""
        before = self.resident()
        with frames.link(self.daemon.port) as link:
            no_window = struct.pack(">HI", frames.INITIAL_WINDOW_SIZE, 0)
            link.sendall(frames.PREFACE + frames.frame(frames.SETTINGS, 0, 0, no_window) +
                         frames.request(1, REFLECTION))
            for _ in range(3000):
                link.sendall(frames.data(1, frames.message(QUESTION)))
            time.sleep(0.5)
            self.assertLess(self.resident() - before, 60 << 10)

    def test_many_large_answers_are_asked_for_at_once(self):
        """Reflection answers as fast as the client reads, however many questions stand in line."""
        stub = self.daemon.channel(None).stream_stream(REFLECTION)
        answers = [len(answer) for answer in stub(iter([QUESTION] * 100), timeout=20)]
        self.assertEqual(answers, answers[:1] * 100)
        self.assertGreater(answers[0], 4096)

    def test_a_method_that_takes_one_message_takes_no_other_number(self):
        one = authority_pb2.GetAuthorityRequest(name="authorities/derby")
        for requests in ([], [one, one]):
            with self.subTest(count=len(requests)):
                self.refused(Code.UNIMPLEMENTED, self.daemon.gather, "derby-officer", GET, requests,
                             authority_pb2.GetAuthorityResponse, says="exactly one message")

    def test_headers_that_are_too_large_are_refused_in_the_callers_words(self):
        """Whatever comes before the header that tells what the caller speaks."""
        large = "x-large: " + "y" * 20000
        answer = self.curl("-d", "{}", "-H", large, "-H", "content-type: application/grpc")
        self.assertIn("grpc-status: 8", answer)
        self.assertIn("HTTP/2 429", self.curl("-d", "{}", "-H", large, "-H", "content-type: application/json"))

    def test_what_is_no_http_2_is_told_so(self):
        with frames.link(self.daemon.port) as link:
            link.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            goaway = next(payload for kind, payload in frames.read(link) if kind == frames.GOAWAY)
        self.assertEqual(int.from_bytes(goaway[4:8], "big"), frames.PROTOCOL_ERROR)

    def test_a_path_that_is_no_text_is_logged(self):
        with frames.link(self.daemon.port) as link:
            link.sendall(frames.PREFACE + frames.frame(frames.SETTINGS, 0, 0) +
                         frames.request(1, b"/caf\xe9/Get", end=True))
            next(payload for kind, payload in frames.read(link) if kind == frames.HEADERS)
        self.assertIn("/caf?/Get", [event.get("method") for event in self.daemon.events("call")])

    def resident(self):
        """KiB of memory that the daemon holds."""
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as status:
            return int(next(line for line in status if line.startswith("VmRSS")).split()[1])

    def test_requests_without_a_certificate_are_not_kept(self):
        """A stranger's large request is refused at its headers."""
        before = self.resident()
        stub = self.daemon.channel(None).unary_unary(GET)
        calls = [stub.future(b"\x0a" + b"\x80\x80\x40" + b"a" * (1 << 20), timeout=20) for _ in range(50)]
        self.assertEqual({call.code() for call in calls}, {Code.UNAUTHENTICATED})
        self.assertLess(self.resident() - before, 60 << 10)

    def test_old_and_plain_clients_are_refused(self):
        for arguments in (["--tls-max", "1.1", "--tlsv1.1"], ["--http1.1"]):
            with self.subTest(arguments=arguments):
                self.assertNotIn("HTTP/", self.curl(*arguments))

    def test_health_and_reflection_need_no_certificate(self):
        from grpc_health.v1 import health_pb2
        answer = self.daemon.call(None, "/grpc.health.v1.Health/Check",
                                  health_pb2.HealthCheckRequest(service="pledge.v1.PledgeService"),
                                  health_pb2.HealthCheckResponse)
        self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING)
        for unknown in ("pledge.v1.Nothing", "pledge.v1", "pledge.v1.PledgeService/GetPledge"):
            self.refused(Code.NOT_FOUND, self.daemon.call, None, "/grpc.health.v1.Health/Check",
                         health_pb2.HealthCheckRequest(service=unknown), health_pb2.HealthCheckResponse)

    def test_reflection_knows_every_service(self):
        from grpc_reflection.v1alpha.proto_reflection_descriptor_database import \
            ProtoReflectionDescriptorDatabase
        database = ProtoReflectionDescriptorDatabase(self.daemon.channel(None))
        services = set(database.get_services())
        self.assertLessEqual({"pledge.v1.MonitorService", "grpc.health.v1.Health",
                              "grpc.reflection.v1.ServerReflection"}, services)
        file = database.FindFileContainingSymbol("pledge.v1.MonitorService")
        self.assertEqual(file.name, "pledge/v1/monitor.proto")

    def test_many_calls_at_once_are_each_answered_to_their_own(self):
        """Neighbours in one segment, good and bad, of two principals: nobody gets another's answer."""
        request = authority_pb2.GetAuthorityRequest(name="authorities/derby").SerializeToString()
        path = GET
        stubs = {name: self.daemon.channel(name).unary_unary(path) for name in ("derby-officer", "admin")}
        good = [stubs["derby-officer"].future(request, timeout=20) for _ in range(300)]
        bad_request = authority_pb2.GetAuthorityRequest(name="authorities/nowhere").SerializeToString()
        bad = [stubs["admin"].future(bad_request, timeout=20) for _ in range(300)]
        token = self.daemon.channel("derby-officer").unary_unary("/pledge.v1.AuthorityService/ListBodies")
        broken = authority_pb2.ListBodiesRequest(parent="authorities/derby", page_token="x")
        failing = [token.future(broken.SerializeToString(), timeout=20) for _ in range(100)]
        for call in good:
            answer = authority_pb2.GetAuthorityResponse.FromString(call.result())
            self.assertEqual(answer.authority.name, "authorities/derby")
        self.assertEqual({call.code() for call in bad}, {Code.NOT_FOUND})
        self.assertEqual({call.code() for call in failing}, {Code.INVALID_ARGUMENT})



class Rate(harness.Case):
    settings = {"PLEDGED_PRINCIPAL_RATE": "20", "PLEDGED_LOOPS": "1"}

    def test_streams_of_callers_that_nobody_knows_are_bounded(self):
        from grpc_health.v1 import health_pb2
        most, channels, each, left = 1024, 6, 200, 0
        with open(os.path.join(harness.CA, "ca.pem"), "rb") as file:
            trust = grpc.ssl_channel_credentials(file.read())
        opened = [grpc.secure_channel(f"127.0.0.1:{self.daemon.port}", trust,
                                      options=[("grpc.use_local_subchannel_pool", 1), ("n", n)])
                  for n in range(channels)]
        streams = []
        for channel in opened:
            watch = channel.unary_stream("/grpc.health.v1.Health/Watch",
                                         request_serializer=lambda m: m.SerializeToString(),
                                         response_deserializer=health_pb2.HealthCheckResponse.FromString)
            streams += [watch(health_pb2.HealthCheckRequest(), metadata=[("authorization", "Bearer made-up")] * (n % 2))
                        for n in range(each)]
        for stream in streams:
            try:
                next(stream)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), Code.RESOURCE_EXHAUSTED)
                left += 1
        self.assertEqual(left, channels * each - most)
        self.daemon.call("derby-officer", "/grpc.health.v1.Health/Check", health_pb2.HealthCheckRequest(),
                         health_pb2.HealthCheckResponse)
        for channel in opened:
            channel.close()

    def test_what_reflection_gives_has_a_rate(self):
        """Beyond it questions wait and are answered in the end; a caller with a name waits for no stranger."""
        def ask(name, count, timeout=15):
            return self.daemon.channel(name).stream_stream(REFLECTION)(iter([QUESTION] * count), timeout=timeout)

        began = time.monotonic()
        size = len(next(ask(None, 1)))
        at_once = REFLECTION_BURST // (size + REFLECTION_QUESTION)
        count = at_once + at_once // 4
        strangers = ask(None, count)
        answered = sum(1 for _ in zip(range(at_once), strangers))
        self.assertEqual([len(answer) for answer in ask("admin", 1)], [size])
        self.assertEqual(answered + sum(1 for _ in strangers), count)
        beyond = count * (size + REFLECTION_QUESTION) - REFLECTION_BURST
        self.assertGreater(time.monotonic() - began, beyond / REFLECTION_PER_SECOND)
        for hasty in [ask(None, 1, 0.05) for _ in range(900)]:  # who goes before their turn costs nobody anything
            with contextlib.suppress(grpc.RpcError):
                list(hasty)
        self.assertEqual([len(answer) for answer in ask(None, 1)], [size])

    def test_unfinished_messages_of_strangers_are_bounded(self):
        """Nobody knows whether the rest ever comes; callers with a certificate have memory of their own."""
        self.refused(Code.RESOURCE_EXHAUSTED, self.daemon.call, None, "/grpc.health.v1.Health/Check", bytes(70000),
                     authority_pb2.GetAuthorityResponse, says="larger than 65536")
        refused, unfinished = 0, frames.message(bytes(65000))[:-1]
        with frames.link(self.daemon.port) as one, frames.link(self.daemon.port) as other:
            for link in one, other:
                link.sendall(frames.PREFACE + frames.frame(frames.SETTINGS, 0, 0))
                for stream in range(1, 401, 2):
                    link.sendall(frames.request(stream, REFLECTION) + frames.data(stream, unfinished))
                link.sendall(frames.frame(frames.PING, 0, 0, bytes(8)))
                for kind, _ in frames.read(link):
                    refused += kind == frames.HEADERS
                    if kind == frames.PING:
                        break
            self.assertIn(refused, range(100, 200))
            self.admin.ListAuthorities()

    def test_a_certificate_has_its_rate_and_takes_nothing_from_others(self):
        self.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        officer = self.member("derby", "derby-officer", "ROLE_OFFICER")
        refused = None
        for _ in range(400):
            try:
                officer.GetAuthority(name="authorities/derby")
            except grpc.RpcError as error:
                refused = error
                break
        self.assertEqual(refused.code(), Code.RESOURCE_EXHAUSTED)
        self.assertIn("20 calls a second", refused.details())
        self.assertIn(b"google.rpc.RetryInfo", dict(refused.trailing_metadata())["grpc-status-details-bin"])
        self.admin.GetAuthority(name="authorities/derby")
        time.sleep(0.5)
        officer.GetAuthority(name="authorities/derby")

    def test_a_watch_may_hear_of_more_changes_than_its_caller_may_make_calls(self):
        self.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        officer = self.member("halton", "halton-officer", "ROLE_OFFICER")
        watch = self.daemon.stream("halton-officer", "/pledge.v1.WatchService/Watch",
                                   watch_pb2.WatchRequest(parent="authorities/halton"), watch_pb2.WatchResponse, 20)
        next(watch)
        for _ in range(100):
            harness.psql(self.daemon.database, "SELECT pg_notify('pledge_change', 'halton')")
        made = officer.CreateBody(parent="authorities/halton", body_id="board", body={"display_name": "Board"}).body
        self.assertEqual(next(watch).name, made.name)
        watch.cancel()


if __name__ == "__main__":
    harness.main()
