// Text of others made harmless, and numbers and times made readable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zonefall/core/time.h"

namespace zonefall::report {

/// One line of valid UTF-8 without characters that steer a terminal or the direction of writing:
/// control characters and line ends become spaces, broken octets U+FFFD.
std::string clean_line(std::string_view text);
/// Columns on a terminal; `text` is clean.
std::size_t width_of(std::string_view text);
/// Cut to at most `width_max` columns, the last one an ellipsis if something is missing.
std::string shorten(std::string_view text, std::size_t width_max);

/// Clean, and nothing in it is Markdown or HTML.
std::string escape_markdown(std::string_view text);
/// Clean, and nothing in it is markup.
std::string escape_xml(std::string_view text);

/// "12.3 %", "0 %"; never rounded to none or all: "<0.1 %", ">99.9 %". Nothing: "-".
std::string percent(std::optional<double> share);
/// "12,345"; "<1" for what would round to 0.
std::string count(double n);
/// Three significant digits or all before the point: "0.052", "5.2", "520", "5,200".
std::string rate(double n);
/// "2026-05-05T19:30:00Z" without fractions. Nothing: "-".
std::string long_time(std::optional<SimTime> at);
/// "05-05 19:30". Nothing: "-".
std::string short_time(std::optional<SimTime> at);
/// "19:30".
std::string clock_time(SimTime at);
/// "14 h", "90 min", "10 s": the largest unit that leaves a whole number.
std::string span(double seconds);

/// Seconds from one instant to another, for any two instants.
double seconds_between(SimTime from, SimTime to);

}  // namespace zonefall::report
