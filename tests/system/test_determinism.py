"""Goal: scenario and seed fix the results, however they are computed; other seeds give others."""

import re
import unittest

from program import EXPECTATION_FAILED, FINE, SMALL, ProgramTest, changes, zonefall

NEW_KEY = "registries[xy].keys[zsk-new]"
ONE_PAIR = f"{NEW_KEY}.generation = once_for_all_hsms"
NO_REPAIR = "registries[xy].repair = ~"
FAULTS = {
    "a pair for each HSM": [],
    "a key that is not published": [ONE_PAIR, f"{NEW_KEY}.published = [{{from: never}}]",
                                    NO_REPAIR],
    "a DS that outlives its key": [ONE_PAIR, f"{NEW_KEY}.role = ksk", f"{NEW_KEY}.tag = 0",
                                   "registries[xy].activations[2].role = ksk", NO_REPAIR,
                                   "registries[xy].keys[ksk].published = "
                                   "[{until: 2026-05-05T19:11Z}]"],
    "signatures that nobody renews": [ONE_PAIR, "registries[xy].signatures.lifetime = 85 min",
                                      "registries[xy].signatures.refresh = 10 min", NO_REPAIR,
                                      "registries[xy].publication = "
                                      "[{from: 2026-05-05T00:00Z, interval: 2 min}, "
                                      "{from: 2026-05-05T17:50Z, interval: stop}]"],
}


class Determinism(ProgramTest):
    def failed_lookups(self, finished):
        return float(re.search(r"much-fails: (\S+)", finished.words).group(1))

    def test_threads_and_processes(self):
        one = self.hashes("--threads", "1")
        for threads in ("1", "2", "4"):
            self.assertEqual(self.hashes("--threads", threads), one, f"{threads} threads")

    def test_real_signatures(self):
        """Checked as octets or by identity, signatures verify or fail alike, for each fault."""
        for fault, settings in FAULTS.items():
            with self.subTest(fault):
                half = ["--scale", "0.5", *changes(*settings)]
                by_identity = self.run_scenario(*half)
                self.assertIn(by_identity.code, (FINE, EXPECTATION_FAILED), by_identity.words)
                self.assertGreater(self.failed_lookups(by_identity), 0.05, by_identity.words)
                real = self.hashes(*half, "--crypto", "real")
                self.assertEqual(real, by_identity.hashes())

    def test_without_the_fault(self):
        """What the faults are measured against: without them nothing fails, and the run says so."""
        finished = self.run_scenario(*changes(f"{NEW_KEY}.generation = once_for_all_hsms"))
        self.assertEqual(finished.code, EXPECTATION_FAILED)
        self.assertLess(self.failed_lookups(finished), 0.001)
        self.assertRegex(finished.words, r"FAIL much-fails: ")

    def test_seeds(self):
        seeds = [self.hashes("--seed", seed) for seed in ("7", "8", "0")]
        self.assertEqual(seeds[0], self.hashes())
        self.assertEqual(len(set(seeds)), 3)
        self.assertEqual(len({content for _, content in seeds}), 3)

    def test_addresses(self):
        """Where the system puts the program in memory changes nothing."""
        self.assertEqual(self.hashes(before=("/usr/bin/setarch", "-R")), self.hashes())

    def test_zones(self):
        dump = ["zone", SMALL, "xy", "--at", "2026-05-05T19:20Z"]
        self.assertEqual(zonefall(*dump).out, zonefall(*dump).out)


if __name__ == "__main__":
    unittest.main()
