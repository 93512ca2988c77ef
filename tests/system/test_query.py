"""Goal: `zonefall query --explain` lets a person see why a name fails at a resolver, or not."""

import re
import unittest

from program import DE, FINE, SMALL, ProgramTest, changes, zonefall

APEX_NSEC3 = "7mo8hesbobm6340hlgacje8hrkmtrab9.xy."


def query(qname, *options, at="19:29", resolver="isp-unbound"):
    return zonefall("query", SMALL, qname, "A", "--resolver", resolver, "--at",
                    f"2026-05-05T{at}Z", *options)


def status(finished):
    return re.search(r"status: (\w+)", finished.out).group(1)


class Explained(ProgramTest):
    def explained_failure(self):
        """A failing lookup whose SOA happened to be good, so that the apex NSEC3 decides."""
        for minute in range(20, 32, 3):
            for member in range(5):
                finished = query(f"n{member}.xy", "--explain", at=f"19:{minute}")
                self.assertEqual(finished.code, FINE, finished.words)
                if status(finished) == "SERVFAIL" and APEX_NSEC3 in finished.out:
                    return member, minute, finished.out
        return self.fail("no lookup fails for the apex NSEC3")

    def test_failing_name(self):
        _, _, text = self.explained_failure()
        verdict = (f"bogus: signature does not verify: {re.escape(APEX_NSEC3)} NSEC3, "
                   r"key tag 22224 \(RFC 4035 5\.3\.3, EDE 6\)")
        self.assertRegex(text, rf"validate \S+ \S+: .*{verdict}")
        self.assertRegex(text, rf"policy \S+ \S+: validation failed, .*{verdict}")
        self.assertRegex(text, r"client gets \S+ A: SERVFAIL: validation failed")
        self.assertNotIn("ANSWER SECTION", text)

    def test_good_name_shows_its_chain(self):
        """From the root's key to the zone's: an empty cache has all of it fetched."""
        finished = query("n7.xy", "--explain", "--cold", at="19:00", resolver="isp-bind")
        self.assertEqual((finished.code, status(finished)), (FINE, "NOERROR"), finished.words)
        for step in (r"validate \. DNSKEY.*secure", r"validate xy\. DS.*secure",
                     r"validate xy\. DNSKEY.*secure", r"client gets n7\.xy\. A: NOERROR"):
            self.assertRegex(finished.out, step)
        self.assertIn("ANSWER SECTION", finished.out)

    def test_before_and_after(self):
        for at in ("19:05", "19:59"):
            self.assertEqual(status(query("n7.xy", at=at)), "NOERROR", at)

    def test_checking_disabled(self):
        member, minute, _ = self.explained_failure()
        for options, expected in (([], "SERVFAIL"), (["--cd"], "NOERROR")):
            finished = query(f"n{member}.xy", *options, at=f"19:{minute}")
            self.assertEqual(status(finished), expected, finished.out)
        self.assertRegex(finished.out, r"flags: qr rd ra cd;")
        self.assertNotIn("client asks", finished.out)

    def test_why_nothing_is_validated(self):
        """Where nobody asked for validation there is no verdict, and so no reason for one."""
        asked = query("n7.xy", "--explain", "--cold", "--cd", resolver="isp-bind")
        careless = query("n7.xy", "--explain", "--cold", resolver="careless")
        for finished, why in ((asked, "the client set CD"),
                              (careless, "this resolver does not validate")):
            self.assertEqual(status(finished), "NOERROR", finished.out)
            self.assertRegex(finished.out, rf"policy n7\.xy\. A: not validated: {why}\n")
            self.assertIn(f"client gets n7.xy. A: NOERROR: not validated: {why}\n", finished.out)
            self.assertNotIn("trust anchor", finished.out)

    def test_other_resolvers(self):
        statuses = {status(query("n7.xy", resolver="careless:3"))}
        self.assertEqual(statuses, {"NOERROR"})
        missing = query("no-n5.xy", at="19:05")
        self.assertEqual(status(missing), "NXDOMAIN")


