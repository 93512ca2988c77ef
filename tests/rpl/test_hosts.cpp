// Goal: which reply a query gets, and what each step does, is as each project's harness has it.
#include "rpl/packet.h"
#include "script_text.h"

namespace zonefall::rpl {
namespace {

std::string bound(const std::string& rest) {
  return faults(forwarding("", rest));
}

std::string deckard(const std::string& rest) {
  return faults(
      "stub-addr: 192.0.2.1\nquery-minimization: off\nCONFIG_END\n"
      "SCENARIO_BEGIN title\n" +
      rest);
}

std::string gets(const std::string& number, const std::string& address) {
  return check(number, "answer", "", answer("a.", address));
}

std::string by_step(const std::string& number, const std::string& address) {
  return "STEP " + number + " REPLY\n" +
         entry("MATCH qname\nADJUST copy_id\nREPLY QR AA\n" + answer("a.", address));
}

}  // namespace

TEST_CASE("testbound: a range without an address serves all, of several the last counts") {
  CHECK(bound("RANGE_BEGIN 0 9\n" + reply("a.", "192.0.2.80") + "RANGE_END\n" + query("1", "a.") +
              gets("2", "192.0.2.80")) == "");
  const auto with_addresses = [&](const std::string& addresses) {
    return bound("RANGE_BEGIN 0 9\n" + addresses + reply("a.", "192.0.2.80") + "RANGE_END\n" +
                 query("1", "a.") + gets("2", "192.0.2.80"));
  };
  CHECK(with_addresses("ADDRESS 192.0.2.9\nADDRESS 192.0.2.1\n") == "");
  CHECK_FALSE(with_addresses("ADDRESS 192.0.2.1\nADDRESS 192.0.2.9\n").empty());
}

TEST_CASE("testbound: what one range does not hold an earlier one may") {
  const std::string ranges = range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) +
                             range("0 9", "192.0.2.1", reply("b.", "192.0.2.81"));
  CHECK(bound(ranges + query("1", "a.") + gets("2", "192.0.2.80")) == "");
  // Deckard looks into the first range only.
  CHECK(deckard(range("0 9", "192.0.2.1", reply("b.", "192.0.2.81")) +
                range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + query("1", "a.") +
                check("2", "rcode", "SERVFAIL", "")) == "");
}

TEST_CASE("the first entry of a range that fits replies, as often as it is asked") {
  const std::string both =
      range("0 9", "192.0.2.1", reply("a.", "192.0.2.80") + reply("a.", "192.0.2.81"));
  CHECK(bound(both + query("1", "a.") + gets("2", "192.0.2.80")) == "");
  CHECK(deckard(both + query("1", "a.") + gets("2", "192.0.2.80")) == "");
}

TEST_CASE("Deckard: an address that no range names is served by the first one") {
  CHECK(deckard(range("0 9", "192.0.2.9", reply("a.", "192.0.2.80")) + query("1", "a.") +
                gets("2", "192.0.2.80")) == "");
}

TEST_CASE("Deckard: steps reply where no range is valid, each once") {
  CHECK(deckard(query("1", "a.") + by_step("2", "192.0.2.80") + gets("3", "192.0.2.80")) == "");
  CHECK(deckard(range("0 9", "192.0.2.1", reply("b.", "192.0.2.81")) + query("1", "a.") +
                by_step("2", "192.0.2.80") + check("3", "rcode", "SERVFAIL", "")) == "");
}

TEST_CASE("Deckard: the last answer may be checked more than once, and steps for others pass by") {
  CHECK(deckard(range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + query("1", "a.") +
                "STEP 2 CHECK_OUT_QUERY\n" + entry("MATCH qname\n" + question("b.")) +
                gets("3", "192.0.2.80") + "STEP 4 TIME_PASSES ELAPSE 59\n" + query("5", "a.") +
                gets("6", "192.0.2.80") + gets("7", "192.0.2.80")) == "");
}

TEST_CASE("testbound: a reply, a timeout and an error are the newest query's") {
  const std::string failed = check("9", "rcode", "SERVFAIL", "");
  const std::string asked = query("1", "a.");
  CHECK(bound(asked + by_step("2", "192.0.2.80") + gets("3", "192.0.2.80")) == "");
  CHECK(bound(asked +
              "STEP 2 ERROR\nSTEP 3 TIMEOUT\nSTEP 4 ERROR\nSTEP 5 TIMEOUT\n"
              "STEP 6 TIMEOUT\n" +
              failed) == "");
  CHECK_THAT(bound("STEP 1 ERROR\n"), Catch::Contains("none is open"));
  CHECK_THAT(bound(by_step("1", "192.0.2.80")), Catch::Contains("none is open"));
}

