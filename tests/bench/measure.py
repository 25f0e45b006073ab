# SPDX-License-Identifier: Apache-2.0
"""Measures the rows of the benchmark and writes build/bench/results.json. run.sh prepares and calls it.

Figures that are compared are taken in turn, A B C A B C, in the same run; a ratio is taken within a
round, and what is reported is the median of the rounds with the lowest and the highest."""

import argparse
import contextlib
import json
import os
import platform
import re
import statistics
import subprocess
import time

import costs
import guesses
import writes
from servers import (
    HEALTH, MONITOR, PEERS, PRINCIPAL, READ, ROOT, SESSION, TASKS, Failure, Ours, Place, Watch, field, frame,
    free_port, ghz, h2load, load, pgbench, say, server_class)

COUNCIL = "authorities/council-001"
STATEMENT = f"{COUNCIL}/pledges/promise/versions/1/statements/7"
EMPTY = frame(b"")
READ_CALL = frame(field(1, STATEMENT))
COUNCILS = 8  # of which the caller is an officer
MIXED_CALLS = b"".join(frame(field(1, STATEMENT.replace("-001", f"-{n:03d}")))
                       for n in range(1, COUNCILS + 1))
MONITOR_CALL = frame(field(1, COUNCIL))
SHAPES = {"8x32": (8, 32), "64x1": (64, 1)}
TRIAL_SECONDS = 2
MONITOR_RATE = 200
GHZ_RATE = 500
GHZ_SECONDS = 10
IDLE_CONNECTIONS = 10000
MIB = 1024


class Results:
    """What was found: rows with a bar, and every round of every figure behind them."""

    def __init__(self, path, options, watch):
        self.path = path
        self.watch = watch
        self.best = {}  # what best_settings() found, for all rows that need it
        self.told = {"machine": machine(), "options": vars(options), "rows": [], "figures": {}}

    def figure(self, name, values, unit):
        values = list(values)
        self.told["figures"][name] = {"unit": unit, "median": statistics.median(values),
                                      "min": min(values), "max": max(values), "rounds": values}

    def row(self, topic, label, relation, bar, values, unit=""):
        values = list(values)
        median = statistics.median(values)
        met = median >= bar if relation == ">=" else median <= bar
        self.told["rows"].append({"topic": topic, "label": label, "relation": relation, "bar": bar,
                                  "median": median, "min": min(values), "max": max(values),
                                  "unit": unit, "met": met})
        say(f"  {label}: {median:.3g}{unit}, bar {relation} {bar}{unit}:", "met" if met else "MISSED")

    def missing(self, topic, label, why):
        self.told["rows"].append({"topic": topic, "label": label, "not_measured": why})
        say(f"  {label}: not measured: {why}")

    def note(self, name, value):
        self.told["figures"][name] = value

    def save(self):
        with open(self.path, "w") as out:
            json.dump(self.told, out, indent=1)
            out.write("\n")


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().split("\n")[0]


def machine():
    with open("/proc/cpuinfo") as info:
        model = re.search(r"model name\s*: (.*)", info.read()).group(1)
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "day": time.strftime("%Y-%m-%d"), "h2load": version("h2load", "--version"),
            "pgbench": version("pgbench", "--version"), "openssl": version("openssl", "version"),
            "go": version("go", "version"), "rust": version("rustc", "--version"),
            "node": version("node", "--version"),
            "grpc++": version("pkg-config", "--modversion", "grpc++")}


def in_turn(watch, rounds, measures):
    """Runs every measure once a round; {name: [result of each round]}."""
    found = {name: [] for name in measures}
    for number in range(rounds):
        for name, measure in measures.items():
            say(f"  round {number + 1}/{rounds} {name}")
            found[name].append(watch.run(measure))
    return found


def ratios(found, key, over, under):
    return [a[key] / b[key] for a, b in zip(found[over], found[under])]


# --- 1: health ----------------------------------------------------------------------------------

