"""Goal: the queries in the documentation of results work, and print the columns that it shows."""

import re
import sqlite3
import unittest
from pathlib import Path

from program import FINE, SMALL, ProgramTest, changes, zonefall

DOCUMENT = "sim/outcome/README.md"
POLICY = changes("policies = [{name: blind, title: Nobody validates,"
                 " set: ['cohorts[*].knobs.validates = false']}]")


class Queries(ProgramTest):
    def make(self, name, command, *arguments):
        path = str(self.folder / name)
        finished = zonefall(command, SMALL, *POLICY, *arguments, "-o", path)
        self.assertEqual(finished.code, FINE, finished.words)
        return path

    def setUp(self):
        super().setUp()
        self.files = {
            "de.sqlite": self.make("de.sqlite", "run"),
            "policies.sqlite": self.make("policies.sqlite", "compare", "--scale", "0.2",
                                         "--seeds", "1..2"),
        }
        self.text = Path(DOCUMENT).read_text(encoding="utf-8")

    def asked(self, name, query):
        """The names of the columns, and the rows."""
        database = sqlite3.connect(f"file:{self.files[name]}?mode=ro", uri=True)
        self.addCleanup(database.close)
        cursor = database.execute(query)
        return [column[0] for column in cursor.description], cursor.fetchall()

    def test_queries_with_their_output(self):
        found = re.findall(r"```sql\n-- (\S+)\n(.*?)```\n```text\n(.*?)```", self.text, re.DOTALL)
        self.assertEqual(len(found), 5)
        for name, query, output in found:
            with self.subTest(query):
                columns, rows = self.asked(name, query)
                lines = output.splitlines()
                self.assertEqual(columns, lines[0].split())
                self.assertGreater(len(rows), 0)
                self.assertGreater(len(lines), 2)
                # Whatever the figures are, none is missing in a run that had an outage.
                self.assertNotIn(None, [value for row in rows for value in row])

    def test_queries_inside_other_tools(self):
        found = (re.findall(r'read_sql\("(.*?)"', self.text) +
                 re.findall(r"sqlite_query\('results', '(.*?)'\)", self.text))
        self.assertEqual(len(found), 2)
        for query in found:
            with self.subTest(query):
                self.assertGreater(len(self.asked("policies.sqlite", query)[1]), 0)

    def test_columns_that_other_tools_use(self):
        columns, _ = self.asked("policies.sqlite", "SELECT * FROM differences_from_first")
        for name in ("cohort", "candidate", "measure", "difference"):
            self.assertIn(name, columns)
        columns, _ = self.asked("policies.sqlite", "SELECT * FROM failing_share")
        for name in ("candidate", "share", "at"):
            self.assertIn(name, columns)

    def test_files_of_views_have_the_same_columns(self):
        folder = self.folder / "views"
        finished = zonefall("report", self.files["policies.sqlite"], "--csv", str(folder))
        self.assertEqual(finished.code, FINE, finished.words)
        for path in folder.iterdir():
            with self.subTest(path.name):
                columns, rows = self.asked("policies.sqlite", f"SELECT * FROM {path.stem}")
                lines = path.read_text(encoding="utf-8").splitlines()
                self.assertEqual(lines[0].split(","), columns)
                self.assertEqual(len(lines), 1 + len(rows))


if __name__ == "__main__":
    unittest.main()
