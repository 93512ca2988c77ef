// Goal: times and durations read and print exactly, refuse what they cannot hold with a message a
// person can act on, and abort rather than wrap around.
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "aborts.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/time.h"

using zonefall::Duration;
using zonefall::SimTime;

namespace {

constexpr auto ns_max = std::numeric_limits<std::int64_t>::max();
constexpr auto ns_min = std::numeric_limits<std::int64_t>::min();

Duration duration(std::string_view text) {
  const auto result = Duration::parse(text);
  INFO(text << ": " << (result.ok() ? "" : result.error().message));
  REQUIRE(result.ok());
  return result.value();
}
std::string duration_error(std::string_view text) {
  const auto result = Duration::parse(text);
  return result.ok() ? "no error" : result.error().message;
}
SimTime time(std::string_view text) {
  const auto result = SimTime::parse(text);
  INFO(text << ": " << (result.ok() ? "" : result.error().message));
  REQUIRE(result.ok());
  return result.value();
}
std::string time_error(std::string_view text) {
  const auto result = SimTime::parse(text);
  return result.ok() ? "no error" : result.error().message;
}

}  // namespace

TEST_CASE("durations parse in every unit, with fractions and signs") {
  CHECK(duration("90 min") == Duration::minutes(90));
  CHECK(duration("1.8 s") == Duration::milliseconds(1800));
  CHECK(duration("250ms") == Duration::milliseconds(250));
  CHECK(duration("2 h") == Duration::hours(2));
  CHECK(duration("7 d") == Duration::days(7));
  CHECK(duration("3 us") == Duration::microseconds(3));
  CHECK(duration("3 ns") == Duration::nanoseconds(3));
  CHECK(duration("-1.5 h") == Duration::minutes(-90));
  CHECK(duration("0.000000001 s") == Duration::nanoseconds(1));
  CHECK(duration("007.500 s") == Duration::milliseconds(7500));
  CHECK(duration("0 s") == Duration());
  CHECK(duration("0.0000000000125 d") == Duration::nanoseconds(1080));
  CHECK(duration("9223372036854775807 ns") == Duration::max());
  CHECK(duration("-9223372036854775808 ns") == Duration::nanoseconds(ns_min));
}

TEST_CASE("texts that are not durations say what is wrong") {
  const std::string all = "one of d, h, min, s, ms, us, ns";
  CHECK(duration_error("90") == "duration \"90\" has no unit; add " + all);
  CHECK(duration_error("90 m") ==
        "duration \"90 m\" has the unknown unit \"m\"; did you mean \"min\"?");
  CHECK(duration_error("90 Minutes").find("did you mean \"min\"?") != std::string::npos);
  CHECK(duration_error("90 mins").find("did you mean \"min\"?") != std::string::npos);
  CHECK(duration_error("3 secs").find("did you mean \"s\"?") != std::string::npos);
  CHECK(duration_error("3 MS").find("did you mean \"ms\"?") != std::string::npos);
  CHECK(duration_error("3 hrs").find("did you mean \"h\"?") != std::string::npos);
  CHECK(duration_error("3 days").find("did you mean \"d\"?") != std::string::npos);
  CHECK(duration_error("3 weeks") ==
        "duration \"3 weeks\" has the unknown unit \"weeks\"; use " + all);
  for (const char* text : {"", "-", "s", ".5 s", "5. s", "+5 s", "--5 s", " 5 s", "1e3 s"}) {
    CAPTURE(text);
    CHECK_FALSE(Duration::parse(text).ok());
  }
  CHECK(duration_error("5 s ") != "no error");
  CHECK(duration_error("1h 30min") != "no error");
}

TEST_CASE("durations that do not fit 64 bits of nanoseconds are errors") {
  const std::string why = " is not a whole number of nanoseconds";
  CHECK(duration_error("0.5 ns") == "duration \"0.5 ns\"" + why);
  CHECK(duration_error("0.0000000001 s") == "duration \"0.0000000001 s\"" + why);
  CHECK(duration_error("1.00000000000000000000000000000001 d").find(why) != std::string::npos);
  CHECK(duration_error("9223372036854775808 ns").find("too long") != std::string::npos);
  CHECK(duration_error("-9223372036854775809 ns").find("too long") != std::string::npos);
  CHECK(duration_error("106752 d").find("at most 106751 d") != std::string::npos);
  CHECK(duration_error("106751 d") == "no error");
  CHECK(duration_error("99999999999999999999 s").find("too long") != std::string::npos);
  std::string nines(5000, '9');
  nines += " s";
  CHECK(duration_error(nines).find("too long") != std::string::npos);
}