def health(place, results, options):
    with contextlib.ExitStack() as stack:
        measures = {}
        for name in ("pledged", "nghttpd", *PEERS):
            server = stack.enter_context(server_class(name)(place, cores="0"))
            path, call = ("/health", None) if name == "nghttpd" else (HEALTH, EMPTY)

            def once(calls, server=server, path=path, call=call):
                return h2load(server, path, call, 10, 32, calls, cores="1")
            calls = int(once(20000)["per_second"] * options.seconds)
            measures[name] = lambda once=once, calls=calls: once(calls)
        found = in_turn(results.watch, max(options.rounds, 3), measures)
    for name, rounds in found.items():
        results.figure(f"health/{name}/per_second", (r["per_second"] for r in rounds), "/s")
        results.figure(f"health/{name}/cpu_us", (r["cpu_us"] for r in rounds), "us")
        results.figure(f"health/{name}/wire_bytes", (r["wire_bytes"] for r in rounds), "B")
        if any(r["reply_bytes"] != 7 for r in rounds):
            raise Failure(f"{name}: a health answer that is not seven bytes")

    def row(label, relation, bar, values):
        results.row("health check, one core", label, relation, bar, values, "x")
    row("calls/s over nghttpd", ">=", 0.8, ratios(found, "per_second", "pledged", "nghttpd"))
    row("CPU a call over nghttpd", "<=", 1.0, ratios(found, "cpu_us", "pledged", "nghttpd"))
    for name, bar in (("grpc-go", 3), ("tonic", 2), ("grpc-cpp", 2)):
        row(f"calls/s over {name}", ">=", bar, ratios(found, "per_second", "pledged", name))
        results.figure(f"health/{name}/cpu_over_pledged", ratios(found, "cpu_us", name, "pledged"), "x")


# --- 2: one-row read ----------------------------------------------------------------------------

CANDIDATES = {  # (threads, connections to PostgreSQL), the best at each shape is kept
    "pledged": [(1, 1), (2, 1), (1, 2), (2, 2)],
    "grpc-go": [(2, 4), (2, 8), (2, 16), (2, 32)],
    "tonic": [(1, 8), (2, 4), (2, 8), (2, 16), (2, 32)],
    "grpc-cpp": [(2, 1), (2, 2), (2, 4), (2, 8)],
    "grpc-js": [(1, 4), (1, 8), (1, 16)],
    "pgbench": [(1, 4), (1, 8), (1, 16), (1, 32), (1, 64)],
}


def pgbench_read(place, clients, seconds):
    keys = {"authority": COUNCIL.split("/")[1], "principal": PRINCIPAL, "role": "officer",
            "timeout": "60000", "pledge": "promise", "version": "1", "statement": "7"}
    defines = [f"-D{name}={value}" for name, value in keys.items()]
    return pgbench(place, f"{place.folder}/read.pgbench", clients, seconds, SESSION, defines=defines)


def best_settings(place, results):
    """Tries each candidate at each shape; {(name, shape): (threads, connections, calls a second)}."""
    if results.best:
        return results.best
    best = {}
    for name, candidates in CANDIDATES.items():
        for threads, connections in candidates:
            if name == "pgbench":
                rate = results.watch.run(lambda: pgbench_read(place, connections, TRIAL_SECONDS))
                tried = {shape: rate for shape in SHAPES}
            else:
                with server_class(name)(place, threads=threads, connections=connections) as server:
                    tried = {shape: results.watch.run(lambda: load(
                        server, READ, READ_CALL, *size, seconds=TRIAL_SECONDS))["per_second"]
                        for shape, size in SHAPES.items()}
            for shape, rate in tried.items():
                if rate > best.get((name, shape), (0, 0, 0))[2]:
                    best[name, shape] = (threads, connections, rate)
    for (name, shape), (threads, connections, rate) in best.items():
        say(f"  {name} {shape}: {threads} threads, {connections} connections, {rate:.0f}/s")
    results.note("read/settings", {f"{name} {shape}": {"threads": b[0], "connections": b[1]}
                                   for (name, shape), b in best.items()})
    results.best = best
    return best


