#include "rpl/settings.h"

#include <fmt/format.h>

#include "rpl/lines.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::rpl {
namespace {

constexpr std::int64_t date_unix_s_max = 4'260'211'200;  // 2105

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<SimTime> date_of(std::string_view text) {
  // Beyond that the clock has no room for what the script may add to it.
  const auto checked = [&](Result<SimTime> date) -> Result<SimTime> {
    const bool is_far = date && (date.value() < SimTime::from_unix_s(0) ||
                                 date.value() > SimTime::from_unix_s(date_unix_s_max));
    if (is_far) return Error{fmt::format("'{}' is not a date from 1970 to 2105", text)};
    return date;
  };
  if (!is_digits(text)) return Error{fmt::format("'{}' is not a date (YYYYMMDDHHMMSS)", text)};
  if (text.size() == 14) {
    return checked(SimTime::parse(
        fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                    text.substr(8, 2), text.substr(10, 2), text.substr(12, 2))));
  }
  const auto seconds = number_of(text);
  if (!seconds) {
    return Error{fmt::format("'{}' is not a number of seconds since 1970", text)};
  }
  return checked(SimTime::from_unix_s(*seconds));
}

Status TrustAnchors::add(const Option& option, const std::string& file_name) {
  auto record = dns::parse_record(option.value, {file_name, option.line, {}, 3600});
  if (!record) return record.error();
  dns::TextRecord& anchor = record.value();
  if (anchor.type == dns::RRType::ds) {
    ds_by_zone_[anchor.owner].push_back(std::move(anchor.rdata));
  } else if (anchor.type == dns::RRType::dnskey) {
    const auto dnskey = dns::decode_dnskey(anchor.rdata);
    if (!dnskey) return error_at(file_name, option.line, dnskey.error().message);
    ds_by_zone_[anchor.owner].push_back(
        dns::encode(dnssec::make_ds(anchor.owner, dnskey.value(), dnssec::DigestType::sha256)));
  } else {
    return error_at(file_name, option.line, "a trust anchor is a DS or a DNSKEY record");
  }
  return Done{};
}

std::vector<resolver::TrustAnchor> TrustAnchors::rrsets() const {
  std::vector<resolver::TrustAnchor> anchors;
  for (const auto& [zone, all] : ds_by_zone_) {
    anchors.push_back(dns::RRset::make({zone, dns::RRType::ds, dns::RRClass::in, 3600}, all));
  }
  return anchors;
}

SettingsOrNot settings_of(const Script& script) {
  return script.dialect == Dialect::testbound ? testbound_settings(script)
                                              : deckard_settings(script);
}

}  // namespace zonefall::rpl
