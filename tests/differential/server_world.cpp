#include "server_world.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "random_zone.h"
#include "zonefall/dns/master_file.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Address;
using dns::Name;
using dns::RRsetPtr;
using dns::RRType;

constexpr std::size_t hub = 0;
constexpr std::size_t far = 1;

Name below(const Name& name, std::string_view label) {
  return name.prepend(label).value();
}

RRsetPtr address_rrset(const Name& owner, const Address& address) {
  const auto& octets = address.octets;
  return record(owner, RRType::a, dns::encode_a({octets[12], octets[13], octets[14], octets[15]}))
      .rrset;
}

// More than fits into UDP.
std::string big_text() {
  std::string text;
  for (char c = 'a'; c < 'k'; ++c) text += "big IN TXT " + std::string(200, c) + "\n";
  return text;
}

// Where aliases lead, besides into the zone itself.
std::string content_text(const Name& elsewhere, std::size_t number) {
  return fmt::format(
             "www IN A 192.0.2.{0}\n"
             "www IN AAAA 2001:db8::{0}\n"
             "two IN A 192.0.2.{0}1\n"
             "two IN A 192.0.2.{0}2\n"
             "mail IN MX 10 www\n"
             "txt IN TXT \"text of {0}\"\n"
             "al IN CNAME www\n"
             "chain IN CNAME al\n"
             "gone IN CNAME nothing\n"
             "out IN CNAME www.{1}\n"
             "outchain IN CNAME out.{1}\n"
             "dn IN DNAME {1}\n"
             "*.w IN A 192.0.2.{0}3\n"
             "x.y IN A 192.0.2.{0}4\n",
             number + 1, elsewhere.to_text()) +
         big_text();
}

Signing random_signing(bool parent_is_signed, Rng& rng) {
  if (!parent_is_signed || rng.chance(1, 2)) return Signing::unsigned_zone;
  return rng.chance(1, 2) ? Signing::nsec : Signing::nsec3;
}

// The name of a server: in the zone itself, or in one that came before it, so that none needs
// another for its own addresses.
Name server_name(const ServerWorld& world, const Name& apex, std::size_t host, Rng& rng) {
  const std::string label = fmt::format("ns{}", host);
  const std::size_t zones = world.zones.size();
  if (zones < 2 || rng.chance(1, 2)) return below(apex, label);
  return below(world.zones[rng.below(zones)].making.apex, label);
}

class Builder {
 public:
  Builder(const WorldPlace& place, Rng& rng) : place_(place), rng_(rng) {}

  void add(ServerWorld& world, const Name& apex, std::optional<std::size_t> parent) {
    const bool parent_is_signed = !parent || world.zones[*parent].making.denial.has_value();
    const std::size_t number = world.zones.size();
    ZoneFrame frame{.apex = apex,
                    .signing = random_signing(parent_is_signed, rng_),
                    .now = place_.now,
                    .seed = place_.seed};
    for (std::uint64_t i = 0, count = 1 + rng_.below(3); i < count; ++i) {
      add_server(world, frame, 10 * number + i + 1);
    }
    const Name& elsewhere = number == 0 ? apex : world.zones[rng_.below(number)].making.apex;
    const std::string text =
        number == 0 ? content_text(below(apex, "a"), number) : content_text(elsewhere, number);
    world.zones.push_back({frame_zone(frame, text), parent, {}});
  }

 private:
  void add_server(const ServerWorld& world, ZoneFrame& frame, std::size_t host) {
    frame.server_names.push_back(server_name(world, frame.apex, host, rng_));
    Address address = host_address(static_cast<std::uint8_t>(host));
    if (!world.zones.empty() && rng_.chance(1, 6)) {  // hosted with another zone
      address = world.zones[rng_.below(world.zones.size())].making.addresses.front();
    }
    frame.addresses.push_back(address);
  }

  [[nodiscard]] Address host_address(std::uint8_t host) const {
    const auto& network = place_.network;
    return Address::v4({network[0], network[1], network[2], host});
  }

  const WorldPlace& place_;
  Rng& rng_;
};

// The address of each server's name stands in the zone that the name is in.
void add_server_addresses(ServerWorld& world) {
  for (const WorldZone& served : world.zones) {
    const ZoneMaking& making = served.making;
    for (std::size_t i = 0; i < making.server_names.size(); ++i) {
      const Name& name = making.server_names[i];
      WorldZone* home = nullptr;
      for (WorldZone& zone : world.zones) {
        const Name& apex = zone.making.apex;
        const bool is_deeper =
            home == nullptr || apex.label_count() > home->making.apex.label_count();
        if (name.is_at_or_below(apex) && is_deeper) home = &zone;
      }
      if (home != nullptr) {
        home->making.rrsets.push_back(address_rrset(name, making.addresses[i]));
      }
    }
  }
}

