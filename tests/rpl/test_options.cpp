// Goal: each option of a script's config section does what its project's manual says, and what
// cannot be done is named with its line and fails the script.
#include "script_text.h"

namespace zonefall::rpl {
namespace {

std::string bound_config(const std::string& config) {
  return faults("server:\n" + config + "CONFIG_END\nSCENARIO_BEGIN title\n");
}

std::string deckard(const std::string& config, const std::string& rest) {
  return faults(config + "query-minimization: off\nCONFIG_END\nSCENARIO_BEGIN title\n" + rest);
}

// What the resolver says its trust anchors are.
std::string anchors(const std::string& config, const std::string& texts) {
  return faults(forwarding(config, "STEP 1 QUERY\n" +
                                       entry("REPLY RD\nSECTION QUESTION\n"
                                             "trustanchor.unbound. CH TXT\n") +
                                       "STEP 2 CHECK_ANSWER\n" +
                                       entry("MATCH answer\nSECTION ANSWER\n" + texts)));
}

std::string anchor_line(const std::string& text) {
  return "trustanchor.unbound. 0 CH TXT \"" + text + "\"\n";
}

const std::string fine = "QR RD RA NOERROR";
const std::string digest = " 8 2 0000000000000000000000000000000000000000000000000000000000000000";

}  // namespace

TEST_CASE("trust anchors come from options and from files that the script brings along") {
  CHECK(anchors("trust-anchor: \"a. DS 1" + digest + "\"\n" +
                    " trust-anchor-file:\nTEMPFILE_NAME keys\n"
                    "TEMPFILE_CONTENTS keys\n; remark\na. 60 IN DS (2\n8\n2\n" +
                    digest.substr(5) + " ) ; remark\n\nb. DS 3" + digest + "\nTEMPFILE_END\n",
                anchor_line("a. 1 2") + anchor_line("b. 3")) == "");
}

TEST_CASE("a trust anchor that is none is named where it stands") {
  const std::string fine_one = "a. DS 1" + digest + "\n";
  const auto file = [](const std::string& text) {
    return " trust-anchor-file:\nTEMPFILE_NAME keys\nTEMPFILE_CONTENTS keys\n" + text +
           "TEMPFILE_END\n";
  };
  CHECK_THAT(bound_config(" trust-anchor: \"" + digest + "\"\n trust-anchor: \"a. A 192.0.2.1\"\n"),
             Catch::Contains("2 option") && Catch::Contains("3 option") &&
                 Catch::Contains("test.rpl:3: a trust anchor is a DS or a DNSKEY record"));
  CHECK_THAT(bound_config(file(fine_one + "b. DS 1 8 (\n x 00 )\n")),
             Catch::Contains("6 option trust-anchor-file") && Catch::Contains("test.rpl:7:2: "));
  CHECK_THAT(bound_config(file(fine_one + "b. DS ( 1" + digest + "\n")),
             Catch::Contains("test.rpl:6:7: '(' is not closed"));
  // Of a file within the file, and behind it.
  const std::string inner = "TEMPFILE_CONTENTS more\nb. DS x" + digest + "\nTEMPFILE_END\n";
  CHECK_THAT(
      bound_config(file(fine_one + "$INCLUDE_TEMPFILE more\nc. DS y" + digest + "\n") + inner),
      Catch::Contains("test.rpl:10:7: ") && Catch::Contains("test.rpl:7:7: "));
  CHECK_THAT(bound_config(file("$INCLUDE_TEMPFILE more\n")),
             Catch::Contains("test.rpl:5: the script has no file \"more\""));
}

TEST_CASE("of a file that RFC 5011 is done with, keys count that are trusted") {
  const std::string file = "AUTOTRUST_FILE f\n; autotrust\n;;id: a. 1\n;;last_queried: 0 ;;x\n";
  const auto key = [&](const std::string& tag, const std::string& state) {
    return "a. 60 IN DS " + tag + digest + " ;{id} ;;state=" + state + " ;;count=0\n";
  };
  CHECK(anchors(file + key("1", "0 [ START ]") + key("2", "1 [ ADDPEND ]") +
                    key("3", "2 [ VALID ]") + key("4", "3 [ MISSING ]") +
                    key("5", "4 [ REVOKED ]") + key("6", "5 [ REMOVED ]") + "a. DS 7" + digest +
                    "\nAUTOTRUST_END\n",
                anchor_line("a. 3 4 7")) == "");
  CHECK(anchors(file + ";;REVOKED\n" + key("3", "2") + "AUTOTRUST_END\n", "") == "");
}

TEST_CASE("what this resolver does not have fails the script and is named") {
  CHECK_THAT(bound_config(" dlv-anchor: x\n"),
             Catch::Contains("2 option dlv-anchor") && Catch::Contains("unsupported option"));
  CHECK_THAT(bound_config(" trust-anchor-file: \"/etc/keys\"\n"),
             Catch::Contains("unsupported: a file outside of the script"));
  CHECK_THAT(bound_config(" include: \"/etc/unbound/more.conf\"\n"),
             Catch::Contains("2 option include"));
  CHECK_THAT(bound_config(" module-config: \"subnetcache iterator\"\n"),
             Catch::Contains("unsupported module subnetcache"));
  for (const std::string clause : {"auth-zone", "rpz", "dnscrypt"}) {
    const std::string faults = bound_config(clause + ":\n name: \"a\"\n name: \"b\"\n");
    CHECK(faults == "2 clause " + clause + "\n" + clause + ":got\nunsupported clause");
  }
  CHECK(bound_config("remote-control:\n control-enable: yes\npython:\n python-script: x\n") == "");
  CHECK(bound_config(" log-queries: yes\n so-rcvbuf: 0\n outgoing-range: 5\n") == "");
  CHECK_THAT(bound_config(" harden-referral-path: yes\n"), Catch::Contains("unsupported option"));
  CHECK(bound_config(" harden-unverified-glue: yes\n harden-unknown-additional: yes\n") == "");
}

TEST_CASE("options that have several values take them all") {
  CHECK(bound_config(" interface-view: 10.0.0.0/8 v edns-buffer-size: 1232\n") ==
        "2 option interface-view\ninterface-view: 10.0.0.0/8 vgot\nunsupported option");
}

TEST_CASE("blanks between an option and its value are as one likes") {
  CHECK(bound_config(" ede:yes ede:\"no\" access-control:10.0.0.0/8 allow\n  ede:\n  yes\n"
                     "stub-zone: name:\".\" stub-addr:2001:db8::1\n") == "");
  const auto script = parse_script("server:\n :x\nCONFIG_END\n", {"test.rpl", std::nullopt});
  REQUIRE_FALSE(script.ok());
  CHECK(script.error().to_text() == "test.rpl:2: expected an option, got ':x'");
}

TEST_CASE("bounds on NSEC3 iterations are pairs in order of key size") {
  const auto refusal = [](const std::string& pairs) {
    return bound_config(" val-nsec3-keysize-iterations: \"" + pairs + "\"\n");
  };
  CHECK(refusal("1024 150 2048 500") == "");
  CHECK_THAT(refusal("1024"), Catch::Contains("not pairs of numbers"));
  CHECK_THAT(refusal(""), Catch::Contains("not pairs of numbers"));
  CHECK_THAT(refusal("1024 65536"), Catch::Contains("not pairs of numbers"));
  CHECK_THAT(refusal("1024 150 1024 500"), Catch::Contains("key sizes that do not ascend"));
}

TEST_CASE("servers may be asked over TCP and nothing else") {
  const std::string over_tcp =
      range("0 9", "192.0.2.1",
            entry("MATCH TCP qname\nADJUST copy_id\nREPLY QR AA\n" + answer("a.", "192.0.2.80"))) +
      query("1", "a.") + check("2", "rcode", "NOERROR", "");
  CHECK(faults(forwarding("tcp-upstream: yes\n", over_tcp)) == "");
  CHECK(faults(forwarding("tcp-upstream: no\n", over_tcp)) != "");
}

TEST_CASE("a step that cannot be done fails once it is reached") {
  const std::string start = "server:\nCONFIG_END\nSCENARIO_BEGIN title\nSTEP 1 NOTHING\n";
  CHECK_THAT(faults(start + "STEP 2 CHECK_AUTOTRUST f\nFILE_BEGIN\n$TTL x\nFILE_END\n"),
             Catch::Contains("5 STEP 2 CHECK_AUTOTRUST") && Catch::Contains("unsupported step"));
  // What comes before it fails first.
  CHECK_THAT(faults(start + "STEP 2 TIMEOUT\nSTEP 3 LOG x\n"), Catch::Contains("5 STEP 2 TIMEOUT"));
  CHECK_THAT(faults("stub-addr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN title\nSTEP 1 TRAFFIC\n"),
             Catch::Contains("unsupported step: of testbound only"));
  CHECK_THAT(deckard("stub-addr: 192.0.2.1\n",
                     "STEP 1 REPLY\n" + entry("TSIG key secret\nREPLY QR\n" + question("a."))),
             Catch::Contains("7 TSIG"));
}

TEST_CASE("Deckard's options") {
  const std::string asked = query("1", "a.") + check("2", "answer", "", answer("a.", "192.0.2.80"));
  const auto at = [&](const std::string& address) {
    return range("0 9", address, reply("a.", "192.0.2.80")) + asked;
  };
  const std::string failed = query("1", "a.") + check("2", "rcode", "SERVFAIL", "");
  CHECK(deckard("stub-addr: 192.0.2.1\n", at("192.0.2.1")) == "");
  CHECK(deckard("stub-addr: 2001:db8::1\nforce-ipv6: on\n", at("2001:db8::1")) == "");
  CHECK(deckard("stub-addr: 127.0.0.10\n", failed) == "");
  CHECK(deckard("stub-addr: 127.0.0.10\ndo-not-query-localhost: off\n", at("127.0.0.10")) == "");
  CHECK(deckard("stub-addr: 2001:db8::1\ndo-ip6: off ; remark\n", failed) == "");
  CHECK(deckard("stub-addr: 192.0.2.1\nforward-addr: 192.0.2.7\n",
                range("0 9", "192.0.2.7", reply("a.", "192.0.2.80")) + asked) == "");
  CHECK_THAT(deckard("feature-list: policy=x\nfeatures: y\n", ""),
             Catch::Contains("1 option feature-list") && Catch::Contains("2 option features") &&
                 Catch::Contains("unsupported option"));
  CHECK_THAT(deckard("stub-adr: x\n", ""), Catch::Contains("did you mean \"stub-addr\"?"));
  CHECK_THAT(deckard("val-override-timestamp: soon\n", ""), Catch::Contains("is not a date"));
  CHECK(deckard("val-override-timestamp: 1500000000\nharden-glue: off\ndo-ip4: yes\n", "") == "");
}

TEST_CASE("a range of Deckard's may serve several addresses") {
  const std::string text =
      "RANGE_BEGIN 0 9 192.0.2.1\n ADDRESS 192.0.2.2\n ADDRESS 192.0.2.3 ; remark\n" +
      reply("a.", "192.0.2.80") + "RANGE_END\n" + query("1", "a.") +
      check("2", "answer", "", answer("a.", "192.0.2.80"));
  for (const char* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    CHECK(deckard("stub-addr: " + std::string(address) + "\n", text) == "");
  }
}

TEST_CASE("Deckard's client and its words of MATCH") {
  const auto judged = [](const std::string& replies, const std::string& expected) {
    return deckard("stub-addr: 192.0.2.1\n",
                   range("0 9", "192.0.2.1", replies) + query("1", "A.b.") + expected);
  };
  const auto served = [&](const std::string& match) {
    return judged(entry("MATCH " + match + "\nADJUST copy_id copy_query\nREPLY QR AA\n" +
                        answer("a.b.", "192.0.2.80")),
                  check("2", "answer", "", answer("a.b.", "192.0.2.80")));
  };
  CHECK(served("opcode question") == "");
  CHECK(served("subdomain edns") == "");
  CHECK_FALSE(served("flags") == "");   // a query has no QR
  CHECK_FALSE(served("answer") == "");  // nor records
  CHECK_FALSE(served("all") == "");
  // A raw query has no answer, and the next one is not given its.
  CHECK(deckard("stub-addr: 192.0.2.1\n",
                range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + "STEP 1 QUERY\n" +
                    entry("RAW\n00000100000100000000000001610000010001\n") + query("2", "a.") +
                    check("3", "answer", "", answer("a.", "192.0.2.80"))) == "");
  // All its queries have EDNS, so all answers do.
  CHECK(deckard("stub-addr: 192.0.2.1\n",
                range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + query("1", "a.") +
                    check("2", "edns all", fine, answer("a.", "192.0.2.80"))) == "");
}

}  // namespace zonefall::rpl
