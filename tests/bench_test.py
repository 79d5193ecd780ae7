#!/usr/bin/env python3
"""`kdelta bench` as a user meets it: every scenario at a small size, twice; the exact measurements must agree.

    tests/bench_test.py KDELTA
"""
import json
import os
import subprocess
import sys
import tempfile


def bench(kdelta, *arguments):
    return subprocess.run([kdelta, "bench", *arguments], capture_output=True, text=True)


def expect(condition, *what):
    if not condition:
        sys.exit("\n".join(str(part) for part in what))


def measure(kdelta, folder, sink):
    """{(scenario, metric): value} of what is exact, and the names of all scenarios."""
    out, page = os.path.join(folder, "out.json"), os.path.join(folder, "out.html")
    run = bench(kdelta, "--sizes", "120", "--seconds", "0.5", "--namespaces", "3", "--seed", "5", "--sink", sink,
                "--gateways", "2", "--json", out, "--html", page, "--threshold", "endpoint.evaluations<=2")
    expect(run.returncode == 0, "bench failed", run.stdout, run.stderr)
    expect(not run.stderr, "not a terminal, and yet it says on standard error", run.stderr)
    expect("holds 120 Ingresses" in open(page).read(), "the page does not say what was measured")
    lines = [json.loads(line) for line in open(out)]
    expect(lines[0]["kdelta_bench"] == 1 and lines[0]["seed"] == 5, "a wrong head", lines[0])
    rows = lines[1:]
    exact = {(row["scenario"], row["metric"]): row["value"] for row in rows if row["exact"]}
    return exact, {row["scenario"].split("=")[0] for row in rows}


def main(kdelta):
    listed = bench(kdelta, "--list")
    names = {line.split()[0].split("=")[0] for line in listed.stdout.splitlines()}
    expect(listed.returncode == 0 and "churn" in names, "--list lists nothing", listed.stdout)
    with tempfile.TemporaryDirectory() as folder:
        first, played = measure(kdelta, folder, "data-planes")
        expect(played == names | {"start"}, "not every scenario was measured", names - played)
        second, _ = measure(kdelta, folder, "data-planes")
        expect(first == second, "two runs of one seed differ",
               {key: (value, second.get(key)) for key, value in first.items() if second.get(key) != value})
        # Two gateways, and 30 changes of one evaluation; an endpoint comes and one goes.
        expect(first["endpoint", "evaluations"] == 1 and first["endpoint", "entities_sent"] == 4, first)
        expect(first["idle", "entities_sent"] == 0 and first["idle", "evaluations"] == 0, first)
    strict = bench(kdelta, "--sizes", "50", "--scenario", "endpoint", "--sink", "admin-api",
                   "--threshold", "endpoint.evaluations<=0")
    expect(strict.returncode == 3, "a threshold is exceeded, and the exit status is not 3", strict.stderr)
    expect("and endpoint.evaluations<=0 was asked" in strict.stderr, strict.stderr)
    for wrong in (["--scenario", "tornado"], ["--threshold", "fast"], ["--sizes", "0"]):
        run = bench(kdelta, *wrong)
        expect(run.returncode == 2 and wrong[1] in run.stderr, "a wrong line", wrong, run.returncode, run.stderr)
    broken = bench(kdelta, "--sizes", "50", "--scenario", "endpoint", "--controller", "/bin/false")
    expect(broken.returncode == 1 and "the controller ended" in broken.stderr, broken.returncode, broken.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
