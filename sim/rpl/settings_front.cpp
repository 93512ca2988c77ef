#include "rpl/settings_front.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rpl/lines.h"
#include "zonefall/core/encoding.h"
#include "zonefall/core/spelling.h"
#include "zonefall/dns/message.h"

namespace zonefall::rpl {
namespace {

constexpr std::size_t tags_max = 256;
constexpr std::size_t tag_rules_max = 1000;

struct NamedAccess {
  std::string_view name;
  Access access;
};

constexpr std::array accesses = {
    NamedAccess{"deny", Access::deny},
    NamedAccess{"refuse", Access::refuse},
    NamedAccess{"allow", Access::allow},
    NamedAccess{"allow_setrd", Access::allow_setrd},
    NamedAccess{"allow_snoop", Access::allow_snoop},
    NamedAccess{"allow_cookie", Access::allow_cookie},
    NamedAccess{"deny_non_local", Access::deny_non_local},
    NamedAccess{"refuse_non_local", Access::refuse_non_local},
};

std::string unknown_access(std::string_view written) {
  std::array<std::string_view, accesses.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = accesses[i].name;
  return unknown_word("access", written, names);
}

// `also`: what may stand there besides.
std::string unknown_zone_type(std::string_view written,
                              std::initializer_list<std::string_view> also = {}) {
  std::vector<std::string_view> names = local_zone_type_names();
  names.insert(names.begin(), also);
  return unknown_word("type of local zones", written, names);
}

std::string set_flag(const std::string& value, bool& flag) {
  if (value != "yes" && value != "no") return "neither yes nor no";
  flag = value == "yes";
  return {};
}

// RFC 1035 3.5, RFC 3596 2.5.
std::string reverse_name(const dns::Address& address) {
  if (address.is_v4()) {
    return fmt::format("{}.{}.{}.{}.in-addr.arpa.", address.octets[15], address.octets[14],
                       address.octets[13], address.octets[12]);
  }
  std::string name;
  for (std::size_t i = address.octets.size(); i > 0; --i) {
    name += fmt::format("{:x}.{:x}.", address.octets[i - 1] & 0xfU, address.octets[i - 1] >> 4U);
  }
  return name + "ip6.arpa.";
}

std::string take_zone(const std::string& value, LocalZones& zones) {
  const auto words = words_of(value);
  if (words.size() != 2) return "not a zone and its type";
  const auto zone = dns::Name::parse(words[0]);
  if (!zone) return zone.error().message;
  if (words[1] == "nodefault") {
    zones.add_no_default(zone.value());
    return {};
  }
  const auto type = local_zone_type(words[1]);
  if (!type) return unknown_zone_type(words[1], {"nodefault"});
  zones.add_zone(zone.value(), *type);
  return {};
}

// Why it can stand in no answer: written in the generic form (RFC 3597) it may be anything.
std::string fault_of(const dns::TextRecord& record) {
  if (record.type == dns::RRType::rrsig || record.type == dns::RRType::opt)
    return "no data of this type";
  dns::Message message;
  message.answer = {
      {dns::RRset::make({record.owner, record.type, record.rclass, record.ttl_s}, {record.rdata}),
       {}}};
  const auto decoded = dns::decode(dns::encode(message).octets);
  return decoded ? std::string() : decoded.error().message;
}

std::string take_data(const Option& option, const std::string& file_name, LocalZones& zones) {
  auto record = dns::parse_record(option.value, {file_name, option.line, {}, 3600});
  if (!record) return record.error().message;
  if (std::string fault = fault_of(record.value()); !fault.empty()) return fault;
  zones.add_data(std::move(record).value());
  return {};
}

// "address [TTL] name"
std::string take_pointer(const Option& option, const std::string& file_name, LocalZones& zones) {
  const auto words = words_of(option.value);
  if (words.size() < 2) return "not an address and a name";
  const auto address = dns::Address::parse(words[0]);
  if (!address) return address.error().message;
  Option data = option;
  data.value = fmt::format("{} {} PTR {}", reverse_name(address.value()),
                           words.size() > 2 ? words[1] : "3600", words.back());
  return take_data(data, file_name, zones);
}

// The zone and the key tags of its anchors, as Unbound writes them.
std::string anchor_text(const dns::RRset& anchor) {
  std::string text = anchor.owner().to_text();
  for (const auto rdata : anchor.rdatas()) {
    if (rdata.size() >= 2) text += fmt::format(" {}", rdata[0] * 256U + rdata[1]);
  }
  return text;
}

}  // namespace

bool FrontOptions::take(const Option& option, const std::string& file_name, std::string& refusal) {
  const std::string& value = option.value;
  if (option.name == "access-control") {
    refusal = take_access(value);
  } else if (option.name == "access-control-view") {
    refusal = take_view_rule(value);
  } else if (option.name == "unblock-lan-zones") {
    bool unblocks = false;
    refusal = set_flag(value, unblocks);
    lan_zones_ = unblocks ? LocalZones::LanZones::resolved : LocalZones::LanZones::blocked;
  } else if (option.name == "hide-identity") {
    refusal = set_flag(value, hides_identity_);
  } else if (option.name == "hide-version") {
    refusal = set_flag(value, hides_version_);
  } else if (option.name == "hide-trustanchor") {
    refusal = set_flag(value, hides_anchors_);
  } else if (option.name == "answer-cookie") {
    refusal = set_flag(value, makes_cookies_);
  } else if (option.name == "cookie-secret") {
    refusal = take_cookie_secret(value);
  } else if (option.name == "identity") {
    identity_ = value;
  } else if (option.name == "version") {
    version_ = value;
  } else {
    return take_tagged(option, file_name, refusal) ||
           take_local(option, file_name, zones_, refusal);
  }
  return true;
}

bool FrontOptions::take_tagged(const Option& option, const std::string& file_name,
                               std::string& refusal) {
  if (option.name == "define-tag") {
    for (const std::string_view name : words_of(option.value)) tag_names_.emplace_back(name);
    if (tag_names_.size() > tags_max) refusal = "too many tags";
    tag_names_.resize(std::min(tag_names_.size(), tags_max));
  } else if (option.name == "local-zone-tag") {
    refusal = take_zone_tags(words_of(option.value));
  } else if (option.name == "local-zone-override") {
    refusal = take_override(words_of(option.value));
  } else if (option.name.starts_with("access-control-tag")) {
    refusal = take_client_tags(option, file_name);
  } else {
    return false;
  }
  return true;
}

std::optional<std::size_t> FrontOptions::tag_of(std::string_view name) const {
  const auto found = std::find(tag_names_.begin(), tag_names_.end(), name);
  if (found == tag_names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - tag_names_.begin());
}

std::string FrontOptions::take_tag_list(std::string_view text, Tags& tags) const {
  for (const std::string_view name : words_of(text)) {
    const auto tag = tag_of(name);
    if (!tag) return fmt::format("no define-tag has {}", name);
    tags.insert(*tag);
  }
  return {};
}

std::string FrontOptions::take_zone_tags(const std::vector<std::string_view>& words) {
  if (words.size() < 2) return "not a zone and its tags";
  const auto zone = dns::Name::parse(words[0]);
  if (!zone) return zone.error().message;
  Tags tags;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (std::string refusal = take_tag_list(words[i], tags); !refusal.empty()) return refusal;
  }
  zones_.add_tags(zone.value(), tags);
  return {};
}

