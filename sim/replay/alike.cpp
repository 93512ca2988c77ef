#include "replay/alike.h"

#include <algorithm>

#include "zonefall/core/assert.h"

namespace zonefall::replay {

namespace {

SimTime loaded_at(const authority::SiteZone& zone, std::size_t version) {
  return zone.loaded_at.empty() ? zone.history->entries()[version].published_at
                                : zone.loaded_at[version];
}

SimTime alike_until(const authority::SiteZone& a, const authority::SiteZone& b) {
  if (!(a.history->apex() == b.history->apex())) return SimTime::min();
  const auto& ours = a.history->entries();
  const auto& theirs = b.history->entries();
  for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    if (i == ours.size()) return loaded_at(b, i);
    if (i == theirs.size()) return loaded_at(a, i);
    const bool same =
        ours[i].version == theirs[i].version || ours[i].version->answers_like(*theirs[i].version);
    const SimTime at = loaded_at(a, i);
    const SimTime there = loaded_at(b, i);
    if (!same || at != there) return std::min(at, there);
  }
  return SimTime::max();
}

SimTime alike_until(const authority::Site& a, const authority::Site& b) {
  const bool same = std::ranges::equal(a.silences, b.silences,
                                       [](const auto& x, const auto& y) {
                                         return x.from == y.from && x.until == y.until;
                                       }) &&
                    a.finder == b.finder && a.zones.size() == b.zones.size();
  if (!same) return SimTime::min();
  SimTime until = SimTime::max();
  for (std::size_t i = 0; i < a.zones.size(); ++i) {
    until = std::min(until, alike_until(a.zones[i], b.zones[i]));
  }
  return until;
}

// The same sites for the same resolvers at the same addresses.
bool are_reached_alike(const authority::NameServer& a, const authority::NameServer& b) {
  return a.name == b.name && a.addresses == b.addresses &&
         a.udp_payload_octets == b.udp_payload_octets &&
         std::ranges::equal(a.sites, b.sites, {}, &authority::Site::catchment_weight,
                            &authority::Site::catchment_weight);
}

}  // namespace

std::vector<SimTime> alike_until(const authority::ServerDirectory& a,
                                 const authority::ServerDirectory& b) {
  ZF_ASSERT(a.servers().size() == b.servers().size());
  const bool are_reached = std::ranges::equal(a.servers(), b.servers(), are_reached_alike);
  std::vector<SimTime> until;
  for (std::size_t server = 0; server < a.servers().size(); ++server) {
    const auto& ours = a.servers()[server].sites;
    const auto& theirs = b.servers()[server].sites;
    ZF_ASSERT(ours.size() == theirs.size());
    for (std::size_t site = 0; site < ours.size(); ++site) {
      until.push_back(are_reached ? alike_until(ours[site], theirs[site]) : SimTime::min());
    }
  }
  return until;
}

}  // namespace zonefall::replay
