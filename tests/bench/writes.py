# SPDX-License-Identifier: Apache-2.0
"""The rows that write: one return a call against the same inserts by pgbench, and many against COPY."""

import itertools
import os
import subprocess
import time
import uuid

from servers import IMPORT, PRINCIPAL, ROOT, SUBMIT, Failure, Ours, field, frame, load, pgbench, say

OWNERS = 50
LINES = 3
ROUNDS = 9000
NARRATIVE = "In this round we did what we had undertaken, for 12 children in 3 homes."
REASON = "Two posts were empty and the work stood still."
ENTRIES_FROM = 10**12  # numbers of pgbench's audit entries, past those of the service's chain
CALLS_A_BURST = 15000
CLIENTS = (1, 2, 4, 8, 16)
SHAPES = ((8, 1), (8, 4), (16, 4))
WRITERS = (1, 2, 4)
BULK_RETURNS = 5000
AUDIT_SHAPE = (8, 1)
BULK_SECONDS = 60  # at most


def open_rounds(place, database="bench_write"):
    """More rounds that are open today: ours-N for the service, theirs-N for pgbench and COPY, bulk-N for
    streams, audit-N for the audit's cost."""
    place.psql(
        "INSERT INTO pledge.round (authority_id, round_id, title, pledge_id, version_number,"
        " observed_from, observed_to, opens_on, due_on, closes_on)"
        " SELECT 'council-001', w || '-' || n, 'Round', 'promise', 1, current_date - 90,"
        " current_date - 1, current_date - 1, current_date + 30, current_date + 60"
        f" FROM unnest(ARRAY['ours', 'theirs', 'bulk', 'audit']) AS w, generate_series(1, {ROUNDS}) AS n"
        " ON CONFLICT DO NOTHING", database)
    place.psql("VACUUM (ANALYZE)", database)


def open_entries(place, database="bench_write"):
    """bench_entry(): inserts an entry of the audit, which nobody may but a function that runs as the owner."""
    place.psql(
        f"CREATE SEQUENCE IF NOT EXISTS pledge.bench_entries START {ENTRIES_FROM};"
        " CREATE OR REPLACE FUNCTION pledge.bench_entry(p_principal text, p_hash text) RETURNS void"
        " LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp AS $$BEGIN"
        " INSERT INTO audit_entry (authority_id, number, recorded_at, kind, principal, role, method, outcome, peer,"
        " peer_salt, peer_digest, request_id, request_hash, missed, first_change, last_change, hash) VALUES"
        " ('council-001', nextval('bench_entries'), clock_timestamp(), 'write', p_principal, 'officer',"
        " 'pledge.v1.ReturnService/SubmitReturn', 'OK', '127.0.0.1:40000', decode(left(p_hash, 32), 'hex'), p_hash,"
        " p_principal, p_hash, 0, 1, 1, p_hash); END$$;"
        " GRANT EXECUTE ON FUNCTION pledge.bench_entry(text, text) TO pledged", database)


def owner_id(number):
    return f"owner-{number % OWNERS + 1:02d}"


def owner_name(owner):
    kind = "partnerAgencies" if int(owner[-2:]) % 3 == 0 else "departments"
    return f"authorities/council-001/{kind}/{owner}"


def progress(owner):
    return [field(1, f"{owner}-{line}") + field(2, 2) + field(3, NARRATIVE) + field(4, REASON)
            + field(5, "12 of 100") + field(7, "file 12") for line in range(1, LINES + 1)]


def submit_call(number, rounds):
    """The return of one owner in one round: the next of both that has none yet."""
    owner = owner_id(number)
    told = field(2, owner_name(owner)) + b"".join(field(7, line) for line in progress(owner))
    return frame(field(1, f"authorities/council-001/rounds/{rounds}-{number // OWNERS + 1}")
                 + field(2, told) + field(3, str(uuid.uuid4())))


class Submitter:
    """Sends returns that were never sent before, burst after burst."""

    def __init__(self, server, rounds="ours", first=0):
        self.server = server
        self.rounds = rounds
        self.next = first

    def burst(self, shape, seconds):
        if self.next + CALLS_A_BURST > ROUNDS * OWNERS:
            raise Failure("there are no open rounds left; raise ROUNDS in writes.py")
        calls = b"".join(submit_call(self.next + n, self.rounds) for n in range(CALLS_A_BURST))
        self.next += CALLS_A_BURST
        return load(self.server, SUBMIT, calls, *shape, seconds=seconds, sent="once")


def inserts(place, clients, seconds, audited=True):
    """pgbench's transactions a second; without `audited`, those of the return alone, with neither try nor entry."""
    defines = [f"-Dprincipal={PRINCIPAL}", f"-Drounds={ROUNDS}", f"-Dnarrative={NARRATIVE}",
               f"-Dreason={REASON}"]
    return pgbench(place, os.path.join(ROOT, "tests/bench/write.pgbench"), clients, seconds,
                   "-c search_path=pledge,pg_temp -c client_min_messages=error -c jit=off -c random_page_cost=1.1",
                   "bench_write", [*defines, f"-Daudited={int(audited)}"])