TEST_CASE("testbound: a query that is checked is replied to if the ID is to be copied") {
  const std::string checked = "STEP 2 NOTHING\nSTEP 3 CHECK_OUT_QUERY ADDRESS 192.0.2.1\n" +
                              entry(
                                  "MATCH qname qtype opcode DO UDP\nADJUST copy_id\n"
                                  "REPLY QR AA\n" +
                                  answer("a.", "192.0.2.80"));
  CHECK(bound(query("1", "a.") + checked + gets("4", "192.0.2.80")) == "");
  const auto other = [&](const std::string& match, const std::string& where) {
    return bound(query("1", "a.") + "STEP 2 NOTHING\nSTEP 3 CHECK_OUT_QUERY" + where + "\n" +
                 entry("MATCH " + match + "\nADJUST copy_id\nREPLY QR\n" + question("a.")));
  };
  CHECK_THAT(other("qname", " ADDRESS 192.0.2.2"), Catch::Contains("STEP 3 CHECK_OUT_QUERY"));
  for (const char* match : {"TCP", "noedns", "CO", "serial=1", "client_cookie", "server_cookie",
                            "ede=any", "ede=6", "all", "all_noedns"}) {
    INFO(match);
    CHECK_THAT(other(match, ""), Catch::Contains("STEP 3 CHECK_OUT_QUERY"));
  }
  CHECK(other("ednsdata", "") == "");  // the step is passed, and the empty reply doubted
}

TEST_CASE("testbound: a query that is checked as it is sent stays open, whatever the entry says") {
  const auto checked = [](const std::string& number, const std::string& name) {
    return "STEP " + number + " CHECK_OUT_QUERY\n" +
           entry("MATCH qname\nADJUST copy_id\nREPLY QR AA\n" + answer(name, "192.0.2.81"));
  };
  CHECK(bound(query("1", "a.") + checked("2", "a.") + by_step("3", "192.0.2.80") +
              gets("4", "192.0.2.80")) == "");
  // So is one that a reply or the end of another query leads to.
  const std::string alias =
      "STEP 2 REPLY\n" + entry("REPLY QR AA\n" + question("a.") + "SECTION ANSWER\na. CNAME b.\n");
  const std::string replied =
      "STEP 4 REPLY\n" + entry("REPLY QR AA\n" + answer("b.", "192.0.2.80"));
  const std::string seen =
      check("5", "answer", "", "SECTION ANSWER\na. CNAME b.\nb. A 192.0.2.80\n");
  CHECK(bound(query("1", "a.") + alias + checked("3", "b.") + replied + seen) == "");
  CHECK(bound(query("1", "a.") + "STEP 2 TIMEOUT\n" + checked("3", "a.") +
              by_step("4", "192.0.2.80") + gets("5", "192.0.2.80")) == "");
}

TEST_CASE("testbound: an answer's OPT record has the usual size, or not all of it is as expected") {
  const std::string asked = range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) +
                            "STEP 1 QUERY\n" + entry("REPLY RD DO\n" + question("a."));
  const auto seen = [&](const std::string& options, const std::string& match) {
    return faults(
        forwarding(options, asked + check("2", match, "QR RD RA DO", answer("a.", "192.0.2.80"))));
  };
  CHECK(seen("", "all") == "");
  CHECK_THAT(seen("edns-buffer-size: 4096\n", "all"), Catch::Contains("differs: edns"));
  CHECK(seen("edns-buffer-size: 4096\n", "all_noedns") == "");
}

TEST_CASE("names in RDATA are compared in any case") {
  const auto with_record = [](const std::string& start, const std::string& record) {
    return start + "SECTION QUESTION\na. NSEC\nSECTION ANSWER\na. NSEC " + record + "\n";
  };
  const std::string asked =
      range("0 9", "192.0.2.1",
            entry(with_record("MATCH qname\nADJUST copy_id\nREPLY QR AA\n", "\\000.aB.A. A"))) +
      "STEP 1 QUERY\n" + entry("REPLY RD\nSECTION QUESTION\na. NSEC\n") + "STEP 2 CHECK_ANSWER\n";
  for (const auto& play : {bound, deckard}) {
    CHECK(play(asked + entry(with_record("MATCH answer\n", "\\000.Ab.a. A"))) == "");
    CHECK(play(asked + entry(with_record("MATCH answer\n", "\\000.ac.a. A"))) != "");
    CHECK(play(asked + entry(with_record("MATCH answer\n", "\\000.ab.a. AAAA"))) != "");
  }
}

TEST_CASE("testbound: all of a reply is never all of a query") {
  const auto asked = [](const std::string& match) {
    return bound(range("0 9", "192.0.2.1",
                       entry("MATCH " + match + "\nADJUST copy_id\nREPLY QR AA RD\n" +
                             answer("a.", "192.0.2.80"))) +
                 query("1", "a.") + gets("2", "192.0.2.80"));
  };
  CHECK(asked("qname") == "");
  CHECK_THAT(asked("all"), Catch::Contains("no answer"));
  CHECK_THAT(asked("all_noedns"), Catch::Contains("no answer"));
}

