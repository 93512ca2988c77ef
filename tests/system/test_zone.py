"""Goal: `zonefall zone` says which version it shows where the instant has none of its own."""

import re
import unittest

from program import FINE, SMALL, ProgramTest, zonefall


def shown(at, *options, zone="xy"):
    return zonefall("zone", SMALL, zone, "--at", at, *options)


def serial(finished):
    return re.search(r"SOA\s+\S+ \S+ (\d+) ", finished.out).group(1)


class Edges(ProgramTest):
    def check_note(self, at, place):
        finished = shown(at)
        self.assertEqual(finished.code, FINE, finished.words)
        note = re.fullmatch(
            rf"{at} is {place} publication of xy\. in the scenario: "
            r"this is serial (\d+), published at (\S+)\n", finished.words)
        self.assertTrue(note, finished.words)
        self.assertEqual(note.group(1), serial(finished))
        then = shown(note.group(2))  # at that very instant it needs no word
        self.assertEqual((then.out, then.words), (finished.out, ""))
        self.assertIn(note.group(0), shown(at, "--verdicts").words)

    def test_before_the_first_publication(self):
        self.check_note("2026-01-01T00:00:00Z", "before the first")

    def test_after_the_last_publication(self):
        self.check_note("2026-06-01T00:00:00Z", "after the last")

    def test_silent_where_there_is_a_version(self):
        for at in ("2026-05-05T18:45Z", "2026-05-05T19:20Z"):
            self.assertEqual(shown(at).words, "")
        self.assertEqual(shown("2026-01-01T00:00Z", zone="example").words, "")  # it never changes


if __name__ == "__main__":
    unittest.main()
