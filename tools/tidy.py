#!/usr/bin/env python3
"""Holds the tree to the rules that a compiler does not know; a ctest, and readable on its own.

    tools/tidy.py [ROOT]

Layering: a folder includes only those to its left in engine < io < k8s < kong < tools; Boost stays inside
io/*.cc (at most four files see Asio or Beast), Boost.Uuid in one file of kong/. Sizes: files at most 600
lines, functions at most 70 (tests, which hold tables of cases: 140), lines at most 120 columns. Words: no TODO without an owner, no sleeping tests.
Coverage: each row of kong/COVERAGE.md names tests that exist. Fuzzing: each target is built, begins with its
oracle and has seeds, and `tools/fuzz.sh` knows it.
"""
import os
import re
import subprocess
import sys

LAYERS = {"engine": 0, "io": 1, "k8s": 2, "kong": 3, "tools": 4}
MAX_FILE, MAX_FUNCTION, MAX_TEST, MAX_COLUMNS = 600, 70, 140, 120
SKIP = ("build/",)


def sources(root):
    try:
        out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], check=True,
                             capture_output=True, text=True).stdout
        names = out.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = [os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs]
    return sorted(n for n in names if n.endswith((".h", ".cc")) and not n.startswith(SKIP)
                  and os.path.exists(os.path.join(root, n)))


def check_layering(name, lines, problems):
    folder = name.split("/")[0]
    layer = LAYERS.get(folder)
    for number, line in enumerate(lines, 1):
        match = re.match(r'#include [<"]([^>"]+)[>"]', line)
        if not match:
            continue
        target = match.group(1).split("/")[0]
        if layer is not None and LAYERS.get(target, -1) > layer:
            problems.append(f"{name}:{number}: {folder}/ may not include {target}/")
        if target == "boost" and not (folder == "io" and name.endswith((".cc", "_native.h"))):
            problems.append(f"{name}:{number}: Boost stays inside io/*.cc")
        if layer is not None and target == "tests":
            problems.append(f"{name}:{number}: only tests include tests")


DEFINITION = re.compile(r"\)\s*(const\b\s*)?(noexcept\b\s*)?(override\b\s*)?(->.*)?\{$")


def function_lengths(name, lines):
    """(first line, length) of each function, by indentation: a definition starts in column 0, inside a
    class in column 2, and ends with a brace in the same column. Tables of facts are no functions."""
    for indent in ("", "  "):
        if indent and not name.endswith((".h", "_test.cc")):
            continue
        start = head = None
        for number, line in enumerate(lines, 1):
            depth = len(line) - len(line.lstrip())
            if depth == len(indent) and line.strip() and not line.startswith(indent + "}"):
                scope = line.split()[0] in ("class", "struct", "namespace", "enum", "union", "public:", "private:")
                head = None if scope else number  # Of a declaration that may go on, four columns to the right.
            if start is None and head and DEFINITION.search(line) and (depth == len(indent) or depth >= len(indent) + 4):
                # What a constructor initialises is a list, not code, also if there are lambdas in it.
                listed = any(each.lstrip().startswith(": ") for each in lines[head:number])
                if listed and "](" in line:
                    continue
                start = number if listed else head
            elif start is not None and line.startswith(indent + "}"):
                yield start, number - start + 1
                start = head = None


def check_sizes(name, lines, problems):
    if len(lines) > MAX_FILE:
        problems.append(f"{name}: {len(lines)} lines; at most {MAX_FILE}: which concept moves out?")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS and "http" not in line and 'R"' not in line:
            problems.append(f"{name}:{number}: {len(line)} columns; at most {MAX_COLUMNS}")
    for start, length in function_lengths(name, lines):
        most = MAX_TEST if name.startswith("tests/") else MAX_FUNCTION
        if length > most:
            problems.append(f"{name}:{start}: a function of {length} lines; at most {most}")


