# SPDX-License-Identifier: Apache-2.0
"""The house rules, as a test. Prints TAP, one line a rule, and every place that breaks it."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.chdir(ROOT)

MAX_COLUMNS = 100
MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 700
TABLES = {"client/cli/registry.c"}  # one table each, which cannot be in two places
TOP_LEVEL = {"proto", "server", "client", "common", "sql", "tests", "CMakeLists.txt",
             "docker-compose.yml", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
             "CMakePresets.json", "demo.sh", "test.sh", "buf.yaml"}

# Each floor, and what it may include besides itself and what stands left of it.
FLOORS = ["server/net", "server/db", "server/rpc", "server/auth", "server/sqlrpc", "server/signin", "server/signup",
          "server/mail", "server"]
BANNED = {
    "strcpy": None, "strcat": None, "sprintf": None, "vsprintf": None, "gets": None, "strtok": None,
    "alloca": None, "atoi": None, "atol": None, "setenv": None, "system": None, "popen": None,
    "rand": None, "srand": None, "gmtime": None, "localtime": None, "PQcancel": None,
    "PQescapeLiteral": None, "PQescapeString": None, "strncat": None,
}
WORDS_THAT_STAY_OUT = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def listed():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True,
                         check=True)
    return sorted(path for path in out.stdout.split("\n") if path and os.path.isfile(path))


FILES = listed()
TEXTS = {}
for name in FILES:
    with open(name, encoding="utf-8", errors="replace") as handle:
        TEXTS[name] = handle.read()
C_FILES = [f for f in FILES if f.endswith((".c", ".h"))]


def code_only(text):
    """C without comments and strings, lines kept."""
    def blank(match):
        return "\n" * match.group().count("\n") or " "
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def top_level():
    for entry in sorted({f.split("/")[0] for f in FILES}):
        if not entry.startswith(".") and entry not in TOP_LEVEL:
            yield f"{entry}: not a top-level name"


def licence_line():
    for name in FILES:
        if name.endswith((".c", ".h", ".sql", ".sh", ".py", ".proto", ".js", ".cmake")) and \
                "SPDX-License-Identifier: Apache-2.0" not in "\n".join(TEXTS[name].split("\n")[:3]):
            yield f"{name}: no SPDX line at its top"


def line_length():
    for name in C_FILES:
        for number, line in enumerate(TEXTS[name].split("\n"), 1):
            if len(line) > MAX_COLUMNS:
                yield f"{name}:{number}: {len(line)} columns"


def blanks():
    for name in FILES:
        if name.endswith((".c", ".h", ".sql", ".proto", ".py", ".sh", ".md", ".txt")):
            for number, line in enumerate(TEXTS[name].split("\n"), 1):
                if line != line.rstrip() or (name.endswith((".c", ".h")) and "\t" in line):
                    yield f"{name}:{number}: blanks at the end, or a tab"


def function_length():
    for name in C_FILES:
        start = None
        for number, line in enumerate(code_only(TEXTS[name]).split("\n"), 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start > MAX_FUNCTION_LINES:
                    yield f"{name}:{start}: {number - start} lines"
                start = None


def file_length():
    for name in C_FILES:
        lines = TEXTS[name].count("\n")
        if lines > MAX_FILE_LINES and name not in TABLES:
            yield f"{name}: {lines} lines"


def include_floors():
    for name in C_FILES:
        folder = os.path.dirname(name)
        for include in re.findall(r'#include "([^"]+)"', TEXTS[name]):
            if folder in FLOORS and include.startswith("server/"):
                other = os.path.dirname(include)
                if other not in FLOORS or FLOORS.index(other) > FLOORS.index(folder):
                    yield f"{name}: includes {include}, a floor above it"
            if name.startswith("common/") and include.startswith(("server/", "client/")):
                yield f"{name}: includes {include}"
            if name.startswith("client/") and include.startswith("server/"):
                yield f"{name}: includes {include}"
            if name.startswith("server/") and include.startswith("client/"):
                yield f"{name}: includes {include}"
        for include in re.findall(r"#include <([^>]+)>", TEXTS[name]):
            if name.startswith("common/") and include in ("uv.h", "libpq-fe.h"):
                yield f"{name}: includes <{include}>"
            if name.startswith("client/lib/") and include in ("uv.h", "libpq-fe.h", "stdio_ext.h"):
                yield f"{name}: includes <{include}>"


def banned_functions():
    pattern = re.compile(r"\b(" + "|".join(BANNED) + r")\s*\(")
    for name in C_FILES:
        if name.startswith("tests/"):
            continue
        for number, line in enumerate(code_only(TEXTS[name]).split("\n"), 1):
            for found in pattern.findall(line):
                yield f"{name}:{number}: {found}()"


def unfinished_words():
    for name in FILES:
        if name != "tests/tidy/tidy.py" and not name.endswith((".json", ".txt")):
            for number, line in enumerate(TEXTS[name].split("\n"), 1):
                if WORDS_THAT_STAY_OUT.search(line):
                    yield f"{name}:{number}: {line.strip()[:60]}"


def dead_headers():
    for name in C_FILES:
        if name.endswith(".h") and name != "client/lib/pledge.h":
            base = os.path.basename(name)
            users = [f for f in C_FILES if f != name and re.search(
                r'#include "(?:[^"]*/)?' + re.escape(base) + '"', TEXTS[f])]
            if not users:
                yield f"{name}: nobody includes it"


def dead_sources():
    lists = "\n".join(TEXTS[f] for f in FILES if f.endswith(("CMakeLists.txt", ".sh", ".py")))
    for name in C_FILES:
        if name.endswith(".c") and not name.startswith(("tests/unit/", "tests/fuzz/fuzz_")) and \
                os.path.basename(name) not in lists:
            yield f"{name}: in no CMakeLists.txt or script"


def rpc_files():
    """Every method has its file, or its line in server/signin/signin.c, and every file its method."""
    methods = set()
    for name in FILES:
        if re.match(r"proto/pledge/v1/.*\.proto$", name):
            for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", TEXTS[name], re.S | re.M):
                methods |= {f"sql/rpc/{service}/{m}.sql" for m in re.findall(r"rpc (\w+)\(", body)}
    files = {f for f in FILES if f.startswith("sql/rpc/")}
    files |= {f"sql/rpc/{service}/{method}.sql" for service, method in
              re.findall(r'METHOD\("(\w+)", "(\w+)"', TEXTS["server/signin/signin.c"])}
    for name in sorted(methods ^ files):
        yield name + (": no file" if name in methods else ": no such method")


def sql_never_selects_star():
    for name in FILES:
        if name.startswith("sql/rpc/"):
            if re.search(r"select\s+(\w+\.)?\*", TEXTS[name], re.I):
                yield name


def formatted():
    tool = next((t for t in ("clang-format-14", "clang-format") if subprocess.run(
        ["which", t], capture_output=True).returncode == 0), None)
    if not tool:
        yield "clang-format is not installed"
        return
    for name in C_FILES:
        done = subprocess.run([tool, "--dry-run", "-Werror", name], capture_output=True, text=True)
        if done.returncode:
            yield f"{name}: clang-format would change it"


def shell_scripts_parse():
    for name in FILES:
        if name.endswith(".sh") or name == ".ci/run":
            done = subprocess.run(["bash", "-n", name], capture_output=True, text=True)
            if done.returncode:
                yield f"{name}: {done.stderr.strip()}"


RULES = [top_level, licence_line, line_length, blanks, function_length, file_length, include_floors,
         banned_functions, unfinished_words, dead_headers, dead_sources, rpc_files,
         sql_never_selects_star, formatted, shell_scripts_parse]

failed = 0
for index, rule in enumerate(RULES, 1):
    broken = list(rule())
    failed += bool(broken)
    print(f"{'not ok' if broken else 'ok'} {index} - {rule.__name__.replace('_', ' ')}")
    for line in broken[:40]:
        print("#   " + line)
print(f"1..{len(RULES)}")
sys.exit(1 if failed else 0)
