"""Goal: `zonefall compare` says what each policy is worth, and fails as cleanly as a run."""

import json
import re
import signal
import sqlite3
import subprocess
import time
import unittest
from pathlib import Path

from program import BAD_INPUT, FINE, PROGRAM, RUN_FAILED, SMALL, ProgramTest, changes, zonefall

POLICIES = changes("policies = [{name: blind, title: Nobody validates,"
                   " set: ['cohorts[*].knobs.validates = false']}]")


class Compare(ProgramTest):
    def compare(self, *arguments, **options):
        return zonefall("compare", SMALL, *POLICIES, "-o", self.output, "--scale", "0.2",
                        *arguments, **options)

    def test_words_and_file_agree(self):
        finished = self.compare("--seeds", "1..3")
        self.assertEqual((finished.code, finished.out), (FINE, ""), finished.words)
        self.assertRegex(finished.words, r"^2 candidates, 3 seeds, 4 of 20 resolvers in each run\n")
        self.assertRegex(finished.words,
                         r"\n  blind +0\.\d\d ±\d+\.\d\d %  difference -\d+\.\d\d ±")
        with sqlite3.connect(self.output) as database:
            mean, half_width = database.execute(
                "SELECT difference, half_width FROM differences_from_first"
                " WHERE measure = 'failed_lookups' AND cohort = 'all'").fetchone()
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        self.assertIn(f"difference {100 * mean:.2f} ±{100 * half_width:.2f} %\n", finished.words)
        for line in ("Stale answers that were wrong: not asked, since no population that "
                     "clients ask for moves",
                     "Spoofed answers: not asked, since no attacker forges anything"):
            self.assertIn(f"\n{line}\n", finished.words)
        Path(self.output).unlink()

    def test_an_attacker_is_asked_about(self):
        finished = self.compare("--seeds", "1..2", *changes(
            "attacker = {position: off_path, popular: 20, from: 2026-05-05T19:00Z,"
            " until: 2026-05-05T20:00Z, success: 20 %, ttl: 10 min}"))
        self.assertEqual(finished.code, FINE, finished.words)
        self.assertNotIn("no attacker forges anything", finished.words)
        with sqlite3.connect(self.output) as database:
            spoofed = dict(database.execute(
                "SELECT candidate, mean FROM estimates_by_candidate"
                " WHERE measure = 'spoofed_lookups' AND cohort = 'all'"))
        # Blind resolvers take what those that validate refuse, of signed names.
        self.assertGreater(spoofed["as-it-was"], 0.01)
        self.assertGreater(spoofed["blind"], spoofed["as-it-was"])
        Path(self.output).unlink()

    def test_classes_on_demand(self):
        words = "Failed lookups: rare, unsigned names (share of"
        self.assertNotIn(words, self.compare("--seeds", "1").words)
        finished = self.compare("--seeds", "1", "--classes", "--overwrite")
        self.assertIn(words, finished.words)
        with sqlite3.connect(self.output) as database:
            mean, = database.execute(
                "SELECT mean FROM classes_by_candidate WHERE class = 'rare_unsigned'"
                " AND candidate = 'as-it-was'").fetchone()
        self.assertGreater(mean, 0)
        self.assertIn(f" {100 * mean:.2f} ±", finished.words.split(words)[1])
        Path(self.output).unlink()

    def test_reports_spare_the_file(self):
        self.assertEqual(self.compare("--seeds", "1").code, FINE)
        before = Path(self.output).read_bytes()
        finished = zonefall("report", self.output, "-f", "html", "-o", self.output)
        self.assertEqual(finished.code, RUN_FAILED, finished.words)
        self.assertIn("is a result file; name another OUT", finished.words)
        self.assertEqual(Path(self.output).read_bytes(), before)
        Path(self.output).unlink()

    def test_same_everywhere(self):
        first = self.compare("--seeds", "4", "--threads", "1").number("content hash")
        second = self.compare("--seeds", "4", "--threads", "2", "--overwrite")
        self.assertEqual(second.number("content hash"), first)
        other = self.compare("--seeds", "5", "--overwrite")
        self.assertNotEqual(other.number("content hash"), first)
        Path(self.output).unlink()

    def test_sweeps(self):
        """Any value by its path, times of operators too, in order of the value."""
        finished = self.compare(
            "--seeds", "1..3", "--vary",
            "operators[0].from=2026-05-05T19:34Z,2026-05-05T19:12Z,2026-05-05T19:25Z")
        self.assertEqual(finished.code, FINE, finished.words)
        self.assertRegex(finished.words, r"\nFailed lookups against operators\[0\]\.from "
                                         r"\(as-it-was\): (no )?knee")
        report = json.loads(zonefall("report", self.output, "--json").out)
        rows = [row for row in report["sweeps"]
                if (row["policy"], row["measure"]) == ("as-it-was", "failed_lookups")]
        self.assertEqual([row["value"][11:16] for row in rows], ["19:12", "19:25", "19:34"])
        self.assertEqual([row["kind"] for row in rows], ["time"] * 3)
        # The earlier trust anchors are installed, the fewer lookups fail.
        self.assertLess(rows[0]["mean"], rows[2]["mean"])
        Path(self.output).unlink()

    def test_bad_input(self):
        for arguments, words in (
                (["--policy", "blnd"], "unknown policy \"blnd\"; did you mean \"blind\"?"),
                (["--seeds", "3..1"], "\"3..1\" is no range of 1 to 1000 seeds"),
                (["--seeds", "1,x"], "\"x\" is no seed"),
                (["--seeds", "1..3,2"], "names a seed twice"),
                (["--vary", "network.loss"], "expected \"path=value,value,...\""),
                (["--vary", "network.los=1 %"], "did you mean \"loss\"?"),
                (["--vary", "run.bin=10 min"], "it cannot be compared")):
            with self.subTest(arguments):
                finished = self.compare(*arguments)
                self.assertEqual(finished.code, BAD_INPUT, finished.words)
                self.assertIn(words, finished.words)
                self.assert_nothing_written()

    def test_existing_output_stays(self):
        Path(self.output).write_text("mine", encoding="ascii")
        finished = self.compare()
        self.assertEqual(finished.code, RUN_FAILED)
        self.assertEqual(Path(self.output).read_text(encoding="ascii"), "mine")
        Path(self.output).unlink()

    def test_interrupt(self):
        process = subprocess.Popen(
            [PROGRAM, "compare", SMALL, *POLICIES, "-o", self.output, "--seeds", "1..500"],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 30
        while not Path(self.output + ".partial").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, words = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (RUN_FAILED, ""), words)
        self.assertIn("interrupted: nothing was written", words)
        self.assert_nothing_written()

    def test_reports_say_what_compare_said(self):
        finished = self.compare("--seeds", "1..2")
        self.assertEqual(finished.code, FINE)
        markdown = zonefall("report", self.output)
        self.assertEqual((markdown.code, markdown.words), (FINE, ""), markdown.words)
        means = re.findall(r"^  blind +(\S+ ±\S+)", finished.words, re.MULTILINE)
        self.assertGreater(len(means), 5)
        cells = re.sub(" +", " ", markdown.out)
        for mean in means:
            self.assertIn(f"| blind | {mean} ", cells)
        finished = zonefall("report", self.output, "-f", "svg")
        self.assertEqual(finished.code, BAD_INPUT, finished.words)
        self.assertIn("holds a comparison, not one run", finished.words)
        Path(self.output).unlink()


if __name__ == "__main__":
    unittest.main()
