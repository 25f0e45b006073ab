# SPDX-License-Identifier: Apache-2.0
"""Every RPC as every role, signed out and from another council, held against the table in proto/PERMISSIONS.md.

The table is what `pledged --permissions` prints. Calls are as empty as can be, with names of things that are
not there: who may call hears about that, and who may not hears nothing but that.
"""

import importlib
import os
import re
import time

import grpc
import harness
from council import day

Code = grpc.StatusCode
TABLE = os.path.join(harness.ROOT, "proto/PERMISSIONS.md")
SQL = os.path.join(harness.ROOT, "sql/rpc")
FILES = ("authority", "member", "pledge", "commitment", "round", "return", "monitor", "watch", "audit", "session",
         "identity_provider", "personal_data", "retention")
HEARD_SECONDS = 10  # that the daemon may take to hear of it
STREAM_SECONDS = 1  # of a stream of replies that has nothing to say
NOBODY = (Code.UNAUTHENTICATED,)
REFUSED = (Code.PERMISSION_DENIED, Code.UNAUTHENTICATED, Code.UNIMPLEMENTED, Code.INTERNAL, Code.UNKNOWN)


def table():
    """{method: (permission, {column: may})} as the repository keeps it."""
    with open(TABLE, encoding="utf-8") as file:
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in file
                if line.startswith("|") and not line.startswith("|---")]
    return {row[0]: (row[1], {name: cell == "yes" for name, cell in zip(rows[0][2:], row[2:])}) for row in rows[1:]}


def methods():
    """Each method of the protos: path, request and reply types, whether either side streams."""
    for name in FILES:
        module = importlib.import_module(f"pledge.v1.{name}_pb2")
        with open(os.path.join(harness.ROOT, f"proto/pledge/v1/{name}.proto"), encoding="utf-8") as file:
            streams = {found[0]: (bool(found[1]), bool(found[2])) for found in re.findall(
                r"rpc (\w+)\((stream )?[\w.]+\)\s+returns \((stream )?[\w.]+\)", file.read())}
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                yield (f"{service.full_name}/{method.name}", getattr(module, method.input_type.name),
                       getattr(module, method.output_type.name), streams[method.name])


def asked(method, request_type, authority):
    """A request for something of this authority that is not there."""
    service, name = method.split("/")
    path = os.path.join(SQL, service.rsplit(".", 1)[1], name + ".sql")
    shapes = {}
    if os.path.exists(path):  # C answers the others, which name an authority at most
        with open(path, encoding="utf-8") as file:
            shapes = dict(re.findall(r":([a-z_.]*(?:name|parent))((?:/[A-Za-z]+)+)::", file.read()))
    request = request_type()
    fields = request.DESCRIPTOR.fields_by_name
    parts = [f"{field.name}.name" for field in fields.values()
             if name.startswith(("Update", "Adopt")) and field.message_type and "name" in field.message_type.fields_by_name]
    for path in [path for path in ("parent", "name") if path in fields] + parts:
        value = f"authorities/{authority}" + "".join(part and f"/{part}/1" for part in shapes.get(path, "").split("/"))
        holder = request
        for step in path.split(".")[:-1]:
            holder = getattr(holder, step)
        setattr(holder, path.split(".")[-1], value)
    return request


