// Plain values of scenario files from text and back. Locale-free and exact.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scenario/fields.h"
#include "zonefall/core/result.h"

namespace zonefall::scenario {

/// The ends of open times.
inline constexpr std::string_view always_word = "always";
inline constexpr std::string_view never_word = "never";

/// Messages of errors are complete sentences about `text`; bounds are named.
Result<bool> parse_flag(std::string_view text);
Result<std::uint64_t> parse_count(std::string_view text, const CountRange& range);
Result<Duration> parse_duration(std::string_view text, const DurationRange& range);
Result<double> parse_decimal(std::string_view text, const DecimalRange& range);
/// "4 %", "0.05 %": in parts per million.
Result<std::uint32_t> parse_share_ppm(std::string_view text);

std::string duration_text(Duration value, std::span<const DurationWord> words);
std::string time_text(SimTime value);
std::string share_text(std::uint32_t ppm);
/// In double quotes, escaped as YAML wants it.
std::string yaml_quoted(std::string_view text);

/// What a field of this range takes, for people: "0 to 65535 octets".
std::string range_text(const CountRange& range);
std::string range_text(const DurationRange& range);
std::string range_text(const DecimalRange& range);

}  // namespace zonefall::scenario
