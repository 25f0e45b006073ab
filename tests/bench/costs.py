# SPDX-License-Identifier: Apache-2.0
"""What an RPC costs, floor by floor: the service's processor time by where its samples fall, system calls,
bytes, allocations, and the processor time that PostgreSQL spends for it."""

import os
import re
import signal
import subprocess
import time

from servers import TICKS, Failure, Ours, h2load, load, say

FREQUENCY = 1999
COUNTED_CALLS = 20000
# Where a sample belongs, by its library or, in the service itself, by the file of its function.
LIBRARIES = (("libcrypto", "TLS"), ("libssl", "TLS"), ("libnghttp2", "HTTP/2: nghttp2"),
             ("libpq", "libpq"), ("libprotobuf-c", "decode and pack: protobuf-c"),
             ("libuv", "event loop: libuv"), ("libc.so", "libc: memory, strings"),
             ("kernel", "kernel: sockets, epoll"), ("vmlinux", "kernel: sockets, epoll"),
             ("unknown", "kernel: sockets, epoll"), ("vdso", "kernel: sockets, epoll"))
FLOORS = (("server/net/", "net"), ("server/rpc/", "rpc"), ("server/auth/", "auth"),
          ("server/sqlrpc/", "bind and execute: sqlrpc"), ("server/db/", "db: pipelines"),
          ("common/msg/", "guard"), ("common/", "arena, frames"), ("server/", "main, worker"),
          ("proto/", "decode and pack: protobuf-c"))


def floors_of_functions(binary):
    """{function: floor} by the debug information of the service."""
    found = {}
    told = subprocess.run(["nm", "-l", binary], capture_output=True, text=True).stdout
    for name, path in re.findall(r"^\S+ [tT] (\S+)\t(\S+):\d+$", told, re.M):
        for part, floor in FLOORS:
            if f"/{part}" in path:
                found[name] = floor
                break
    return found


def profile(place, server, path, call, shape, seconds):
    """Samples the service under load: {floor: share}, and the busiest functions."""
    data = os.path.join(place.folder, "perf.data")
    burden = subprocess.Popen(
        ["taskset", "-c", "1", place.tool("client"), "load", str(server.port), place.identity, path,
         place.file("profiled", call), str(shape[0]), str(shape[1]), "0", str(seconds + 2), "again"],
        stdout=subprocess.DEVNULL)
    time.sleep(1)
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY), "-o", data, "-p",
                    str(server.process.pid), "--", "sleep", str(seconds)], check=True,
                   capture_output=True)
    burden.wait()
    told = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-g", "none",
                           "-F", "overhead,dso,symbol", "-t", "\t"], capture_output=True, text=True).stdout
    own = floors_of_functions(place.tool("pledged"))
    shares, functions = {}, []
    for share, library, function in re.findall(
            r"^\s*([\d.]+)%\s*\t(\S+)\s*\t\[.\] (\S+)", told, re.M):
        share = float(share) / 100
        if library.startswith("pledged"):
            floor = own.get(function, "the service, elsewhere")
        else:
            floor = next((f for part, f in LIBRARIES if part in library), library)
        shares[floor] = shares.get(floor, 0) + share
        functions.append((share, library, function))
    if not shares:
        raise Failure("perf took no samples")
    return shares, sorted(functions, reverse=True)[:25]


def system_calls(place, server, path, call, shape):
    """System calls of the service for a call under load, by perf's count."""
    counter = subprocess.Popen(
        ["perf", "stat", "-x", ",", "-e", "raw_syscalls:sys_enter", "-p", str(server.process.pid)],
        stderr=subprocess.PIPE, text=True)
    time.sleep(0.5)
    h2load(server, path, call, *shape, COUNTED_CALLS)
    counter.send_signal(signal.SIGINT)
    return int(counter.communicate()[1].strip().split(",")[0]) / COUNTED_CALLS


def allocations(place, path, call, shape):
    """Allocations of the service and all its libraries for a call, connections' share included."""
    class Counted(Ours):
        def command(self):
            return ["env", f"LD_PRELOAD={place.tool('count_allocations.so')}", *super().command()]

    with Counted(place, cores="0") as server:
        def so_far():
            server.process.send_signal(signal.SIGUSR1)
            time.sleep(0.3)
            with open(server.log.name) as log:
                return int(re.findall(r"allocations +(\d+)", log.read())[-1])
        h2load(server, path, call, *shape, COUNTED_CALLS)
        before = so_far()
        h2load(server, path, call, *shape, COUNTED_CALLS)
        return (so_far() - before) / COUNTED_CALLS


def backends_seconds(place):
    """Processor time of the cluster's connections for reads so far."""
    total = 0
    for pid in place.psql("SELECT pid FROM pg_stat_activity WHERE usename = 'pledged'").split():
        with open(f"/proc/{pid}/stat") as stat:
            parts = stat.read().rsplit(")", 1)[1].split()
        total += int(parts[11]) + int(parts[12])
    return total / TICKS


def cost(place, results, path, call, name):
    shape = (8, 32)
    with Ours(place, cores="0") as server:
        calls = int(load(server, path, call, *shape, seconds=1, cores="1")["per_second"] * 3)
        before = backends_seconds(place)
        measured = h2load(server, path, call, *shape, calls, cores="1")
        database_us = (backends_seconds(place) - before) * 1e6 / calls
        shares, functions = profile(place, server, path, call, shape, 5)
        told = {"cpu_us": measured["cpu_us"], "database_cpu_us": database_us,
                "wire_bytes": measured["wire_bytes"], "per_second": measured["per_second"],
                "system_calls": system_calls(place, server, path, call, shape),
                "floors_us": {floor: share * measured["cpu_us"] for floor, share in
                              sorted(shares.items(), key=lambda item: -item[1])},
                "functions": [f"{share:.1%} {library} {function}"
                              for share, library, function in functions]}
    told["allocations"] = allocations(place, path, call, shape)
    results.note(f"cost/{name}", told)
    for floor, share in told["floors_us"].items():
        say(f"  {name}: {share:6.2f} us  {floor}")