class Permissions(harness.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.identities = {"signed out": None, "host_administrator": "admin"}
        for name in ("derby", "halton"):
            cls.admin.CreateAuthority(authority_id=name, authority={"display_name": name.title()})
        officer = cls.member("derby", "derby-officer", "ROLE_OFFICER")
        cls.member("halton", "halton-officer", "ROLE_OFFICER")
        officer.CreateDepartment(parent="authorities/derby", department_id="housing",
                                 department={"display_name": "Housing"})
        officer.CreatePartnerAgency(parent="authorities/derby", partner_agency_id="police",
                                    partner_agency={"display_name": "Police"})
        owners = {"director": "authorities/derby/departments/housing",
                  "partner_agency": "authorities/derby/partnerAgencies/police"}
        cls.identities["officer"] = "derby-officer"
        for role in ("council_administrator", "director", "elected_member", "support_worker", "partner_agency",
                     "inspector"):
            member = "derby-" + role.replace("_", "-")
            cls.admin.CreateMember(
                parent="authorities/derby", member_id=member,
                member={"display_name": member, "role": "ROLE_" + role.upper(), "owner": owners.get(role, ""),
                        "expires_on": day(30) if role == "inspector" else "",
                        "certificate_sha256": harness.fingerprint(member)})
            cls.identities[role] = member

    def ask(self, identity, method, authority="derby"):
        """The code of one call, and what it says."""
        path, request_type, reply_type, (many, watched) = method
        channel = self.daemon.channel(identity)
        kind = {(False, False): channel.unary_unary, (True, False): channel.stream_unary,
                (False, True): channel.unary_stream, (True, True): channel.stream_stream}[many, watched]
        call = kind("/" + path, request_serializer=lambda m: m.SerializeToString(),
                    response_deserializer=reply_type.FromString)
        request = asked(path, request_type, authority)
        try:
            answer = call(iter([request]) if many else request, timeout=STREAM_SECONDS if watched else 20)
            if watched:
                next(answer)
                answer.cancel()
        except grpc.RpcError as error:
            return error.code(), error.details()
        return Code.OK, ""

    def test_the_table_is_what_the_daemon_enforces(self):
        done = self.daemon.run("--permissions")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(TABLE, encoding="utf-8") as file:
            kept = file.read()
        self.assertEqual(done.stdout, kept[kept.index("| method"):], "pledged --permissions prints another table")

    def test_every_rpc_as_every_role(self):
        kept = table()
        self.assertEqual(sorted(next(iter(kept.values()))[1]), sorted(self.identities))
        called = set()
        for method in methods():
            permission, columns = kept[method[0]]
            called.add(method[0])
            for column, may in columns.items():
                code, says = self.ask(self.identities[column], method)
                with self.subTest(method=method[0], role=column):
                    if may:
                        self.assertNotIn(code, REFUSED, says)
                    elif column == "signed out":
                        self.assertIn(code, NOBODY, says)
                    else:
                        self.assertEqual(code, Code.PERMISSION_DENIED, says)
        for name in set(kept) - called:  # health and reflection, which have tests of their own
            self.assertEqual(kept[name][0], "public", name)

    def test_every_rpc_from_another_council_or_with_an_unknown_certificate(self):
        kept = table()
        for method in methods():
            permission, _ = kept[method[0]]
            if permission == "public":
                continue
            code, says = self.ask("stranger", method)
            with self.subTest(method=method[0], who="stranger"):
                self.assertEqual(code, Code.UNAUTHENTICATED, says)
            code, says = self.ask("halton-officer", method)
            with self.subTest(method=method[0], who="another council's officer"):
                if permission == "known":
                    self.assertNotIn(code, REFUSED, says)
                else:
                    self.assertEqual(code, Code.PERMISSION_DENIED, says)
            if permission != "known":
                nowhere = self.ask("halton-officer", method, authority="nowhere")
                with self.subTest(method=method[0], who="no such authority"):
                    self.assertEqual(nowhere, (code, says))

    def test_a_place_ends_with_its_last_day(self):
        self.admin.CreateMember(parent="authorities/derby", member_id="leaver", member={
            "display_name": "Leaver", "role": "ROLE_INSPECTOR", "expires_on": day(0),
            "certificate_sha256": harness.fingerprint("derby-leaver")})
        leaver = harness.Api(self.daemon, "derby-leaver")
        leaver.GetAuthority(name="authorities/derby")
        harness.psql(self.daemon.database, "UPDATE pledge.member SET expires_on = current_date - 1"
                     " WHERE member_id = 'leaver'")
        deadline = time.monotonic() + HEARD_SECONDS
        while time.monotonic() < deadline:
            try:
                leaver.GetAuthority(name="authorities/derby")
            except grpc.RpcError as error:
                self.assertEqual(error.code(), Code.PERMISSION_DENIED)
                return
            time.sleep(0.1)
        self.fail("still in")


if __name__ == "__main__":
    harness.main()