TEST_CASE("testbound: the question of a packet in hex may be the query's") {
  const auto served = [](const std::string& adjust, const std::string& hex) {
    return bound(range("0 9", "192.0.2.1",
                       entry("MATCH subdomain\nADJUST copy_id " + adjust + "\n" + question("a.") +
                             "HEX_ANSWER_BEGIN\n" + hex + "\nHEX_ANSWER_END\n")) +
                 query("1", "b.a.") + check("2", "rcode answer", "NXDOMAIN", ""));
  };
  const std::string header = "0000 8403 0001 0000 0000 0000";
  const std::string name = "01 61 00 0001 0001";
  CHECK(served("copy_query", header + name) == "");
  CHECK(served("", header + "01 62 01 61 00 0001 0001") == "");
  CHECK(served("copy_query", "0000 8403 0000 0000 0000 0000") == "");
  CHECK_FALSE(served("", header + name).empty());
  CHECK_FALSE(served("copy_query", header + "3f 61").empty());  // it ends within the name
  CHECK_FALSE(served("copy_query", "0000").empty());
}

TEST_CASE("Deckard: of a packet in hex the ID is the query's by raw_id alone") {
  const auto served = [](const std::string& adjust) {
    return deckard(range("0 9", "192.0.2.1",
                         entry("MATCH qname\nADJUST " + adjust + "\n" + question("a.") +
                               "RAW\n00008403000100000000000001610000010001\n")) +
                   query("1", "a.") + check("2", "rcode", "NXDOMAIN", ""));
  };
  CHECK(served("raw_id") == "");
  CHECK_THAT(served("copy_id"), Catch::Contains("SERVFAIL") || Catch::Contains("within 5 s"));
}

TEST_CASE("Deckard: replies that copy anything of a query have its EDNS") {
  const auto script = parse_script(
      "SCENARIO_BEGIN title\nRANGE_BEGIN 0 9\n" +
          entry("ADJUST copy_id\nREPLY QR\n" + question("a.")) + entry("ADJUST do_not_answer\n") +
          entry("REPLY QR DO\n" + question("a.")) + "RANGE_END\nSCENARIO_END\n",
      {"test.rpl", Dialect::deckard});
  REQUIRE(script.ok());
  const std::vector<Entry>& entries = script.value().ranges.at(0).entries;
  Packet query;
  query.question = dns::Question{dns::Name::literal("A."), dns::RRType::a, dns::RRClass::in};
  const auto edns_of = [&](const Entry& entry) {
    const auto octets = reply_octets(entry, query, Dialect::deckard);
    return dns::decode(octets.value()).value().edns;
  };
  CHECK_FALSE(edns_of(entries[0]));
  query.edns = dns::Edns{.udp_payload_octets = 4096, .dnssec_ok = true};
  REQUIRE(edns_of(entries[0]));
  CHECK(edns_of(entries[0])->dnssec_ok);
  query.edns->dnssec_ok = false;
  CHECK_FALSE(edns_of(entries[0])->dnssec_ok);
  CHECK_FALSE(reply_octets(entries[1], query, Dialect::deckard));
  CHECK(edns_of(entries[2])->dnssec_ok);
}

TEST_CASE("testbound: steps that do nothing, and what stands between steps") {
  CHECK(bound("STEP 1 NOTHING\nSTEP 2 INFRA_RTT 192.0.2.1 . 100\nsomething else\nSTEP 3 TRAFFIC\n" +
              range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + query("4", "a.") +
              gets("5", "192.0.2.80")) == "");
}

TEST_CASE("testbound: an answer belongs to who asked, and must be looked at") {
  const std::string asked = range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) +
                            "STEP 1 QUERY ADDRESS 127.0.0.9\n" +
                            entry("REPLY RD\n" + question("a."));
  const auto seen = [&](const std::string& address) {
    return bound(asked + "STEP 2 CHECK_ANSWER" + address + "\n" +
                 entry("MATCH answer\n" + answer("a.", "192.0.2.80")));
  };
  CHECK(seen("") == "");
  CHECK(seen(" ADDRESS 127.0.0.9") == "");
  CHECK_FALSE(seen(" ADDRESS 127.0.0.1").empty());
  CHECK_THAT(bound(asked + "STEP 2 TRAFFIC\nSTEP 3 TRAFFIC\n"), Catch::Contains("no answers left"));
}

TEST_CASE("testbound: messages are forgotten, or expire") {
  const std::string first = range("0 4", "192.0.2.1", reply("a.", "192.0.2.80")) +
                            range("5 99", "192.0.2.1", reply("a.", "192.0.2.81")) +
                            query("1", "a.") + gets("2", "192.0.2.80");
  const std::string again = query("11", "a.");
  CHECK(bound(first + again + gets("12", "192.0.2.80")) == "");
  CHECK(bound(first + "STEP 10 FLUSH_MESSAGE a. A IN\n" + again + gets("12", "192.0.2.81")) == "");
  CHECK(bound(first + "STEP 10 EXPIRE_MESSAGE a. A IN\n" + again + gets("12", "192.0.2.81")) == "");
}

TEST_CASE("a class that is not asked for is no reason to fit or not") {
  CHECK(bound(range("0 9", "192.0.2.1",
                    entry("MATCH qname qtype\nADJUST copy_id copy_query\nREPLY QR AA\n"
                          "SECTION QUESTION\na. CH A\nSECTION ANSWER\na. IN A 192.0.2.80\n")) +
              query("1", "a.") + gets("2", "192.0.2.80")) == "");
}

}  // namespace zonefall::rpl
