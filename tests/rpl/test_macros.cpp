// Goal: testbound's variables and expressions have the values that its harness gives them, and what
// makes no sense fails the step it stands in.
#include "script_text.h"

namespace zonefall::rpl {
namespace {

// What a variable's text comes to, seen by how much time it lets pass: the clock shows it.
std::string passed(const std::string& steps) {
  return faults("server:\nCONFIG_END\nSCENARIO_BEGIN title\n" + steps);
}

// "" if both texts are the same number.
std::string compared(const std::string& text, const std::string& number) {
  return passed("STEP 1 ASSIGN x = " + text + "\nSTEP 2 ASSIGN y = ${range " + number + " $x " +
                number + "}\n");
}

}  // namespace

TEST_CASE("expressions are evaluated from left to right") {
  CHECK(compared("5", "5") == "");
  CHECK(compared("${2 + 3 * 4}", "20") == "");
  CHECK(compared("${2 + ${3 * 4}}", "14") == "");
  CHECK(compared("${7 - 10}", "-3") == "");
  CHECK(compared("${1 / 4}", "0.25") == "");
  CHECK(compared("${range 1 2 3}", "2") == "");
  CHECK(compared("1${1 + 1}3", "123") == "");
  CHECK(compared("${time}", "0") == "");
  CHECK(compared("${timeout}", "0") == "");
}

TEST_CASE("variables hold text, and time passes as it says") {
  CHECK(passed("STEP 1 ASSIGN a=1.5\n"
               "STEP 2 TIME_PASSES EVAL ${$a + 0.5}\n"
               "STEP 3 ASSIGN b = ${time}\n"
               "STEP 4 ASSIGN c = ${range 2 $b 2}\n"
               "STEP 5 TIME_PASSES EVAL $b\n"
               "STEP 6 ASSIGN d = ${range 4 ${time} 4}\n") == "");
  // The time of day has blanks: it is no number, but a text.
  CHECK_THAT(passed("STEP 1 ASSIGN a = ${ctime 86400}\nSTEP 2 TIME_PASSES EVAL $a\n"),
             Catch::Contains("\"Fri Jan  2 00:00:00 1970\" is not a number"));
}

TEST_CASE("the resolver's next timer is a macro") {
  // After 1.8 s a client is given stale data.
  const std::string text =
      forwarding("serve-expired: yes\n",
                 range("0 9", "192.0.2.1", reply("a.", "192.0.2.80")) + query("1", "a.") +
                     check("2", "rcode", "NOERROR", "") + "STEP 3 TIME_PASSES ELAPSE 61\n" +
                     query("10", "a.") + "STEP 11 ASSIGN left = ${range 1 ${timeout} 2}\n" +
                     "STEP 12 TIME_PASSES EVAL ${$left + 0.85}\n" +
                     check("13", "rcode", "NOERROR", "") + "STEP 14 TIMEOUT\n");
  CHECK(faults(text) == "");
}

TEST_CASE("what makes no sense fails its step") {
  const auto fault = [&](const std::string& text) { return passed("STEP 1 ASSIGN x = " + text); };
  CHECK(fault("${1 + 1") == "4 STEP 1 ASSIGN\n${1 + 1\ngot\na ${ is not closed\n");
  CHECK_THAT(fault("$y"), Catch::Contains("no step has assigned \"y\""));
  CHECK_THAT(fault("${1 / 0}"), Catch::Contains("a division by 0"));
  CHECK_THAT(fault("${1 ^ 2}"), Catch::Contains("expected + - * or /, got \"^\""));
  CHECK_THAT(fault("${1 +}"), Catch::Contains("nothing follows +"));
  CHECK_THAT(fault("${1 + one}"), Catch::Contains("\"one\" is not a number"));
  CHECK_THAT(fault("${range 5 4 6}"), Catch::Contains("4 is not from 5 to 6"));
  CHECK_THAT(fault("${range 5 4}"), Catch::Contains("range needs"));
  CHECK_THAT(fault("${ctime}"), Catch::Contains("ctime needs"));
  CHECK_THAT(fault("${ctime -1}"), Catch::Contains("no time that ctime can write"));
  CHECK_THAT(fault("${1000000000 * 1000000000}"), Catch::Contains("too large"));
  CHECK_THAT(passed("STEP 1 TIME_PASSES EVAL -5\n"), Catch::Contains("-5 s cannot pass"));
  CHECK_THAT(passed("STEP 1 TIME_PASSES EVAL 99000000000\n"), Catch::Contains("cannot pass"));
  std::string deep = "1";
  for (int i = 0; i < 40; ++i) deep = "${" + deep + "}";
  CHECK_THAT(fault(deep), Catch::Contains("${} within more than 16"));
  std::string steps = "STEP 1 ASSIGN x = 11111111\n";
  for (int i = 2; i < 20; ++i) steps += "STEP " + std::to_string(i) + " ASSIGN x = $x$x\n";
  CHECK_THAT(passed(steps), Catch::Contains("a macro grows too long"));
}

}  // namespace zonefall::rpl
