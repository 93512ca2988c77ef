#include "dns/rdata_layout.h"

#include <algorithm>

#include "zonefall/dns/name.h"

namespace zonefall::dns {

namespace {

struct TypeLayout {
  std::uint16_t type = 0;
  RdataLayout layout;
};

constexpr auto any_tail = RdataLayout::any_tail;
constexpr auto sent = NameCompression::sent;
constexpr auto accepted = NameCompression::accepted;

// HINFO is in the list of RFC 4034 by mistake: it has no names. A6 is left out: RFC 6563 made it
// historic, and where its name starts depends on the data.
constexpr std::array type_layouts = {
    TypeLayout{2, {.names = 1, .compression = sent}},                          // NS
    TypeLayout{3, {.names = 1, .compression = sent}},                          // MD
    TypeLayout{4, {.names = 1, .compression = sent}},                          // MF
    TypeLayout{5, {.names = 1, .compression = sent}},                          // CNAME
    TypeLayout{6, {.names = 2, .tail_octets = 20, .compression = sent}},       // SOA
    TypeLayout{7, {.names = 1, .compression = sent}},                          // MB
    TypeLayout{8, {.names = 1, .compression = sent}},                          // MG
    TypeLayout{9, {.names = 1, .compression = sent}},                          // MR
    TypeLayout{12, {.names = 1, .compression = sent}},                         // PTR
    TypeLayout{14, {.names = 2, .compression = sent}},                         // MINFO
    TypeLayout{15, {.fixed_octets = 2, .names = 1, .compression = sent}},      // MX
    TypeLayout{17, {.names = 2, .compression = accepted}},                     // RP
    TypeLayout{18, {.fixed_octets = 2, .names = 1, .compression = accepted}},  // AFSDB
    TypeLayout{21, {.fixed_octets = 2, .names = 1, .compression = accepted}},  // RT
    TypeLayout{
        24,
        {.fixed_octets = 18, .names = 1, .tail_octets = any_tail, .compression = accepted}},  // SIG
    TypeLayout{26, {.fixed_octets = 2, .names = 2, .compression = accepted}},                 // PX
    TypeLayout{30, {.names = 1, .tail_octets = any_tail, .compression = accepted}},           // NXT
    TypeLayout{33, {.fixed_octets = 6, .names = 1, .compression = accepted}},                 // SRV
    TypeLayout{
        35,
        {.fixed_octets = 4, .character_strings = 3, .names = 1, .compression = accepted}},  // NAPTR
    TypeLayout{36, {.fixed_octets = 2, .names = 1}},                                        // KX
    TypeLayout{39, {.names = 1}},                                                           // DNAME
    TypeLayout{46, {.fixed_octets = 18, .names = 1, .tail_octets = any_tail}},              // RRSIG
};

/// The octets of the uncompressed name at the front of `octets`; 0 if there is none.
std::size_t leading_name_octets(std::span<const std::uint8_t> octets) {
  std::size_t at = 0;
  while (at < octets.size() && at < Name::wire_octets_max) {
    const std::size_t label = octets[at];
    if (label > Name::label_octets_max) return 0;
    at += 1 + label;
    if (label == 0) return at;
  }
  return 0;
}

// By type: where its layout stands in `type_layouts`.
constexpr std::uint8_t no_layout = 255;
constexpr auto places = [] {
  std::array<std::uint8_t, type_layouts.back().type + 1> by_type{};
  by_type.fill(no_layout);
  for (std::size_t i = 0; i < type_layouts.size(); ++i) {
    by_type[type_layouts[i].type] = static_cast<std::uint8_t>(i);
  }
  return by_type;
}();

}  // namespace

const RdataLayout* rdata_layout(RRType type) {
  const auto number = static_cast<std::uint16_t>(type);
  if (number >= places.size() || places[number] == no_layout) return nullptr;
  return &type_layouts[places[number]].layout;
}

std::optional<SplitRdata> split_rdata(const RdataLayout& layout,
                                      std::span<const std::uint8_t> rdata) {
  std::size_t at = layout.fixed_octets;
  for (std::size_t i = 0; i < layout.character_strings; ++i) {
    if (at >= rdata.size()) return std::nullopt;
    at += 1U + rdata[at];
  }
  if (at > rdata.size()) return std::nullopt;

  SplitRdata split;
  split.head = rdata.first(at);
  for (std::size_t i = 0; i < layout.names; ++i) {
    const std::size_t octets = leading_name_octets(rdata.subspan(at));
    if (octets == 0) return std::nullopt;
    split.names[i] = rdata.subspan(at, octets);
    at += octets;
  }
  split.name_count = layout.names;
  split.tail = rdata.subspan(at);
  if (layout.tail_octets != RdataLayout::any_tail && split.tail.size() != layout.tail_octets) {
    return std::nullopt;
  }
  return split;
}

}  // namespace zonefall::dns
