// Servers that nobody delegated to: those that the operator has named for a zone, and the root's,
// which are asked who they are before they are believed (RFC 8109).
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

// A DS RRset belongs to the zone above (RFC 4035 2.4).
bool is_for(const FixedServers& fixed, const dns::Name& name, RRType type) {
  const bool parent_side = type == RRType::ds && name == fixed.zone && !name.is_root();
  return name.is_at_or_below(fixed.zone) && !parent_side;
}

// The deepest of those that fit; of equals the last.
template <typename Fits>
const FixedServers* deepest_of(const std::vector<FixedServers>& all, Fits&& fits) {
  const FixedServers* deepest = nullptr;
  for (const FixedServers& fixed : all) {
    const bool is_deeper =
        deepest == nullptr || fixed.zone.label_count() >= deepest->zone.label_count();
    if (is_deeper && fits(fixed)) deepest = &fixed;
  }
  return deepest;
}

}  // namespace

const FixedServers* Resolver::State::fixed_servers(const Task& task, const dns::Name& cut) const {
  return deepest_of(config_.fixed_servers, [&](const FixedServers& fixed) {
    if (!fixed.is_forwarder && cut.is_below(fixed.zone)) return false;
    if (fixed.is_first_try && task.skips_first_tries) return false;
    return is_for(fixed, task.target, task.question.qtype);
  });
}

bool Resolver::State::is_cacheable(const dns::Question& question) const {
  const FixedServers* deepest = deepest_of(config_.fixed_servers, [&](const FixedServers& fixed) {
    return is_for(fixed, question.qname, question.qtype);
  });
  return deepest == nullptr || !deepest->is_uncached;
}

bool Resolver::State::is_at_cacheable(const Task& task) const {
  return config_.fixed_servers.empty() ||
         is_cacheable({task.target, task.question.qtype, task.question.qclass});
}

void Resolver::State::add_addresses(Task& task, std::span<const dns::Address> addresses) {
  for (const dns::Address& address : addresses) {
    if (may_ask(address)) task.candidates.push_back({servers_.place_of({address})});
  }
}

void Resolver::State::add_fixed(Task& task, const FixedServers& fixed) {
  add_addresses(task, fixed.addresses);
  if (fixed.names.empty()) return;
  Delegation named;
  for (const dns::Name& name : fixed.names) named.push_back({name, {}});
  add_candidates(task, task.fetched_servers);
  fetch_servers(task, named);  // what the cache has becomes a candidate, too
}

bool Resolver::State::is_primed(const dns::Name& zone, const FixedServers* fixed) const {
  return fixed != nullptr ? fixed->is_primed : zone.is_root() && profile().primes_root;
}

bool Resolver::State::prime(Task& task, const dns::Name& zone, const FixedServers* fixed) {
  if (!is_primed(zone, fixed)) return false;
  const dns::Question who{zone, RRType::ns, dns::RRClass::in};
  const ZoneEntry* known = zones_.find({zone});
  const bool is_known = known != nullptr && now_ < known->ns_expires_at;
  if (is_known || task.question == who) return false;
  if (child_failure(task, who) != nullptr) {
    give_up(task);
    return true;
  }
  // Who did not say it then is asked for the rest all the same.
  if (task.has_primed) return false;
  task.has_primed = true;
  return wait_for(task, who, 0);
}

// Before it is validated: those who would be asked for the keys are just being learnt.
void Resolver::State::take_primed(Task& task, const dns::Message& message) {
  const bool asks_who = task.asked.qtype == RRType::ns && task.asked.qname == task.zone;
  if (!asks_who) return;
  const FixedServers* fixed = fixed_servers(task, task.zone);
  if (!is_primed(task.zone, fixed)) return;
  for (const dns::SignedRRset& entry : message.answer) {
    const dns::RRset& ns = *entry.rrset;
    if (ns.type() != RRType::ns || !(ns.owner() == task.zone)) continue;
    learn_servers(task.zone, task.zone, ns, message.additional);
    return;
  }
}

void Resolver::State::give_up(Task& task) {
  if (!task.is_first_try) {
    conclude(task, FetchResult::unreachable, nullptr, false);
    return;
  }
  task.skips_first_tries = true;
  task.has_candidates = false;
  task.sends = 0;
  task.phase = TaskPhase::locate;
  make_ready(task.id);
}

}  // namespace zonefall::resolver
