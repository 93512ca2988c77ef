// Goal: numbers and times read well and never round to none or all; charts and axes are what they
// say; widths are those of a terminal.
#include <catch2/catch.hpp>

#include "report/axes.h"
#include "report/text.h"
#include "report/text_chart.h"
#include "report/text_table.h"

using namespace zonefall;
using namespace zonefall::report;

namespace {

SimTime at(const char* text) {
  return SimTime::parse(text).value();
}

}  // namespace

TEST_CASE("shares and counts") {
  CHECK(percent({}) == "-");
  CHECK(percent(0) == "0 %");
  CHECK(percent(0.0004) == "<0.1 %");
  CHECK(percent(0.0005) == "0.1 %");
  CHECK(percent(0.12345) == "12.3 %");
  CHECK(percent(0.9994) == "99.9 %");
  CHECK(percent(0.9999) == ">99.9 %");
  CHECK(percent(1) == "100.0 %");
  CHECK(count(0) == "0");
  CHECK(count(0.2) == "<1");
  CHECK(count(999) == "999");
  CHECK(count(1000) == "1,000");
  CHECK(count(12345678) == "12,345,678");
  CHECK(count(-123) == "-123");
  CHECK(count(-1234) == "-1,234");
  CHECK(rate(0) == "0");
  CHECK(rate(0.0521) == "0.052");
  CHECK(rate(5.2) == "5.20");
  CHECK(rate(52.04) == "52.0");
  CHECK(rate(5200) == "5,200");
}

TEST_CASE("times and spans") {
  CHECK(long_time(at("2026-05-05T19:30:00.5Z")) == "2026-05-05T19:30:00Z");
  CHECK(short_time(at("2026-05-05T19:30:59Z")) == "05-05 19:30");
  CHECK(short_time({}) == "-");
  CHECK(clock_time(at("2026-05-05T19:30:59Z")) == "19:30");
  CHECK(span(50400) == "14 h");
  CHECK(span(5400) == "90 min");
  CHECK(span(172800) == "2 d");
  CHECK(span(90) == "90 s");
  CHECK(span(0.5) == "0.5 s");
  CHECK(seconds_between(SimTime::min(), SimTime::max()) == Approx(1.8446744e10));
}

