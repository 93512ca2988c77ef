#include "rpl/dns64.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

using dns::Name;
using dns::RRType;

constexpr std::size_t reserved_octet = 8;  // RFC 6052 2.2: bits 64 to 71 are zero

// Where the four octets of the IPv4 address stand.
std::array<std::size_t, 4> places(const dns::AddressBlock& prefix) {
  std::array<std::size_t, 4> places{};
  std::size_t at = prefix.bits / 8U;
  for (std::size_t& place : places) {
    if (at == reserved_octet) at += 1;
    place = at++;
  }
  return places;
}

std::optional<unsigned> hex_digit(std::span<const std::uint8_t> label) {
  if (label.size() != 1) return std::nullopt;
  const char c = static_cast<char>(label[0]);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

// RFC 3596 2.5, all 32 digits.
std::optional<dns::Address> ip6_address(const Name& name) {
  static const Name ip6_arpa = Name::literal("ip6.arpa.");
  if (name.label_count() != 34 || !name.is_below(ip6_arpa)) return std::nullopt;
  dns::Address address;
  for (std::size_t i = 0; i < 32; ++i) {
    const auto digit = hex_digit(name.label(i));
    if (!digit) return std::nullopt;
    const std::size_t octet = 15 - i / 2;
    address.octets[octet] |= static_cast<std::uint8_t>(*digit << (i % 2 == 0 ? 0U : 4U));
  }
  return address;
}

dns::RRsetPtr with_ipv6(const dns::RRset& rrset, const dns::AddressBlock& prefix) {
  std::vector<dns::Octets> rdatas;
  for (const auto rdata : rrset.rdatas()) {
    if (rdata.size() != 4) continue;
    const auto address =
        embedded(prefix, dns::Address::v4({rdata[0], rdata[1], rdata[2], rdata[3]}));
    rdatas.emplace_back(address.octets.begin(), address.octets.end());
  }
  if (rdatas.empty()) return nullptr;
  return dns::RRset::make({rrset.owner(), RRType::aaaa, rrset.rclass(), rrset.ttl_s()},
                          std::move(rdatas));
}

bool has_type(const dns::Message& message, RRType type) {
  return std::any_of(message.answer.begin(), message.answer.end(),
                     [&](const dns::SignedRRset& one) { return one.rrset->type() == type; });
}

}  // namespace

bool is_dns64_prefix(const dns::AddressBlock& block) {
  constexpr std::array<unsigned, 6> lengths = {32, 40, 48, 56, 64, 96};
  return std::find(lengths.begin(), lengths.end(), block.bits) != lengths.end();
}

dns::Address embedded(const dns::AddressBlock& prefix, const dns::Address& ipv4) {
  dns::Address address;
  std::copy_n(prefix.first.octets.begin(), prefix.bits / 8U, address.octets.begin());
  const auto at = places(prefix);
  for (std::size_t i = 0; i < at.size(); ++i) address.octets[at[i]] = ipv4.octets[12 + i];
  return address;
}

std::optional<Name> ipv4_pointer(const Dns64& dns64, const Name& name) {
  const auto address = ip6_address(name);
  if (!address || !dns64.prefix.contains(*address)) return std::nullopt;
  const auto at = places(dns64.prefix);
  const auto& octets = address->octets;
  return Name::literal(fmt::format("{}.{}.{}.{}.in-addr.arpa.", octets[at[3]], octets[at[2]],
                                   octets[at[1]], octets[at[0]]));
}

bool wants_ipv4(const Dns64& dns64, const dns::Message& answer) {
  if (dns64.for_all || !has_type(answer, RRType::aaaa)) return true;
  return std::any_of(dns64.without_own.begin(), dns64.without_own.end(),
                     [&](const Name& name) { return answer.question->qname.is_at_or_below(name); });
}

std::optional<dns::Message> synthesised(const Dns64& dns64, dns::Message answer) {
  if (answer.rcode != dns::Rcode::noerror || !has_type(answer, RRType::a)) return std::nullopt;
  for (dns::SignedRRset& one : answer.answer) {
    if (one.rrset->type() != RRType::a) continue;
    if (auto made = with_ipv6(*one.rrset, dns64.prefix)) one = {std::move(made), {}};
  }
  answer.question->qtype = RRType::aaaa;
  answer.flags.ad = false;  // nobody has signed that
  return answer;
}

}  // namespace zonefall::rpl