TEST_CASE("durations print in the unit with the shortest number") {
  CHECK(Duration().to_text() == "0 s");
  CHECK(Duration::minutes(90).to_text() == "90 min");
  CHECK(Duration::milliseconds(1800).to_text() == "1.8 s");
  CHECK(Duration::milliseconds(250).to_text() == "250 ms");
  CHECK(Duration::milliseconds(100).to_text() == "100 ms");
  CHECK(Duration::seconds(60).to_text() == "1 min");
  CHECK(Duration::seconds(90).to_text() == "90 s");
  CHECK(Duration::hours(36).to_text() == "36 h");
  CHECK(Duration::hours(24).to_text() == "1 d");
  CHECK(Duration::days(14).to_text() == "14 d");
  CHECK(Duration::microseconds(1500).to_text() == "1.5 ms");
  CHECK(Duration::nanoseconds(1).to_text() == "1 ns");
  CHECK(Duration::minutes(-90).to_text() == "-90 min");
  CHECK(Duration::nanoseconds(ns_min).to_text() == "-9223372036854775808 ns");
}

TEST_CASE("durations of all sizes read back what they print") {
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto word = static_cast<std::int64_t>(zonefall::mix64(i + 1));
    const Duration exact = Duration::nanoseconds(word >> (i % 64));
    REQUIRE(duration(exact.to_text()) == exact);
    const Duration round = Duration::milliseconds((word >> 20) % 1'000'000'000 * 50);
    REQUIRE(duration(round.to_text()) == round);
  }
  for (const std::int64_t ns : {ns_max, ns_min, ns_min + 1}) {
    CHECK(duration(Duration::nanoseconds(ns).to_text()).to_nanoseconds() == ns);
  }
}

