"""Runs the program as people do: what the tests of this folder share.

The program's path comes in the environment variable ZONEFALL. Tests run in the top folder of the
source tree, as their paths to scenarios say.
"""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["ZONEFALL"]
SMALL = "tests/system/scenarios/small.yaml"
DE = "scenarios/de-2026-05-05.yaml"

FINE, EXPECTATION_FAILED, BAD_INPUT, RUN_FAILED = 0, 1, 2, 3


class Finished:
    """What a run of the program left: exit code, stdout, stderr."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.words = process.stderr

    def number(self, name):
        """The hexadecimal number that follows `name` in the report of a run."""
        return re.search(rf"{name} ([0-9a-f]{{16}})", self.words).group(1)

    def hashes(self):
        return self.number("fingerprint"), self.number("content hash")


def zonefall(*arguments, before=(), **options):
    """Runs the program; `before` is a command in front of it."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True,
               "timeout": 600, **options}
    return Finished(subprocess.run([*before, PROGRAM, *arguments], check=False, **options))


def changes(*settings):
    """As --set options."""
    return [word for setting in settings for word in ("--set", setting)]


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own, which must be empty again unless the test says so."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="zonefall-system-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.output = str(self.folder / "results.sqlite")

    def run_scenario(self, *arguments, scenario=SMALL, **options):
        return zonefall("run", scenario, "-o", self.output, "--overwrite", *arguments, **options)

    def hashes(self, *arguments, **options):
        """Fingerprint and content hash of a run that came to its end."""
        finished = self.run_scenario(*arguments, **options)
        self.assertIn(finished.code, (FINE, EXPECTATION_FAILED), finished.words)
        return finished.hashes()

    def assert_refused(self, finished, message, code=BAD_INPUT):
        """Ended with `code` and, on stderr, a text with `message`; nothing on stdout."""
        self.assertIn(message, finished.words)
        self.assertEqual((finished.code, finished.out), (code, ""), finished.words)

    def assert_nothing_written(self):
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), [])
