"""Goal: what a run and its baseline share is lived once, and nobody can tell."""

import contextlib
import sqlite3
import unittest

from program import DE, EXPECTATION_FAILED, FINE, ProgramTest


class Baseline(ProgramTest):
    def test_baseline(self):
        """What is lived once for a run and its baseline is what each lives by itself; a baseline
        that differs in more than what servers answer is a run of its own."""
        few = ["--scale", "0.004", "--set"]
        for baseline in ("one-pair-for-all", "no-serve-stale"):
            named = [*few, f"baseline = {baseline}"]
            run = self.run_scenario(*named, scenario=DE)
            self.assertIn(run.code, (FINE, EXPECTATION_FAILED), run.words)
            with contextlib.closing(sqlite3.connect(self.output)) as store:
                meta = dict(store.execute("select key, value from meta"))
            self.assertEqual(meta["fingerprint"], run.number("fingerprint"))
            alone = self.run_scenario(*named, "--counterfactual", baseline, scenario=DE)
            self.assertEqual(alone.number("fingerprint"), meta["baseline_fingerprint"])
            self.assertNotEqual(meta["fingerprint"], meta["baseline_fingerprint"])


if __name__ == "__main__":
    unittest.main()
