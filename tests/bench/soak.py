# SPDX-License-Identifier: Apache-2.0
"""A mixed load on pledged, and whether its memory and its descriptors stay where they are.

soak.sh sets up what this needs. The load is moderate and changes no resource's size: reads, writes with a
request_id of which every third is sent again, watches that come and go, JSON by curl, connections that come
and go or break off, cancelled calls, metrics. After a warm-up the slope of the samples by least squares must
be flat. A run of less than ten minutes is too noisy to say so of the memory.
"""

import argparse
import collections
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
import uuid

import grpc
import harness
from council import SmallCouncil
from pledge.v1 import authority_pb2, watch_pb2

SAMPLE_S = 5
ROWS = 30               # that the table has at most
WARM_UP = 0.2           # of the whole time
MAX_MEMORY_SLOPE = 1.0  # MiB in ten minutes
MAX_FILES_SLOPE = 2.0   # descriptors in ten minutes
SLOPE_S = 600
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DEPARTMENT = "/pledge.v1.AuthorityService/GetDepartment"
WATCH = "/pledge.v1.WatchService/Watch"


class Council(SmallCouncil):
    """What the load needs: also a member whose connections come and go."""

    settings = {"PLEDGED_METRICS_LISTEN": "127.0.0.1:0"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member("derby", "comer", "ROLE_OFFICER")


class Load:
    """Threads that each do one thing again and again, `rate` times a second."""

    def __init__(self, council):
        self.council = council
        self.daemon = council.daemon
        self.housing = f"{council.parent}/departments/housing"
        self.metrics = next(self.daemon.events("metrics"))["port"]
        self.stop = threading.Event()
        self.stop_watching = threading.Event()
        self.done = collections.Counter()
        self.failed = collections.Counter()
        self.lock = threading.Lock()
        jobs = ((self.read, 40), (self.monitor, 5), (self.write, 6), (self.submit, 2), (self.cancel, 5),
                (self.come_and_go, 2), (self.break_off, 2), (self.curl, 1), (self.scrape, 0.5))
        self.threads = [threading.Thread(target=self.repeat, args=job) for job in jobs]
        self.watchers = [threading.Thread(target=self.repeat, args=(self.watch, 1)) for _ in range(2)]

    def repeat(self, job, rate):
        due = time.monotonic()
        stop = self.stop_watching if job == self.watch else self.stop
        while not stop.is_set():
            try:
                job()
                outcome, counter = job.__name__, self.done
            except (grpc.RpcError, OSError, ValueError, subprocess.SubprocessError) as error:
                code = error.code().name if isinstance(error, grpc.RpcError) else repr(error)
                outcome, counter = f"{job.__name__}: {code}", self.failed
            with self.lock:
                counter[outcome] += 1
            due = max(due + 1 / rate, time.monotonic() - 1)
            stop.wait(max(0, due - time.monotonic()))

    def __enter__(self):
        for thread in self.threads + self.watchers:
            thread.start()
        return self

    def __exit__(self, *_):
        """Watches end first, as they wait for what others write."""
        self.stop_watching.set()
        for thread in self.watchers:
            thread.join()
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def drain(self):
        """Tells the daemon to end while watches are open; each of them must be told."""
        watches = [self.daemon.stream("derby-officer", WATCH, watch_pb2.WatchRequest(parent=self.council.parent),
                                      watch_pb2.WatchResponse, harness.CALL_SECONDS) for _ in range(3)]
        for watch in watches:
            next(watch)
        self.daemon.process.send_signal(signal.SIGTERM)
        for watch in watches:
            try:
                next(watch)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    self.failed[f"drain: {error.code().name}"] += 1
            else:
                self.failed["drain: no end"] += 1

    def read(self):
        self.council.officer.GetDepartment(name=self.housing)

    def monitor(self):
        self.council.officer.GetMonitor(parent=self.council.parent)

    def write(self):
        request = {"department": {"name": self.housing, "display_name": "Housing"}, "request_id": str(uuid.uuid4()),
                   "update_mask": {"paths": ["display_name"]}}
        for _ in range(1 + (self.done["write"] % 3 == 0)):
            self.council.officer.UpdateDepartment(**request)

    def submit(self):
        council, now = self.council, f"{self.council.parent}/rounds/now"
        last = [one.etag for one in council.agency.ListReturns(parent=now).returns]
        report = council.report(council, "police", [council.line(council, "p1")], etag="".join(last))
        council.agency.SubmitReturn(parent=now, owner_return=report, request_id=str(uuid.uuid4()))

    def watch(self):
        stream = self.daemon.stream("derby-officer", WATCH, watch_pb2.WatchRequest(parent=self.council.parent),
                                    watch_pb2.WatchResponse, harness.CALL_SECONDS)
        for _ in range(5):
            next(stream)
        stream.cancel()

    def cancel(self):
        stub = self.daemon.channel("derby-officer").unary_unary(
            DEPARTMENT, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=authority_pb2.GetDepartmentResponse.FromString)
        call = stub.future(authority_pb2.GetDepartmentRequest(name=self.housing), timeout=harness.CALL_SECONDS)
        time.sleep(0.0005 * (self.done["cancel"] % 8))
        call.cancel()

    def come_and_go(self):
        self.daemon.call("comer", DEPARTMENT, authority_pb2.GetDepartmentRequest(name=self.housing),
                         authority_pb2.GetDepartmentResponse)
        self.daemon.channels.pop("comer").close()

    def break_off(self):
        """One of: within the handshake, after it, after the preface, in the middle of a frame."""
        step = self.done["break_off"] % 4
        with socket.create_connection(("127.0.0.1", self.daemon.port), harness.CALL_SECONDS) as plain:
            if step == 0:
                plain.sendall(b"\x16\x03\x01\x02\x00\x01")
                return
            context = ssl.create_default_context(cafile=os.path.join(harness.CA, "ca.pem"))
            context.set_alpn_protocols(["h2"])
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                if step > 1:
                    secure.sendall(HTTP2_PREFACE + (b"\0\0\0\4\0\0\0\0\0\0\0\x10\0" if step == 3 else b""))

    def curl(self):
        prefix = harness.identity("derby-officer")
        done = subprocess.run(
            ["curl", "-sS", "--http2", "--cacert", os.path.join(harness.CA, "ca.pem"), "--cert", prefix + ".pem",
             "--key", prefix + ".key", "-H", "content-type: application/json", "-d", json.dumps({"name": self.housing}),
             f"https://127.0.0.1:{self.daemon.port}{DEPARTMENT}"], capture_output=True, timeout=60, check=True)
        answer = json.loads(done.stdout)
        if answer.get("department", {}).get("name") != self.housing:
            raise ValueError(answer.get("code", "another answer"))

    def scrape(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=60) as answer:
            if b"pledged_calls_total" not in answer.read():
                raise ValueError("no calls")


def sample(pid):
    """Memory in MiB, open descriptors, threads."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    return (int(status["VmRSS"].split()[0]) / 1024, len(os.listdir(f"/proc/{pid}/fd")),
            int(status["Threads"]))


def slope(points):
    """By least squares, in ten minutes; points are (seconds, value)."""
    middle = sum(at for at, _ in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return SLOPE_S * sum((at - middle) * value for at, value in points) / spread


def soak(load, pid, seconds):
    """Samples until the time is over and prints the table; returns [(second, memory, files, threads)]."""
    started = time.monotonic()
    samples = []
    every = max(1, seconds // SAMPLE_S // ROWS)
    print(f"{'second':>7} {'memory MiB':>11} {'descriptors':>12} {'threads':>8} {'done':>9} {'failed':>7}")
    while time.monotonic() - started < seconds:
        time.sleep(SAMPLE_S)
        samples.append((time.monotonic() - started, *sample(pid)))
        if len(samples) % every == 0:
            at, memory, files, threads = samples[-1]
            print(f"{at:7.0f} {memory:11.2f} {files:12d} {threads:8d} {sum(load.done.values()):9d} "
                  f"{sum(load.failed.values()):7d}", flush=True)
    return samples


def judge(samples):
    """Whether memory and descriptors are flat after the warm-up; says so."""
    kept = samples[int(len(samples) * WARM_UP):]
    good = True
    for name, column, bound in (("memory, MiB", 1, MAX_MEMORY_SLOPE), ("descriptors", 2, MAX_FILES_SLOPE)):
        found = slope([(row[0], row[column]) for row in kept])
        good = good and found <= bound
        print(f"{name} in ten minutes: {found:+.2f}, at most {bound:+.2f}: {'flat' if found <= bound else 'GROWS'}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=int)
    parser.add_argument("--load", action="store_true", help="only load and end it")
    options = parser.parse_args()
    if not options.load and options.seconds < 4 * SAMPLE_S:
        parser.error(f"at least {4 * SAMPLE_S} seconds, for a slope")
    Council.setUpClass()
    with Load(Council) as load:
        if options.load:
            time.sleep(options.seconds)
            good = True
        else:
            good = judge(soak(load, Council.daemon.process.pid, options.seconds))
    load.drain()
    Council.tearDownClass()
    print("done: " + ", ".join(f"{name} {count}" for name, count in sorted(load.done.items())))
    for name, count in sorted(load.failed.items()):
        print(f"failed: {name}, {count} times")
    sys.exit(0 if good and not load.failed else 1)


if __name__ == "__main__":
    main()