TEST_CASE("lines are clean") {
  CHECK(clean_line("  a\tb\r\nc  ") == "a b  c");
  CHECK(clean_line("").empty());
  CHECK(clean_line(" \n ").empty());
  CHECK(clean_line("\x1b[31mred\x7f") == "[31mred");
  CHECK(clean_line("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80") ==
        "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
  const std::string bad = "\xef\xbf\xbd";
  CHECK(clean_line("a\xff") == "a" + bad);
  CHECK(clean_line("\xc3") == bad);                                // cut off
  CHECK(clean_line("\xc0\xaf") == bad + bad);                      // overlong
  CHECK(clean_line("\xed\xa0\x80") == bad + bad + bad);            // a surrogate
  CHECK(clean_line("\xf4\x90\x80\x80") == bad + bad + bad + bad);  // past U+10FFFF
  CHECK(clean_line("\xef\xbf\xbf") == bad);                        // no character
  CHECK(clean_line("a\xe2\x80\xae"
                   "b") == "a b");  // right-to-left override
}

TEST_CASE("widths are those of a terminal") {
  CHECK(width_of("abc") == 3);
  CHECK(width_of("\xc3\xbc") == 1);
  CHECK(width_of("u\xcc\x88") == 1);     // combining
  CHECK(width_of("\xe6\x97\xa5") == 2);  // wide
  CHECK(shorten("abcdef", 6) == "abcdef");
  CHECK(shorten("abcdefg", 6) == "abcde\u2026");
  CHECK(shorten("abc  efg", 6) == "abc\u2026");
  CHECK(width_of(shorten("\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5", 4)) == 3);
}

TEST_CASE("markup is escaped") {
  CHECK(escape_markdown("a|b") == "a\\|b");
  CHECK(escape_markdown("a\\|b") == "a\\\\\\|b");
  CHECK(escape_markdown("<b>&lt;&") == "&lt;b>&amp;lt;&");
  CHECK(escape_markdown("_a_ snake_case `x` *y* ~z~ [l](u)") ==
        "\\_a\\_ snake_case \\`x\\` \\*y\\* \\~z\\~ \\[l\\](u)");
  CHECK(escape_markdown("a\nb") == "a b");
  CHECK(escape_xml("<a b='c' d=\"e\">&") == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;");
}

TEST_CASE("tables are aligned, long cells do not widen the others") {
  TextTable table({{"name"}, {"n", Align::right}});
  table.add({"a", "1"});
  table.add({"\xc3\xbc\xc3\xbc", "12345"});
  CHECK(table.to_markdown() ==
        "| name |     n |\n"
        "| ---- | ----: |\n"
        "| a    |     1 |\n"
        "| \xc3\xbc\xc3\xbc   | 12345 |\n");
  const std::string long_cell(TextTable::cell_width_max + 1, 'x');
  table.add({long_cell, "1"});
  CHECK(table.to_markdown().find("| a    |     1 |\n") != std::string::npos);
  CHECK(table.to_markdown().find("| " + long_cell + " |     1 |\n") != std::string::npos);
}

TEST_CASE("axes end at round numbers and hold everything") {
  CHECK(share_axis({}).top == 0.01);
  CHECK(share_axis({0.0, {}, 0.012}).top == 0.02);
  CHECK(share_axis({0.2}).top == 0.2);
  CHECK(share_axis({0.31}).top == 0.5);
  CHECK(share_axis({0.76}).top == 1);
  CHECK(share_axis({1.0}).top == 1);
}

TEST_CASE("time marks are round, inside, and few") {
  const TimeSpan span{at("2026-05-05T13:10Z"), at("2026-05-06T03:00Z")};
  const std::vector<SimTime> ticks = time_ticks(span, 8);
  CHECK(ticks == std::vector<SimTime>{at("2026-05-05T14:00Z"), at("2026-05-05T16:00Z"),
                                      at("2026-05-05T18:00Z"), at("2026-05-05T20:00Z"),
                                      at("2026-05-05T22:00Z"), at("2026-05-06T00:00Z"),
                                      at("2026-05-06T02:00Z")});
  CHECK(time_ticks({at("2026-05-05"), at("2026-05-05T00:00:05Z")}, 5).size() == 5);
  CHECK(time_ticks({at("2026-05-05"), at("2026-05-05T00:00:06Z")}, 5).size() == 2);
  CHECK(time_ticks({at("1970-01-01"), at("2200-01-01")}, 5).empty());
}

TEST_CASE("a block chart has its shares at their heights") {
  ChartFrame frame;
  frame.span = {at("2026-05-05T12:00Z"), at("2026-05-05T16:00Z")};
  frame.axis = {0.5, 5};
  frame.rows = 2;
  frame.cells_per_share = 5;
  frame.label_width = 5;
  CHECK(block_chart(frame, {0.0, 0.25, {}, 0.5}) ==
        " 50 % \u2502               \u2588\u2588\u2588\u2588\u2588\n"
        " 25 % \u2502     \u2588\u2588\u2588\u2588\u2588     \u2588\u2588\u2588\u2588\u2588\n"
        "  0 % "
        "\u2514\u252c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u252c\u2500\u2500\u2500"
        "\u2500\u2500"
        "\u2500\u2500\u2500\u2500\n"
        "       12:00     14:00 UTC\n");
  frame.cells_per_share = 1;
  CHECK(sparkline(frame, {0.0, 0.0001, 0.25, {}, 0.5, 7.0}) ==
        " \u2581\u2584 \u2588\u2588");  // what is not zero shows, what is too large is full
}