std::string FrontOptions::take_override(const std::vector<std::string_view>& words) {
  if (words.size() != 3) return "not a zone, a netblock and a type";
  const auto zone = dns::Name::parse(words[0]);
  if (!zone) return zone.error().message;
  const auto block = dns::AddressBlock::parse(words[1]);
  if (!block) return block.error().message;
  const auto type = local_zone_type(words[2]);
  if (!type) return unknown_zone_type(words[2]);
  zones_.add_override(zone.value(), block.value(), *type);
  return {};
}

ClientTags& FrontOptions::client_tags(const dns::AddressBlock& block) {
  for (TagRule& rule : front_.tag_rules) {
    if (rule.block.bits == block.bits && rule.block.first == block.first) return rule.tags;
  }
  return front_.tag_rules.emplace_back(TagRule{block, {}}).tags;
}

// access-control-tag: block tags; -action: block tag type; -data: block tag record.
std::string FrontOptions::take_client_tags(const Option& option, const std::string& file_name) {
  const auto words = words_of(option.value);
  if (words.size() < 2) return "not a netblock and tags";
  const auto block = dns::AddressBlock::parse(words[0]);
  if (!block) return block.error().message;
  if (front_.tag_rules.size() > tag_rules_max) return "too many netblocks with tags";
  ClientTags& client = client_tags(block.value());
  if (option.name == "access-control-tag") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      std::string refusal = take_tag_list(words[i], client.tags);
      if (!refusal.empty()) return refusal;
    }
    return {};
  }
  const auto tag = tag_of(words[1]);
  if (!tag || words.size() < 3) return "not a netblock, a tag and what is done";
  if (option.name == "access-control-tag-data") {
    return take_client_data(client, *tag, option, file_name);
  }
  if (option.name != "access-control-tag-action") return "unsupported option";
  const auto type = local_zone_type(words[2]);
  if (!type) return unknown_zone_type(words[2]);
  client.types[*tag] = *type;
  return {};
}

