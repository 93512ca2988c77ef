"""Goal: whatever is wrong with a scenario or a command line is said with its place and the nearest
valid word; the exit code is 2, and no output file is left."""

import unittest
from pathlib import Path

from program import SMALL, ProgramTest, changes, zonefall

MALFORMED = sorted(Path("tests/system/malformed").glob("*.yaml"))


class Scenarios(ProgramTest):
    def test_malformed(self):
        """Each file's first line holds what must be said about it."""
        self.assertGreater(len(MALFORMED), 20)
        for path in MALFORMED:
            with self.subTest(path.name):
                expected = path.read_text().splitlines()[0].removeprefix("# ")
                finished = self.run_scenario(scenario=str(path))
                first_line = finished.words.splitlines()[0]
                self.assertEqual(first_line, f"zonefall: {path}:{expected}")
                self.assert_refused(finished, expected)
                self.assertEqual(zonefall("check", str(path)).words, finished.words)
                self.assert_nothing_written()

    def refuse_file(self, path, message):
        self.assert_refused(self.run_scenario(scenario=str(path)), f"zonefall: {path}{message}")
        self.assertEqual([p for p in self.folder.iterdir() if "results" in p.name], [])

    def test_no_scenario_at_all(self):
        folder = self.folder
        self.refuse_file(folder / "missing.yaml", ": cannot be read: No such file or directory")
        self.refuse_file(folder, ": is a folder, not a file")
        (folder / "empty.yaml").write_bytes(b"")
        self.refuse_file(folder / "empty.yaml", ":1:1: the file is empty")
        (folder / "binary.yaml").write_bytes(b"title: \x7fELF\x00\x01")
        self.refuse_file(folder / "binary.yaml", ":1:8: control character 0x7f")
        (folder / "latin1.yaml").write_bytes(b"title: caf\xe9\n")
        self.refuse_file(folder / "latin1.yaml", ":1:11: octet 0xe9 is not UTF-8")
        (folder / "tab.yaml").write_bytes(b"run:\n\tseed: 1\n")
        self.refuse_file(folder / "tab.yaml", ":2:1: tab in the indentation")
        (folder / "text.yaml").write_text("just words\n")
        self.refuse_file(folder / "text.yaml", ':1:1: expected keys with values, not "just words"')

    def test_only_the_build_finds_it(self):
        """Errors without a line name the file, and `check` finds them as `run` does."""
        wrong = {
            "registries[xy].keys[zsk-old].tag = 11111": "the next tag in reach is 11113",
            "demand.head_names = 100000": "head_names is 100000",
        }
        for change, message in wrong.items():
            with self.subTest(change):
                finished = self.run_scenario(*changes(change))
                self.assert_refused(finished, f"zonefall: {SMALL}: ")
                self.assertIn(message, finished.words)
                self.assertEqual(zonefall("check", SMALL, *changes(change)).words, finished.words)
                self.assert_nothing_written()

    def test_changes(self):
        wrong = {
            "registries[xy].keys[zsk-nwe].tag = 0": 'unknown item "zsk-nwe"; did you mean '
                                                    '"zsk-new"?',
            "registres[xy].keys = []": 'unknown key "registres"; did you mean "registries"?',
            "network.los = 1 %": 'unknown key "los"; did you mean "loss"?',
            "run.seed": 'expected "path = value"',
            "run.seed = -1": "seed: -1 is not from 0",
            "cohorts[isp-bind].resolvers = 1 q": "resolvers: expected a whole number",
            "cohorts[isp-bind].profile = bind-9.17": 'unknown profile "bind-9.17"; did you mean',
        }
        for change, message in wrong.items():
            with self.subTest(change):
                self.assert_refused(self.run_scenario(*changes(change)),
                                    f"zonefall: --set '{change}': {message}")
                self.assert_nothing_written()


class CommandLines(ProgramTest):
    def test_unknown_words(self):
        wrong = {
            "": "subcommand is required",
            "rum": 'unknown subcommand "rum"; did you mean "run"?',
            "simulate": "unknown subcommand \"simulate\"; valid: ",
            "--hlep": 'unknown option "--hlep"; did you mean "--help"?',
            f"run {SMALL} --ouput x": 'unknown option "--ouput"; did you mean "--output"?',
            f"run {SMALL} --ouput=x": 'unknown option "--ouput"; did you mean "--output"?',
            f"query {SMALL} --explan": 'unknown option "--explan"; did you mean "--explain"?',
            "run": "scenario is required",
            f"run {SMALL} --threads 0": "--threads",
            f"run {SMALL} --seed -4": "--seed: expected a whole number",
            f"run {SMALL} --seed 99999999999999999999": "--seed: expected a whole number",
            f"run {SMALL} --scale nan": "--scale: expected a share",
            f"run {SMALL} --scale 2": "--scale: expected a share",
            f"run {SMALL} --crypto fake": "--crypto",
            f"zone {SMALL} xy": "--at is required",
            f"zone {SMALL} xy --at 7pm": 'zonefall: --at: time "7pm"',
            f"zone {SMALL} xz --at 2026-05-05T19:00Z": 'unknown zone "xz."; did you mean "xy."?',
            f"zone {SMALL} example --verdicts --at 2026-05-05T19:00Z": "is not signed",
        }
        for words, message in wrong.items():
            with self.subTest(words):
                finished = zonefall(*words.split())
                self.assert_refused(finished, message)
                self.assertTrue(finished.words.startswith("zonefall: "), finished.words)
        self.assertFalse(Path("results.sqlite").exists())

    def test_set_takes_one_word(self):
        """So that it may stand in front of the other arguments."""
        dump = zonefall("zone", *changes("run.seed = 9"), SMALL, "example", "--at",
                        "2026-05-05T19:00Z")
        self.assertEqual(dump.code, 0, dump.words)
        self.assertIn("example. ", dump.out)


if __name__ == "__main__":
    unittest.main()
