# SPDX-License-Identifier: Apache-2.0
"""A page in Chromium calls pledged from another origin: gRPC-Web and JSON, with a client certificate."""

import http.server
import json
import os
import queue
import ssl
import subprocess
import tempfile
import threading
import urllib.parse

import service
from council import SmallCouncil

harness = service.harness
SECONDS = 60
# Of Chromium itself: the launcher script would read settings of this machine.
CHROMIUM = "/usr/lib/chromium/chromium"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1")
# Policies are read from /etc alone: this process and its children see a folder of ours there.
IN_OUR_ETC = 'mount --bind "$1" /etc/chromium && shift && exec "$@"'


class Page(http.server.BaseHTTPRequestHandler):
    """Gives page.html, and takes what it saw."""

    def do_GET(self):
        with open(os.path.join(service.HERE, "page.html"), "rb") as file:
            self.answer(file.read())

    def do_POST(self):
        self.server.seen.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.answer(b"")

    def answer(self, body):
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def page_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(harness.WORK, "server.pem"), os.path.join(harness.WORK, "server.key"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.seen = queue.Queue()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def certificates(home, who):
    """Chromium's database of certificates: the authority that it trusts, and a member's own."""
    store = os.path.join(home, ".pki/nssdb")
    bundle = os.path.join(home, "member.p12")
    prefix = harness.identity(who)
    os.makedirs(store)
    for command in (["certutil", "-d", "sql:" + store, "-N", "--empty-password"],
                    ["certutil", "-d", "sql:" + store, "-A", "-t", "C,,", "-n", "authority", "-i", service.CA],
                    ["openssl", "pkcs12", "-export", "-in", prefix + ".pem", "-inkey", prefix + ".key", "-out",
                     bundle, "-passout", "pass:", "-name", who],
                    ["pk12util", "-d", "sql:" + store, "-i", bundle, "-W", ""]):
        subprocess.run(command, check=True, capture_output=True)


def policies(folder, port):
    """The member's certificate is chosen for pledged without asking."""
    os.makedirs(os.path.join(folder, "policies/managed"))
    with open(os.path.join(folder, "policies/managed/pledge.json"), "w", encoding="ascii") as file:
        json.dump({"AutoSelectCertificateForUrls": [
            json.dumps({"pattern": f"https://localhost:{port}", "filter": {}})]}, file)


class Browser(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        cls.page = page_server()
        cls.settings = {"PLEDGED_WEB_ORIGINS": f"https://localhost:{cls.page.server_port}"}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        cls.page.shutdown()
        cls.page.server_close()
        super().tearDownClass()

    def visit(self, host):
        """What the page saw when it came from this name of the same server."""
        query = urllib.parse.urlencode({"service": f"https://localhost:{self.daemon.port}", "name": self.parent})
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, \
                tempfile.TemporaryFile("w+") as log:
            certificates(home, "derby-officer")
            policies(os.path.join(home, "etc"), self.daemon.port)
            process = subprocess.Popen(
                ["unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)), "sh", "-c", IN_OUR_ETC, "sh", os.path.join(home, "etc"), CHROMIUM, *FLAGS,
                 f"--user-data-dir={home}/profile", f"https://{host}:{self.page.server_port}/?{query}"],
                env={"HOME": home, "PATH": os.environ["PATH"]}, stdout=log, stderr=log)
            try:
                return self.page.seen.get(timeout=SECONDS)
            except queue.Empty:
                log.seek(0)
                self.fail("the page saw nothing; Chromium said:\n" + log.read()[-4000:])
            finally:
                process.terminate()
                process.wait(timeout=SECONDS)

    def test_a_page_of_a_known_origin(self):
        seen = self.visit("localhost")
        (flags, message), (last, trailers) = seen["unary"]
        self.assertEqual((flags, last), (0, 0x80))
        self.assertIn("Derby", message)
        self.assertIn("grpc-status: 0", trailers)
        ((last, trailers),) = seen["error"]
        self.assertEqual(last, 0x80)
        self.assertIn("grpc-status: 3", trailers)
        status, answer = seen["json"]
        self.assertEqual((status, answer["authority"]["displayName"]), (200, "Derby"))
        self.assertEqual(seen["stream"][0][0], 0)

    def test_a_page_of_another_origin(self):
        self.assertEqual(set(self.visit("127.0.0.1").values()), {"TypeError: Failed to fetch"})


if __name__ == "__main__":
    harness.main()