def read_shape(place, results, options, best, shape):
    with contextlib.ExitStack() as stack:
        measures = {}
        servers = {}
        for name in CANDIDATES:
            threads, connections, rate = best[name, shape]
            if name == "pgbench":
                measures[name] = lambda clients=connections: {
                    "per_second": pgbench_read(place, clients, options.seconds)}
                continue
            server = stack.enter_context(
                server_class(name)(place, threads=threads, connections=connections))
            servers[name] = server
            load(server, READ, READ_CALL, 1, 1, seconds=1)  # sees the status, which h2load does not
            seen = h2load(server, READ, READ_CALL, 1, 1, 1)["reply_bytes"]

            def once(server=server, calls=int(rate * options.seconds), seen=seen):
                found = h2load(server, READ, READ_CALL, *SHAPES[shape], calls)
                if found["reply_bytes"] != seen:
                    raise Failure(f"{server.name}: answers that differ")
                return found
            measures[name] = once
        found = in_turn(results.watch, options.rounds, measures)
        for name, server in servers.items():
            results.figure(f"read/{shape}/{name}/peak_kib", [server.memory_kib("VmHWM")], "KiB")
    for name, rounds in found.items():
        for key in rounds[0]:
            results.figure(f"read/{shape}/{name}/{key}", (r[key] for r in rounds), "")
    return found


def read(place, results, options):
    best = best_settings(place, results)
    for shape, bar in (("8x32", 1.2), ("64x1", 0.5)):
        found = read_shape(place, results, options, best, shape)
        for name, least in (("pgbench", bar), ("grpc-go", 3), ("tonic", 2)):
            results.row("one-row read, two cores in all", f"{shape} calls/s over {name}", ">=", least,
                        ratios(found, "per_second", "pledged", name), "x")
    threads, connections, _ = best["pledged", "8x32"]
    with Ours(place, threads=threads, connections=connections) as server:
        found = in_turn(results.watch, options.rounds, {
            "one": lambda: load(server, READ, READ_CALL, 8, 32, seconds=options.seconds),
            "mixed": lambda: load(server, READ, MIXED_CALLS, 8, 32, seconds=options.seconds),
            "pgbench": lambda: {"per_second": pgbench_read(place, best["pgbench", "8x32"][1],
                                                           options.seconds)}})
    results.figure("read/8x32/pledged/mixed_over_one", ratios(found, "per_second", "mixed", "one"), "x")
    results.row("one-row read, two cores in all", f"8x32, {COUNCILS} councils in turn, over pgbench", ">=",
                1.2, ratios(found, "per_second", "mixed", "pgbench"), "x")
    peaks = [results.told["figures"][f"read/8x32/{name}/peak_kib"]["median"]
             for name in ("pledged", "grpc-go")]
    results.row("memory", "peak under 8x32 reads over grpc-go", "<=", 0.25, [peaks[0] / peaks[1]], "x")


# --- 3: monitor ---------------------------------------------------------------------------------

def monitor(place, results, options):
    """The monitor and the to-do list, which are the largest reads."""
    with Ours(place, threads=2) as many, Ours(place, threads=2, database="bench_one") as one:
        for name, path in (("monitor", MONITOR), ("to-do list", TASKS)):
            most = results.watch.run(lambda: load(many, path, MONITOR_CALL, 10, 4, seconds=options.seconds))
            results.note(f"{name}/closed_loop_10x4", most)

            found = in_turn(results.watch, options.rounds, {
                "200 a second": lambda: load(many, path, MONITOR_CALL, 10, 100, MONITOR_RATE,
                                             options.seconds * 2, overload=True),
                "one authority": lambda: load(one, path, MONITOR_CALL, 1, 1, seconds=options.seconds),
                "153 authorities": lambda: load(many, path, MONITOR_CALL, 1, 1, seconds=options.seconds)})
            for case, rounds in found.items():
                results.figure(f"{name}/{case}/p50_us", (r["p50_us"] for r in rounds), "us")
                results.figure(f"{name}/{case}/p99_us", (r["p99_us"] for r in rounds), "us")
            topic = f"{name}, 153 authorities"
            results.row(topic, "p99 at 200 calls/s", "<=", 10,
                        (r["p99_us"] / 1000 for r in found["200 a second"]), " ms")
            results.row(topic, "p50 over one authority's", "<=", 1.3,
                        ratios(found, "p50_us", "153 authorities", "one authority"), "x")
        with contextlib.suppress(Failure):
            results.note("monitor/ghz", ghz(many, MONITOR, MONITOR_CALL, 10, MONITOR_RATE, GHZ_SECONDS))


