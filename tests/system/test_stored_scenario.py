"""Goal: the scenario that results carry with them gives those results again."""

import contextlib
import json
import sqlite3
import unittest
from pathlib import Path

from program import FINE, SMALL, ProgramTest, changes, zonefall

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
NO_REPAIR = "registries[xy].repair = ~"
WORLDS = {"plain": [], "other-seed": ["--seed", "9", "--scale", "0.5"],
          "changed": changes("cohorts[isp-unbound].knobs = {stale_nxdomain_ede: true}", NO_REPAIR),
          **{name: ["--counterfactual", name] for name in
             ("one-pair-for-all", "bad-from-the-start", "impatient", "all-unbound")}}


class StoredScenario(ProgramTest):
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


if __name__ == "__main__":
    unittest.main()
