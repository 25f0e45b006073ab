# SPDX-License-Identifier: Apache-2.0
"""The rows of sign-in: what people who read notice of somebody who guesses passwords, and whether the answer's
time tells a guesser which names there are."""

import contextlib
import os
import re
import threading
import urllib.request

from servers import READ, Failure, Ours, field, frame, free_port, load, say

SIGN_IN = "/pledge.v1.SessionService/SignIn"
A_MINUTE = 1000
READS_A_SECOND = 500
SHAPE = (8, 4)
SECONDS = 30
NAMES = 5000  # each guessed for so seldom that none is slowed: every guess is hashed
WARM_SECONDS = 1.5
KNOWN = 80  # a turn: no more than one address may ask, by the rate for those that nobody knows


class Guarded(Ours):
    """The service with passwords, and without the limit for one address: the attacker has many. `newcomers`
    is the one for all of them; None leaves what the service comes with."""

    def __init__(self, *args, newcomers=None, **more):
        super().__init__(*args, **more)
        self.newcomers = newcomers

    def environment(self):
        key = os.path.join(self.place.folder, "secret.key")
        with contextlib.suppress(FileExistsError):
            with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.urandom(32))
        self.metrics = free_port()
        limit = {} if self.newcomers is None else {"PLEDGED_SIGNIN_NEWCOMERS": self.newcomers}
        return {**super().environment(), "PLEDGED_SECRET_KEY": key, "PLEDGED_SIGNIN_RATE": "0", **limit,
                "PLEDGED_METRICS_LISTEN": f"127.0.0.1:{self.metrics}"}

    def spent(self, path):
        """Seconds spent on a method's calls, and how many there were."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics") as page:
            text = page.read().decode()
        found = [re.search(rf'pledged_call_seconds_{what}{{method="/?{path[1:]}"}} ([0-9.]+)', text)
                 for what in ("sum", "count")]
        return [float(match.group(1)) if match else 0.0 for match in found]


def guess(number, name="person"):
    return frame(field(1, f"{name}{number}@example.org") + field(2, "not the right one 1") + field(3, "123456"))


def know(place):
    """Members with a password that nobody can guess: its hash is of the form and cost of all others."""
    kept = "$argon2id$v=19$m=9216,t=4,p=1$" + "A" * 22 + "$" + "A" * 43
    place.psql(
        "WITH p AS (INSERT INTO pledge.principal (display_name) SELECT 'Known ' || n"
        f" FROM generate_series(1, {KNOWN}) AS n RETURNING principal_id, split_part(display_name, ' ', 2) AS n),"
        " l AS (INSERT INTO pledge.login (principal_id, user_name)"
        " SELECT principal_id, 'known' || n || '@example.org' FROM p RETURNING principal_id),"
        " w AS (INSERT INTO pledge.password (principal_id, hash, code_secret, code_step)"
        f" SELECT principal_id, '{kept}', '\\x00', 0 FROM l)"
        " INSERT INTO pledge.member (authority_id, member_id, principal_id, user_name, display_name, role)"
        " SELECT 'council-002', 'known-' || n, principal_id, 'known' || n || '@example.org', 'Known', 'officer'"
        " FROM p") if not int(place.psql("SELECT count(*) FROM pledge.login")) else None


def timing(place, results, options, in_turn, ratios):
    """How long the service works on a wrong password of somebody, and of nobody, by its own measure."""
    know(place)
    files = {name: place.file(f"guess_{name}", b"".join(guess(n, name) for n in range(1, KNOWN + 1)))
             for name in ("known", "unknown")}

    def wrong(name):
        place.psql("DELETE FROM pledge.attempt")
        with Guarded(place, newcomers="0", threads=1) as server:  # a new one has not counted this address yet
            load(server, SIGN_IN, files[name], 1, 1, seconds=options.seconds, sent="once", overload=True)
            seconds, calls = server.spent(SIGN_IN)
        if calls < KNOWN:
            raise Failure(f"{calls:.0f} of {KNOWN} guesses were made")
        return {"mean_ms": seconds / calls * 1000}

    found = in_turn(results.watch, options.rounds, {name: lambda name=name: wrong(name) for name in files})
    for name, rounds in found.items():
        results.figure(f"guesses/{name}/mean_ms", (r["mean_ms"] for r in rounds), "ms")
    results.row("sign-in", "wrong password: somebody's over nobody's", "<=", 1.05,
                ratios(found, "mean_ms", "known", "unknown"), "x")


def guesses(place, results, options, call, in_turn, ratios):
    """Reads at a steady rate with and without a thousand wrong passwords a minute beside them. They are measured
    without twice, before and after: how far these two differ is what the machine does by itself."""
    place.psql("DELETE FROM pledge.attempt")
    attack = place.file("guesses", b"".join(guess(number) for number in range(NAMES)))
    reads = place.file("guess_reads", call)
    seconds = max(options.seconds, SECONDS)
    guessed = []

    def read(server):
        return load(server, READ, reads, *SHAPE, rate=READS_A_SECOND, seconds=seconds)

    def read_beside(server):
        place.psql("DELETE FROM pledge.attempt")
        answers = []

        def run():
            try:
                answers.append(load(server, SIGN_IN, attack, 2, 2, rate=round(A_MINUTE / 60),
                                    seconds=seconds + 2 * WARM_SECONDS, sent="once", overload=True))
            except Failure as failure:
                say(f"  {failure}")

        attacker = threading.Thread(target=run)
        attacker.start()
        threading.Event().wait(WARM_SECONDS)
        found = read(server)
        attacker.join()
        if not answers:
            raise Failure("nobody guessed")
        guessed.append(answers[0]["failed"] * 60 / (seconds + 2 * WARM_SECONDS))
        return found

    with Guarded(place, threads=1) as server:
        before = server.cpu_seconds()
        found = in_turn(results.watch, options.rounds, {
            "undisturbed": lambda: read(server), "attacked": lambda: read_beside(server),
            "again undisturbed": lambda: read(server)})
        results.note("guesses/cpu_seconds", server.cpu_seconds() - before)
    for name, rounds in found.items():
        for key in ("p50_us", "p99_us"):
            results.figure(f"guesses/{name}/{key}", (r[key] for r in rounds), "us")
    results.figure("guesses/a_minute", guessed, "/min")
    noise = ratios(found, "p99_us", "again undisturbed", "undisturbed")
    results.figure("guesses/noise_p99", noise, "x")
    results.row("sign-in", "readers' p99, 1,000 guesses a minute", "<=", 1.1,
                [2 * a["p99_us"] / (u["p99_us"] + v["p99_us"]) for a, u, v in
                 zip(found["attacked"], found["undisturbed"], found["again undisturbed"])], "x")
