// Servers that are of little use: those that leave DNSSEC out though the zone is signed, for which
// others are asked first, a few times (UpstreamSettings::dnssec_lame_tries), those that answer from
// a cache (asks_caches_last), and silent ones.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

constexpr Duration lame_for = Duration::minutes(15);  // Unbound's infra-host-ttl

void add(LameServers& known, ServerId server, SimTime now) {
  if (now >= known.until) known.servers.clear();
  known.servers.push_back(server);
  known.until = now + lame_for;
}

bool has_dnssec(const dns::Message& message) {
  const auto is_dnssec = [](const dns::SignedRRset& entry) {
    return !entry.rrsigs.empty() || is_denial_type(entry.rrset->type());
  };
  return std::any_of(message.answer.begin(), message.answer.end(), is_dnssec) ||
         std::any_of(message.authority.begin(), message.authority.end(), is_dnssec);
}

// A server of the child as well may have answered for that, which says nothing about its parent.
bool is_of_zone(const dns::Message& message, const dns::Name& zone) {
  if (message.answer.empty() && find_soa(message) == nullptr) return true;  // a referral
  return std::any_of(message.authority.begin(), message.authority.end(), [&](const auto& entry) {
    const RRType type = entry.rrset->type();
    return (type == RRType::soa || type == RRType::ns) && entry.rrset->owner() == zone;
  });
}

}  // namespace

bool Resolver::State::is_expected_signed(const Task& task) const {
  if (!validates(task) || task.is_forwarded || nta_for(task, task.zone)) return false;
  const dns::RRsetPtr& anchor = anchors_.trust_anchor_for(task.zone);
  if (anchor == nullptr) return false;
  const ZoneEntry* zone = zones_.find({task.zone});
  if (zone != nullptr && zone->failure && now_ < zone->failed_until) return false;
  if (anchor->owner() == task.zone) return true;
  if (zone == nullptr) return false;
  const bool has_ds = zone->ds_state == DsState::pending_ds || zone->ds_state == DsState::secure;
  return (has_ds && now_ < zone->ds_expires_at) || (zone->keys && now_ < zone->keys_expire_at);
}

bool Resolver::State::is_known(const LameTable& table, const dns::Name& zone,
                               ServerId server) const {
  const LameServers* known = table.find({zone});
  return known != nullptr && now_ < known->until &&
         std::find(known->servers.begin(), known->servers.end(), server) != known->servers.end();
}

bool Resolver::State::is_lame(const dns::Name& zone, ServerId server) const {
  return is_known(lame_, zone, server);
}

bool Resolver::State::throws_away(Task& task, ServerId server, const dns::Message& message) {
  const std::uint32_t tries_max = profile().upstream.dnssec_lame_tries;
  if (task.lame_tries >= tries_max || has_dnssec(message) || !is_expected_signed(task))
    return false;
  const bool all_are =
      std::all_of(task.candidates.begin(), task.candidates.end(),
                  [&](const Candidate& candidate) { return is_lame(task.zone, candidate.server); });
  if (all_are) return false;
  task.lame_tries += 1;
  if (is_of_zone(message, task.zone) && !is_lame(task.zone, server)) {
    add(lame_.at_or_new({task.zone}), server, now_);
  }
  return true;
}

// Where some are not lame, they are asked first.
void Resolver::State::put_lame_last(Task& task) const {
  if (lame_.size() == 0 && caches_.size() == 0) return;
  for (Candidate& candidate : task.candidates) {
    if (is_lame(task.zone, candidate.server)) candidate.tried = true;
    candidate.is_cache = is_known(caches_, task.zone, candidate.server);
  }
}

void Resolver::State::note_cache(Task& task, ServerId server) {
  if (!is_known(caches_, task.zone, server)) {
    add(caches_.at_or_new({task.zone}), server, now_);
  }
  for (Candidate& candidate : task.candidates) {
    if (candidate.server != server) continue;
    candidate.is_cache = true;
    candidate.tried = false;  // not as it is asked next
    candidate.sends = 0;
  }
}

bool Resolver::State::is_asked_to_resolve(const Task& task, ServerId server) const {
  return std::any_of(task.candidates.begin(), task.candidates.end(),
                     [&](const Candidate& one) { return one.server == server && one.is_cache; });
}

// UpstreamSettings::rounds_max.
bool Resolver::State::has_gone_round(const Task& task) const {
  const std::size_t rounds_max = profile().upstream.rounds_max;
  return rounds_max > 0 && task.fruitless_sends >= rounds_max * task.candidates.size();
}

}  // namespace zonefall::resolver
