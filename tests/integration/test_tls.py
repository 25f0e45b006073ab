# SPDX-License-Identifier: Apache-2.0
"""testssl.sh looks at the listener: no finding above "low" that is not explained here."""

import json
import os
import subprocess
import tempfile

import harness

SCAN_SECONDS = 600
HARMLESS = ("OK", "INFO", "LOW", "DEBUG", "WARN")  # WARN: could not be checked, mostly as clients show certificates
EXPLAINED = {
    "cert_validityPeriod": "the certificate is the tests' own; a host's comes from its own authority",
    "cert_revocation": "the same: whether it names a revocation list is up to the authority that signs it",
}
NEEDED = {"SSLv2": "not offered", "SSLv3": "not offered", "TLS1": "not offered", "TLS1_1": "not offered",
          "TLS1_2": "offered", "TLS1_3": "offered with final"}


class Tls(harness.Case):
    def test_the_listener_has_no_weakness_that_testssl_knows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scan.json")
            done = subprocess.run(
                ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--jsonfile", path, "--add-ca",
                 os.path.join(harness.CA, "ca.pem"), f"127.0.0.1:{self.daemon.port}"],
                capture_output=True, text=True, timeout=SCAN_SECONDS, stdin=subprocess.DEVNULL)
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
        self.assertGreater(len(found), 80, done.stdout[-2000:])
        said = {finding["id"]: finding["finding"] for finding in found}
        for name, words in NEEDED.items():
            self.assertIn(words, said[name], name)
        serious = {finding["id"]: finding for finding in found if finding["severity"] not in HARMLESS}
        self.assertEqual({name: serious[name] for name in serious if name not in EXPLAINED}, {})


if __name__ == "__main__":
    harness.main()
