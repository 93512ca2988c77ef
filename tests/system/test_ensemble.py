"""Goal: `zonefall ensemble` says how far assumptions reach, and fails as cleanly as a run."""

import sqlite3
import unittest
from pathlib import Path

from program import BAD_INPUT, FINE, SMALL, ProgramTest, changes, zonefall

SETTING = changes(
    "policies = [{name: blind, title: Nobody validates, in_ensembles: true,"
    " set: ['cohorts[*].knobs.validates = false']}]",
    "uncertain = [{path: network.rtt_max, why: nobody knows, values: [90 ms, 200 ms],"
    " source: made for this test, confidence: assumed}]")


class Ensemble(ProgramTest):
    def ensemble(self, *arguments):
        return zonefall("ensemble", SMALL, *SETTING, "-o", self.output, "--scale", "0.1",
                        *arguments)

    def test_words_and_file_agree(self):
        finished = self.ensemble("--seeds", "1..2", "--members", "6")
        self.assertEqual((finished.code, finished.out), (FINE, ""), finished.words)
        self.assertRegex(finished.words, r"^2 candidates, 2 seeds as assumed and 6 members that ")
        self.assertRegex(finished.words, r"\n  blind +against as-it-was .* less in 6 of 6\n")
        with sqlite3.connect(self.output) as database:
            low, high = database.execute(
                "SELECT lowest, highest FROM tornado WHERE measure = 'failed_lookups'"
                " AND candidate = 'as-it-was' AND path = 'network.rtt_max'").fetchone()
            share, = database.execute(
                "SELECT same_sign_share FROM robust_differences WHERE measure = 'failed_lookups'"
            ).fetchone()
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
        self.assertEqual(share, 1)
        self.assertRegex(finished.words, rf"network.rtt_max +{100 * low:.2f} % \(.*\) to "
                                         rf"{100 * high:.2f} % \(")
        Path(self.output).unlink()

    def test_bad_input(self):
        for arguments, words in (
                (["--members", "0"], "--members"),
                (["--policy", "blnd"], "unknown policy \"blnd\"; did you mean \"blind\"?"),
                (changes("uncertain = []"), "there is nothing to draw")):
            with self.subTest(arguments):
                finished = self.ensemble(*arguments)
                self.assertEqual(finished.code, BAD_INPUT, finished.words)
                self.assertIn(words, finished.words)
                self.assert_nothing_written()


if __name__ == "__main__":
    unittest.main()
