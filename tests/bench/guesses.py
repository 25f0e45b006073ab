# SPDX-License-Identifier: Apache-2.0
"""The row of sign-in under attack: what people who read notice of somebody who guesses passwords."""

import contextlib
import os
import threading

from servers import READ, Failure, Ours, field, frame, load, say

SIGN_IN = "/pledge.v1.SessionService/SignIn"
A_MINUTE = 1000
READS_A_SECOND = 500
SHAPE = (8, 4)
SECONDS = 12
NAMES = 5000  # each guessed for so seldom that none is slowed: every guess is hashed
WARM_SECONDS = 1.5


class Guarded(Ours):
    """The service with passwords, and without the limit for one address: the attacker has many."""

    def environment(self):
        key = os.path.join(self.place.folder, "secret.key")
        with contextlib.suppress(FileExistsError):
            with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.urandom(32))
        return {**super().environment(), "PLEDGED_SECRET_KEY": key, "PLEDGED_SIGNIN_RATE": "0"}


def guess(number):
    return frame(field(1, f"person{number}@example.org") + field(2, "not the right one 1") + field(3, "123456"))


def guesses(place, results, options, call, in_turn, ratios):
    """Reads at a steady rate with and without a thousand wrong passwords a minute beside them."""
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
            "undisturbed": lambda: read(server), "attacked": lambda: read_beside(server)})
        results.note("guesses/cpu_seconds", server.cpu_seconds() - before)
    for name, rounds in found.items():
        for key in ("p50_us", "p99_us"):
            results.figure(f"guesses/{name}/{key}", (r[key] for r in rounds), "us")
    results.figure("guesses/a_minute", guessed, "/min")
    results.row("sign-in under attack", "readers' p99 over undisturbed", "<=", 1.1,
                ratios(found, "p99_us", "attacked", "undisturbed"), "x")
