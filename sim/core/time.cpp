#include "zonefall/core/time.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "zonefall/core/words.h"

namespace zonefall {
namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t s_per_day = 86'400;
constexpr auto ns_max = std::numeric_limits<std::int64_t>::max();

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

// `digits` must be few enough to fit.
std::uint64_t to_number(std::string_view digits) {
  std::uint64_t number = 0;
  for (const char c : digits) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  return number;
}

constexpr std::uint64_t power_of_ten(std::size_t exponent) {
  std::uint64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// ---- durations ----

struct Unit {
  std::string_view name;
  std::uint64_t ns;
};

constexpr std::array<Unit, 7> units = {{{"d", 86'400'000'000'000},
                                        {"h", 3'600'000'000'000},
                                        {"min", 60'000'000'000},
                                        {"s", 1'000'000'000},
                                        {"ms", 1'000'000},
                                        {"us", 1'000},
                                        {"ns", 1}}};
// Of a day, 86400 * 10^9 = 2^16 * 27 * 5^11 ns: the most digits a fraction can have and be whole
// ns.
constexpr std::size_t fraction_digits_max = 16;

// What people write instead, in lower case and without a plural s.
struct UnitAlias {
  std::string_view written;
  std::string_view unit;
};
constexpr std::array<UnitAlias, 14> unit_aliases = {{{"day", "d"},
                                                     {"hour", "h"},
                                                     {"hr", "h"},
                                                     {"m", "min"},
                                                     {"minute", "min"},
                                                     {"sec", "s"},
                                                     {"second", "s"},
                                                     {"msec", "ms"},
                                                     {"milli", "ms"},
                                                     {"millisecond", "ms"},
                                                     {"usec", "us"},
                                                     {"µ", "us"},
                                                     {"microsecond", "us"},
                                                     {"nanosecond", "ns"}}};

std::string_view find_unit(std::string_view lower) {
  for (const Unit& unit : units) {
    if (lower == unit.name) return unit.name;
  }
  for (const UnitAlias& alias : unit_aliases) {
    if (lower == alias.written) return alias.unit;
  }
  return "";
}

// The unit that was probably meant, or "".
std::string_view nearest_unit(std::string_view written) {
  std::string lower(written);
  for (char& c : lower) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c | 0x20) : c;
  const std::string_view found = find_unit(lower);
  if (!found.empty() || lower.back() != 's') return found;
  lower.pop_back();
  return find_unit(lower);
}

Error unknown_unit(std::string_view text, std::string_view written) {
  constexpr std::string_view all = "one of d, h, min, s, ms, us, ns";
  if (written.empty()) return {fmt::format("duration \"{}\" has no unit; add {}", text, all)};
  const std::string_view nearest = nearest_unit(written);
  if (nearest.empty()) {
    return {fmt::format("duration \"{}\" has the unknown unit \"{}\"; use {}", text, written, all)};
  }
  return {fmt::format("duration \"{}\" has the unknown unit \"{}\"; did you mean \"{}\"?", text,
                      written, nearest)};
}

Error too_long(std::string_view text) {
  return {fmt::format("duration \"{}\" is too long; at most 106751 d (292 years) fit", text)};
}

// The magnitude in nanoseconds, still too large perhaps for 64 bits.
Result<uint128> scale_decimal(std::string_view text, std::string_view whole,
                              std::string_view fraction, const Unit& unit) {
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  if (whole.size() > 19) return too_long(text);
  const uint128 whole_ns = static_cast<uint128>(to_number(whole)) * unit.ns;
  if (fraction.size() <= fraction_digits_max) {
    const std::uint64_t divisor = power_of_ten(fraction.size());
    const uint128 scaled = static_cast<uint128>(to_number(fraction)) * unit.ns;
    if (scaled % divisor == 0) return whole_ns + scaled / divisor;
  }
  return Error{fmt::format("duration \"{}\" is not a whole number of nanoseconds", text)};
}

// `ns` in `unit` as a decimal number, if that is finite.
std::optional<std::string> to_decimal(std::uint64_t ns, const Unit& unit) {
  std::string digits = fmt::format("{}", ns / unit.ns);
  std::uint64_t rest = ns % unit.ns;
  if (rest > 0) digits += '.';
  for (std::size_t i = 0; rest > 0; ++i) {
    if (i == fraction_digits_max) return std::nullopt;
    digits += static_cast<char>('0' + rest * 10 / unit.ns);
    rest = rest * 10 % unit.ns;
  }
  return digits;
}

// ---- the calendar ----

struct Date {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
};

constexpr bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[static_cast<std::size_t>(month - 1)] + ((month == 2 && is_leap_year(year)) ? 1 : 0);
}

// Days from 0001-01-01 to the first day of `year` >= 1.
constexpr std::int64_t days_before_year(std::int64_t year) {
  const std::int64_t past = year - 1;
  return past * 365 + past / 4 - past / 100 + past / 400;
}

constexpr std::int64_t epoch_days = days_before_year(1970);

constexpr std::int64_t to_unix_days(const Date& date) {
  std::int64_t days = days_before_year(date.year) + date.day - 1;
  for (std::int64_t month = 1; month < date.month; ++month) {
    days += days_in_month(date.year, month);
  }
  return days - epoch_days;
}

constexpr Date to_date(std::int64_t unix_days) {
  const std::int64_t days = unix_days + epoch_days;
  // 146097 days are 400 years; the guess is at most one year off.
  Date date{days * 400 / 146'097 + 1, 1, 1};
  while (days_before_year(date.year) > days) date.year -= 1;
  while (days_before_year(date.year + 1) <= days) date.year += 1;
  std::int64_t left = days - days_before_year(date.year);
  for (; left >= days_in_month(date.year, date.month); ++date.month) {
    left -= days_in_month(date.year, date.month);
  }
  date.day = left + 1;
  return date;
}

struct Calendar {
  Date date;
  std::int64_t hour;
  std::int64_t minute;
  std::int64_t second;
  std::int64_t nanosecond;
};

Calendar to_calendar(SimTime time) {
  const std::int64_t unix_s = time.to_unix_s();
  const std::int64_t day = Duration::floor_divide(unix_s, s_per_day);
  const std::int64_t second = unix_s - day * s_per_day;
  const std::int64_t ns = (time.to_nanoseconds() % ns_per_s + ns_per_s) % ns_per_s;
  return {to_date(day), second / 3600, second / 60 % 60, second % 60, ns};
}

// Reads an RFC 3339 text piece by piece; the first error stays.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text), rest_(text) {}

  // A field of exactly `size` digits from `low` to `high`.
  std::int64_t field(std::string_view name, std::size_t size, std::int64_t low, std::int64_t high) {
    if (error_) return low;
    const std::string_view digits = rest_.substr(0, size);
    if (digits.size() < size || !std::all_of(digits.begin(), digits.end(), is_digit)) {
      fail(fmt::format("expected {} digits for the {} at \"{}\"", size, name, rest_));
      return low;
    }
    rest_.remove_prefix(size);
    const auto value = static_cast<std::int64_t>(to_number(digits));
    if (value < low || value > high) {
      fail(fmt::format("the {} {} is not in {} to {}", name, digits, low, high));
      return low;
    }
    return value;
  }
  bool accept(char c) {
    if (error_ || rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("expected '{}' at \"{}\"", c, rest_));
  }
  std::int64_t fraction_ns() {
    const std::string_view digits = error_ ? "0" : take_digits(rest_);
    if (digits.empty() || digits.size() > 9) {
      fail("a fraction of a second has 1 to 9 digits");
      return 0;
    }
    return static_cast<std::int64_t>(to_number(digits) * power_of_ten(9 - digits.size()));
  }
  void expect_utc() {
    if (accept('Z')) return;
    fail(rest_.empty() ? "it must end in Z: times are UTC"
                       : fmt::format("expected Z at \"{}\": convert the time to UTC", rest_));
  }
  void fail(std::string_view why) {
    if (!error_) error_ = Error{fmt::format("time \"{}\": {}", text_, why)};
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::string_view text_;
  std::string_view rest_;
  std::optional<Error> error_;
};

Calendar read_calendar(TimeReader& reader) {
  Calendar calendar{};
  Date& date = calendar.date;
  date.year = reader.field("year", 4, 1, 9999);
  reader.expect('-');
  date.month = reader.field("month", 2, 1, 12);
  reader.expect('-');
  date.day = reader.field("day", 2, 1, days_in_month(date.year, date.month));
  if (reader.at_end()) return calendar;
  reader.expect('T');
  calendar.hour = reader.field("hour", 2, 0, 23);
  reader.expect(':');
  calendar.minute = reader.field("minute", 2, 0, 59);
  if (reader.accept(':')) {
    calendar.second = reader.field("second", 2, 0, 59);
    if (reader.accept('.')) calendar.nanosecond = reader.fraction_ns();
  }
  reader.expect_utc();
  if (!reader.at_end()) reader.fail("something follows the Z");
  return calendar;
}

}  // namespace

Result<Duration> Duration::parse(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const std::string_view whole = take_digits(rest);
  std::string_view fraction;
  bool well_formed = !whole.empty();
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
    well_formed = well_formed && !fraction.empty();
  }
  if (!well_formed) {
    return Error{fmt::format("duration \"{}\" is not a number with a unit, like 90 min", text)};
  }
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& candidate) { return candidate.name == rest; });
  if (unit == units.end()) return unknown_unit(text, rest);
  const auto magnitude = scale_decimal(text, whole, fraction, *unit);
  if (!magnitude) return magnitude.error();
  const uint128 limit = static_cast<uint128>(ns_max) + (negative ? 1 : 0);
  if (magnitude.value() > limit) return too_long(text);
  const auto ns = static_cast<std::uint64_t>(magnitude.value());
  return Duration(static_cast<std::int64_t>(negative ? 0 - ns : ns));
}

