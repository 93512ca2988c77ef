"""Goal: an output file appears whole or not at all, and why it did not is said clearly."""

import contextlib
import os
import pty
import resource
import signal
import sqlite3
import subprocess
import time
import unittest
from pathlib import Path

from program import (EXPECTATION_FAILED, FINE, PROGRAM, RUN_FAILED, SMALL, ProgramTest, changes,
                     zonefall)

# Goes on for long enough to be interrupted in the middle.
LONG = ["run", SMALL, "--threads", "2", *changes(
    "cohorts[isp-bind].resolvers = 20000", "cohorts[isp-bind].lookups_per_day_mean = 100_000")]
DUMP = ["zone", SMALL, "xy", "--at", "2026-05-05T19:00Z"]


class Files(ProgramTest):
    def test_existing_output(self):
        Path(self.output).write_text("precious")
        self.assert_refused(zonefall("run", SMALL, "-o", self.output),
                            f"zonefall: {self.output} exists already", RUN_FAILED)
        self.assertEqual(Path(self.output).read_text(), "precious")
        Path(self.output).unlink()
        for seed in ("7", "8"):  # the second over the first
            self.assertIn(self.run_scenario("--seed", seed).code, (FINE, EXPECTATION_FAILED))
            with contextlib.closing(sqlite3.connect(self.output)) as results:
                self.assertEqual(
                    results.execute("SELECT value FROM meta WHERE key = 'seed'").fetchall(),
                    [(seed,)])
        self.assertEqual([p.name for p in self.folder.iterdir()], ["results.sqlite"])

    def test_overwrite_spares_what_is_not_ours(self):
        other = sqlite3.connect(self.folder / "other.sqlite")
        with contextlib.closing(other):
            other.execute("CREATE TABLE precious (x)")
            other.commit()
        for name, content in (("results.sqlite", b"precious"),
                              ("results.sqlite.partial", b"precious"),
                              ("results.sqlite", (self.folder / "other.sqlite").read_bytes())):
            with self.subTest(name):
                path = self.folder / name
                path.write_bytes(content)
                self.assert_refused(
                    self.run_scenario(), f"zonefall: {path} is no result file of zonefall, and "
                    "only those are overwritten: give another name, or remove it yourself\n",
                    RUN_FAILED)
                self.assertEqual(path.read_bytes(), content)
                path.unlink()

    def test_failed_overwrite_spares_the_old_file(self):
        self.assertEqual(self.run_scenario().code, FINE)
        before = Path(self.output).read_bytes()
        finished = self.run_scenario(preexec_fn=limit_files_to(8192))
        self.assertEqual(finished.code, RUN_FAILED, finished.words)
        self.assertEqual(Path(self.output).read_bytes(), before)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["results.sqlite"])

    def test_scenario_as_output(self):
        scenario = self.folder / "my.yaml"
        text = zonefall("check", "--print", SMALL).out  # with its profiles
        scenario.write_text(text)
        self.output = str(scenario)
        self.assert_refused(self.run_scenario(scenario=str(scenario)),
                            f"{scenario} is the scenario itself", RUN_FAILED)
        self.assertEqual(scenario.read_text(), text)

    def test_no_such_folder(self):
        self.output = str(self.folder / "none" / "results.sqlite")
        self.assert_refused(self.run_scenario(), "cannot write into folder", RUN_FAILED)
        self.assert_nothing_written()

    def test_output_is_a_folder(self):
        self.output = str(self.folder)
        self.assert_refused(self.run_scenario(), f"{self.folder} is a folder", RUN_FAILED)
        self.assert_nothing_written()

    def test_unwritable_folder(self):
        # Root may write into any folder but those of /proc.
        self.output = "/proc/self/results.sqlite"
        self.assert_refused(self.run_scenario(), "zonefall: cannot create /proc/self/results",
                            RUN_FAILED)

    def test_file_size_limit(self):
        finished = self.run_scenario(preexec_fn=limit_files_to(8192))
        self.assert_refused(finished, f"zonefall: cannot write {self.output}: ", RUN_FAILED)
        self.assertIn("nothing of it is kept", finished.words)
        self.assert_nothing_written()

    def test_full_disk(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", self.folder],
                                 check=False, stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("only root may mount; test_file_size_limit does without")
        self.addCleanup(subprocess.run, ["umount", self.folder], check=True)
        finished = self.run_scenario()
        self.assert_refused(finished, f"zonefall: cannot write {self.output}: ", RUN_FAILED)
        self.assertRegex(finished.words, "full")
        self.assert_nothing_written()


def limit_files_to(octets):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


class Interrupted(ProgramTest):
    def interrupt(self, number):
        process = subprocess.Popen([PROGRAM, *LONG, "-o", self.output], stderr=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        partial = Path(self.output + ".partial")
        deadline = time.monotonic() + 30
        while not partial.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(partial.exists())
        time.sleep(0.3)
        self.assertIsNone(process.poll(), "the run was over before it could be interrupted")
        process.send_signal(number)
        out, words = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (RUN_FAILED, ""), words)
        self.assertEqual(words, "zonefall: interrupted: stopping\n"
                                "zonefall: interrupted: nothing was written\n")
        self.assert_nothing_written()

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                self.interrupt(number)


class Streams(ProgramTest):
    def piped(self, command):
        """A shell pipeline's exit codes, and what came out of its end."""
        text = f"set -f; {command}; echo codes ${{PIPESTATUS[@]}}"
        done = subprocess.run(["bash", "-c", text], check=True, text=True, timeout=60,
                              env={**os.environ, "Z": PROGRAM}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        return done.stdout.splitlines(), done.stderr

    def test_zone_into_a_closed_pipe(self):
        """Ends at once and without a word, as other programs do: by SIGPIPE."""
        lines, words = self.piped(f'"$Z" {" ".join(DUMP)} | head -n 1')
        self.assertEqual(lines[-1], f"codes {128 + signal.SIGPIPE} 0")
        self.assertEqual((len(lines), words), (2, ""))

    def test_run_whose_words_nobody_reads(self):
        """A run goes on to its end; it is worth more than its words."""
        lines, _ = self.piped(f'"$Z" run {SMALL} -o {self.output} 2>&1 | true')
        self.assertEqual(lines[-1], "codes 0 0")
        self.assertTrue(Path(self.output).exists())

    def test_full_stdout(self):
        for command in (DUMP, [*DUMP, "--verdicts"], ["check", "--print", SMALL],
                        ["query", SMALL, "n7.xy", "--resolver", "isp-bind",
                         "--at", "2026-05-05T19:05Z"]):
            with self.subTest(command[0]), open("/dev/full", "w", encoding="ascii") as full:
                finished = zonefall(*command, stdout=full)
                self.assertEqual(finished.words, "zonefall: cannot write the output: "
                                                 "No space left on device\n")
                self.assertEqual(finished.code, RUN_FAILED)

    def test_progress_only_on_a_terminal(self):
        self.assertNotIn("\r", self.run_scenario().words)
        ours, theirs = pty.openpty()
        finished = self.run_scenario(stderr=theirs)
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how a terminal says that it was closed
            pass
        os.close(ours)
        self.assertEqual(finished.code, FINE)
        self.assertIn(b"\r[", shown)
        self.assertIn(b" %", shown)

    def test_run_is_silent_on_stdout(self):
        finished = self.run_scenario()
        self.assertEqual(finished.out, "")
        self.assertIn(f"results in {self.output}\n", finished.words)


if __name__ == "__main__":
    unittest.main()