# --- 6: memory ----------------------------------------------------------------------------------

def memory(place, results, options):
    for loops, said in ((1, "one loop"), (0, "default loops")):
        with Ours(place, threads=loops) as server:
            time.sleep(1)
            idle = server.memory_kib()
            results.row("memory", f"idle, {said}", "<=", 12, [idle / MIB], " MiB")
            clients = subprocess.Popen(
                [place.tool("client"), "idle", str(server.port), place.identity, str(IDLE_CONNECTIONS)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            try:
                if not clients.stdout.readline().startswith("open"):
                    raise Failure(f"{IDLE_CONNECTIONS} connections could not be opened")
                time.sleep(1)
                held = server.memory_kib()
            finally:
                clients.stdin.close()
                clients.wait()
            time.sleep(3)
            results.row("memory", f"one of 10,000 connections, {said}", "<=", 32,
                        [(held - idle) / IDLE_CONNECTIONS], " KiB")
            results.row("memory", f"after they closed, {said}", "<=", 16, [server.memory_kib() / MIB],
                        " MiB")


# --- 7: latency at half of each server's most ---------------------------------------------------

def latency(place, results, options):
    best = best_settings(place, results)
    with contextlib.ExitStack() as stack:
        measures, servers = {}, {}
        for name in ("pledged", *PEERS):
            threads, connections, _ = best[name, "8x32"]
            server = servers[name] = stack.enter_context(
                server_class(name)(place, threads=threads, connections=connections))
            most = results.watch.run(lambda: load(server, READ, READ_CALL, 8, 32,
                                                  seconds=options.seconds))["per_second"]
            results.figure(f"latency/{name}/rate", [most / 2], "/s")
            measures[name] = lambda server=server, rate=int(most / 2): load(
                server, READ, READ_CALL, 8, 32, rate, options.seconds)
            measures[f"pledged as {name}"] = lambda rate=int(most / 2): load(
                servers["pledged"], READ, READ_CALL, 8, 32, rate, options.seconds)
        del measures["pledged as pledged"]
        found = in_turn(results.watch, options.rounds, measures)
        for name, server in servers.items():
            results.note(f"latency/{name}/ghz_{GHZ_RATE}_a_second",
                         ghz(server, READ, READ_CALL, 8, GHZ_RATE, GHZ_SECONDS))
    for name, rounds in found.items():
        for key in ("p50_us", "p99_us"):
            results.figure(f"latency/{name}/{key}", (r[key] for r in rounds), "us")
    lowest = [min(r["p99_us"] for r in turn) for turn in zip(*(found[name] for name in PEERS))]
    results.row("read at half of its own most", "p99 over the best peer's", "<=", 1,
                [ours["p99_us"] / best for ours, best in zip(found["pledged"], lowest)], "x")
    for name in PEERS:
        results.row("read at half of a peer's most", f"p99 over {name}'s", "<=", 1,
                    ratios(found, "p99_us", f"pledged as {name}", name), "x")


# --- 8: cold start ------------------------------------------------------------------------------

def start(place, results, options):
    def once(name, **more):
        server = server_class(name)(place, threads=1 if name != "pledged" else 0)
        server.port = free_port()
        done = subprocess.run(
            [place.tool("client"), "first", str(server.port), place.identity, *server.command()],
            env={**os.environ, **server.environment(), **more}, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"{name}: {done.stderr.strip()}")
        return {"ms": float(done.stdout.strip().split("\n")[-1])}
    measures = {name: lambda name=name: once(name) for name in ("pledged", *PEERS)}
    measures["pledged-first"] = lambda: once("pledged", PLEDGED_CACHE_DIRECTORY="")
    once("pledged")  # as a service that is started again: the last start left what it learned
    found = in_turn(results.watch, max(options.rounds, 11), measures)
    for name, rounds in found.items():
        results.figure(f"start/{name}/ms", (r["ms"] for r in rounds), "ms")
    results.row("cold start", "exec to the first healthy answer", "<=", 50,
                (r["ms"] for r in found["pledged"]), " ms")


# --- what an RPC costs --------------------------------------------------------------------------

def cost(place, results, options):
    costs.cost(place, results, HEALTH, EMPTY, "health")
    costs.cost(place, results, READ, READ_CALL, "read")


def submit(place, results, options):
    writes.submit(place, results, options, in_turn, ratios)


def audit(place, results, options):
    writes.audit(place, results, options, in_turn, ratios)


def signin(place, results, options):
    guesses.timing(place, results, options, in_turn, ratios)
    guesses.guesses(place, results, options, READ_CALL, in_turn, ratios)


def bulk(place, results, options):
    writes.bulk(place, results, options, in_turn, ratios)


ROWS = {"health": health, "read": read, "memory": memory, "start": start, "monitor": monitor,
        "latency": latency, "submit": submit, "audit": audit, "bulk": bulk, "signin": signin,
        "cost": cost}


def prepare(place):
    """Places for the caller in several councils; the one statement that peers and pgbench share with the
    service, out of its own file; nghttpd's file."""
    place.psql(
        "INSERT INTO pledge.member (authority_id, member_id, principal_id, fingerprint, display_name, role)"
        " SELECT a.authority_id, 'guest', m.principal_id, m.fingerprint, 'Guest', 'officer'"
        " FROM pledge.authority AS a, pledge.member AS m WHERE m.authority_id = 'council-001'"
        " AND m.member_id = 'officer' AND a.authority_id BETWEEN 'council-002' AND"
        f" 'council-{COUNCILS:03d}' ON CONFLICT DO NOTHING")
    with open(os.path.join(ROOT, "sql/rpc/PledgeService/GetStatement.sql")) as file:
        sql = re.sub(r"--[^\n]*\n", "", file.read()).strip().rstrip(";")
    keys = (":name/pledges::text", ":name/pledges/versions::text",
            ":name/pledges/versions/statements::text")
    numbered, named = sql, sql
    for number, key in reversed(list(enumerate(keys, 1))):
        numbered = numbered.replace(key, f"${number}::text")
        named = named.replace(key, f":{('pledge', 'version', 'statement')[number - 1]}::text")
    place.file("statement.sql", numbered)
    with open(os.path.join(ROOT, "tests/bench/read.pgbench")) as script:
        place.file("read.pgbench", script.read().replace(":read\n", " ".join(named.split()) + ";\n"))
    os.makedirs(f"{place.folder}/htdocs", exist_ok=True)
    place.file("htdocs/health", b"\0\0\0\0\2\x08\x01")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("tools")
    parser.add_argument("out")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    place = Place(options.folder, options.tools)
    prepare(place)
    results = Results(options.out, options, Watch(place))
    unknown = [name for name in options.rows.split(",") if name not in ROWS]
    if unknown:
        parser.error(f"no such rows: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    for name in options.rows.split(","):
        began = time.monotonic()
        say(f"{name}:")
        try:
            ROWS[name](place, results, options)
        except Failure as failure:
            results.missing(name, name, str(failure)[:300])
        say(f"  {name} took {time.monotonic() - began:.0f} s")
        results.told["machine"]["noise"] = results.watch.told
        results.save()


if __name__ == "__main__":
    main()
