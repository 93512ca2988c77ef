// Goal: a script passes if and only if what it checks is so, by its dialect's own rules.
#include "script_text.h"

namespace zonefall::rpl {
namespace {

// Unbound primes: the root's servers are asked who they are first.
const std::string bound =
    "server:\n qname-minimisation: no\nstub-zone:\n name: \".\"\n"
    " stub-addr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN title\n" +
    range("0 999", "192.0.2.1",  // who serves the root is asked first (RFC 8109)
          entry("MATCH opcode qname qtype\nADJUST copy_id\nREPLY QR AA NOERROR\n"
                "SECTION QUESTION\n. IN NS\nSECTION ANSWER\n. IN NS root.\n"
                "SECTION ADDITIONAL\nroot. IN A 192.0.2.1\n"));
const std::string knot =
    "stub-addr: 192.0.2.1\nquery-minimization: off\nCONFIG_END\n"
    "SCENARIO_BEGIN title\n";
const std::string fine = "QR RD RA NOERROR";

std::string difference(const PlayResult& result) {
  REQUIRE(result.mismatches.size() == 1);
  const std::string& got = result.mismatches[0].got;
  const std::size_t at = got.find("differs: ");
  return at == std::string::npos ? got : got.substr(at + 9, got.size() - at - 10);
}

}  // namespace

TEST_CASE("an answer that is as expected passes, each difference has its name") {
  const std::string start =
      bound + range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + query("1", "a.");
  const auto judged = [&](const std::string& match, const std::string& reply,
                          const std::string& sections) {
    const auto results = played(start + check("2", match, reply, sections));
    REQUIRE(results.size() == 1);
    return results[0].passed() ? "passed" : difference(results[0]);
  };
  CHECK(judged("all", fine, answer("a.", "192.0.2.80")) == "passed");
  CHECK(judged("all", fine, answer("A.", "192.0.2.80")) == "passed");  // whatever the case
  CHECK(judged("all", fine, answer("a.", "192.0.2.81")) == "answer");
  CHECK(judged("all", "QR RD NOERROR", answer("a.", "192.0.2.80")) == "flags");
  CHECK(judged("all", "QR RD RA NXDOMAIN", answer("a.", "192.0.2.80")) == "rcode");
  CHECK(judged("all", "QR RD RA DO NOERROR", answer("a.", "192.0.2.80")) == "edns");
  CHECK(judged("all ttl", fine, question("a.") + "SECTION ANSWER\na. 61 IN A 192.0.2.80\n") ==
        "answer");
  CHECK(judged("all ede=6", fine, answer("a.", "192.0.2.80")) == "ede");
  CHECK(judged("all", fine,
               answer("a.", "192.0.2.80") + "SECTION ADDITIONAL\nb. IN A 192.0.2.80\n") ==
        "additional");
  CHECK(judged("all", fine, answer("a.", "192.0.2.80") + question("b.")) == "question");
  CHECK(judged("all_noedns", fine, answer("a.", "192.0.2.80") + question("b.")) == "question");
  CHECK(judged("all_noedns", fine + " DO", answer("a.", "192.0.2.80")) == "passed");
  CHECK(judged("rcode", "NOERROR", question("a.")) == "passed");  // only what is named
}

TEST_CASE("replies belong to the step that is next, of the last range first") {
  // Asked in step 5, it is the range of step 6 that replies.
  const std::string ranges = range("0 5", "192.0.2.1", reply("a.", "192.0.2.80")) +
                             range("6 9", "192.0.2.1", reply("a.", "192.0.2.81"));
  CHECK(played(bound + ranges + query("5", "a.") +
               check("6", "answer", "", answer("a.", "192.0.2.81")))[0]
            .passed());
  // Deckard's are those of the step itself.
  CHECK(played(knot + ranges + query("5", "a.") +
               check("6", "answer", "", answer("a.", "192.0.2.80")))[0]
            .passed());
  const std::string both = range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) +
                           range("0 9", "192.0.2.1", reply("a.", "192.0.2.81"));
  CHECK(played(bound + both + query("1", "a.") +
               check("2", "answer", "", answer("a.", "192.0.2.81")))[0]
            .passed());
  CHECK(played(knot + both + query("1", "a.") +
               check("2", "answer", "", answer("a.", "192.0.2.80")))[0]
            .passed());
}

TEST_CASE("names match by case in testbound only") {
  const std::string upper = range("0 9", "192.0.2.1",
                                  entry("MATCH opcode qname\nADJUST copy_id copy_query\n"
                                        "REPLY QR AA NOERROR\n" +
                                        answer("A.", "192.0.2.80")));
  const auto strict = played(bound + upper + query("1", "a.") + check("2", "rcode", "", ""));
  CHECK_FALSE(strict[0].passed());
  CHECK(strict[0].unscripted == std::vector<std::string>{"a. A to 192.0.2.1"});
  CHECK(strict[0].open == std::vector<std::string>{"a. A to 192.0.2.1"});
  CHECK(played(knot + upper + query("1", "a.") +
               check("2", "answer", "", answer("a.", "192.0.2.80")))[0]
            .passed());
}

