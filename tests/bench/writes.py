# SPDX-License-Identifier: Apache-2.0
"""The rows that write: one return a call against the same inserts by pgbench, and many against COPY."""

import os
import re
import subprocess
import time
import uuid

from servers import PRINCIPAL, ROOT, SUBMIT, Failure, Ours, field, frame, load, pgbench, say

OWNERS = 50
LINES = 3
ROUNDS = 6000
NARRATIVE = "In this round we did what we had undertaken, for 12 children in 3 homes."
REASON = "Two posts were empty and the work stood still."
CALLS_A_BURST = 20000
CLIENTS = (4, 8, 16, 32)
SHAPES = ((8, 1), (8, 4), (16, 4))
BULK_RETURNS = 5000


def open_rounds(place):
    """More rounds that are open today: ours-N for the service, theirs-N for pgbench."""
    place.psql(
        "INSERT INTO pledge.round (authority_id, round_id, title, pledge_id, version_number,"
        " observed_from, observed_to, opens_on, due_on, closes_on)"
        " SELECT 'council-001', w || '-' || n, 'Round', 'promise', 1, current_date - 90,"
        " current_date - 1, current_date - 1, current_date + 30, current_date + 60"
        f" FROM unnest(ARRAY['ours', 'theirs']) AS w, generate_series(1, {ROUNDS}) AS n"
        " ON CONFLICT DO NOTHING", "bench_write")
    place.psql("VACUUM (ANALYZE)", "bench_write")


def owner_id(number):
    return f"owner-{number % OWNERS + 1:02d}"


def submit_call(number):
    """The return of one owner in one round: the next of both that has none yet."""
    owner = owner_id(number)
    kind = "partnerAgencies" if int(owner[-2:]) % 3 == 0 else "departments"
    lines = b"".join(field(7, field(1, f"{owner}-{line}") + field(2, 2) + field(3, NARRATIVE)
                           + field(4, REASON) + field(5, "12 of 100") + field(7, "file 12"))
                     for line in range(1, LINES + 1))
    told = field(2, f"authorities/council-001/{kind}/{owner}") + lines
    return frame(field(1, f"authorities/council-001/rounds/ours-{number // OWNERS + 1}")
                 + field(2, told) + field(3, str(uuid.uuid4())))


class Submitter:
    """Sends returns that were never sent before, burst after burst."""

    def __init__(self, server):
        self.server = server
        self.next = 0

    def burst(self, shape, seconds):
        if self.next + CALLS_A_BURST > ROUNDS * OWNERS:
            raise Failure("there are no open rounds left; raise ROUNDS in writes.py")
        calls = b"".join(submit_call(self.next + n) for n in range(CALLS_A_BURST))
        self.next += CALLS_A_BURST
        return load(self.server, SUBMIT, calls, *shape, seconds=seconds, again=False)


def inserts(place, clients, seconds):
    defines = [f"-Dprincipal={PRINCIPAL}", f"-Drounds={ROUNDS}", f"-Dnarrative={NARRATIVE}",
               f"-Dreason={REASON}"]
    return pgbench(place, os.path.join(ROOT, "tests/bench/write.pgbench"), clients, seconds,
                   "-c search_path=pledge,pg_temp -c client_min_messages=error -c jit=off",
                   "bench_write", defines)


def submit(place, results, options, in_turn, ratios):
    open_rounds(place)
    with Ours(place, threads=2, database="bench_write") as server:
        ours = Submitter(server)
        shape = max(SHAPES, key=lambda s: ours.burst(s, 2)["per_second"])
        clients = max(CLIENTS, key=lambda c: inserts(place, c, 2))
        say(f"  best: {shape[0]}x{shape[1]} for the service, {clients} connections for pgbench")
        found = in_turn(results.watch, options.rounds, {
            "pledged": lambda: ours.burst(shape, options.seconds),
            "pgbench": lambda: {"per_second": inserts(place, clients, options.seconds)}})
    results.note("submit/settings", {"shape": f"{shape[0]}x{shape[1]}", "pgbench_connections": clients,
                                     "fsync": "on", "synchronous_commit": "on"})
    for name, rounds in found.items():
        results.figure(f"submit/{name}/per_second", (r["per_second"] for r in rounds), "/s")
    results.row("audited write", "SubmitReturn over the same inserts", ">=", 0.8,
                ratios(found, "per_second", "pledged", "pgbench"), "x")


def client_streaming_methods():
    """The methods that take a stream of returns, as the descriptors of the protos tell."""
    made = subprocess.run(
        ["protoc", f"-I{ROOT}/proto", "--descriptor_set_out=/dev/stdout", "pledge/v1/return.proto"],
        capture_output=True, check=True)
    told = subprocess.run(
        ["protoc", "--decode=google.protobuf.FileDescriptorSet", "google/protobuf/descriptor.proto"],
        input=made.stdout, capture_output=True, check=True).stdout.decode()
    return [re.search(r'name: "(\w+)"', method).group(1)
            for method in re.findall(r"method \{.*?\n    \}", told, re.S)
            if "client_streaming: true" in method]


def copy_once(place, number):
    """COPY of BULK_RETURNS returns with their lines in one transaction, as the schema's owner: rows of
    a table with row-level security cannot be copied in by anybody else. Returns a second."""
    submissions, progress = [], []
    for n in range(BULK_RETURNS):
        owner, round_id = owner_id(n), f"theirs-{n // OWNERS + 1}"
        key = f"council-001\t{round_id}\t{owner}\t{number}"
        submissions.append(f"{key}\t2026-01-01\t{'0' * 64}\t{PRINCIPAL}\n")
        progress.extend(f"{key}\t{owner}-{line}\t{line}\tamber\t{NARRATIVE}\t{REASON}\t12 of 100\tfile 12\n"
                        for line in range(1, LINES + 1))
    text = ("BEGIN;\nCOPY pledge.return_submission (authority_id, round_id, owner_id, submission,"
            " received_on, content_hash, principal_id) FROM STDIN;\n" + "".join(submissions) + "\\.\n"
            "COPY pledge.progress (authority_id, round_id, owner_id, submission, commitment_id,"
            " position, rating, narrative, reason, measure_value, evidence) FROM STDIN;\n"
            + "".join(progress) + "\\.\nCOMMIT;\n")
    before = time.monotonic()
    done = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "bench_write"],
                          input=text, text=True, capture_output=True,
                          env=dict(os.environ, PGHOST=place.sockets))
    if done.returncode:
        raise Failure(f"COPY: {done.stderr.strip()[-300:]}")
    return BULK_RETURNS / (time.monotonic() - before)


def bulk(place, results, options):
    open_rounds(place)
    taken = int(place.psql("SELECT coalesce(max(submission), 0) FROM pledge.return_submission"
                           " WHERE round_id = 'theirs-1' AND submission < 1000000", "bench_write"))
    results.figure("bulk/copy/per_second",
                   [copy_once(place, taken + n + 1) for n in range(options.rounds)], "/s")
    methods = client_streaming_methods()
    results.missing("bulk returns", "one client stream over COPY of the rows",
                    "the method is missing" if not methods
                    else f"{', '.join(methods)} is there and its client is still to be written")