class Popular(ProgramTest):
    def rows(self, *options):
        finished = zonefall("query", SMALL, "--popular", *options)
        self.assertEqual((finished.code, finished.words), (FINE, ""))
        return [line.split("\t") for line in finished.out.splitlines()]

    def test_what_clients_ask_for(self):
        """Its shares are those of the scenario: 80 % for 100 names, by a law of Zipf."""
        rows = self.rows("1000")  # more than there are
        self.assertEqual([row[0] for row in rows], [str(rank + 1) for rank in range(100)])
        self.assertEqual(len({row[1] for row in rows}), 100)
        shares = [float(row[2]) for row in rows]
        self.assertAlmostEqual(sum(shares), 80, delta=0.01)
        self.assertAlmostEqual(shares[0] / shares[9], 10 ** 0.95, delta=0.01)
        self.assertEqual({row[3] for row in rows}, {"60", "600", "180"})
        # The TTL of a denial where there is no such name.
        self.assertTrue(all((row[3] == "180") == row[1].startswith("no-") for row in rows))
        self.assertEqual(self.rows("3"), rows[:3])
        of_one = self.rows("3", "--resolver", "isp-bind:1")
        self.assertEqual([row[:4] for row in of_one], rows[:3])
        a_day = [float(row[4]) for row in of_one]
        self.assertAlmostEqual(a_day[0] / a_day[1], shares[0] / shares[1], delta=0.01)
        self.assertNotEqual(a_day, [float(row[4]) for row in self.rows("3", "--resolver",
                                                                       "isp-bind:5")])

    def test_caches_have_them(self):
        """Most names asked for many times within their TTL are in the cache; a rare one is not."""
        def is_hit(name):
            return "cache has" in query(name, "--explain", at="19:05", resolver=busy).out
        busy = "isp-bind:5"
        often = [row[1] for row in self.rows("20", "--resolver", busy)
                 if float(row[4]) * int(row[3]) / 86400 > 3]
        self.assertGreaterEqual(len(often), 3)
        self.assertGreater(sum(map(is_hit, often)) / len(often), 0.6)
        self.assertFalse(is_hit("n7.xy"))

    def test_nobody_is_more_popular(self):
        self.assert_refused(zonefall("query", SMALL, "--popular", "3", *changes(
            "demand.head_share = 0 %", "demand.head_names = 0")),
            "no name is asked for more than others: demand.head_share is 0 %")

    def test_asks_nothing(self):
        at = ["--at", "2026-05-05T19:29Z"]
        self.assert_refused(zonefall("query", SMALL, "n7.xy", "--popular", "3"), "excludes")
        self.assert_refused(zonefall("query", SMALL, "--popular", "3", *at), "excludes")
        self.assert_refused(zonefall("query", SMALL, "--popular", "-3"), "a whole number")
        for words, missing in ((["--resolver", "isp-bind", *at], "qname"), (["n7.xy", *at],
                               "--resolver"), (["n7.xy", "--resolver", "isp-bind"], "--at")):
            self.assert_refused(zonefall("query", SMALL, *words),
                                f"zonefall: {missing} is required")


class Refused(ProgramTest):
    def test_unknown_cohort(self):
        self.assert_refused(query("n7.xy", resolver="isp-bnd"),
                            'zonefall: --resolver: unknown cohort "isp-bnd"; '
                            'did you mean "isp-bind"?')
        self.assert_refused(query("n7.xy", resolver="google"),
                            "valid: isp-bind, isp-unbound, stale, careless")

    def test_unknown_resolver(self):
        for number in ("6", "x", "", "-1"):
            self.assert_refused(query("n7.xy", resolver=f"isp-bind:{number}"),
                                "is no resolver of isp-bind: give a number below 6")

    def test_time_outside_the_run(self):
        for at in ("18:44", "20:00"):
            self.assert_refused(query("n7.xy", at=at), "is outside the run, which goes from "
                                "2026-05-05T18:45:00Z to 2026-05-05T20:00:00Z")

    def test_names_types_and_times(self):
        self.assert_refused(query("n7..xy"), "zonefall: ")
        self.assert_refused(query("n7.xy", at="25:00"), "zonefall: --at: time ")
        finished = zonefall("query", SMALL, "n7.xy", "AAAAA", "--resolver", "isp-bind",
                            "--at", "2026-05-05T19:29Z")
        self.assert_refused(finished, "AAAAA")


class TheIncident(ProgramTest):
    def test_apex_nsec3_of_de(self):
        """The NSEC3 that resolvers named on the day, in a smaller zone."""
        for minute in range(30, 60, 3):
            finished = zonefall("query", DE, "n7.de", "--resolver", "isp-validating-bind", "--at",
                                f"2026-05-05T20:{minute}Z", "--explain",
                                *changes("zones[de].population.size = 20000"))
            self.assertEqual(finished.code, FINE, finished.words)
            if re.search(r"bogus: .*: a0d5d1p51kijsevll74k523htmq406bk\.de\. NSEC3, "
                         r"key tag 33834 \(RFC 4035 5\.3\.3, EDE 6\)", finished.out):
                return
        self.fail("no lookup fails for the apex NSEC3")


if __name__ == "__main__":
    unittest.main()