TEST_CASE("a reply without copy_query to another question is no reply") {
  const auto results = played(knot +
                              range("0 9", "192.0.2.1",
                                    entry("MATCH opcode\nADJUST copy_id\nREPLY QR AA NOERROR\n" +
                                          answer("b.", "192.0.2.80"))) +
                              query("1", "a.") + check("2", "rcode", "SERVFAIL", ""));
  CHECK(results[0].passed());
}

TEST_CASE("time passes when the script says so") {
  const std::string start = bound + range("0 4", "192.0.2.1", reply("a.", "192.0.2.80")) +
                            range("20 29", "192.0.2.1", reply("a.", "192.0.2.81")) +
                            query("1", "a.") + check("2", "answer", "", answer("a.", "192.0.2.80"));
  CHECK(played(start + "STEP 19 TIME_PASSES ELAPSE 59.5\n" + query("20", "a.") +
               check("21", "answer ttl", "",
                     question("a.") + "SECTION ANSWER\na. 1 IN A 192.0.2.80\n"))[0]
            .passed());
  CHECK(played(start + "STEP 19 TIME_PASSES ELAPSE 60\n" + query("20", "a.") +
               check("21", "answer", "", answer("a.", "192.0.2.81")))[0]
            .passed());
}

TEST_CASE("upstream queries are checked, answered and failed by steps") {
  const std::string out =
      "STEP 2 CHECK_OUT_QUERY ADDRESS 192.0.2.1\n" + entry("MATCH qname qtype\n" + question("a."));
  const std::string by_step =
      "STEP 3 REPLY\n" + entry("REPLY QR AA NOERROR\n" + answer("a.", "192.0.2.80"));
  const std::string seen = check("4", "all", fine, answer("a.", "192.0.2.80"));
  CHECK(played(bound + query("1", "a.") + out + by_step + seen)[0].passed());
  const std::string other = "STEP 2 CHECK_OUT_QUERY\n" + entry("MATCH qname\n" + question("b."));
  const auto wrong = played(bound + query("1", "a.") + other);
  REQUIRE(wrong[0].mismatches.size() == 1);
  CHECK(wrong[0].mismatches[0].what == "STEP 2 CHECK_OUT_QUERY");
  CHECK_THAT(wrong[0].mismatches[0].got, Catch::Contains("a. A to 192.0.2.1"));
  // A failed attempt is followed by another.
  CHECK(played(bound + query("1", "a.") + "STEP 2 TIMEOUT\n" + by_step + seen)[0].passed());
  const auto none = played(bound + "STEP 1 TIMEOUT\n");
  CHECK(difference(none[0]) == "none is open\n");
}

TEST_CASE("an option that this resolver does not have fails the script") {
  const auto results = played(
      "server:\n\tdlv-anchor: x\nCONFIG_END\n"
      "SCENARIO_BEGIN title\n");
  REQUIRE(results.size() == 1);
  REQUIRE(results[0].mismatches.size() == 1);
  CHECK(results[0].mismatches[0].line == 2);
  CHECK(results[0].mismatches[0].what == "option dlv-anchor");
  CHECK(results[0].mismatches[0].got == "unsupported option");
  CHECK_FALSE(played("stub-adr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN title\n")[0].passed());
}

TEST_CASE("dates are from 1970 to 2105") {
  for (const char* date : {"19600101000000", "22620411000000", "20071301000000", "soon"}) {
    const std::string option = "val-override-date: " + std::string(date);
    INFO(date);
    CHECK_FALSE(played(option + "\nCONFIG_END\nSCENARIO_BEGIN title\n")[0].passed());
  }
}

TEST_CASE("time may pass in leaps, between a query and its answer too") {
  const std::string leap = "TIME_PASSES ELAPSE 700000000\n";
  const std::string by_step = entry("REPLY QR AA NOERROR\n" + answer("a.", "192.0.2.80"));
  const auto results = played(bound + query("1", "a.") + "STEP 2 " + leap + "STEP 3 REPLY\n" +
                              by_step + query("4", "b.") + "STEP 5 " + leap + "STEP 6 TIMEOUT\n");
  CHECK(results[0].passed());  // whoever asked has gone: nobody gets an answer
  CHECK(results[0].open.size() == 1);
}

