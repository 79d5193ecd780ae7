#!/usr/bin/env python3
"""What kdelta makes of the recorded cases of the Kong Ingress Controller, against two lists.

  conformance_test.py KDELTA RECORDINGS

conformance_cases.txt names the cases that are equal in every variant, conformance_differences.txt
those that are not, each with the words of kong/DIFFERENCES.md that say why. Together they name every
case there is, each once. A case that leaves its list, in either direction, fails the test.
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def lines(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            yield line


def read_lists(wrong):
    """The names of equal cases, and of different ones with their reasons."""
    equal = list(lines(HERE / "kong/conformance_cases.txt"))
    different = {}
    explained = (HERE.parent / "kong/DIFFERENCES.md").read_text()
    for line in lines(HERE / "kong/conformance_differences.txt"):
        name, _, reasons = line.partition(": ")
        if name in different:
            wrong.append(f"{name}: listed twice as different")
        different[name] = reasons
        for reason in reasons.split("; "):
            if not reason or reason not in explained:
                wrong.append(f"{name}: kong/DIFFERENCES.md does not say \"{reason}\"")
    if len(set(equal)) != len(equal):
        wrong.append("a case is listed twice as equal")
    return set(equal), different


def compare(kdelta, recordings):
    """Of each case: is it equal? And what the comparison said of it."""
    tools = recordings.parent / "tools"
    command = f"{tools / 'translate_case.py'} {kdelta} {{in}} {{settings}} {{failures}} {{router}}"
    run = subprocess.run(
        [tools / "compare.py", "--mode", "attached", "--cmd", command,
         recordings / "golden", recordings / "cases"], stdout=subprocess.PIPE, text=True)
    found, said, name = {}, {}, None
    for line in run.stdout.splitlines():
        if start := re.match(r"(EQUAL|DIFFERENT)\s+(\S+)", line):
            name = start[2]
            found[name], said[name] = start[1] == "EQUAL", []
        elif line.startswith("  ") and name:
            said[name].append(line)
    return found, said


def main():
    kdelta, recordings = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    wrong = []
    equal, different = read_lists(wrong)
    for name in sorted(equal & different.keys()):
        wrong.append(f"{name}: listed as equal and as different")
    found, said = compare(kdelta, recordings)
    for name in sorted((equal | different.keys()) - found.keys()):
        wrong.append(f"{name}: listed, but there is no such case")
    for name, is_equal in sorted(found.items()):
        if name not in equal and name not in different:
            wrong.append(f"{name}: in neither list, and {'equal' if is_equal else 'different'}")
        elif is_equal and name in different:
            wrong.append(f"{name}: has become equal; move it to conformance_cases.txt")
        elif not is_equal and name in equal:
            wrong.append("\n".join([f"{name}: is no longer equal", *said[name]]))
    print("\n".join(wrong))
    print(f"{sum(found.values())} of {len(found)} cases equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