def ours_with(place, writers):
    server = Ours(place, threads=2, database="bench_write")
    server.writers = writers
    return server


def best_of_ours(place):
    """The shape of load and the connections for writes that serve the service best, and the first call after
    those that were tried."""
    tried, first = {}, 0
    for writers in WRITERS:
        with ours_with(place, writers) as server:
            ours = Submitter(server, first=first)
            ours.burst(SHAPES[0], 1)
            place.psql("ANALYZE", "bench_write")  # as autovacuum would in a minute: plans made for empty tables scan them
            for shape in SHAPES:
                tried[shape, writers] = ours.burst(shape, 2)["per_second"]
            first = ours.next
    return *max(tried, key=tried.get), first


def submit(place, results, options, in_turn, ratios):
    open_rounds(place)
    open_entries(place)
    shape, writers, first = best_of_ours(place)
    clients = max(CLIENTS, key=lambda c: inserts(place, c, 2))
    say(f"  best: {shape[0]}x{shape[1]} and {writers} connections a loop for the service, {clients} for pgbench")
    with ours_with(place, writers) as server:
        ours = Submitter(server, first=first)
        found = in_turn(results.watch, options.rounds, {
            "pledged": lambda: ours.burst(shape, options.seconds),
            "pgbench": lambda: {"per_second": inserts(place, clients, options.seconds)},
            "return alone": lambda: {"per_second": inserts(place, clients, options.seconds, audited=False)}})
    results.note("submit/settings", {"shape": f"{shape[0]}x{shape[1]}", "write_connections": writers,
                                     "pgbench_connections": clients, "fsync": "on", "synchronous_commit": "on"})
    for name, rounds in found.items():
        results.figure(f"submit/{name}/per_second", (r["per_second"] for r in rounds), "/s")
    results.figure("submit/over_return_alone", ratios(found, "per_second", "pledged", "return alone"), "x")
    results.row("audited write", "SubmitReturn over the same inserts", ">=", 0.8,
                ratios(found, "per_second", "pledged", "pgbench"), "x")


def audit(place, results, options, in_turn, ratios):
    """The same calls by eight writers in one authority, on a database whose audit_write() does nothing as well."""
    for database in ("bench_write", "bench_unaudited"):
        open_rounds(place, database)
    with Ours(place, threads=2, database="bench_write") as audited, \
            Ours(place, threads=2, database="bench_unaudited") as unaudited:
        both = {"audited": Submitter(audited, "audit"), "unaudited": Submitter(unaudited, "audit")}
        found = in_turn(results.watch, options.rounds, {
            name: lambda submitter=submitter: submitter.burst(AUDIT_SHAPE, options.seconds)
            for name, submitter in both.items()})
    for name, rounds in found.items():
        results.figure(f"audit/{name}/per_second", (r["per_second"] for r in rounds), "/s")
    results.row("the audit's cost", "writes over those without an entry", ">=", 0.7,
                ratios(found, "per_second", "audited", "unaudited"), "x")


def import_stream(number):
    """BULK_RETURNS returns of rounds that have none yet, as the frames of one stream."""
    first = number * BULK_RETURNS
    return b"".join(
        frame(field(1, f"authorities/council-001/rounds/bulk-{n // OWNERS + 1}") + field(2, owner_name(owner_id(n)))
              + field(4, line))
        for n in range(first, first + BULK_RETURNS) for line in progress(owner_id(n)))


def import_once(server, number):
    told = load(server, IMPORT, import_stream(number), 1, 1, seconds=BULK_SECONDS, sent="whole")
    return BULK_RETURNS * told["per_second"]


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


def bulk(place, results, options, in_turn, ratios):
    """The same rows through the service and by COPY; both go through triggers and foreign keys."""
    open_rounds(place)
    numbers = itertools.count(1 + int(place.psql(
        "SELECT coalesce(max(submission), 0) FROM pledge.return_submission WHERE round_id = 'theirs-1'"
        " AND submission < 1000000", "bench_write")))
    streams = itertools.count()
    with Ours(place, threads=2, database="bench_write") as server:
        found = in_turn(results.watch, min(options.rounds, ROUNDS * OWNERS // BULK_RETURNS), {
            "pledged": lambda: {"per_second": import_once(server, next(streams))},
            "copy": lambda: {"per_second": copy_once(place, next(numbers))}})
    for name, rounds in found.items():
        results.figure(f"bulk/{name}/returns_per_second", (r["per_second"] for r in rounds), "/s")
    results.row("bulk returns", "one client stream over COPY of the rows", ">=", 0.5,
                ratios(found, "per_second", "pledged", "copy"), "x")
