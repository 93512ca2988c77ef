#!/usr/bin/python3
"""Judges the message codec with dnspython, which shares no code with it.

Usage: judge_messages.py PROGRAM COUNT, PROGRAM being the built judge_messages.

1. PROGRAM encodes random messages; dnspython decodes them and must see the same content.
2. dnspython encodes random messages; PROGRAM must see the same content, and dnspython the same
   again in what PROGRAM makes of it.
Content is compared as JSON: names and RDATA as canonical octets, the records of a section sorted.
"""

import json
import random
import subprocess
import sys

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SEED = 20260505
SECTIONS = ("answer", "authority", "additional")
FLAGS = ("qr", "aa", "tc", "rd", "ra", "ad", "cd")


def name_hex(name):
    return name.to_digestable().hex()


def section_records(rrsets):
    """Records as [owner, type, class, TTL, RDATA], RRSIGs with the lesser TTL as decode() says."""
    ttls = {}
    for rrset in rrsets:
        covered = rrset.covers or rrset.rdtype
        key = (rrset.name, covered, rrset.rdclass)
        ttls[key] = min(ttls.get(key, rrset.ttl), rrset.ttl)
    records = []
    for rrset in rrsets:
        ttl = ttls[(rrset.name, rrset.covers or rrset.rdtype, rrset.rdclass)]
        for rdata in rrset:
            records.append([name_hex(rrset.name), int(rrset.rdtype), int(rrset.rdclass), ttl,
                            rdata.to_digestable().hex()])
    return sorted(records)


def edns_content(message):
    if message.edns < 0:
        return None
    errors, options = [], []
    for option in message.options:
        if option.otype == dns.edns.OptionType.EDE:
            errors.append([int(option.code), (option.text or "").encode().hex()])
        else:
            options.append([int(option.otype), option.to_wire().hex()])
    return {"udp": message.payload, "version": message.edns,
            "do": bool(message.ednsflags & dns.flags.DO), "ede": errors, "options": options}


def content(message):
    """What JSON of PROGRAM must say of a message that dnspython holds."""
    result = {
        "id": message.id,
        "flags": {flag: bool(message.flags & dns.flags.from_text(flag)) for flag in FLAGS},
        "opcode": int(message.opcode()),
        "rcode": int(message.rcode()),
        "question": None,
        "edns": edns_content(message),
    }
    if message.question:
        question = message.question[0]
        result["question"] = [name_hex(question.name), int(question.rdtype),
                              int(question.rdclass)]
    for section in SECTIONS:
        result[section] = section_records(getattr(message, section))
    return result


def program_content(text):
    result = json.loads(text)
    for section in SECTIONS:
        result[section].sort()
    return result


def require(condition, what, *details):
    if not condition:
        for detail in details:
            print(detail, file=sys.stderr)
        sys.exit(f"judge_messages: {what}")


def check_truncated(seen, meant, octets_max, wire):
    """`seen` must be `meant` without some whole RRsets, and say so if it lacks what it must not."""
    require(len(wire) <= octets_max, "a message is larger than its limit", wire.hex())
    for field in ("id", "opcode", "rcode", "question"):
        require(seen[field] == meant[field], f"truncation changed {field}", seen, meant)
    lost = {}
    for section in SECTIONS:
        kept = [record for record in meant[section] if record in seen[section]]
        require(kept == seen[section], f"truncation invented records in {section}", seen, meant)
        missing = [record for record in meant[section] if record not in seen[section]]
        lost[section] = bool(missing)
        kept_sets = {tuple(record[:3]) for record in kept if record[1] != 46}
        broken = [record for record in missing if tuple(record[:3]) in kept_sets]
        require(not broken, f"an RRset of {section} was cut in two", broken)
    if lost["answer"] or lost["authority"]:
        require(seen["flags"]["tc"], "records are missing without TC", seen, meant)
    elif not any(lost.values()):
        require(seen == meant, "a message that fits was changed", seen, meant)
    return any(lost.values())