// NS as the zone has it, and glue for names in the zone; now and then also for those of siblings
// (RFC 9471 3.2).
void add_delegation(const ServerWorld& world, WorldZone& child, Rng& rng) {
  const ZoneMaking& making = child.making;
  for (const RRsetPtr& rrset : making.rrsets) {
    if (rrset->type() == RRType::ns && rrset->owner() == making.apex) {
      child.delegation.push_back(rrset);
    }
  }
  const Name above = child.parent ? world.zones[*child.parent].making.apex : making.apex;
  const bool has_sibling_glue = rng.chance(1, 2);
  for (std::size_t i = 0; i < making.server_names.size(); ++i) {
    const Name& name = making.server_names[i];
    const bool is_own = name.is_at_or_below(making.apex);
    const bool is_siblings = name.is_below(above) && name.parent() != above;
    if (is_own || (is_siblings && has_sibling_glue)) {
      child.delegation.push_back(address_rrset(name, making.addresses[i]));
    }
  }
}

}  // namespace

std::string ServerWorld::to_text() const {
  std::string text;
  for (const WorldZone& zone : zones) {
    const ZoneMaking& making = zone.making;
    text += fmt::format("\n  {} {}, served by", making.apex.to_text(),
                        making.denial ? "signed" : "unsigned");
    for (std::size_t i = 0; i < making.server_names.size(); ++i) {
      text +=
          fmt::format(" {} ({})", making.server_names[i].to_text(), making.addresses[i].to_text());
    }
    std::string glue;
    for (const RRsetPtr& rrset : zone.delegation) {
      if (rrset->type() == RRType::a) glue += " " + rrset->owner().to_text();
    }
    if (!glue.empty()) text += "; glue of" + glue;
  }
  return text;
}

std::vector<std::size_t> ServerWorld::bystanders() const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (!zones[i].making.apex.is_at_or_below(zones[victim].making.apex)) found.push_back(i);
  }
  return found;
}

ServerWorld random_world(const WorldPlace& place, Rng& rng) {
  ServerWorld world;
  const Name hub_apex = below(place.hub_tld, fmt::format("z{}", place.number));
  Builder builder(place, rng);
  builder.add(world, hub_apex, std::nullopt);
  builder.add(world, below(place.far_tld, fmt::format("y{}", place.number)), std::nullopt);
  builder.add(world, below(hub_apex, "a"), hub);
  builder.add(world, below(hub_apex, "b"), hub);
  builder.add(world, below(below(hub_apex, "ent"), "c"), hub);
  builder.add(world, below(below(hub_apex, "a"), "sub"), 2);
  add_server_addresses(world);
  for (WorldZone& zone : world.zones) add_delegation(world, zone, rng);
  world.victim = far + 1 + rng.below(world.zones.size() - far - 1);
  const auto& network = place.network;
  world.dead = Address::v4({network[0], network[1], network[2], 200});
  world.rogue = Address::v4({network[0], network[1], network[2], 201});
  world.lies[world.dead] = [](dns::Message& message, const AskedOfServer&) {
    clear_sections(message);
    message.flags.aa = false;
    message.rcode = dns::Rcode::refused;
    return true;
  };
  world.lies[world.rogue] = [](dns::Message& message, const AskedOfServer& asked) {
    clear_sections(message);
    message.flags.aa = true;
    message.rcode = dns::Rcode::noerror;
    message.answer.push_back(record(asked.question.qname, RRType::a, forged_address()));
    return true;
  };
  return world;
}

std::vector<dns::Question> world_questions(const ServerWorld& world, std::size_t count, Rng& rng) {
  std::vector<dns::Question> questions = world.baits;
  while (questions.size() < count) {
    const std::size_t zone = rng.chance(1, 2) ? world.victim : rng.below(world.zones.size());
    const ZoneFamily family{.zone = world.zones[zone].making, .children = {}, .signing = {}};
    const dns::Question question = random_questions(family, 1, rng).front();
    // About questions for aliases themselves the real ones differ, whoever serves them.
    if (question.qtype == RRType::cname || question.qtype == RRType::dname) continue;
    questions.push_back(question);
    if (rng.chance(1, 4)) questions.push_back(question);
  }
  for (std::size_t i = questions.size(); i > 1; --i) {
    std::swap(questions[i - 1], questions[rng.below(i)]);
  }
  return questions;
}

}  // namespace zonefall::differential
