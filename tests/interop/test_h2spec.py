# SPDX-License-Identifier: Apache-2.0
"""h2spec, the conformance suite of HTTP/2 and HPACK, against the engine."""

import os
import tempfile
import xml.etree.ElementTree

import service

H2SPEC = os.path.join(os.environ["PLEDGE_TEST_GO"], "h2spec")
TESTS = (145, 146)  # of versions 2.2.1 and 2.6.0
WAIT_SECONDS = "5"


class H2spec(service.Cases):
    def test_the_suite(self):
        with tempfile.NamedTemporaryFile() as report:
            said = self.run_client([H2SPEC, "--tls", "--insecure", "--host", "127.0.0.1", "--port",
                                    str(self.service.port), "--timeout", WAIT_SECONDS, "--junit-report", report.name])
            found = xml.etree.ElementTree.parse(report.name).getroot()
        cases = list(found.iter("testcase"))
        passed = [case for case in cases if case.find("failure") is None and case.find("skipped") is None]
        print(f"# {len(passed)} of {len(cases)}", flush=True)
        self.assertIn(len(cases), TESTS, said[-6000:])
        self.assertEqual(len(passed), len(cases), said[-6000:])


if __name__ == "__main__":
    service.harness.main()