std::string Duration::to_text() const {
  if (ns_ == 0) return "0 s";
  const auto bits = static_cast<std::uint64_t>(ns_);
  const std::uint64_t magnitude = ns_ < 0 ? 0 - bits : bits;
  std::string number;
  std::string_view unit_name;
  for (const Unit& unit : units) {
    const auto decimal = to_decimal(magnitude, unit);
    if (!decimal) continue;
    const bool now_whole = number.find('.') != std::string::npos && magnitude % unit.ns == 0;
    const bool shorter = number.empty() || decimal->size() < number.size();
    if (shorter || (decimal->size() == number.size() && now_whole)) {
      number = *decimal;
      unit_name = unit.name;
    }
  }
  return fmt::format("{}{} {}", ns_ < 0 ? "-" : "", number, unit_name);
}

Result<SimTime> SimTime::parse(std::string_view text) {
  TimeReader reader(text);
  const Calendar calendar = read_calendar(reader);
  if (reader.error()) return *reader.error();
  const std::int64_t unix_s = to_unix_days(calendar.date) * s_per_day + calendar.hour * 3600 +
                              calendar.minute * 60 + calendar.second;
  __extension__ using int128 = __int128;
  const int128 ns = static_cast<int128>(unix_s) * ns_per_s + calendar.nanosecond;
  if (ns > max().ns_ || ns < min().ns_) {
    reader.fail(fmt::format("not from {} to {}", min().to_text(), max().to_text()));
    return *reader.error();
  }
  return SimTime(static_cast<std::int64_t>(ns));
}

std::string SimTime::to_text() const {
  const auto [date, hour, minute, second, nanosecond] = to_calendar(*this);
  std::string fraction;
  if (nanosecond > 0) {
    fraction = fmt::format(".{:09}", nanosecond);
    fraction.erase(fraction.find_last_not_of('0') + 1);
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", date.year, date.month, date.day,
                     hour, minute, second, fraction);
}

std::string SimTime::to_rrsig_text() const {
  const auto [date, hour, minute, second, nanosecond] = to_calendar(*this);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", date.year, date.month, date.day, hour,
                     minute, second);
}

}  // namespace zonefall
