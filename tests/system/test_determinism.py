"""Goal: scenario and seed fix the results, however they are computed; other seeds give others."""

import contextlib
import json
import re
import sqlite3
import unittest
from pathlib import Path

from program import DE, EXPECTATION_FAILED, FINE, SMALL, ProgramTest, changes, zonefall

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
# What more the stored form has to keep: settings of a cohort's own, under worlds that change them
# and the profile below them; and a comparison with a baseline.
MORE = {
    "seed: 7}": "seed: 7, scale: 30 %}",  # to be quick
    "    profile: bind-9.18\n": "    profile: bind-9.18\n    knobs: {nta: {recheck: 10 min}}\n",
    "expect:\n": """baseline: one-pair-for-all
expect:
  - id: more-queries
    kind: consequence
    statement: Stubs try again.
    published: (a test)
    metric: query_growth
    from: 2026-05-05T19:20Z
    until: 2026-05-05T19:30Z
    min: 1.01
    counterfactual: one-pair-for-all
""",
    "counterfactuals:\n": """counterfactuals:
  - name: impatient
    title: One query for each answer
    set: ["cohorts[isp-bind].knobs = {bogus_retry: {answer_queries_max: 1}}"]
  - name: all-unbound
    title: BIND is replaced
    set: ["cohorts[isp-bind].profile = unbound-1.26"]
""",
}
WORLDS = {"plain": [], "other-seed": ["--seed", "9", "--scale", "0.5"],
          "changed": changes("cohorts[isp-unbound].knobs = {stale_nxdomain_ede: true}", NO_REPAIR),
          **{name: ["--counterfactual", name] for name in
             ("one-pair-for-all", "bad-from-the-start", "impatient", "all-unbound")}}


class Determinism(ProgramTest):
    def hashes(self, *arguments, **options):
        finished = self.run_scenario(*arguments, **options)
        self.assertIn(finished.code, (FINE, EXPECTATION_FAILED), finished.words)
        return finished.hashes()

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

    def test_seeds(self):
        seeds = [self.hashes("--seed", seed) for seed in ("7", "8", "0")]
        self.assertEqual(seeds[0], self.hashes())
        self.assertEqual(len(set(seeds)), 3)
        self.assertEqual(len({content for _, content in seeds}), 3)

    def stored_scenario(self):
        """What the last run's results say was run: a file that needs no others beside it."""
        with contextlib.closing(sqlite3.connect(self.output)) as results:
            [(text,)] = results.execute("SELECT yaml FROM scenario")
        path = self.folder / "stored.yaml"
        path.write_text(text)
        printed = zonefall("check", "--print", str(path))
        self.assertEqual((printed.code, printed.out), (FINE, text), printed.words)
        return path

    def reported_changes(self):
        """What the report on the last run says that was changed: option, value, what was there."""
        report = json.loads(zonefall("report", self.output, "-f", "json").out)
        return [(row["by"], row["what"], row["instead_of"]) for row in report["changes"]]

    def test_stored_scenario(self):
        """It gives the same results again; and the plain one does, changed as the file was. Reports
        name the changes of a file; what is stored has them in it and names none."""
        text = Path(SMALL).read_text()
        for old, new in MORE.items():
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        holder = self.folder / "original"
        holder.mkdir()
        (holder / "profiles").symlink_to(Path("scenarios/profiles").resolve())
        original = holder / "small.yaml"
        original.write_text(text)
        self.hashes(scenario=str(original))
        plain = self.stored_scenario().read_text()
        seen = set()
        for world, options in WORLDS.items():
            with self.subTest(world):
                hashes = self.hashes(*options, scenario=str(original))
                of_file = {"--seed": "7", "--scale": "0.3"}
                self.assertEqual(self.reported_changes(),
                                 [(option.removeprefix("--"), value, of_file.get(option))
                                  for option, value in zip(options[::2], options[1::2])])
                stored = self.stored_scenario()
                self.assertEqual(self.hashes(scenario=str(stored)), hashes)
                self.assertEqual(self.reported_changes(), [])
                stored.write_text(plain)
                self.assertEqual(self.hashes(*options, scenario=str(stored)), hashes)
                seen.add(hashes)
        self.assertEqual(len(seen), len(WORLDS))

    def test_addresses(self):
        """Where the system puts the program in memory changes nothing."""
        self.assertEqual(self.hashes(before=("/usr/bin/setarch", "-R")), self.hashes())

    def test_zones(self):
        dump = ["zone", SMALL, "xy", "--at", "2026-05-05T19:20Z"]
        self.assertEqual(zonefall(*dump).out, zonefall(*dump).out)


if __name__ == "__main__":
    unittest.main()