def judge_program_encoder(program, count):
    lines = subprocess.run([program, "write", str(count), str(SEED)], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    truncated = 0
    for line in lines:
        octets_max, wire, meant = line.split("\t")
        wire = bytes.fromhex(wire)
        seen = content(dns.message.from_wire(wire))
        meant = program_content(meant)
        if int(octets_max) == 65535 and len(wire) < 60000:
            require(seen == meant, "dnspython sees another message", wire.hex(), seen, meant)
        else:
            truncated += check_truncated(seen, meant, int(octets_max), wire)
    require(len(lines) > 2 * count and truncated > 5, "too few messages were judged")
    return len(lines), truncated


class Samples:
    """Random messages made by dnspython."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def name(self):
        labels = ["de", "NIC", "example", "a", "Ns1", "x" * 63]
        text = ".".join(self.random.choice(labels) for _ in range(self.random.randrange(4)))
        return dns.name.from_text(text + ".")

    def rdata(self, rdtype):
        name, number = self.name, self.random.randrange
        texts = {
            "A": lambda: f"192.0.2.{number(256)}",
            "AAAA": lambda: f"2001:db8::{number(65536):x}",
            "NS": lambda: f"{name()}",
            "CNAME": lambda: f"{name()}",
            "PTR": lambda: f"{name()}",
            "DNAME": lambda: f"{name()}",
            "SOA": lambda: f"{name()} {name()} {number(2**32)} 7200 3600 3600000 900",
            "MX": lambda: f"{number(100)} {name()}",
            "RP": lambda: f"{name()} {name()}",
            "AFSDB": lambda: f"1 {name()}",
            "RT": lambda: f"1 {name()}",
            "PX": lambda: f"1 {name()} {name()}",
            "SRV": lambda: f"1 2 {number(65536)} {name()}",
            "NAPTR": lambda: f'1 2 "s" "x+y" "" {name()}',
            "TXT": lambda: f'"{number(2**64)}" "second"',
            "CAA": lambda: '0 issue "ca.example"',
            "TLSA": lambda: "3 1 1 " + "ab" * 32,
            "DS": lambda: f"{number(65536)} 13 2 " + "cd" * 32,
            "NSEC": lambda: f"{name()} A NS TYPE{1000 + number(5000)}",
            "NSEC3": lambda: f"1 1 {number(100)} ab " + "0" * 31 + "v" + " A RRSIG",
            "HTTPS": lambda: f"1 {name()} alpn=h2",
            "TYPE65301": lambda: r"\# 3 abcdef",
        }
        return dns.rdata.from_text("IN", rdtype, texts[rdtype]())

    def types(self):
        return ["A", "AAAA", "NS", "CNAME", "PTR", "DNAME", "SOA", "MX", "RP", "AFSDB", "RT", "PX",
                "SRV", "NAPTR", "TXT", "CAA", "TLSA", "DS", "NSEC", "NSEC3", "HTTPS", "TYPE65301"]

    def rrsig(self, covered):
        return dns.rdata.from_text(
            "IN", "RRSIG", f"{covered} 13 2 3600 20260512000000 20260428000000 "
            f"{self.random.randrange(65536)} {self.name()} " + "q" * 86 + "==")

    def section(self):
        rrsets = {}
        for _ in range(self.random.randrange(6)):
            owner, rdtype = self.name(), self.random.choice(self.types())
            if (owner, rdtype) in rrsets:
                continue
            count = self.random.randrange(1, 4)
            ttl = self.random.randrange(2**31)
            rdatas = [self.rdata(rdtype) for _ in range(count)]
            rrsets[(owner, rdtype)] = dns.rrset.from_rdata_list(owner, ttl, rdatas)
            if self.random.random() < 0.4:
                # Its own TTL, and sometimes without the RRset that it covers.
                signature = dns.rrset.from_rdata_list(owner, self.random.randrange(2**31),
                                                      [self.rrsig(rdtype)])
                rrsets[(owner, rdtype + "'s RRSIG")] = signature
                if self.random.random() < 0.2:
                    del rrsets[(owner, rdtype)]
        rrsets = list(rrsets.values())
        self.random.shuffle(rrsets)
        return rrsets

    def message(self):
        message = dns.message.Message(id=self.random.randrange(65536))
        for flag in FLAGS:
            if self.random.random() < 0.5:
                message.flags |= dns.flags.from_text(flag)
        message.set_rcode(self.random.choice([0, 2, 3]))
        if self.random.random() < 0.9:
            message.question = [dns.rrset.RRset(self.name(), dns.rdataclass.IN,
                                                dns.rdatatype.HTTPS)]
        for section in SECTIONS:
            setattr(message, section, self.section())
        if self.random.random() < 0.7:
            options = []
            for _ in range(self.random.randrange(3)):
                text = self.random.choice([None, "negative trust anchor: de", "Gr\u00fc\u00dfe"])
                options.append(dns.edns.EDEOption(self.random.choice([3, 6, 9, 33, 4711]), text))
            if self.random.random() < 0.5:
                options.append(dns.edns.GenericOption(65100, b"\x00\x01\xff"))
            message.use_edns(0, dns.flags.DO if self.random.random() < 0.5 else 0, 1232,
                             options=options)
            message.set_rcode(self.random.choice([0, 2, 3, 16, 23]))
        return message


def judge_program_decoder(program, count):
    samples = Samples(SEED)
    wires = [samples.message().to_wire(max_size=65535) for _ in range(count)]
    lines = subprocess.run([program, "read"], input="\n".join(wire.hex() for wire in wires),
                           check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    require(len(lines) == count, "answers are missing")
    for wire, line in zip(wires, lines):
        again, seen = line.split("\t")
        meant = content(dns.message.from_wire(wire))
        seen = program_content(seen)
        require(seen == meant, "the program sees another message", wire.hex(), seen, meant)
        seen = content(dns.message.from_wire(bytes.fromhex(again)))
        require(seen == meant, "encoding again changed the message", wire.hex(), seen, meant)


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    encoded, truncated = judge_program_encoder(program, count)
    judge_program_decoder(program, count)
    print(f"{encoded} messages encoded ({truncated} of them cut), {count} decoded: no difference")


if __name__ == "__main__":
    main()
