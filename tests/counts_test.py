#!/usr/bin/env python3
"""Holds what one change costs to its limits, exactly, at 1,000 and at 50,000 objects.

    tests/counts_test.py PROGRAM...

Evaluations and entities are stated here and must be met; allocations must be equal at both sizes, and
instructions (callgrind, if valgrind is installed) at most 1.05 times as many for an endpoint and 1.2 times
for any other change.
"""
import re
import shutil
import subprocess
import sys
import tempfile

SMALL, LARGE = 1_000, 50_000
# change: evaluations at most, entities exactly, instructions at most so many times those at 1,000 (None: not
# counted, because loading such a cluster under callgrind takes minutes)
LIMITS = {
    "endpoint": (2, 2, 1.05),
    "equal-ingress": (0, 0, 1.2),
    "service-retries": (3, 1, 1.2),
    "ingress-path": (4, 1, 1.2),
    "ingress-added-or-removed": (8, 2, 1.2),
    "service-removed-or-added": (10, 6, 1.2),
    "http-route-path": (3, 1, None),
    "gateway-listener-port": (45, 0, None),  # Its 40 routes are judged again.
    "plugin-config": (3, 2, None),
    "consumer-custom-id": (2, 1, None),
    "credential-key": (3, 1, None),
    "http-route-removed-or-added": (8, 8, None),
    "consumer-removed-or-added": (4, 2, None),
    "shared-plugin-route-path": (2, 1, None),
    "trap-owner-comes-or-goes": (2, 2, 1.2),
    "trap-waiter-goes-or-comes": (2, 1, 1.2),
}

# change: entities a thousand objects, and evaluations beyond one for each of them
PER_THOUSAND = {
    "shared-plugin-config": (800, 2),  # A plugin of 400 Ingresses of two routes each, for a thousand Services.
}


def counts(programs, size):
    """{change: (program, evaluations, entities, allocations)}"""
    found = {}
    for program in programs:
        out = subprocess.run([program, str(size)], check=True, capture_output=True, text=True).stdout
        for name, *rest in re.findall(r"^(\S+) evaluations (\d+) entities (\d+) allocations (\d+)$", out, re.M):
            found[name] = (program, *map(int, rest))
    return found


def instructions(program, size, change):
    with tempfile.NamedTemporaryFile() as file:
        run = subprocess.run(["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={file.name}",
                              program, str(size), change], capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"valgrind failed:\n{run.stderr}")
        return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def main():
    small, large = counts(sys.argv[1:], SMALL), counts(sys.argv[1:], LARGE)
    failures = []

    def expect(ok, text):
        if not ok:
            failures.append(text)

    measure = shutil.which("valgrind")
    print(f"{'change':28}{'evaluations':>12}{'entities':>10}{'allocations':>18}{'instructions':>26}{'ratio':>8}")
    for change, (evaluations, entities, ratio) in LIMITS.items():
        if change not in large:
            failures.append(f"{change}: not measured")
            continue
        (program, se, sx, sa), (_, le, lx, la) = small[change], large[change]
        si = li = 0
        if measure and ratio:
            si, li = instructions(program, SMALL, change), instructions(program, LARGE, change)
            expect(li <= ratio * si, f"{change}: {li} instructions at {LARGE}, {si} at {SMALL}: more than {ratio} times")
        expect(le <= evaluations, f"{change}: {le} evaluations, at most {evaluations}")
        expect(le == se, f"{change}: {se} evaluations at {SMALL}, {le} at {LARGE}")
        expect(lx == entities and sx == entities, f"{change}: {sx} and {lx} entities, expected {entities}")
        # A queue of claims is a tree: its depth, and nothing else, may show in a trap's allocations.
        more = 4 if change.startswith("trap-") else 0
        expect(sa <= la <= sa + more, f"{change}: {sa} allocations at {SMALL}, {la} at {LARGE}")
        expect(not measure or not ratio or si > 1000, f"{change}: callgrind counted {si} instructions: it did not look")
        print(f"{change:28}{le:>12}{lx:>10}{f'{sa} {la}':>18}{f'{si} {li}':>26}{(li / si if si else 0):>8.3f}")
    for change, (entities, more) in PER_THOUSAND.items():
        for size, found in (SMALL, small), (LARGE, large):
            _, e, x, _ = found.get(change, (None, 0, 0, 0))
            expect(x == entities * size // 1000 and e <= x + more,
                   f"{change}: {e} evaluations and {x} entities at {size}, expected {entities * size // 1000} and {more} more")
            print(f"{change:28}{e:>12}{x:>10}")
    print("\n".join(failures) if failures else "every count is within its limit")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
