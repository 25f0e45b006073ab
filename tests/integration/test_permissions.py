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
         "identity_provider", "personal_data", "retention", "reminder", "task",
         "promotion", "sign_up", "route", "endorsement", "consultation",
         "children_in_care_council", "meeting", "population", "indicator", "briefing",
         "strategy", "visit", "work_programme", "national_programme")
HEARD_SECONDS = 10  # that the daemon may take to hear of it
STREAM_SECONDS = 1  # of a stream of replies that has nothing to say
SCANS = ("enable_indexscan enable_indexonlyscan enable_bitmapscan", "enable_seqscan enable_bitmapscan")  # turned off
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


def named_fields():
    """{message: {field: form}} for each field that takes a resource name, as the protos' comments say."""
    found = {}
    for name in FILES:
        with open(os.path.join(harness.ROOT, f"proto/pledge/v1/{name}.proto"), encoding="utf-8") as file:
            for message, body in re.findall(r"^message (\w+) \{(.*?)^\}", file.read(), re.S | re.M):
                for said, field in re.findall(r"((?:  //[^\n]*\n)+)  (?:repeated )?string (\w+) = ", body):
                    said = " ".join(line.strip(" /") for line in said.splitlines())
                    form = re.search(r"authorities/\{authority\}[\w/{}]*", said)
                    if "Output only" not in said and (form or re.search("[Rr]esource name", said)):
                        found.setdefault(message, {})[field] = form.group(0) if form else ""
    return found


def named_paths(descriptor, fields, prefix=()):
    """Each path of fields below a request that ends in one which takes a resource name."""
    for field in descriptor.fields:
        if field.message_type and field.message_type.full_name.startswith("pledge.v1."):
            yield from named_paths(field.message_type, fields, prefix + (field,))
        elif field.name in fields.get(descriptor.name, {}):
            yield prefix + (field,), fields[descriptor.name][field.name]


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
                     "inspector", "safeguarding_officer"):
            member = "derby-" + role.replace("_", "-")
            cls.admin.CreateMember(
                parent="authorities/derby", member_id=member,
                member={"display_name": member, "role": "ROLE_" + role.upper(), "owner": owners.get(role, ""),
                        "expires_on": day(30) if role == "inspector" else "",
                        "certificate_sha256": harness.fingerprint(member)})
            cls.identities[role] = member

    def ask(self, identity, method, authority="derby", change=None, daemon=None):
        """The code of one call, and what it says."""
        path, request_type, reply_type, (many, watched) = method
        channel = (daemon or self.daemon).channel(identity)
        kind = {(False, False): channel.unary_unary, (True, False): channel.stream_unary,
                (False, True): channel.unary_stream, (True, True): channel.stream_stream}[many, watched]
        call = kind("/" + path, request_serializer=lambda m: m.SerializeToString(),
                    response_deserializer=reply_type.FromString)
        request = asked(path, request_type, authority)
        if change:
            change(request)
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

    def ask_for_others(self, daemon, identity, method, path, form, there):
        """The answers when the field names something that halton has, and when it has no such thing."""
        answers = []
        for known in (True, False):
            value = re.sub(r"\{(\w+)\}", lambda m: "halton" if m[1] == "authority" else
                           there.get(m[1], "1") if known else "none", form)

            def change(request, value=value):
                holder = request
                for field in path[:-1]:
                    holder = (getattr(holder, field.name).add() if field.is_repeated
                              else getattr(holder, field.name))
                if path[-1].is_repeated:
                    getattr(holder, path[-1].name).append(value)
                else:
                    setattr(holder, path[-1].name, value)
                if path[-2:-1] and path[-2].name == "member" and path[-1].name == "owner":
                    holder.role = "ROLE_DIRECTOR"  # the others have no owner

            code, says = self.ask(identity, method, change=change, daemon=daemon)
            answers.append((code, says.replace(value, "…")))
        return answers

    def test_a_name_of_another_council_in_any_field(self):
        """What is there and what is not get one answer, whichever way the database looks for it: a
        plan that finds no row may never ask whose the name is."""
        halton = harness.Api(self.daemon, "halton-officer")
        there = {"department": "housing", "partner_agency": "police", "body": "council", "pledge": "promise",
                 "version": "1", "statement": "1", "member": "halton-officer"}
        halton.CreateDepartment(parent="authorities/halton", department_id="housing",
                                department={"display_name": "Housing"})
        halton.CreatePartnerAgency(parent="authorities/halton", partner_agency_id="police",
                                   partner_agency={"display_name": "Police"})
        halton.CreateBody(parent="authorities/halton", body_id="council", body={"display_name": "Council"})
        halton.CreatePledge(parent="authorities/halton", pledge_id="promise", pledge={"title": "Promise"})
        halton.CreateVersion(parent="authorities/halton/pledges/promise", version_id="1", version={
            "title": "Promise", "outcomes": [{"outcome_id": "o", "title": "O"}],
            "statements": [{"statement_id": "1", "outcome_id": "o", "title": "S", "text": "S."}]})
        for scans in ("", *SCANS):
            for setting in scans.split():
                harness.psql(self.daemon.database, f"ALTER DATABASE {self.daemon.database} SET {setting} = off")
            with harness.Daemon(self.daemon.database) as daemon:
                self.name_others(daemon, there, scans or "as it likes")
            for setting in scans.split():
                harness.psql(self.daemon.database, f"ALTER DATABASE {self.daemon.database} RESET {setting}")

    def name_others(self, daemon, there, scans):
        """Asks each method for what is halton's, in each field that takes a name."""
        kept, tried = table(), set()
        for method in methods():
            may = [self.identities[column] for column, held in kept[method[0]][1].items()
                   if held and self.identities[column]]
            for path, form in named_paths(method[1].DESCRIPTOR, named_fields()):
                where = ".".join(field.name for field in path)
                if method[0].split("/")[1].startswith(("Create", "Add", "Start", "Register", "Record", "Raise", "Import")) \
                        and path[-1].name == "name" and len(path) > 1:
                    continue  # is ignored, as the request's comment says
                if kept[method[0]][0] == "public":
                    continue  # nobody is signed in yet
                form = form or "authorities/{authority}/departments/{department}"
                answers = self.ask_for_others(daemon, may[0], method, path, form, there)
                told = re.search(r"must have the form ([\w/{}]+)", answers[0][1])
                if told:
                    answers = self.ask_for_others(daemon, may[0], method, path, told.group(1), there)
                with self.subTest(method=method[0], field=where, off=scans):
                    self.assertIn(answers[0][0], (Code.PERMISSION_DENIED, Code.NOT_FOUND), answers)
                    self.assertEqual(*answers)
                tried.add(where)
        self.assertLessEqual({"parent", "name", "member.owner", "commitment.statements", "commitment.owner",
                              "body.parent_body", "round.version", "owner_return.owner", "adopted_by"}, tried)

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
