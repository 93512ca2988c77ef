"""Goal: ldns and BIND judge the zone of the `.de` replay as our validator does: good before the new
key, bad on exactly the RRsets that we call bogus while it signs, good after the repair."""

import re
import subprocess
import unittest

from program import DE, ProgramTest, changes, zonefall

MEMBERS = changes("zones[de].population.size = 2000")


def print_zone(at, *options, zone="de"):
    finished = zonefall("zone", DE, zone, "--at", f"2026-05-05T{at}Z", *MEMBERS, *options)
    assert finished.code == 0, finished.words
    return finished.out


def judge(*command):
    done = subprocess.run(command, check=False, text=True, timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def named(output, before):
    """The (owner, type) pairs that stand in `output` after the words `before`."""
    pairs = re.findall(rf"{before} (\S+)\s+(\w+)", output)
    return sorted((owner.lower().rstrip("."), rrtype) for owner, rrtype in pairs)


class JudgedZone(ProgramTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "zone"

    def our_verdicts(self, at):
        rows = [line.split("\t") for line in print_zone(at, "--verdicts").splitlines()]
        self.assertGreater(len(rows), 100)
        return rows

    def ask_ldns(self, at):
        self.file.write_text(print_zone(at))
        stamp = f"20260505{at.replace(':', '')}00"
        code, output = judge("/usr/bin/ldns-verify-zone", "-t", stamp, str(self.file))
        return code == 0, named(output, "Bogus DNSSEC signature for"), output

    def ask_bind(self, at):
        # dnssec-verify cannot be told the time, so the zone comes to its time.
        self.file.write_text(print_zone(at, "--now-shift"))
        code, output = judge("/usr/bin/dnssec-verify", "-o", "de", str(self.file))
        return code == 0, named(output, "No correct RSASHA256 signature for"), output

    def check(self, at):
        """Our bogus RRsets, once both judges have named the same ones."""
        rows = self.our_verdicts(at)
        bogus = sorted((row[0].lower().rstrip("."), row[1]) for row in rows if row[2] == "bogus")
        self.assertEqual({row[2] for row in rows} - {"secure", "bogus"}, set())
        for good, failures, output in (self.ask_ldns(at), self.ask_bind(at)):
            self.assertEqual(good, not bogus, output[:2000])
            self.assertEqual(failures, bogus, output[:2000])
        return rows, bogus

    def test_good_before(self):
        self.assertEqual(self.check("19:00")[1], [])

    def test_bad_in_the_same_rrsets(self):
        rows, bogus = self.check("20:00")
        self.assertGreater(len(bogus), len(rows) / 3)
        self.assertLess(len(bogus), len(rows))
        self.assertIn(("a0d5d1p51kijsevll74k523htmq406bk.de", "NSEC3"), bogus)
        reasons = {(row[3], row[4]) for row in rows if row[2] == "bogus"}
        self.assertEqual(reasons, {("signature_crypto_failed", "33834")})

    def test_good_after(self):
        self.assertEqual(self.check("23:30")[1], [])

    def test_key_tags_and_ds(self):
        """The DS in the root, and the tags in the zone's signatures, are those that ldns makes."""
        zone = print_zone("20:00")
        keys = [line for line in zone.splitlines() if line.split()[3] == "DNSKEY"]
        self.assertEqual(len(keys), 3)
        made = []
        for key in keys:
            self.file.write_text(key + "\n")
            code, output = judge("/usr/bin/ldns-key2ds", "-n", "-f", "-2", str(self.file))
            self.assertEqual(code, 0, output)
            made.append(output.split()[4:])
        ours = [line.split()[4:] for line in print_zone("20:00", zone=".").splitlines()
                if re.match(r"de\.\s+\d+\s+IN\s+DS\s", line)]
        flags = [int(key.split()[4]) for key in keys]
        ksk_ds = made[flags.index(257)]
        self.assertEqual([[word.lower() for word in ds] for ds in ours],
                         [[word.lower() for word in ksk_ds]])
        tags = sorted(int(ds[0]) for ds in made)
        self.assertEqual(tags, [26755, 32911, 33834])
        signed_with = {int(tag) for tag in re.findall(r"\sRRSIG\s(?:\S+\s){6}(\d+)\sde\.\s", zone)}
        self.assertEqual(signed_with, {26755, 33834})


if __name__ == "__main__":
    unittest.main()