TEST_CASE("whole seconds and milliseconds round towards minus infinity") {
  CHECK(Duration::nanoseconds(-1).to_seconds() == -1);
  CHECK(Duration::nanoseconds(-1).to_milliseconds() == -1);
  CHECK(Duration::seconds(-1).to_seconds() == -1);
  CHECK(Duration::nanoseconds(-1'000'000'001).to_seconds() == -2);
  CHECK(Duration::nanoseconds(1'999'999'999).to_seconds() == 1);
  CHECK(Duration::nanoseconds(ns_min).to_seconds() == -9'223'372'037);
  CHECK(SimTime::from_nanoseconds(-1).to_unix_s() == -1);
}

TEST_CASE("times parse from RFC 3339 in UTC") {
  // `date -u -d ... +%s` gives these.
  CHECK(time("2026-05-05T19:30:00Z") == SimTime::from_unix_s(1778009400));
  CHECK(time("2026-05-05T19:30Z") == SimTime::from_unix_s(1778009400));
  CHECK(time("2026-05-05") == SimTime::from_unix_s(1777939200));
  CHECK(time("1970-01-01") == SimTime());
  CHECK(time("2000-02-29") == SimTime::from_unix_s(951782400));
  CHECK(time("1969-12-31T23:59:59.999999999Z") == SimTime::from_nanoseconds(-1));
  CHECK(time("2026-05-05T19:30:00.25Z") ==
        SimTime::from_unix_s(1778009400) + Duration::milliseconds(250));
  CHECK(time("2262-04-11T23:47:16.854775807Z") == SimTime::max());
  CHECK(time("1677-09-21T00:12:43.145224192Z") == SimTime::min());
}

TEST_CASE("texts that are not times say what is wrong") {
  CHECK(time_error("2026-13-01") == "time \"2026-13-01\": the month 13 is not in 1 to 12");
  CHECK(time_error("2026-02-29") == "time \"2026-02-29\": the day 29 is not in 1 to 28");
  CHECK(time_error("2024-02-29") == "no error");
  CHECK(time_error("1900-02-29").find("1 to 28") != std::string::npos);
  CHECK(time_error("2026-05-05T24:00Z").find("the hour 24 is not in 0 to 23") != std::string::npos);
  CHECK(time_error("2026-05-05T23:59:60Z").find("the second 60") != std::string::npos);
  CHECK(time_error("2026-05-05T19:30") ==
        "time \"2026-05-05T19:30\": it must end in Z: times are UTC");
  CHECK(time_error("2026-05-05T19:30+02:00").find("convert the time to UTC") != std::string::npos);
  CHECK(time_error("2026-05-05 19:30Z").find("expected 'T' at \" 19:30Z\"") != std::string::npos);
  CHECK(time_error("2026-5-5").find("expected 2 digits for the month") != std::string::npos);
  CHECK(time_error("").find("expected 4 digits for the year") != std::string::npos);
  CHECK(time_error("2026-05-05T19:30:00.Z").find("1 to 9 digits") != std::string::npos);
  CHECK(time_error("2026-05-05T19:30:00.1234567890Z").find("1 to 9 digits") != std::string::npos);
  CHECK(time_error("2026-05-05T19:30Zx").find("something follows the Z") != std::string::npos);
  CHECK(time_error("2026-05-05T").find("digits for the hour") != std::string::npos);
  CHECK(time_error("2262-04-11T23:47:16.854775808Z").find("not from 1677-09-21T00:12:43") !=
        std::string::npos);
  CHECK(time_error("1677-09-21T00:12:43.145224191Z").find("not from") != std::string::npos);
  CHECK(time_error("9999-12-31T23:59:59Z").find("not from") != std::string::npos);
  CHECK(time_error("0000-01-01").find("the year 0000") != std::string::npos);
}

TEST_CASE("times print as RFC 3339 and as RRSIG fields") {
  const SimTime outage = SimTime::from_unix_s(1778009400);
  CHECK(outage.to_text() == "2026-05-05T19:30:00Z");
  CHECK(outage.to_rrsig_text() == "20260505193000");
  CHECK((outage + Duration::milliseconds(250)).to_text() == "2026-05-05T19:30:00.25Z");
  CHECK(SimTime::from_nanoseconds(-1).to_text() == "1969-12-31T23:59:59.999999999Z");
  CHECK(SimTime::from_nanoseconds(-1).to_rrsig_text() == "19691231235959");
  CHECK(SimTime::min().to_text() == "1677-09-21T00:12:43.145224192Z");
  CHECK(SimTime::max().to_text() == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("every day from 1678 to 2261 has the date that counting up gives") {
  int year = 1678;
  int month = 1;
  int day = 1;
  for (SimTime at = time("1678-01-01"); at < time("2262-01-01"); at += Duration::days(1)) {
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    if (at.to_text() != std::string(text) + "T00:00:00Z") FAIL(at.to_text() << " not " << text);
    if (!(time(text) == at)) FAIL(text);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int days = month == 2 ? (leap ? 29 : 28)
                                : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31);
    if (++day > days) {
      day = 1;
      if (++month > 12) {
        month = 1;
        year += 1;
      }
    }
  }
  CHECK(year == 2262);
}

TEST_CASE("times of all sizes read back what they print") {
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto word = static_cast<std::int64_t>(zonefall::mix64(i + 1));
    const SimTime at = SimTime::from_nanoseconds(word >> (i % 64));
    REQUIRE(time(at.to_text()) == at);
  }
}

TEST_CASE("overflow aborts") {
  const SimTime late = SimTime::max();
  CHECK(aborts([&] { late + Duration::nanoseconds(1); }));
  CHECK(aborts([&] { late - SimTime::min(); }));
  CHECK(aborts([] { Duration::max() + Duration::nanoseconds(1); }));
  CHECK(aborts([] { Duration::max() * 2; }));
  CHECK(aborts([] { Duration::seconds(ns_max / 1000); }));
  CHECK(aborts([] { SimTime::from_unix_s(9'223'372'037); }));
  CHECK(aborts([] { -Duration::nanoseconds(ns_min); }));
  CHECK(aborts([] { Duration::max() / 0; }));
  CHECK_FALSE(aborts([&] { late + Duration::nanoseconds(0); }));
  CHECK_FALSE(aborts([] { SimTime::from_unix_s(9'223'372'036); }));
}
