// Goal: scripts are read as their dialect has them, and what cannot be read is named with its line.
#include <catch2/catch.hpp>

#include "zonefall/rpl/script.h"

namespace zonefall::rpl {
namespace {

// Of a script up to its SCENARIO_END.
Script parsed(const std::string& text) {
  const auto script = parse_script(text + "\nSCENARIO_END\n", {"test.rpl", std::nullopt});
  INFO((script ? std::string() : script.error().to_text()));
  REQUIRE(script.ok());
  return script.value();
}

std::string error_of(std::string_view text) {
  const auto script = parse_script(text, {"test.rpl", std::nullopt});
  REQUIRE_FALSE(script.ok());
  return script.error().to_text();
}

struct BadScript {
  std::string text;
  std::string error;  // a part of it
};

void check_errors(const std::vector<BadScript>& scripts) {
  for (const BadScript& one : scripts) {
    INFO(one.text);
    CHECK_THAT(error_of(one.text), Catch::Contains(one.error));
  }
}

const std::string testbound_head = "server:\nCONFIG_END\nSCENARIO_BEGIN title\n";
const std::string deckard_head = "stub-addr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN title\n";

std::string query_step(const std::string& entry) {
  return "STEP 1 QUERY\nENTRY_BEGIN\n" + entry + "ENTRY_END\n";
}

}  // namespace

TEST_CASE("the config section tells the dialect") {
  const Script bound = parsed(
      "; a comment\nserver:\n\ttrust-anchor: \"a b: c\" # remark\n"
      "forward-zone: name: \".\" forward-addr: 192.0.2.1\nstub-zone:\nCONFIG_END\n"
      "SCENARIO_BEGIN A title of words\nSCENARIO_END\n");
  CHECK(bound.dialect == Dialect::testbound);
  CHECK(bound.title == "A title of words");
  REQUIRE(bound.options.size() == 6);  // clauses included
  CHECK(bound.options[1].clause == "server");
  CHECK(bound.options[1].name == "trust-anchor");
  CHECK(bound.options[1].value == "a b: c");
  CHECK(bound.options[1].line == 3);
  CHECK(bound.options[4].clause == "forward-zone");
  CHECK(bound.options[4].name == "forward-addr");
  CHECK(bound.options[3].clause_number == bound.options[4].clause_number);
  CHECK(bound.options[5].clause == "stub-zone");

  const Script deckard = parsed(
      ";server:\nstub-addr: 192.0.2.1 # remark\nquery-minimization: \"off\"\nno option\n"
      "CONFIG_END\nSCENARIO_BEGIN title\nSCENARIO_END\n");
  CHECK(deckard.dialect == Dialect::deckard);
  REQUIRE(deckard.options.size() == 2);
  CHECK(deckard.options[0].value == "192.0.2.1");
  CHECK(deckard.options[1].value == "off");
}

TEST_CASE("a value that only looks like an option") {
  const Script bound = parsed(
      "server:\n identity: \"ede:\" nsid: 'a:'\nforward-zone:\n forward-addr: fe80::\nCONFIG_END\n"
      "SCENARIO_BEGIN title\n");
  REQUIRE(bound.options.size() == 5);
  CHECK(bound.options[1].value == "ede:");
  CHECK(bound.options[2].value == "a:");
  CHECK(bound.options[4].value == "fe80::");
  const Script deckard = parsed(
      "stub-addr: fe80::\ndo-ip6: off ; see do-ip4: too\nfeatures: \"a: b\"\nCONFIG_END\n"
      "SCENARIO_BEGIN title\n");
  REQUIRE(deckard.options.size() == 3);
  CHECK(deckard.options[0].value == "fe80::");
  CHECK(deckard.options[2].value == "a: b");
}

TEST_CASE("a Deckard script may begin with its scenario") {
  const Script script = parsed("SCENARIO_BEGIN title\nSTEP 1 TIME_PASSES ELAPSE 5\n");
  CHECK(script.dialect == Dialect::deckard);
  REQUIRE(script.steps.size() == 1);
  CHECK(script.steps[0].elapsed == Duration::seconds(5));
}

TEST_CASE("entries have matches, adjustments, flags and sections") {
  const Script script =
      parsed(testbound_head +
             "$ORIGIN example.\n"
             "RANGE_BEGIN 3 20 ; remark\n"
             "  ADDRESS 192.0.2.1\n"
             "  ENTRY_BEGIN\n"
             "  MATCH opcode subdomain ede=any ; qname\n"
             "  MATCH ede=6\n"
             "  ADJUST copy_id copy_query\n"
             "  REPLY QR AA DO NXDOMAIN\n"
             "  SECTION QUESTION\n"
             "  @ IN MX\n"
             "  SECTION ANSWER\n"
             "  www 1h IN A 192.0.2.7 ;{remark}\n"
             "  www.example.com. TXT \"a;b\"\n"
             "  SECTION AUTHORITY\n"
             "  www.example.com. IN RRSIG A 5 3 1 20070926134150 20070829134150 1 "
             "example.com.\n"
             "  ENTRY_END\n"
             "RANGE_END\n");
  REQUIRE(script.ranges.size() == 1);
  const Range& range = script.ranges[0];
  CHECK(range.first == 3);
  CHECK(range.last == 20);
  REQUIRE(range.addresses.size() == 1);
  REQUIRE(range.entries.size() == 1);
  const Entry& entry = range.entries[0];
  CHECK(entry.line == 7);
  CHECK(entry.match.has(MatchWord::opcode));
  CHECK(entry.match.has(MatchWord::subdomain));
  CHECK_FALSE(entry.match.has(MatchWord::qname));
  CHECK(entry.match.ede == dns::EdeCode::dnssec_bogus);
  CHECK(entry.adjust.copy_id);
  CHECK(entry.adjust.copy_query);
  CHECK(entry.flags.qr);
  CHECK(entry.flags.aa);
  CHECK_FALSE(entry.flags.rd);
  CHECK(entry.dnssec_ok);
  CHECK(entry.rcode == dns::Rcode::nxdomain);
  REQUIRE(entry.question);
  CHECK(entry.question->qname == dns::Name::literal("example."));
  CHECK(entry.question->qtype == dns::RRType::mx);
  REQUIRE(entry.answer.size() == 2);
  CHECK(entry.answer[0].owner == dns::Name::literal("www.example."));
  CHECK(entry.answer[0].ttl_s == 3600);
  CHECK(entry.answer[1].rdata == dns::Octets{3, 'a', ';', 'b'});
  REQUIRE(entry.authority.size() == 1);  // with a signature of no octets
  const auto rrsig = dns::decode_rrsig(entry.authority[0].rdata);
  REQUIRE(rrsig.ok());
  CHECK(rrsig.value().signature.empty());
}

TEST_CASE("a semicolon ends a line of Deckard's, quotes or not") {
  const Script script =
      parsed(deckard_head + query_step("MANDATORY\nREPLY RD ; AD\nSECTION QUESTION ; remark\n"
                                       "example. IN A ; remark\nSECTION ANSWER\n"
                                       "example. IN A 192.0.2.1;remark\n"));
  REQUIRE(script.steps.size() == 1);
  const Entry& entry = *script.steps[0].entry;
  CHECK(entry.is_mandatory);
  CHECK(entry.flags.rd);
  CHECK_FALSE(entry.flags.ad);
  CHECK(entry.answer.size() == 1);
}

TEST_CASE("packets may be given in hex") {
  const Script bound =
      parsed(testbound_head + query_step("HEX_ANSWER_BEGIN\n00 01 ; id\n0f\nHEX_ANSWER_END\n"));
  CHECK(bound.steps[0].entry->raw == dns::Octets{0, 1, 15});
  const Script deckard = parsed(deckard_head + query_step("RAW\n000f\n"));
  CHECK(deckard.steps[0].entry->raw == dns::Octets{0, 15});
}

TEST_CASE("steps have numbers, addresses and seconds") {
  const Script script = parsed(testbound_head +
                               "STEP 1 QUERY ADDRESS 192.0.2.9\nENTRY_BEGIN\nENTRY_END\n"
                               "STEP 2 TIME_PASSES ELAPSE 1.25\n"
                               "STEP 3 TRAFFIC\n"
                               "STEP 4 EXPIRE_MESSAGE www.example. A IN\n");
  REQUIRE(script.steps.size() == 4);
  CHECK(script.steps[0].address == dns::Address::parse("192.0.2.9").value());
  CHECK(script.steps[1].elapsed == Duration::milliseconds(1250));
  CHECK(script.steps[2].type == StepType::nothing);
  CHECK(script.steps[3].question->qtype == dns::RRType::a);
}

TEST_CASE("a step that is not known fails where it is reached, not where it is read") {
  const Script bound = parsed(testbound_head +
                              "STEP 1 QUARY\nENTRY_BEGIN\nREPLY RD\nENTRY_END\n"
                              "STEP 2 CHECK_AUTOTRUST x\nFILE_BEGIN\nSTEP 1 QUERY\nFILE_END\n"
                              "STEP 3 TRAFFIC\n");
  REQUIRE(bound.steps.size() == 3);
  CHECK(bound.steps[0].type == StepType::unsupported);
  CHECK_THAT(bound.steps[0].reason, Catch::Contains("did you mean \"QUERY\"?"));
  CHECK(bound.steps[1].type == StepType::unsupported);
  CHECK(bound.steps[1].keyword == "CHECK_AUTOTRUST");
  CHECK(bound.steps[2].type == StepType::nothing);
  const Script deckard = parsed(deckard_head + "STEP 1 TRAFFIC\n");
  CHECK(deckard.steps[0].type == StepType::unsupported);
}

TEST_CASE("files stand in the config section") {
  const Script script = parsed(
      "COMMANDLINE -p -s\nserver:\n trust-anchor-file:\nTEMPFILE_NAME keys\n"
      " include:\nTEMPFILE_NAME more\n"
      "TEMPFILE_CONTENTS keys\na. DS 1 8 2 00\nTEMPFILE_END\n"
      "TEMPFILE_CONTENTS more\n ede: yes # remark\n$INCLUDE_TEMPFILE last\nTEMPFILE_END\n"
      "TEMPFILE_CONTENTS last\n access-control: 0.0.0.0/0 allow\nTEMPFILE_END\n"
      "stub-zone:\nAUTOTRUST_FILE ids\n; no options: nor names\nAUTOTRUST_END\n"
      "CONFIG_END\nSCENARIO_BEGIN title\n");
  REQUIRE(script.options.size() == 7);  // clauses included
  CHECK(script.options[1].name == "trust-anchor-file");
  CHECK(script.options[1].is_file);
  CHECK(script.options[1].value == "keys");
  CHECK(script.options[2].name == "ede");
  CHECK(script.options[2].line == 11);
  CHECK_FALSE(script.options[2].is_file);
  CHECK(script.options[3].value == "0.0.0.0/0 allow");
  CHECK(script.options[3].line == 15);
  CHECK(script.options[6].clause == "server");
  CHECK(script.options[6].name == "auto-trust-anchor-file");
  CHECK(script.files.at("keys").line == 8);
  CHECK(script.files.at("keys").text == "a. DS 1 8 2 00\n");
}

TEST_CASE("of a stream of packets the first counts") {
  const Script script =
      parsed(testbound_head + query_step("MATCH opcode\nREPLY RD\nSECTION QUESTION\na. IN A\n"
                                         "EXTRA_PACKET\nMATCH qname\nREPLY QR\nSECTION ANSWER\n"
                                         "a. IN A 192.0.2.1\nEXTRA_PACKET\n"));
  const Entry& entry = *script.steps[0].entry;
  CHECK(entry.flags == dns::Flags{.rd = true});
  CHECK(entry.match.has(MatchWord::opcode));
  CHECK(entry.match.has(MatchWord::qname));  // of all of them
  CHECK(entry.question->qname == dns::Name::literal("a."));
  CHECK(entry.answer.empty());
}

TEST_CASE("records may be of any type and class") {
  const Script script =
      parsed(testbound_head +
             query_step("SECTION QUESTION\na. ANY ANY\nSECTION ANSWER\n"
                        "a. 1h CH TXT \"b\"\na. CLASS4 TYPE65280 \\# 2 00 ff\n"
                        "a. IN ( NSEC b. A KEY LOC TYPE65280 )\na. SPF \"c\"\na. IN NULL \\# 0\n"
                        "a. IN DLV 1 RSASHA1 1 ab cd\n"));
  const Entry& entry = *script.steps[0].entry;
  CHECK(entry.question->qclass == dns::RRClass::any);
  CHECK(entry.question->qtype == dns::RRType::any);
  REQUIRE(entry.answer.size() == 6);
  CHECK(entry.answer[0].ttl_s == 3600);
  CHECK(entry.answer[0].rclass == dns::RRClass::ch);
  CHECK(entry.answer[1].rdata == dns::Octets{0, 255});
  CHECK(entry.answer[3].rdata == dns::Octets{1, 'c'});
  CHECK(entry.answer[5].rdata == dns::Octets{0, 1, 5, 1, 0xab, 0xcd});
  CHECK(static_cast<unsigned>(entry.answer[5].type) == 32769);
}

TEST_CASE("what cannot be read of the config section is named with its line") {
  check_errors({
      {"", "SCENARIO_BEGIN"},
      {"server:\nSCENARIO_BEGIN title\n", "there is no CONFIG_END"},
      {"server:\n\tede\nCONFIG_END\n", "test.rpl:2: expected an option, got 'ede'"},
      {"server:\n trust-anchor: a. DS 1 8 2 00\nCONFIG_END\n",
       "test.rpl:2: expected an option, got 'DS'; a value of trust-anchor: with blanks needs "
       "quotes"},
      {"server:\n\tede:\nCONFIG_END\n", "test.rpl:2: ede: has no value"},
      {"server:\n access-control: 10.0.0.0/8 ede: yes\nCONFIG_END\n",
       "test.rpl:2: access-control: needs 2 values before 'ede:', which is a value in quotes only"},
      {"server:\n ede:\n do-ip6: no\nCONFIG_END\n",
       "test.rpl:2: ede: needs a value before 'do-ip6:'"},
      {"server:\n ede:\nstub-zone:\nCONFIG_END\n",
       "test.rpl:2: ede: needs a value before 'stub-zone:'"},
      {"stub-addr: 192.0.2.1\ndo-ip6: off query-minimization: off\nCONFIG_END\n",
       "test.rpl:2: the value of do-ip6 goes on to the end of its line, over "
       "'query-minimization:'"},
      {"server:\n\tname: \"a\nCONFIG_END\n", "test.rpl:2: a quote is not closed"},
      {"server:\nAUTOTRUST_FILE x\nCONFIG_END\n", "test.rpl:2: there is no AUTOTRUST_END"},
      {"server:\nTEMPFILE_CONTENTS x\nCONFIG_END\n", "test.rpl:2: there is no TEMPFILE_END"},
      {"server:\nTEMPFILE_NAME\nCONFIG_END\n", "test.rpl:2: TEMPFILE_NAME needs an id"},
      {"server: include:\nTEMPFILE_NAME x\nTEMPFILE_CONTENTS x\n$INCLUDE_TEMPFILE x\n"
       "TEMPFILE_END\nCONFIG_END\n",
       "test.rpl:4: files include each other"},
      {"server: include:\nTEMPFILE_NAME x\nTEMPFILE_CONTENTS x\n\n$INCLUDE_TEMPFILE y\n"
       "TEMPFILE_END\nCONFIG_END\n",
       "test.rpl:5: the script has no file \"y\""},
      {"server: include:\nTEMPFILE_NAME x\nTEMPFILE_CONTENTS x\n$INCLUDE_TEMPFILE y\n"
       " ede\nTEMPFILE_END\nTEMPFILE_CONTENTS y\n ede: no\nTEMPFILE_END\nCONFIG_END\n",
       "test.rpl:5: expected an option, got 'ede'"},
      {"server:\nCONFIG_END\nSCENARIO_BEGIN\n", "test.rpl:3: SCENARIO_BEGIN has no title"},
      {"server:\nCONFIG_END\nSTEP 1\n", "test.rpl:3: expected SCENARIO_BEGIN, got \"STEP 1\""},
  });
}

TEST_CASE("what cannot be read of the scenario is named with its line") {
  check_errors({
      {testbound_head + "RANGE_BEGIN 5 4\n", "test.rpl:4: RANGE_BEGIN needs"},
      {testbound_head + "RANGE_BEGIN 1 4\nADDRESS here\n", "test.rpl:5: "},
      {testbound_head + "RANGE_BEGIN 1 4\nnonsense\n", "test.rpl:5: expected ADDRESS"},
      {testbound_head + "STEP x QUERY\n", "test.rpl:4: STEP needs a number"},
      {testbound_head + "STEP 1 ASSIGN t\n", "test.rpl:4: ASSIGN needs a variable"},
      {testbound_head + "STEP 1 CHECK_TEMPFILE x\nFILE_BEGIN\n",
       "test.rpl:5: there is no FILE_END"},
      {testbound_head + "STEP 1 QUERY\nSTEP 2\n", "test.rpl:4: the step has no ENTRY_BEGIN"},
      {testbound_head + "STEP 2 NOTHING\nSTEP 1 NOTHING\n",
       "test.rpl:5: step 1 comes after step 2"},
      {testbound_head + "STEP 1 TIME_PASSES ELAPSE soon\n", "test.rpl:4: TIME_PASSES needs ELAPSE"},
      {deckard_head + "SCENARIO_ENDED\n", "test.rpl:4: expected RANGE_BEGIN, STEP or SCENARIO_END"},
      {deckard_head + "STEPS 1 QUERY\n", "test.rpl:4: expected RANGE_BEGIN, STEP or SCENARIO_END"},
      {deckard_head + "STEP 1 QUERY\nENTRY_BEGINS\n", "test.rpl:4: the step has no ENTRY_BEGIN"},
      {testbound_head + "STP 1 QUERY\n", "test.rpl:4: unknown keyword \"STP\"; did you mean"},
      {deckard_head + "nonsense\n", "test.rpl:4: expected RANGE_BEGIN, STEP or SCENARIO_END"},
      {testbound_head + query_step("MATCH qnmae\n"),
       "test.rpl:6: unknown word of MATCH \"qnmae\"; did you mean \"qname\"?"},
      {testbound_head + query_step("MATCH ede=65542\n"), "test.rpl:6: '65542' is no EDE code"},
      {testbound_head + query_step("MATCH serial=x\n"), "test.rpl:6: 'x' is no serial number"},
      {testbound_head + query_step("ADJUST do_not_answer\n"), "test.rpl:6: unknown word of ADJUST"},
      {testbound_head + "STEP 1 TIME_PASSES ELAPSE 4000000000\n", "test.rpl:4: more than 50 years"},
      {testbound_head + query_step("MATCH ede=bogus\n"), "test.rpl:6: 'bogus' is no EDE code"},
      {testbound_head + query_step("ADJUST copy_it\n"), "test.rpl:6: unknown word of ADJUST"},
      {testbound_head + query_step("REPLY NOEROR\n"), "did you mean \"NOERROR\"?"},
      {testbound_head + query_step("SECTION ANSWERS\n"), "did you mean \"ANSWER\"?"},
      {testbound_head + query_step("example. IN A\n"), "test.rpl:6: 'example. IN A' before any"},
      {testbound_head + query_step("SECTION ANSWER\nexample. IN A nine\n"), "test.rpl:7:15: "},
      {testbound_head + query_step("SECTION QUESTION\nexample. IN A A\n"),
       "test.rpl:7:15: 'A' after"},
      {testbound_head + query_step("HEX_ANSWER_BEGIN\n0\nHEX_ANSWER_END\n"), "test.rpl:6: "},
      {testbound_head + query_step("EXTRA_PACKET\nREPLY NOEROR\n"), "test.rpl:7: unknown RCODE"},
  });
}

TEST_CASE("a record's owner may be called as a keyword is") {
  for (const char* owner : {"STEP", "RANGE_BEGIN", "SCENARIO_END"}) {
    const std::string name = owner;
    const Script script =
        parsed(testbound_head + query_step("SECTION QUESTION\n" + name + " IN A\nSECTION ANSWER\n" +
                                           name + " 60 IN A 192.0.2.1\n"));
    REQUIRE(script.steps.size() == 1);
    CHECK(script.steps[0].entry->question->qname == dns::Name::literal(name + "."));
    CHECK(script.steps[0].entry->answer.size() == 1);
  }
}

TEST_CASE("what has no end is named with the line where it began") {
  check_errors({
      {testbound_head + "RANGE_BEGIN 1 4\n", "test.rpl:4: the range has no RANGE_END"},
      {testbound_head + "STEP 1 QUERY\nENTRY_BEGIN\n", "test.rpl:5: the entry has no ENTRY_END"},
      {testbound_head + "STEP 1 QUERY\nENTRY_BEGIN\nSTEP 2 NOTHING\n",
       "test.rpl:5: the entry has no ENTRY_END"},
      {testbound_head + "STEP 1 QUERY\nENTRY_BEGIN\nREPLY RD\nSTEP\t2\tNOTHING\n",
       "test.rpl:5: the entry has no ENTRY_END"},
      {deckard_head + "STEP 1 QUERY\nENTRY_BEGIN\nSECTION QUESTION\na. A\nRANGE_BEGIN 1 2\n",
       "test.rpl:5: the entry has no ENTRY_END"},
      {testbound_head + "RANGE_BEGIN 1 2\nENTRY_BEGIN\nSECTION ANSWER\nENTRY_BEGIN\n",
       "test.rpl:5: the entry has no ENTRY_END"},
      {deckard_head + "RANGE_BEGIN 1 2\nENTRY_BEGIN\nSECTION ANSWER\nRANGE_END\n",
       "test.rpl:5: the entry has no ENTRY_END"},
      {testbound_head + query_step("REPLY RD\n"), "test.rpl:3: the scenario has no SCENARIO_END"},
      {deckard_head + "RANGE_BEGIN 1 2\nRANGE_END\n",
       "test.rpl:3: the scenario has no SCENARIO_END"},
  });
}

}  // namespace zonefall::rpl