TEST_CASE("what was asked of types that no zone has says nothing about names below") {
  const std::string alias = entry("MATCH opcode qname\nADJUST copy_id\nREPLY QR AA NOERROR\n" +
                                  question("al.") + "SECTION ANSWER\nal. 60 IN CNAME a.b.\n");
  const std::string ranges =
      range("0 9", "192.0.2.1", alias + reply("a.b.", "192.0.2.80") + reply("c.b.", "192.0.2.81"));
  const auto results = played(
      bound + ranges + query("1", "al.") + check("2", "rcode", "NOERROR", "") + "STEP 3 QUERY\n" +
      entry("REPLY RD\nSECTION QUESTION\nb. IN TYPE41\n") + check("4", "rcode", "FORMERR", "") +
      query("5", "c.b.") + check("6", "answer", "", answer("c.b.", "192.0.2.81")));
  CHECK(results[0].mismatches.empty());
}

TEST_CASE("a Deckard script is played with minimised names and without") {
  const auto results =
      played("stub-addr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN title\n" +
             range("0 9", "192.0.2.1", reply("a.b.", "192.0.2.80")) + query("1", "a.b.") +
             check("2", "answer", "", answer("a.b.", "192.0.2.80")));
  REQUIRE(results.size() == 2);
  CHECK(results[0].mode == "minimising");
  // The hidden label is asked for, which nobody answers but with SERVFAIL.
  CHECK(results[0].unscripted == std::vector<std::string>{"b. NS to 192.0.2.1"});
  CHECK(results[0].passed());
  CHECK(results[1].mode == "not minimising");
  CHECK(results[1].unscripted.empty());
  CHECK(results[1].passed());
}

TEST_CASE("silence of servers ends a Deckard query after five seconds") {
  const auto results = played(
      knot +
      range("0 9", "192.0.2.1", entry("MATCH opcode\nADJUST do_not_answer\n" + question("a."))) +
      query("1", "a.") + check("2", "rcode", "SERVFAIL", ""));
  REQUIRE(results[0].mismatches.size() == 1);
  CHECK(results[0].mismatches[0].what == "STEP 1 QUERY");
}

TEST_CASE("what a script calls mandatory must be asked for") {
  const auto results = played(
      knot +
      range("0 9", "192.0.2.1",
            entry("MANDATORY\nMATCH qname\nADJUST copy_id\nREPLY QR\n" + question("never."))));
  REQUIRE(results[0].mismatches.size() == 1);
  CHECK(results[0].mismatches[0].what == "MANDATORY");
}

TEST_CASE("a query that nobody recurses for is refused") {
  const auto results = played(bound + "STEP 1 QUERY\n" + entry("REPLY\n" + question("a.")) +
                              check("2", "all", "QR RA REFUSED", question("a.")));
  CHECK(results[0].passed());
}

TEST_CASE("without an answer to who the root's servers are, nobody is asked for anything else") {
  const std::string head =
      "server:\n outbound-msg-retry: 2\n qname-minimisation: no\nstub-zone:\n name: \".\"\n"
      " stub-addr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN title\n";
  const std::string ns =
      "STEP 2 CHECK_OUT_QUERY\n" + entry("MATCH qname qtype\nSECTION QUESTION\n. IN NS\n");
  const auto results = played(head + query("1", "a.") + ns + "STEP 3 TIMEOUT\nSTEP 4 TIMEOUT\n" +
                              check("5", "all", "QR RD RA SERVFAIL", question("a.")));
  CHECK(results[0].passed());
  CHECK(results[0].open.empty());
}

TEST_CASE("the CD flag, late answers and local servers are as the options have them") {
  const std::string server = reply("a.", "192.0.2.80");
  const auto judged = [&](const std::string& options, const std::string& address,
                          const std::string& rest) {
    return played("server:\n qname-minimisation: no\n" + options + "forward-zone:\n name: \".\"\n" +
                  " forward-addr: " + address + "\nCONFIG_END\nSCENARIO_BEGIN title\n" +
                  range("0 9", address, server) + rest)[0]
        .passed();
  };
  const std::string asks = query("1", "a.") + check("2", "all", fine, answer("a.", "192.0.2.80"));
  CHECK(judged("", "192.0.2.1", asks));
  CHECK_FALSE(judged("", "127.0.0.9", asks));
  CHECK(judged("do-not-query-localhost: no\n", "127.0.0.9", asks));
  CHECK_FALSE(judged("do-not-query-address: 192.0.2.0/24\n", "192.0.2.1", asks));
  const std::string late = "STEP 0 QUERY\n" + entry("REPLY RD\n" + question("b.")) +
                           "STEP 1 TIME_PASSES ELAPSE 3\nSTEP 2 REPLY\n" +
                           entry("REPLY QR AA\n" + answer("b.", "192.0.2.81"));
  const std::string comes = check("3", "answer", "", answer("b.", "192.0.2.81"));
  CHECK(judged("", "192.0.2.1", late));
  CHECK_FALSE(judged("", "192.0.2.1", late + comes));
  CHECK(judged("discard-timeout: 4000\n", "192.0.2.1", late + comes));
}

}  // namespace zonefall::rpl
