"""Goal: what a registry may do about a bad key shows in what clients end with, and its price in
what the registry publishes and what servers send; from the scenario file to the result file."""

import contextlib
import sqlite3
import unittest

from program import EXPECTATION_FAILED, FINE, ProgramTest, changes

# RFC 6781 4.1.1.2: the new key is published when it begins to sign.
DOUBLE_SIGNATURE = changes("registries[xy].activations[2].overlap = 2 h",
                           "registries[xy].keys[zsk-new].published[0].from = 2026-05-05T19:10Z")
# The switch is at 19:10. Sites get what is there already without waiting for signatures.
ROLL_BACK = changes("registries[xy].repair.roll_back_to = 2026-05-05T19:09Z",
                    "registries[xy].repair.withdraw = ~",
                    "registries[xy].repair.distribution_delay_min = 0 s",
                    "registries[xy].repair.distribution_delay_max = 2 min")
FAILED = ("SELECT total(failed_lookups) / total(lookups) FROM failure_share"
          " WHERE at >= '2026-05-05T19:10'")
OCTETS_OF_A_REPLY = ("SELECT total(octets) / total(queries) FROM load_by_server"
                     " WHERE zone = 'xy.' AND at >= '2026-05-05T19:15'")


class RegistryPolicies(ProgramTest):
    def results(self, *arguments):
        finished = self.run_scenario(*arguments)
        self.assertIn(finished.code, (FINE, EXPECTATION_FAILED), finished.words)
        return contextlib.closing(sqlite3.connect(self.output))

    def number(self, results, query):
        return results.execute(query).fetchone()[0]

    def test_double_signature(self):
        """Nobody is hurt by the bad key; replies are larger than they were with one signature."""
        with self.results() as results:
            self.assertGreater(self.number(results, FAILED), 0.05)
        with self.results("--counterfactual", "one-pair-for-all") as results:
            one_signature = self.number(results, OCTETS_OF_A_REPLY)
            self.assertLess(self.number(results, FAILED), 0.002)
        with self.results(*DOUBLE_SIGNATURE) as results:
            self.assertLess(self.number(results, FAILED), 0.002)
            self.assertEqual(self.number(
                results, "SELECT count(*) FROM events WHERE what LIKE 'alert%'"), 0)
            two_signatures = self.number(results, OCTETS_OF_A_REPLY)
        # Each RRSIG of RSA 1024 has 128 octets of signature; a referral has two or one.
        self.assertGreater(two_signatures, one_signature + 128)

    def test_roll_back(self):
        """The zone as it was heals as signing it anew does, and sooner, since nothing is signed."""
        with self.results() as results:
            signed_anew = self.number(results, FAILED)
        with self.results(*ROLL_BACK) as results:
            self.assertEqual(self.number(results, "SELECT count(*) FROM events WHERE what LIKE"
                                         " 'repair: the zone goes back to the version signed at"
                                         " 2026-05-05T19:08:00Z; ZSK ''zsk-old'' (tag 11113)%'"), 1)
            self.assertLess(self.number(results, FAILED), signed_anew)
            self.assertLess(self.number(results, FAILED + " AND at >= '2026-05-05T19:50'"), 0.002)
            serials = results.execute("SELECT serial FROM publications WHERE zone = 'xy.'"
                                      " ORDER BY signed_ns").fetchall()
            self.assertEqual(serials, sorted(set(serials)))

    def test_gate(self):
        """Bad versions stay in the registry: nobody is hurt, and each is later by a check."""
        held = "SELECT count(*) FROM events WHERE what LIKE 'serial % is held back by the gate: %'"
        resumed = ("SELECT count(*) FROM events WHERE at_ns > 1778008200000000000"
                   " AND what LIKE 'publication resumes with serial %'")
        for scope in ("whole_zone", "sample", "apex"):
            with self.subTest(scope), self.results(*changes(
                    f"registries[xy].gate = {{scope: {scope}, check_time: 20 s}}")) as results:
                self.assertLess(self.number(results, FAILED), 0.002)
                self.assertEqual(self.number(results, held), 1)
                self.assertEqual(self.number(results, resumed), 1)
                self.assertEqual(results.execute(
                    "SELECT DISTINCT publication_delay_s FROM publications_by_time"
                    " WHERE zone = 'xy.' AND signed < '2026-05-05T19:30'").fetchall(), [(20.0,)])
                self.assertEqual(self.number(
                    results, "SELECT count(*) FROM publications_by_time WHERE zone = 'xy.'"
                    " AND signed BETWEEN '2026-05-05T19:10' AND '2026-05-05T19:30'"), 0)


if __name__ == "__main__":
    unittest.main()
