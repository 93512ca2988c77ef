"""Goal: help names every subcommand, and the examples that it gives work as they stand."""

import re
import shlex
import shutil
import unittest
from pathlib import Path

from program import DE, FINE, SMALL, ProgramTest, changes, zonefall

# What makes an example quick: it is about its form, not about the whole of the incident.
QUICK = {
    "run": ["--scale", "0.0001", *changes("run.until = 2026-05-05T13:00Z", "expect = []")],
    "query": changes("zones[de].population.size = 20000"),
}


def help_of(*command):
    finished = zonefall(*command, "--help")
    assert finished.code == FINE, finished.words
    return finished.out


def subcommands():
    listed = help_of().split("Subcommands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)


def examples(text):
    """The words after `zonefall` of each example, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [shlex.split(line)[1:] for line in re.findall(r"Examples?: (zonefall .*)", joined)]


class Help(ProgramTest):
    def setUp(self):
        super().setUp()
        # A copy of the tree's scenarios, where examples may leave files.
        shutil.copytree("scenarios", self.folder / "scenarios")

    def run_example(self, words):
        self.assertNotEqual(words[0], "ensemble", "not a subcommand yet")
        words = [path for word in words for path in self.expanded(word)]
        return zonefall(*words, cwd=self.folder)

    def expanded(self, word):
        if "*" not in word:
            return [word]
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.glob(word))

    def test_all_have_examples(self):
        self.assertGreaterEqual(set(subcommands()), {"check", "query", "run", "zone"})
        for command in subcommands():
            with self.subTest(command):
                self.assertTrue(examples(help_of(command)), help_of(command))

    def test_examples_work(self):
        made = [words for command in ("run", "check", "query", "zone")
                for words in examples(help_of(command))]
        for words in [*examples(help_of()), *made]:
            with self.subTest(" ".join(words)):
                finished = self.run_example([*words, *QUICK.get(words[0], [])])
                self.assertIn(finished.code, (FINE, 1) if words[0] == "run" else (FINE,),
                              finished.words)
                if words[0] == "run":
                    (self.folder / words[words.index("-o") + 1]).unlink()

    def test_exit_codes_are_explained(self):
        self.assertRegex(help_of(), r"0 fine, 1 .*, 2 .*, 3 ")

    def test_version(self):
        finished = zonefall("--version")
        self.assertEqual(finished.code, FINE)
        self.assertRegex(finished.out, r"^(zonefall )?\d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
