# SPDX-License-Identifier: Apache-2.0
"""What the benchmark measures and measures with: servers, load generators, and their figures."""

import contextlib
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_SECONDS = 20
OVERLOAD_US = 5_000_000  # as long as client.c waits for answers at the end
TICKS = os.sysconf("SC_CLK_TCK")
PRINCIPAL = "00000000-0000-4000-8000-000000000001"
HEALTH = "/grpc.health.v1.Health/Check"
READ = "/pledge.v1.PledgeService/GetStatement"
MONITOR = "/pledge.v1.MonitorService/GetMonitor"
TASKS = "/pledge.v1.TaskService/ListTasks"
SUBMIT = "/pledge.v1.ReturnService/SubmitReturn"
IMPORT = "/pledge.v1.ReturnService/ImportReturns"
# What the daemon's own read connections say; peers and pgbench get the same.
SESSION = ("-c search_path=pledge,pg_temp -c default_transaction_read_only=on -c jit=off"
           " -c default_transaction_isolation=repeatable\\ read"
           " -c client_min_messages=error -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1")
PEERS = ("grpc-go", "tonic", "grpc-cpp", "grpc-js")


def say(*words):
    print(*words, file=sys.stderr, flush=True)


class Watch:
    """Tells how much of the machine others took during a measurement, and repeats it when that was much.

    What others took is what all cores did, less what this program, all it has started and the cluster did."""

    LIMIT = 0.05  # of all cores
    TRIES = 3
    WAIT_SECONDS = 15  # for a quiet moment to begin in
    LOOK_SECONDS = 0.5
    PATIENCE_SECONDS = 480  # for all waits and repetitions of a run

    def __init__(self, place):
        self.place = place
        self.patience = self.PATIENCE_SECONDS
        self.told = {"measurements": 0, "repeated": 0, "kept_though_disturbed": 0}

    @staticmethod
    def processes():
        """Each process: number, parent, group, seconds of its own, seconds of its children that ended."""
        for entry in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                if entry.isdigit():
                    with open(f"/proc/{entry}/stat") as stat:
                        part = stat.read().rsplit(")", 1)[1].split()
                    ticks = [int(n) / TICKS for n in part[11:15]]
                    yield int(entry), int(part[1]), int(part[2]), sum(ticks[:2]), sum(ticks[2:])

    def sample(self):
        """Seconds since boot times cores, seconds that others computed; both from some beginning."""
        with open("/proc/stat") as stat:
            ticks = [int(n) / TICKS for n in stat.readline().split()[1:9]]
        with open(os.path.join(self.place.folder, "pg/postmaster.pid")) as file:
            cluster = int(file.readline())
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = usage.ru_utime + usage.ru_stime
        for number, parent, group, own, ended in self.processes():
            if number == cluster:
                ours += own + ended
            elif parent == cluster or group == os.getpgrp():
                ours += own
        return sum(ticks), sum(ticks) - ticks[3] - ticks[4] - ours

    def share(self, measure):
        """What the measure gives, and the share of all cores that others took meanwhile."""
        total, others = self.sample()
        result = measure()
        total_then, others_then = self.sample()
        return result, (others_then - others) / max(0.01, total_then - total)

    def wait(self):
        """Until a quiet moment to begin in."""
        began = time.monotonic()
        while self.share(lambda: time.sleep(self.LOOK_SECONDS))[1] > self.LIMIT:
            if time.monotonic() - began > min(self.WAIT_SECONDS, self.patience):
                break
        self.patience -= time.monotonic() - began

    def run(self, measure):
        """The result of the measure; when others disturbed it and there is patience, the quietest of a few."""
        self.told["measurements"] += 1
        best, least = None, None
        for attempt in range(self.TRIES):
            if attempt > 0 and self.patience <= 0:
                break
            began = time.monotonic()
            self.wait()
            result, share = self.share(measure)
            if least is None or share < least:
                best, least = result, share
            if attempt > 0:
                self.told["repeated"] += 1
                self.patience -= time.monotonic() - began
            if least <= self.LIMIT:
                return best
        self.told["kept_though_disturbed"] += 1
        return best


