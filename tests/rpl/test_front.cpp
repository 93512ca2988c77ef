// Goal: what a name server does with a query before it resolves anything: who may ask, what is no
// query, class CH, local zones; and how its answers and the OPT record look.
#include "rpl/cookies.h"
#include "script_text.h"
#include "zonefall/core/encoding.h"

namespace zonefall::rpl {
namespace {

const std::string server = range("0 99", "192.0.2.1",
                                 reply("a.", "192.0.2.80") + reply("a.l.", "192.0.2.81") +
                                     reply("l.", "192.0.2.82") + reply("b.test.", "192.0.2.83"));

// One query and what is to come of it.
std::string judged(const std::string& options, const std::string& asked,
                   const std::string& expected, const std::string& from = "127.0.0.1") {
  return faults(forwarding(options, server + "STEP 1 QUERY ADDRESS " + from + "\n" + entry(asked) +
                                        "STEP 2 CHECK_ANSWER\n" + entry(expected)));
}

std::string asks(const std::string& line, const std::string& flags = "RD") {
  return "REPLY " + flags + "\nSECTION QUESTION\n" + line + "\n";
}

std::string all(const std::string& flags, const std::string& line,
                const std::string& sections = "") {
  return "MATCH all\nREPLY " + flags + "\nSECTION QUESTION\n" + line + "\n" + sections;
}

// The answer to `line`, type included, from local zones as `options` have them.
std::string local(const std::string& options, const std::string& line, const std::string& rcode,
                  const std::string& sections = "") {
  return judged(options, asks(line), all("QR AA RD RA " + rcode, line, sections));
}

constexpr const char* l_address = "SECTION ANSWER\na.l. IN A 192.0.2.81\n";

}  // namespace

TEST_CASE("clients are served by the longest block that holds their address") {
  const std::string rules =
      "access-control: 10.0.0.0/8 allow\naccess-control: 10.1.0.0/16 refuse\n"
      "access-control: 10.1.1.1 allow_setrd\naccess-control: 10.2.0.0/16 allow_snoop\n"
      "access-control: 10.3.0.0/16 deny\naccess-control: ::1 refuse\n";
  const std::string fine = "MATCH rcode answer\nREPLY NOERROR\n" + answer("a.", "192.0.2.80");
  const std::string header_alone = "MATCH all\nREPLY QR RD REFUSED\n";
  CHECK(judged(rules, asks("a. A"), fine) == "");
  CHECK(judged(rules, asks("a. A"), fine, "10.9.9.9") == "");
  CHECK(judged(rules, asks("a. A"), header_alone, "10.1.0.1") == "");
  CHECK(judged(rules, asks("a. A"), header_alone, "192.0.2.9") == "");
  CHECK(judged(rules, asks("a. A"), header_alone, "::1") == "");
  CHECK(judged("", asks("a. A"), fine, "::1") == "");
  CHECK_THAT(judged(rules, asks("a. A"), fine, "10.3.0.1"), Catch::Contains("no answer"));
  // Without RD.
  CHECK(judged(rules, asks("a. A", ""), all("QR RA REFUSED", "a. A"), "10.9.9.9") == "");
  CHECK(judged(rules, asks("a. A", ""), fine, "10.1.1.1") == "");
  CHECK(judged(rules, asks("a. A", ""), fine, "10.2.0.1") == "");
  CHECK_THAT(judged("access-control: 10.0.0.0/8 allow-snoop\n", asks("a. A"), fine),
             Catch::Contains("unknown access \"allow-snoop\"; did you mean \"allow_snoop\"?"));
  CHECK_THAT(judged("access-control: 10.0.0.0/8 other\n", asks("a. A"), fine),
             Catch::Contains("unknown access \"other\"; valid: deny, refuse, allow"));
}

TEST_CASE("some clients are given local data and nothing else") {
  const std::string rules =
      "access-control: 10.1.0.0/16 refuse_non_local\naccess-control: 10.2.0.0/16 deny_non_local\n"
      "local-data: \"a.l. A 192.0.2.81\"\n";
  const std::string expected = all("QR AA RD RA NOERROR", "a.l. A", l_address);
  CHECK(judged(rules, asks("a.l. A"), expected, "10.1.0.1") == "");
  CHECK(judged(rules, asks("a.l. A"), expected, "10.2.0.1") == "");
  CHECK(judged(rules, asks("a. A"), "MATCH all\nREPLY QR RD REFUSED\n", "10.1.0.1") == "");
  CHECK_THAT(judged(rules, asks("a. A"), expected, "10.2.0.1"), Catch::Contains("no answer"));
}

TEST_CASE("who is refused may learn why (RFC 8914 4.19)") {
  const std::string rule = "access-control: 10.0.0.0/8 refuse\n";
  const std::string told = "MATCH all ede=18\nREPLY QR RD DO REFUSED\n" + question("a.");
  CHECK(judged(rule + "ede: yes\n", asks("a. A", "RD DO"), told, "10.0.0.1") == "");
  CHECK(judged(rule + "ede: yes\n", asks("a. A"), "MATCH all\nREPLY QR RD REFUSED\n", "10.0.0.1") ==
        "");
  CHECK(judged(rule, asks("a. A", "RD DO"), "MATCH all\nREPLY QR RD REFUSED\n", "10.0.0.1") == "");
}

TEST_CASE("who looks into the cache may learn why he may not (RFC 8914 4.21)") {
  const std::string refused = "REPLY QR RA DO REFUSED\n" + question("a.");
  CHECK(judged("", asks("a. A", "DO"), "MATCH all\n" + refused) == "");
  CHECK(judged("ede: yes\n", asks("a. A", "DO"), "MATCH all ede=20\n" + refused) == "");
}

TEST_CASE("what is no query gets an error of its kind") {
  CHECK(judged("", asks("a. A", "RD STATUS"), all("QR RD STATUS NOTIMPL", "a. A")) == "");
  CHECK(judged("", asks("a. A", "RD UPDATE"), all("QR RD UPDATE NOTIMPL", "a. A")) == "");
  CHECK(judged("", asks("a. SOA", "RD NOTIFY"), all("QR RD RA NOTIFY REFUSED", "a. SOA")) == "");
  CHECK(judged("", asks("a. AXFR"), all("QR RD REFUSED", "a. AXFR")) == "");
  CHECK(judged("", asks("a. TYPE250"), all("QR RD FORMERR", "a. TYPE250")) == "");
  CHECK(judged("", asks("a. A", "RD TC"), all("QR RD TC FORMERR", "a. A")) == "");
  CHECK(judged("", "REPLY RD\nSECTION QUESTION\n", "MATCH all\nREPLY QR RD FORMERR\n") == "");
  CHECK(judged("", asks("a. A") + "SECTION ANSWER\na. A 192.0.2.1\n",
               "MATCH rcode\nREPLY FORMERR\n") == "");
  const auto raw = [](const std::string& hex, const std::string& expected) {
    return judged("", "HEX_ANSWER_BEGIN\n" + hex + "\nHEX_ANSWER_END\n", expected);
  };
  CHECK(raw("0000 0100 0001 0000 0000 0000 01 ; cut off", "MATCH all\nREPLY QR RD FORMERR\n") ==
        "");
  CHECK_THAT(raw("0000 0100", "MATCH all\n"), Catch::Contains("no answer"));
  CHECK_THAT(raw("0000 8100 0001 0000 0000 0000 0161 00 0001 0001", "MATCH all\n"),
             Catch::Contains("no answer"));
  // RFC 6891 6.1.3: an EDNS version that nobody knows.
  CHECK(raw("0000 0100 0001 0000 0000 0001 0161 00 0001 0001 00 0029 0200 00 01 0000 0000",
            "MATCH rcode\nREPLY BADVERS\n") == "");
  CHECK_THAT(judged("", asks("a. CH A"), all("QR RD RA REFUSED", "a. CH A")), Catch::Equals(""));
}

TEST_CASE("all classes are the one that there are servers for") {
  CHECK(judged("", asks("a. ANY A"),
               all("QR RD RA NOERROR", "a. ANY A", "SECTION ANSWER\na. IN A 192.0.2.80\n")) == "");
}

TEST_CASE("a server says who it is, unless it hides that (RFC 4892)") {
  const auto says = [](const std::string& options, const std::string& name,
                       const std::string& text) {
    return judged(options, asks(name + " CH TXT"),
                  all("QR RD RA NOERROR", name + " CH TXT",
                      "SECTION ANSWER\n" + name + " 0 CH TXT " + text + "\n"));
  };
  const std::string named = "identity: \"me\"\nversion: \"9\"\n";
  CHECK(says(named, "id.server.", "me") == "");
  CHECK(says(named, "hostname.bind.", "me") == "");
  CHECK(says(named, "version.bind.", "9") == "");
  CHECK(says("trust-anchor: \"a.b. DS 4660 8 2 "
             "0000000000000000000000000000000000000000000000000000000000000000\"\n",
             "trustanchor.unbound.", "\"a.b. 4660\"") == "");
  const std::string hidden = "hide-identity: yes\nhide-version: yes\nhide-trustanchor: yes\n";
  for (const char* name : {"id.server. CH TXT", "version.server. CH TXT",
                           "trustanchor.unbound. CH TXT", "other.server. CH TXT"}) {
    CHECK(judged(hidden + named, asks(name), all("QR RD RA REFUSED", name)) == "");
  }
}

TEST_CASE("the types of local zones answer by themselves") {
  const std::string data = "local-data: \"a.l. A 192.0.2.81\"\nlocal-data: \"l. TXT t\"\n";
  const auto zone = [&](const std::string& type) {
    return "local-zone: \"l.\" " + type + "\n" + data;
  };
  const std::string from_upstream =
      "MATCH all\nREPLY QR RD RA NOERROR\n" + answer("l.", "192.0.2.82");
  CHECK(local(zone("static"), "a.l. A", "NOERROR", l_address) == "");
  CHECK(local(zone("static"), "a.l. MX", "NOERROR") == "");
  CHECK(local(zone("static"), "b.l. A", "NXDOMAIN") == "");
  CHECK(local(zone("static") + "local-data: \"x.y.l. A 192.0.2.1\"\n", "y.l. A", "NOERROR") == "");
  CHECK(local(zone("refuse"), "a.l. A", "NOERROR", l_address) == "");
  CHECK(local(zone("refuse"), "b.l. A", "REFUSED") == "");
  CHECK(local(zone("transparent"), "l. A", "NOERROR") == "");
  CHECK(local(zone("inform"), "l. A", "NOERROR") == "");
  CHECK(judged(zone("typetransparent"), asks("l. A"), from_upstream) == "");
  CHECK(judged(zone("always_transparent"), asks("a.l. A"),
               "MATCH flags\nREPLY QR RD RA\n" + question("a.l.")) == "");
  CHECK(local(zone("always_refuse"), "a.l. A", "REFUSED") == "");
  CHECK(local(zone("always_nxdomain"), "a.l. A", "NXDOMAIN") == "");
  CHECK(local(zone("always_nodata"), "b.l. A", "NOERROR") == "");
  CHECK(local(zone("always_null"), "b.l. A", "NOERROR", "SECTION ANSWER\nb.l. A 0.0.0.0\n") == "");
  CHECK(local(zone("always_null"), "b.l. AAAA", "NOERROR", "SECTION ANSWER\nb.l. AAAA ::\n") == "");
  CHECK(local(zone("always_null"), "b.l. MX", "NOERROR") == "");
  CHECK(local(zone("block_a"), "a.l. A", "NOERROR") == "");
  CHECK(local(zone("truncate"), "b.l. A", "TC NOERROR") == "");
  for (const char* type : {"deny", "inform_deny", "always_deny"}) {
    CHECK_THAT(local(zone(type), "b.l. A", "NOERROR"), Catch::Contains("no answer"));
  }
  CHECK_THAT(local(zone("always_noerror"), "b.l. A", "NOERROR"),
             Catch::Contains("unknown type of local zones \"always_noerror\"; did you mean"));
  CHECK_THAT(local(zone("nodefalt"), "b.l. A", "NOERROR"),
             Catch::Contains("did you mean \"nodefault\"?"));
}

TEST_CASE("a redirected zone has its own data everywhere") {
  const std::string zone = "local-zone: \"l.\" redirect\n";
  CHECK(local(zone + "local-data: \"l. A 192.0.2.1\"\n", "x.y.l. A", "NOERROR",
              "SECTION ANSWER\nx.y.l. A 192.0.2.1\n") == "");
  CHECK(local(zone + "local-data: \"l. A 192.0.2.1\"\n", "x.l. AAAA", "NOERROR") == "");
  // An alias there is followed.
  CHECK(judged(zone + "local-data: \"l. 60 CNAME a.\"\n", asks("x.l. A"),
               all("QR RD RA NOERROR", "x.l. A",
                   "SECTION ANSWER\nx.l. CNAME a.\na. A 192.0.2.80\n")) == "");
  CHECK(judged("local-zone: \"a.\" redirect\nlocal-data: \"a. 60 CNAME *.l.\"\n", asks("a. A"),
               all("QR RD RA NOERROR", "a. A",
                   "SECTION ANSWER\na. CNAME a.l.\na.l. A 192.0.2.81\n")) == "");
}

TEST_CASE("a zone may be another one for some clients") {
  const std::string options =
      "access-control: 10.0.0.0/8 allow\ndefine-tag: \"red blue\"\n"
      "local-zone: l. static\nlocal-zone: a.l. refuse\nlocal-zone-tag: a.l. \"blue\"\n"
      "local-zone-override: l. 10.1.0.0/16 always_nodata\n"
      "access-control-tag: 10.2.0.0/16 \"red blue\"\naccess-control-tag: 10.3.0.0/16 blue\n"
      "access-control-tag-action: 10.3.0.0/16 blue redirect\n"
      "access-control-tag-data: 10.3.0.0/16 blue \"A 192.0.2.9\"\n";
  const auto seen = [&](const std::string& from, const std::string& name, const std::string& rcode,
                        const std::string& records = "") {
    return judged(options, asks(name + " A"), all("QR AA RD RA " + rcode, name + " A", records),
                  from);
  };
  CHECK(seen("10.9.0.1", "l.", "NXDOMAIN") == "");
  CHECK(seen("10.9.0.1", "a.l.", "NXDOMAIN") == "");  // the tagged zone is not there for him
  CHECK(seen("10.1.0.1", "l.", "NOERROR") == "");
  CHECK(seen("10.2.0.1", "a.l.", "REFUSED") == "");
  CHECK(seen("10.3.0.1", "b.a.l.", "NOERROR", "SECTION ANSWER\nb.a.l. A 192.0.2.9\n") == "");
  CHECK(seen("10.3.0.1", "b.l.", "NXDOMAIN") == "");
  CHECK_THAT(judged("local-zone-tag: l. green\n", asks("a. A"), all("", "a. A")),
             Catch::Contains("no define-tag has green"));
  CHECK_THAT(judged("local-zone-override: l. 10.0.0.0/8 statik\n", asks("a. A"), all("", "a. A")),
             Catch::Contains("did you mean \"static\"?"));
}

TEST_CASE("a denial has the zone's SOA, whose TTL is the denial's (RFC 2308 3)") {
  const std::string options =
      "local-zone: \"l.\" static\nlocal-data: \"l. 500 SOA m. r. 1 2 3 4 300\"\n"
      "local-data: \"a.l. 60 A 192.0.2.81\"\n";
  const std::string soa = "SECTION AUTHORITY\nl. 300 SOA m. r. 1 2 3 4 300\n";
  for (const auto& [line, rcode] : {std::pair("b.l. A", "NXDOMAIN"), {"a.l. MX", "NOERROR"}}) {
    CHECK(judged(options, asks(line),
                 "MATCH all ttl\nREPLY QR AA RD RA " + std::string(rcode) + "\nSECTION QUESTION\n" +
                     line + "\n" + soa) == "");
  }
}

TEST_CASE("data without a zone have a transparent one, and addresses their names") {
  CHECK(local("local-data: \"a.l. A 192.0.2.81\"\n", "a.l. A", "NOERROR", l_address) == "");
  CHECK(local("local-data: \"a.l. A 192.0.2.81\"\n", "a.l. MX", "NOERROR") == "");
  CHECK(local("local-data-ptr: \"192.0.2.9 n.l.\"\n", "9.2.0.192.in-addr.arpa. PTR", "NOERROR",
              "SECTION ANSWER\n9.2.0.192.in-addr.arpa. PTR n.l.\n") == "");
  const std::string reversed =
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR";
  CHECK(local("local-data-ptr: \"2001:db8::1 60 n.l.\"\n", reversed, "NOERROR",
              "SECTION ANSWER\n" + reversed + " n.l.\n") == "");
}

TEST_CASE("a view has local zones for some clients") {
  const std::string views =
      "local-data: \"l. A 192.0.2.1\"\naccess-control: 10.0.0.0/8 allow\n"
      "access-control-view: 10.1.0.0/16 one\naccess-control-view: 10.2.0.0/16 two\n"
      "access-control-view: 10.3.0.0/16 three\naccess-control-view: 10.4.0.0/16 none\n"
      "view:\n name: \"one\"\n local-data: \"a.l. A 192.0.2.2\"\n"
      "view: name: two view-first: yes local-data: \"a.l. A 192.0.2.3\"\n"
      "view: name: three\n";
  const auto seen = [&](const std::string& name, const std::string& from, const std::string& flags,
                        const std::string& address) {
    return judged(views, asks(name + " A"),
                  "MATCH all\nREPLY QR " + flags + " RD RA\n" + answer(name, address), from);
  };
  CHECK(seen("l.", "10.9.0.1", "AA", "192.0.2.1") == "");
  CHECK(seen("a.l.", "10.9.0.1", "", "192.0.2.81") == "");
  CHECK(seen("a.l.", "10.1.0.1", "AA", "192.0.2.2") == "");
  CHECK(seen("l.", "10.1.0.1", "", "192.0.2.82") == "");
  CHECK(seen("a.l.", "10.2.0.1", "AA", "192.0.2.3") == "");
  CHECK(seen("l.", "10.2.0.1", "AA", "192.0.2.1") == "");
  CHECK(seen("l.", "10.3.0.1", "AA", "192.0.2.1") == "");
  CHECK(seen("l.", "10.4.0.1", "AA", "192.0.2.1") == "");
  CHECK_THAT(
      judged("view:\n name: v\n response-ip: 1.0.0.0/8 deny\n", asks("a. A"), all("", "a. A")),
      Catch::Contains("option response-ip"));
}

TEST_CASE("names for special use are answered at once (RFC 6303, RFC 6761)") {
  const auto soa = [](const std::string& zone) {
    return "SECTION AUTHORITY\n" + zone +
           " SOA localhost. nobody.invalid. 1 3600 1200 604800 10800\n";
  };
  CHECK(local("", "localhost. A", "NOERROR", "SECTION ANSWER\nlocalhost. A 127.0.0.1\n") == "");
  CHECK(local("", "1.0.0.127.in-addr.arpa. PTR", "NOERROR",
              "SECTION ANSWER\n1.0.0.127.in-addr.arpa. PTR localhost.\n") == "");
  CHECK(local("", "b.test. A", "NXDOMAIN", soa("test.")) == "");
  CHECK(local("", "test. A", "NOERROR", soa("test.")) == "");
  CHECK(local("", "1.1.168.192.in-addr.arpa. PTR", "NXDOMAIN", soa("168.192.in-addr.arpa.")) == "");
  const std::string resolved =
      "MATCH all\nREPLY QR RD RA NOERROR\n" + answer("b.test.", "192.0.2.83");
  CHECK(judged("local-zone: test nodefault\n", asks("b.test. A"), resolved) == "");
  // A zone's DS records are its parent's.
  CHECK_THAT(local("", "test. DS", "NOERROR"), Catch::Contains("STEP 2"));
  const std::string reverse = "1.1.168.192.in-addr.arpa. A";
  CHECK_THAT(judged("unblock-lan-zones: yes\n", asks(reverse), "MATCH rcode\nREPLY NXDOMAIN\n"),
             Catch::Contains("no answer"));
}

TEST_CASE("answers over UDP are cut to what client and server take") {
  std::string texts = "SECTION QUESTION\nl. IN TXT\nSECTION ANSWER\n";
  for (char c = 'a'; c < 'e'; ++c) texts += "l. 60 IN TXT " + std::string(200, c) + "\n";
  const std::string big = range(
      "0 99", "192.0.2.1", entry("MATCH qname\nADJUST copy_id\nREPLY QR AA NOERROR\n" + texts));
  const auto asked = [&](const std::string& options, const std::string& match,
                         const std::string& flags, const std::string& expected) {
    return faults(
        forwarding(options, big + "STEP 1 QUERY\n" + entry(match + asks("l. TXT", flags)) +
                                "STEP 2 CHECK_ANSWER\n" + entry("MATCH all " + expected)));
  };
  const std::string cut = "\nSECTION QUESTION\nl. IN TXT\n";
  CHECK(asked("", "", "RD DO", "\nREPLY QR RD RA DO NOERROR\n" + texts) == "");
  CHECK(asked("", "", "RD", "\nREPLY QR TC RD RA NOERROR" + cut) == "");
  CHECK(asked("", "MATCH TCP\n", "RD", "TCP\nREPLY QR RD RA NOERROR\n" + texts) == "");
  CHECK(asked("max-udp-size: 512\n", "", "RD DO", "UDP\nREPLY QR TC RD RA DO NOERROR" + cut) == "");
}

TEST_CASE("the options of the OPT record are compared, and some are given") {
  const auto asked = [&](const std::string& options, const std::string& expected) {
    return judged(
        options, asks("a. A", "RD DO") + "HEX_EDNSDATA_BEGIN\n0003 0000 ; NSID\nHEX_EDNSDATA_END\n",
        "MATCH " + expected + "\nREPLY QR RD RA DO NOERROR\n" + answer("a.", "192.0.2.80"));
  };
  const std::string nsid = "HEX_EDNSDATA_BEGIN\n0003 0002 6869\nHEX_EDNSDATA_END\n";
  CHECK(asked("", "all") == "");
  CHECK(asked("nsid: \"ascii_hi\"\n", "all\n" + nsid) == "");
  CHECK(asked("nsid: 6869\n", "ednsdata\n" + nsid) == "");
  CHECK_THAT(asked("nsid: 6869\n", "all"), Catch::Contains("ednsdata"));
  CHECK_THAT(asked("", "ednsdata\n" + nsid), Catch::Contains("differs"));
  CHECK(asked("nsid: 6869\n", "all_noedns") == "");
  CHECK_THAT(asked("nsid: 68x9\n", "all"), Catch::Contains("option nsid"));
  CHECK_THAT(asked("", "client_cookie"), Catch::Contains("cookie"));
  CHECK_THAT(asked("", "server_cookie"), Catch::Contains("cookie"));
  CHECK_THAT(asked("", "CO"), Catch::Contains("differs"));
  CHECK_THAT(asked("", "serial=5"), Catch::Contains("serial"));
}

TEST_CASE("cookies are made as RFC 9018 A.1 has them") {
  CookieSecret secret{};
  const auto key = from_hex("e5e973e5a6b2a43f48e7dc849e37bfcf").value();
  std::copy(key.begin(), key.end(), secret.begin());
  const dns::EdnsOption client{10, from_hex("2464c4abcf10c957").value()};
  const CookieOwner owner{dns::Address::parse("198.51.100.100").value(), 1559731985};
  const dns::EdnsOption made = server_cookie(client, secret, owner);
  CHECK(to_hex(made.data) == "2464c4abcf10c957010000005cf79f111f8130c3eee29480");
  CHECK(is_valid_cookie(made, secret, owner));
  CHECK(is_valid_cookie(made, secret, {owner.client, owner.now_s + 3600}));
  CHECK_FALSE(is_valid_cookie(made, secret, {owner.client, owner.now_s + 3601}));
  CHECK_FALSE(is_valid_cookie(made, secret, {owner.client, owner.now_s - 301}));
  CHECK_FALSE(is_valid_cookie(made, secret, {dns::Address(), owner.now_s}));
  CHECK_FALSE(is_valid_cookie(made, CookieSecret(), owner));
  CHECK_FALSE(is_valid_cookie(client, secret, owner));
}

TEST_CASE("cookies of clients with IPv6 are made as RFC 9018 A.4 has them") {
  CookieSecret secret{};
  const auto key = from_hex("445536bcd2513298075a5d379663c962").value();
  std::copy(key.begin(), key.end(), secret.begin());
  const dns::EdnsOption client{10, from_hex("22681ab97d52c298").value()};
  const dns::Address address = dns::Address::parse("2001:db8:220:1:59de:d0f4:8769:82b8").value();
  const dns::EdnsOption made = server_cookie(client, secret, {address, 1559741961});
  CHECK(to_hex(made.data) == "22681ab97d52c298010000005cf7c609a6bb79d16625507a");
}

TEST_CASE("some clients must show a cookie over UDP (RFC 7873)") {
  const std::string options =
      "answer-cookie: yes\ncookie-secret: \"000102030405060708090a0b0c0d0e0f\"\n"
      "access-control: 10.0.0.0/8 allow_cookie\n";
  const auto with = [](const std::string& hex) {
    return asks("a. A", "RD DO") + "HEX_EDNSDATA_BEGIN\n" + hex + "\nHEX_EDNSDATA_END\n";
  };
  const std::string own = "000a 0008 0102030405060708";
  const std::string fine =
      "MATCH all server_cookie\nREPLY QR RD RA DO NOERROR\n" + answer("a.", "192.0.2.80");
  CHECK(judged(options, with(own), fine) == "");
  CHECK(judged("", with(own),
               "MATCH all\nREPLY QR RD RA DO NOERROR\n" + answer("a.", "192.0.2.80")) == "");
  CHECK(judged(options, with(own),
               "MATCH all server_cookie\nREPLY QR RD RA DO BADCOOKIE\n" + question("a."),
               "10.0.0.1") == "");
  // Of an extended RCODE (23) the header has four bits (7).
  const auto refused = [&](const std::string& match) {
    return judged(options, with(own),
                  "MATCH " + match + "\nREPLY QR RD RA DO YXRRSET\n" + question("a."), "10.0.0.1");
  };
  CHECK(refused("all server_cookie") == "");
  CHECK_THAT(refused("all server_cookie ttl"), Catch::Contains("differs: rcode"));
  const dns::EdnsOption client{10, {1, 2, 3, 4, 5, 6, 7, 8}};
  CookieSecret secret{};
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::uint8_t>(i);
  const dns::EdnsOption made =
      server_cookie(client, secret, {dns::Address::parse("10.0.0.1").value(), 0});
  CHECK(judged(options, with("000a 0018 " + to_hex(made.data)), fine, "10.0.0.1") == "");
  const std::string come_again = "MATCH all\nREPLY QR TC RD REFUSED\n";
  CHECK(judged(options, asks("a. A"), come_again, "10.0.0.1") == "");
  CHECK(judged(options, "MATCH TCP\n" + asks("a. A"), "MATCH rcode\nREPLY NOERROR\n", "10.0.0.1") ==
        "");
  CHECK(judged(options, with("000a 0003 010203"),
               "MATCH all\nREPLY QR RD RA DO FORMERR\n" + question("a.")) == "");
  CHECK_THAT(judged("cookie-secret: 00\n", asks("a. A"), fine), Catch::Contains("not 32 digits"));
}

TEST_CASE("local data that can stand in no answer is refused, whatever form it is written in") {
  for (const char* record : {"a. RRSIG A 8 2 3600 20300101000000 20200101000000 1 example. AA==",
                             "a. A \\# 3 010203", "a. TYPE41 \\# 0", "a. MX \\# 1 00"}) {
    INFO(record);
    const std::string option = std::string("local-data: \"") + record + "\"\n";
    CHECK_THAT(judged(option, asks("a. ANY"), all("QR RD RA", "a. ANY")),
               Catch::Contains("local-data"));
  }
}

}  // namespace zonefall::rpl
