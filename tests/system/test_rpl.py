"""Goal: `zonefall rpl` says which scripts fail, where, and what was expected, in full."""

import unittest

from program import BAD_INPUT, EXPECTATION_FAILED, FINE, ProgramTest, zonefall

SCRIPT = "tests/rpl/scripts/forwarder.rpl"
SIGNATURE = "c2lnbmF0dXJl" * 12
QUERY = """server:
 qname-minimisation: no
forward-zone: name: "." forward-addr: 192.0.2.1
CONFIG_END
SCENARIO_BEGIN A question without an answer
STEP 1 QUERY
ENTRY_BEGIN
REPLY RD
SECTION QUESTION
a. IN A
ENTRY_END
"""


class Scripts(ProgramTest):
    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def check_and_remove(self, path, code):
        finished = zonefall("rpl", str(path))
        path.unlink()
        self.assertEqual(finished.code, code, finished.words)
        return finished.out

    def columns(self, out):
        """The lines of the two columns, without the blanks around them."""
        lines = [line.split(" | ") for line in out.splitlines() if " | " in line]
        return [[line[column].strip() for line in lines] for column in (0, 1)]

    def test_script_that_passes(self):
        finished = zonefall("rpl", SCRIPT)
        self.assertEqual((finished.code, finished.out),
                         (FINE, f"PASS {SCRIPT}\n1 passed, 0 failed\n"))

    def test_long_lines_are_wrapped(self):
        record = f"a. 3600 IN RRSIG A 8 1 3600 20300101000000 20200101000000 1 a. {SIGNATURE}"
        out = self.check_and_remove(self.write("long.rpl", QUERY + f"""STEP 2 CHECK_ANSWER
ENTRY_BEGIN
MATCH all
REPLY QR RD RA
SECTION ANSWER
{record}
ENTRY_END
SCENARIO_END
"""), EXPECTATION_FAILED)
        left, right = self.columns(out)
        self.assertIn(record.replace(" ", ""), "".join(left).replace(" ", ""))
        self.assertLessEqual(max(map(len, left)), 72)
        self.assertIn("no answer", right)

    def test_words_are_kept_whole(self):
        out = self.check_and_remove(self.write(
            "word.rpl", QUERY.replace("server:", "server:\n access-control: 10.0.0.0/8 everybody")
            + "SCENARIO_END\n"), EXPECTATION_FAILED)
        valid = ("deny, refuse, allow, allow_setrd, allow_snoop, allow_cookie, deny_non_local, "
                 "refuse_non_local")
        self.assertIn(f'unknown access "everybody"; valid: {valid}',
                      " ".join(self.columns(out)[1]))

    def test_scripts_that_cannot_be_read(self):
        path = self.write("open.rpl", QUERY)
        out = self.check_and_remove(path, BAD_INPUT)
        self.assertIn(f"{path}:5: the scenario has no SCENARIO_END", out)
        out = zonefall("rpl", str(path)).out
        self.assertIn(f"{path}: cannot be read: No such file or directory", out)


if __name__ == "__main__":
    unittest.main()