def check_words(name, lines, problems):
    for number, line in enumerate(lines, 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b(?!\([a-z]+, #\d+\))", line):
            problems.append(f"{name}:{number}: a TODO names its owner and issue: TODO(name, #12)")
        if name.startswith("tests/") and re.search(r"\bsleep(_for|_until)?\s*\(", line):
            problems.append(f"{name}:{number}: tests do not sleep")


def tests_of(root):
    """Every test by the name that COVERAGE.md gives it: a scenario's file, or file:name."""
    found = set()
    for folder, _, files in os.walk(os.path.join(root, "tests")):
        for file in files:
            if file.endswith(".scenario"):
                found.add(file)
            elif file.endswith(("_test.cc", "cases.py")):
                with open(os.path.join(folder, file), encoding="utf-8") as source:
                    text = source.read()
                names = re.findall(r"\bTEST(?:_F|_P)?\(\s*\w+,\s*(\w+)\)|^    def (test_\w+)", text, re.MULTILINE)
                found.update(f"{file}:{a or b}" for a, b in names)
    return found


def check_coverage(root, problems):
    name = "kong/COVERAGE.md"
    if not os.path.exists(os.path.join(root, name)):
        return
    tests = tests_of(root)
    with open(os.path.join(root, name), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if not line.startswith("| ") or cells[0] == "row":
                continue
            named = re.findall(r"`([^`]+)`", cells[-1]) if len(cells) == 3 else []
            if not named:
                problems.append(f"{name}:{number}: a row names what it is about, what is done, and its tests")
            problems += [f"{name}:{number}: there is no test {test}" for test in named if test not in tests]


def check_fuzzers(root, problems):
    folder = os.path.join(root, "fuzz")
    if not os.path.isdir(folder):
        return
    targets = {n[:-len("_fuzz.cc")] for n in os.listdir(folder) if n.endswith("_fuzz.cc")}
    script = os.path.join(root, "tools", "fuzz.sh")
    known = subprocess.run(["bash", script, "--list"], check=True, capture_output=True, text=True).stdout.split()
    problems += [f"fuzz/{name}_fuzz.cc: fuzz/CMakeLists.txt does not build it" for name in sorted(targets - set(known))]
    problems += [f"tools/fuzz.sh: there is no fuzz/{name}_fuzz.cc" for name in sorted(set(known) - targets)]
    for name in sorted(targets):
        with open(os.path.join(folder, name + "_fuzz.cc"), encoding="utf-8") as file:
            if not file.readline().startswith("// Oracle: "):
                problems.append(f"fuzz/{name}_fuzz.cc:1: begins with its oracle")
        corpus = os.path.join(folder, "corpus", name)
        if not os.path.isdir(corpus) or not os.listdir(corpus):
            problems.append(f"fuzz/corpus/{name}: a target has seeds")
    for kind, names in (("corpus", os.listdir(os.path.join(folder, "corpus"))),
                        ("dictionaries", [n[:-5] for n in os.listdir(os.path.join(folder, "dictionaries"))])):
        problems += [f"fuzz/{kind}: there is no target {name}" for name in sorted(set(names) - targets)]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    problems, network = [], []
    for name in sources(root):
        with open(os.path.join(root, name), encoding="utf-8") as file:
            lines = file.read().split("\n")
        if lines and not lines[-1]:
            lines.pop()
        check_layering(name, lines, problems)
        check_sizes(name, lines, problems)
        check_words(name, lines, problems)
        if name.startswith("io/") and name.endswith(".cc") and any(
                re.match(r'#include (<boost/(asio|beast)|"io/\w+_native\.h")', l) and "tls_native" not in l for l in lines):
            network.append(name)
    check_coverage(root, problems)
    check_fuzzers(root, problems)
    if len(network) > 4:
        problems.append("more than four files see Asio or Beast: " + " ".join(network))
    print("\n".join(problems) if problems else "tidy: nothing to say")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
