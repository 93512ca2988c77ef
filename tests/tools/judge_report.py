#!/usr/bin/python3
"""Reads reports with Python's own JSON, CSV and XML readers and holds them against the database.

usage: judge_report.py FOLDER    with run.sqlite, r.json, r.svg and csv/*.csv

Counts shares, first failures, recovery and load anew in SQL and Python. Exit status 1 and a line
for each disagreement.
"""

import csv
import json
import math
import sqlite3
import sys
import xml.etree.ElementTree
from datetime import datetime
from pathlib import Path

FOLDER = Path(sys.argv[1])
PROBLEMS = []


def check(is_right, *words):
    if not is_right:
        PROBLEMS.append(" ".join(str(word) for word in words))


def is_near(a, b):
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=2e-6)


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def csv_text(value):
    """How a JSON value is written in CSV; numbers are compared as numbers."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def judge_csv(report):
    for name, table in report.items():
        if name in ("schema", "scenario_yaml"):
            continue
        with open(FOLDER / "csv" / f"{name}.csv", encoding="utf-8", errors="replace",
                  newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        wanted = [table] if isinstance(table, dict) else table
        check(len(rows) == len(wanted), name, "has", len(rows), "rows in CSV,", len(wanted))
        for row, want in zip(rows, wanted):
            check(list(row) == list(want), name, "columns", list(row), list(want))
            for key, value in want.items():
                text = csv_text(value)
                same = row[key] == text if isinstance(text, str) else float(row[key]) == text
                check(same, name, key, repr(row[key]), repr(value))


def judge_cohort(database, number, cohort):
    lookups, failed = database.execute(
        "SELECT total(count_fp) / 1048576, total(count_fp * is_failure) / 1048576 "
        "FROM lookups JOIN outcomes USING (outcome) WHERE cohort = ?", (number,)).fetchone()
    name = cohort["cohort"]
    check(is_near(cohort["lookups"], lookups), name, "lookups", cohort["lookups"], lookups)
    check(is_near(cohort["failed_lookups"], failed), name, "failed", failed)
    check(is_near(cohort["failed_share"], failed / lookups if lookups else None), name, "share")
    worst = database.execute(
        "SELECT from_ns, total(count_fp * is_failure) / total(count_fp) AS share, "
        "total(count_fp * is_failure) / 1048576 "
        "FROM lookups JOIN outcomes USING (outcome) JOIN bins USING (bin) WHERE cohort = ? "
        "GROUP BY bin HAVING share > 0 ORDER BY share DESC, bin LIMIT 1", (number,)).fetchone()
    at, share, count = worst or (None, None, 0)
    reported_at = cohort["worst_bin_at"]
    check((reported_at is None) == (at is None), name, "worst bin", reported_at)
    if at is not None:
        check(seconds(reported_at) == at / 1e9, name, "worst bin", reported_at, at)
    check(is_near(cohort["worst_bin_failed_share"], share), name, "worst share", share)
    check(is_near(cohort["worst_bin_failed_lookups"], count), name, "worst count", count)
    healed = [row[0] for row in database.execute(
        "SELECT (coalesce(recovered_ns, 9e18) - min(first_failure_ns) OVER ()) / 6e10 "
        "FROM milestones JOIN resolvers USING (resolver) "
        "WHERE cohort = ? AND first_failure_ns IS NOT NULL ORDER BY recovered_ns IS NULL, "
        "recovered_ns", (number,))]
    check(cohort["resolvers_hurt"] == len(healed), name, "hurt", len(healed))
    for percent in (50, 90, 99):
        minutes = healed[math.ceil(len(healed) * percent / 100) - 1] if healed else None
        if minutes is not None and minutes > 1e6:
            minutes = None
        check(is_near(cohort[f"recovery_{percent}_min"], minutes), name, percent, "%", minutes)


def judge_server(database, server, sites, onset):
    marks = ",".join("?" * len(sites))
    until = seconds(onset) * 1e9 if onset else 9e18
    bins = database.execute(
        "SELECT from_ns, (until_ns - from_ns) / 1e9, coalesce((SELECT sum(queries_fp) / 1048576.0 "
        f"FROM load WHERE load.bin = bins.bin AND site IN ({marks})), 0) FROM bins", sites)
    bins = bins.fetchall()
    before = [(width, queries) for at, width, queries in bins if at < until]
    mean = sum(q for _, q in before) / sum(w for w, _ in before) if before else None
    most = max((queries / width for _, width, queries in bins), default=0)
    check(is_near(server["before_per_s"], mean), server["server"], "before", mean)
    check(is_near(server["most_per_s"], most), server["server"], "most", most)
    check(is_near(server["most_ratio"], most / mean if mean else None), server["server"], "ratio")


def main():
    report = json.loads((FOLDER / "r.json").read_text(encoding="utf-8"))
    judge_csv(report)
    database = sqlite3.connect(f"file:{FOLDER}/run.sqlite?mode=ro", uri=True)
    database.text_factory = lambda octets: octets.decode(errors="replace")
    for number, cohort in enumerate(report["cohorts"]):
        judge_cohort(database, number, cohort)
    sites = {}
    for site, server, zone in database.execute("SELECT site, server, zone FROM sites"):
        sites.setdefault((server, zone), []).append(site)
    check(len(report["servers"]) == len(sites), "servers", len(sites))
    for server, of_server in zip(report["servers"], sites.values()):
        judge_server(database, server, of_server, report["run"]["onset"])
    for kind, passed in database.execute("SELECT kind, sum(passed) FROM expectations GROUP BY 1"):
        reported = [e for e in report["expectations"] if e["kind"] == kind and e["passed"]]
        check(len(reported) == passed, kind, passed)
    curve = xml.etree.ElementTree.parse(FOLDER / "r.svg").getroot()
    names = {element.tag.split("}")[1] for element in curve.iter()}
    check(names <= {"svg", "title", "text", "path"}, "SVG has", names)
    for problem in PROBLEMS:
        print(problem)
    print(f"{len(report['cohorts'])} cohorts agree" if not PROBLEMS else "they differ")
    return 1 if PROBLEMS else 0


if __name__ == "__main__":
    sys.exit(main())