class Failure(Exception):
    """Something that ends a row, in a sentence for people."""


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """One protobuf field: text or bytes, or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def frame(body):
    return b"\0" + struct.pack(">I", len(body)) + body


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Place:
    """The folder of one run: tools, certificates, databases; and how to run things there."""

    def __init__(self, folder, tools):
        self.folder = folder
        self.tools = tools
        self.sockets = os.path.join(folder, "sockets")
        self.identity = os.path.join(folder, "officer")
        self.logs = os.path.join(folder, "logs")
        os.makedirs(self.logs, exist_ok=True)

    def tool(self, name):
        return os.path.join(self.tools, name)

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def psql(self, sql, database="bench"):
        done = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql],
            env=dict(os.environ, PGHOST=self.sockets), capture_output=True, text=True)
        if done.returncode:
            raise Failure(done.stderr.strip())
        return done.stdout.strip()


class Server:
    """A server on a port of its own. Use as a context manager; leaving it ends the process."""

    name = None

    def __init__(self, place, cores="0,1", threads=1, connections=1, database="bench"):
        self.place = place
        self.cores = cores
        self.threads = threads
        self.connections = connections
        self.database = database
        self.port = free_port()

    def command(self):
        return [self.place.tool(os.path.join("peers", self.name))]

    def environment(self):
        here = self.place
        options = SESSION.replace("\\", "%5C").replace(" ", "%20").replace("=", "%3D")
        return {
            "PEER_LISTEN": f"127.0.0.1:{self.port}",
            "PEER_CERTIFICATE": f"{here.folder}/server.pem", "PEER_KEY": f"{here.folder}/server.key",
            "PEER_CLIENT_CA": f"{here.folder}/ca.pem", "PEER_PRINCIPAL": PRINCIPAL,
            "PEER_DATABASE": f"postgresql://pledged@/{self.database}"
                             f"?host={here.sockets.replace('/', '%2F')}&options={options}",
            "PEER_STATEMENT": f"{here.folder}/statement.sql", "PEER_THREADS": str(self.threads),
            "PEER_CONNECTIONS": str(self.connections), "GOMAXPROCS": str(self.threads)}

    def __enter__(self):
        self.log = open(os.path.join(self.place.logs, self.name), "a")
        self.process = subprocess.Popen(
            ["taskset", "-c", self.cores, *self.command()], stdout=self.log, stderr=self.log,
            env=dict(os.environ, **self.environment()))
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise Failure(f"{self.name} did not start; see {self.log.name}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def answers(self):
        with contextlib.suppress(Failure):
            return load(self, HEALTH, frame(b""), 1, 1, seconds=1, sent="once")["good"] == 1
        return False

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            parts = stat.read().rsplit(")", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / TICKS

    def memory_kib(self, what="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(what + r":\s+(\d+)", status.read()).group(1))


class Ours(Server):
    """pledged. `threads` is its loops, `connections` its connections for reads, `writers` those for writes, a loop."""

    name = "pledged"
    writers = 4

    def command(self):
        return [self.place.tool("pledged")]

    def environment(self):
        here = self.place
        cache = os.path.join(here.folder, "cache", self.database)
        os.makedirs(cache, exist_ok=True)
        return {
            "PLEDGED_CACHE_DIRECTORY": cache,
            "PLEDGED_LISTEN": f"127.0.0.1:{self.port}", "PLEDGED_LOG_LEVEL": "error", "PLEDGED_PRINCIPAL_RATE": "0",
            "PLEDGED_TLS_CERTIFICATE": f"{here.folder}/server.pem",
            "PLEDGED_TLS_KEY": f"{here.folder}/server.key",
            "PLEDGED_TLS_CLIENT_CA": f"{here.folder}/ca.pem",
            "PLEDGED_DATABASE": f"host={here.sockets} dbname={self.database} user=pledged",
            "PLEDGED_SQL_DIRECTORY": os.path.join(ROOT, "sql/rpc"),
            "PLEDGED_LOOPS": str(self.threads), "PLEDGED_READ_CONNECTIONS": str(self.connections),
            "PLEDGED_WRITE_CONNECTIONS": str(self.writers)}


class Nghttpd(Server):
    """nghttp2's own server with one file, as long as the health check's answer."""

    name = "nghttpd"

    def command(self):
        here = self.place
        return ["nghttpd", "-n", "1", "-a", "127.0.0.1", "-d", f"{here.folder}/htdocs",
                "--verify-client", str(self.port), f"{here.folder}/server.key",
                f"{here.folder}/server.pem"]

    def answers(self):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False


def server_class(name):
    for known in (Ours, Nghttpd):
        if known.name == name:
            return known
    return type(name, (Server,), {"name": name})


def load(server, path, frames, connections, streams, rate=0, seconds=3, sent="again", cores="0,1",
         overload=False):
    """Load by client.c, every answer's status checked: its figures, times in microseconds.

    `sent` is how the frames are: one a call "again" and again, each "once", or all as the "whole" of one.

    With `overload`, calls without a good answer are no failure: when they are more than one in a hundred,
    the 99th percentile is OVERLOAD_US, and when more than half, so is the median."""
    place = server.place
    file = place.file("frames", frames) if isinstance(frames, bytes) else frames
    done = subprocess.run(
        ["taskset", "-c", cores, place.tool("client"), "load", str(server.port), place.identity, path,
         file, str(connections), str(streams), str(rate), str(seconds), sent],
        capture_output=True, text=True)
    if done.returncode and not (overload and done.stdout):
        raise Failure(f"{server.name} {path}: {done.stderr.strip() or done.stdout.strip()}")
    told = json.loads(done.stdout)
    bad = told["failed"] + told["unanswered"]
    for key, share in (("p50_us", 0.5), ("p99_us", 0.01)):
        if bad > share * (told["good"] + bad):
            told[key] = OVERLOAD_US
    return told


def h2load(server, path, request, connections, streams, calls, cores="0,1"):
    """`calls` calls by h2load: calls a second, the server's processor time and bytes for each.

    h2load does not see a gRPC status, so the caller compares reply_bytes with those of a call whose
    status was seen."""
    place = server.place
    command = ["taskset", "-c", cores, "h2load", "-c", str(connections), "-m", str(streams),
               "-n", str(calls), "--tls13-ciphers=TLS_AES_128_GCM_SHA256"]
    if request is not None:
        command += ["-d", place.file("request", request), "-H", "content-type: application/grpc",
                    "-H", "te: trailers"]
    before = server.cpu_seconds()
    done = subprocess.run(
        [*command, f"https://127.0.0.1:{server.port}{path}"], capture_output=True, text=True,
        env=dict(os.environ, LD_PRELOAD=place.tool("client_certificate.so"),
                 PLEDGE_IDENTITY=place.identity))
    after = server.cpu_seconds()
    text = done.stdout
    good = re.search(r"(\d+) succeeded, 0 failed, 0 errored, 0 timeout", text)
    if not good or int(good.group(1)) != calls:
        raise Failure(f"{server.name}: h2load: {text[-300:]}{done.stderr[-300:]}")
    traffic = re.search(r"traffic: \S+ \((\d+)\) total, .* \S+ \((\d+)\) data", text)
    return {"per_second": float(re.search(r"([\d.]+) req/s", text).group(1)),
            "cpu_us": (after - before) * 1e6 / calls,
            "wire_bytes": int(traffic.group(1)) / calls,
            "reply_bytes": int(traffic.group(2)) / calls}


def ghz(server, path, frames, connections, rate, seconds):
    """Latency by ghz at a fixed rate, in milliseconds; a second opinion on client.c."""
    place = server.place
    proto = {READ: "pledge/v1/pledge.proto", MONITOR: "pledge/v1/monitor.proto"}[path]
    done = subprocess.run(
        [place.tool("ghz"), "--cacert", f"{place.folder}/ca.pem", "--cert", place.identity + ".pem",
         "--key", place.identity + ".key", "-i", f"{ROOT}/proto", "--proto", f"{ROOT}/proto/{proto}",
         "--call", path[1:], "-B", place.file("message", frames[5:]), "--async", "-O", "json",
         "--connections", str(connections), "-c", str(connections * 4), "--rps", str(rate),
         "-z", f"{seconds}s", "--duration-stop", "wait", f"127.0.0.1:{server.port}"],
        capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"ghz: {done.stderr.strip()[-300:]}")
    told = json.loads(done.stdout)
    if set(told["statusCodeDistribution"]) != {"OK"}:
        raise Failure(f"ghz: {told['statusCodeDistribution']}")
    share = {item["percentage"]: item["latency"] / 1e6 for item in told["latencyDistribution"]}
    return {"p50_ms": share[50], "p99_ms": share[99], "per_second": told["rps"]}


def pgbench(place, script, clients, seconds, session=SESSION, database="bench", defines=()):
    """Transactions a second of a pgbench script, statements prepared."""
    done = subprocess.run(
        ["taskset", "-c", "0,1", "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1",
         "-T", str(seconds), "-f", script, "-U", "pledged", *defines, database],
        env=dict(os.environ, PGHOST=place.sockets, PGOPTIONS=session), capture_output=True, text=True)
    told = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if done.returncode or not told or (failed and int(failed.group(1))):
        raise Failure(f"pgbench: {done.stderr.strip()[-400:]}")
    return float(told.group(1))
