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
            self.assertRegex(finished.out, rf"client gets n7\.xy\. A: NOERROR: not validated: {why}")
            self.assertNotIn("trust anchor", finished.out)

    def test_other_resolvers(self):
        statuses = {status(query("n7.xy", resolver="careless:3"))}
        self.assertEqual(statuses, {"NOERROR"})
        missing = query("no-n5.xy", at="19:05")
        self.assertEqual(status(missing), "NXDOMAIN")


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
