"""Goal: help names every subcommand, and the examples that it gives work as they stand."""

import re
import shlex
import shutil
import unittest
from pathlib import Path

from program import DE, FINE, SMALL, ProgramTest, changes, zonefall

# What makes an example quick: it is about its form, not about the whole of the incident.
POPULATION = "zones[de].population.size = 20000"
QUICK = {"run": ["--overwrite"], "query": changes(POPULATION),
         **dict.fromkeys(("compare", "ensemble"), [
             "--scale", "0.001",
             *changes(POPULATION, "cohorts[*].lookups_per_day_mean = 20",
                      "cohorts[*].lookups_per_day_max = 20", "cohorts[*].rate_shape = 10")])}


def help_of(*command):
    finished = zonefall(*command, "--help")
    assert finished.code == FINE, finished.words
    return finished.out


def subcommands():
    listed = help_of().split("Subcommands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)


def examples(text):
    """The words after `zonefall` of each example up to a pipe or a file to print into, continued
    lines joined."""
    joined = re.sub(r"\\\n\s*", "", text)
    indented = re.findall(r"^  (zonefall [^|>\n]*)", joined, re.MULTILINE)
    return [shlex.split(line)[1:] for line in indented]


class Help(ProgramTest):
    def setUp(self):
        super().setUp()
        # A copy of the tree's scenarios, where examples may leave files.
        shutil.copytree("scenarios", self.folder / "scenarios")
        shutil.copytree("tests/rpl/scripts", self.folder / "tests/rpl/scripts")

    def run_example(self, words):
        words = [path for word in words for path in self.expanded(word)]
        lent = self.lent_results(words)
        finished = zonefall(*words, cwd=self.folder)
        for path in lent:
            path.unlink()
        return finished

    def lent_results(self, words):
        """Results under names that nobody has left: any will do for a report."""
        lent = []
        for path in [self.folder / word for word in words if words[0] == "report"]:
            if path.suffix == ".sqlite" and not path.exists():
                lent.append(shutil.copy(self.folder / "run.sqlite", path))
        return lent

    def expanded(self, word):
        if "*" not in word or "=" in word:  # cohorts[*] is no pattern
            return [word]
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.glob(word))

    def test_all_have_examples(self):
        self.assertGreaterEqual(set(subcommands()), {"check", "query", "run", "zone"})
        for command in subcommands():
            with self.subTest(command):
                self.assertTrue(examples(help_of(command)), help_of(command))

    def test_examples_work(self):
        """`run` first: others read what it leaves. It gets the small scenario, not `.de`.
        `compare` and `ensemble` last: what they leave others would take for a run's."""
        grids = ["compare", "ensemble"]
        others = [name for name in subcommands() if name not in ("run", *grids)]
        commands = ["run", *others, *grids]
        helps = [help_of(), *(help_of(name) for name in commands)]
        for words in [words for text in helps for words in examples(text)]:
            with self.subTest(" ".join(words)):
                is_run = words[0] == "run"
                shutil.copy(SMALL if is_run else DE, self.folder / DE)
                finished = self.run_example([*words, *QUICK.get(words[0], [])])
                self.assertEqual(finished.code, FINE, finished.words)
                if is_run:  # another name under which examples read results
                    shutil.copy(self.folder / words[words.index("-o") + 1],
                                self.folder / "run.sqlite")

    def test_exit_codes_are_explained(self):
        self.assertRegex(help_of(), r"0 fine; 1 .*; 2 .*; 3 ")

    def test_version(self):
        finished = zonefall("--version")
        self.assertEqual(finished.code, FINE)
        self.assertRegex(finished.out, r"^(zonefall )?\d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