// The record has no owner, for that is whatever name is asked for.
std::string FrontOptions::take_client_data(ClientTags& client, std::size_t tag,
                                           const Option& option, const std::string& file_name) {
  std::string_view text = option.value;
  for (int i = 0; i < 2; ++i) text = trimmed(text.substr(std::min(text.find(' '), text.size())));
  auto record = dns::parse_record(fmt::format(". {}", text), {file_name, option.line, {}, 3600});
  if (!record) return record.error().message;
  if (std::string fault = fault_of(record.value()); !fault.empty()) return fault;
  client.data[tag].push_back(std::move(record).value());
  return {};
}

bool FrontOptions::take_in_view(const Option& option, const std::string& file_name,
                                std::string& refusal) {
  if (option.name.empty()) {
    front_.views.emplace_back();
    view_names_.emplace_back();
    return true;
  }
  View& view = front_.views.back();
  if (option.name == "name") {
    view_names_.back() = option.value;
  } else if (option.name == "view-first") {
    refusal = set_flag(option.value, view.falls_back);
  } else {
    return take_local(option, file_name, view.local_zones, refusal);
  }
  return true;
}

bool FrontOptions::take_local(const Option& option, const std::string& file_name, LocalZones& zones,
                              std::string& refusal) {
  if (option.name == "local-zone") {
    refusal = take_zone(option.value, zones);
  } else if (option.name == "local-data") {
    refusal = take_data(option, file_name, zones);
  } else if (option.name == "local-data-ptr") {
    refusal = take_pointer(option, file_name, zones);
  } else {
    return false;
  }
  return true;
}

std::string FrontOptions::take_view_rule(const std::string& value) {
  const auto words = words_of(value);
  if (words.size() != 2) return "not a netblock and the name of a view";
  const auto block = dns::AddressBlock::parse(words[0]);
  if (!block) return block.error().message;
  view_rules_.push_back({block.value(), std::string(words[1])});
  return {};
}

std::string FrontOptions::take_cookie_secret(const std::string& value) {
  const auto octets = from_hex(value);
  if (!octets || octets.value().size() != cookie_secret_.size()) return "not 32 digits";
  std::copy(octets.value().begin(), octets.value().end(), cookie_secret_.begin());
  return {};
}

std::string FrontOptions::take_access(const std::string& value) {
  const auto words = words_of(value);
  if (words.size() != 2) return "not a netblock and what its clients may do";
  const auto block = dns::AddressBlock::parse(words[0]);
  if (!block) return block.error().message;
  for (const NamedAccess& one : accesses) {
    if (one.name != words[1]) continue;
    front_.access.push_back({block.value(), one.access});
    return {};
  }
  return unknown_access(words[1]);
}

FrontSettings FrontOptions::finish(const std::vector<resolver::TrustAnchor>& anchors,
                                   bool has_ede) {
  FrontSettings front = front_;
  for (const char* block : {"127.0.0.0/8", "::1"}) {
    const AccessRule usual{dns::AddressBlock::parse(block).value(), Access::allow};
    front.access.insert(front.access.begin(), usual);  // before what the script says of the same
  }
  zones_.add_defaults(lan_zones_);
  zones_.finish();
  front.local_zones = zones_;
  for (View& view : front.views) view.local_zones.finish();
  for (const ViewRuleText& rule : view_rules_) {
    const auto found = std::find(view_names_.begin(), view_names_.end(), rule.view);
    const auto index = static_cast<std::size_t>(found - view_names_.begin());
    if (found != view_names_.end()) front.view_rules.push_back({rule.block, index});
  }
  front.has_ede = has_ede;
  if (makes_cookies_) front.cookie_secret = cookie_secret_;
  if (!hides_identity_) front.identity = identity_;
  if (!hides_version_) front.version = version_;
  if (!hides_anchors_) {
    front.trust_anchors.emplace();
    for (const resolver::TrustAnchor& anchor : anchors) {
      front.trust_anchors->push_back(anchor_text(*anchor));
    }
  }
  return front;
}

}  // namespace zonefall::rpl
