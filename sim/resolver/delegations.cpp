// Who serves a zone: what referrals, the zone itself and priming say of it.
#include <algorithm>

#include "resolver/reply_kind.h"
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

std::uint32_t Resolver::State::bounded_ttl_s(std::uint32_t ttl_s) const {
  return std::min(ttl_s, static_cast<std::uint32_t>(profile().cache.ttl_max.to_seconds()));
}

std::shared_ptr<const Delegation> Resolver::State::delegation(
    const dns::RRset& ns, const dns::Name& bailiwick,
    std::span<const dns::SignedRRset> additional) {
  // Glue for names out of bailiwick are somebody else's business (RFC 2181 5.4.1).
  const auto is_glue = [&](const dns::SignedRRset& entry) {
    return profile().upstream.believes_any_glue || entry.rrset->owner().is_at_or_below(bailiwick);
  };
  DelegationKey key{ns.rdata_id(), {}};
  for (const dns::SignedRRset& entry : additional) {
    if (is_glue(entry)) key.glue = digest_combine(key.glue, entry.rrset->content_id());
  }
  // Which zone is delegated decides then what of the glue is in it.
  const bool verifies_glue = profile().upstream.verifies_glue;
  if (verifies_glue) key.glue = digest_combine(key.glue, ns.content_id());
  if (delegations_.size() >= purge_delegations_at_) {
    delegations_.erase_if([](const auto&, const auto& known) { return known.use_count() == 1; });
    purge_delegations_at_ = std::max<std::size_t>(256, 2 * delegations_.size());
  }
  std::shared_ptr<const Delegation>& known = delegations_.at_or_new(key);
  if (known != nullptr) return known;
  Delegation targets;
  for (const dns::RdataList::Rdata rdata : ns.rdatas()) {
    auto name = dns::decode_name(rdata);
    if (!name) continue;
    NsTarget& target = targets.emplace_back(NsTarget{std::move(name).value(), {}});
    const bool is_verified = !verifies_glue || target.name.is_at_or_below(ns.owner());
    for (const dns::SignedRRset& entry : additional) {
      const bool is_own = is_glue(entry) && entry.rrset->owner() == target.name;
      if (is_own) append_servers(entry, servers_, is_verified ? target.glue : target.unverified);
    }
  }
  known = std::make_shared<const Delegation>(std::move(targets));
  return known;
}

ZoneEntry& Resolver::State::learn_servers(const dns::Name& cut, const dns::Name& bailiwick,
                                          const dns::RRset& ns,
                                          std::span<const dns::SignedRRset> additional) {
  ZoneEntry& zone = zones_.at_or_new({cut});
  zone.ns = delegation(ns, bailiwick, additional);
  zone.parent_ns = nullptr;
  zone.is_claimed = false;
  zone.ns_expires_at = while_in_use(second() + Duration::seconds(bounded_ttl_s(ns.ttl_s())));
  return zone;
}

void Resolver::State::take_own_ns(Task& task, const dnssec::ZoneKeys* keys) {
  const dns::Message& message = *task.response;
  ZoneEntry* zone = zones_.find({task.zone});
  // Who serves a zone below, which no referral has led to, its unsigned data do not tell.
  const bool is_authoritative =
      message.flags.aa && !task.is_forwarded && task.data_zone == task.zone;
  if (zone == nullptr || !is_authoritative || now_ >= zone->ns_expires_at) return;
  for (const auto* section : {&message.answer, &message.authority}) {
    for (const dns::SignedRRset& entry : *section) {
      const dns::RRset& ns = *entry.rrset;
      if (ns.type() != RRType::ns || !(ns.owner() == task.zone)) continue;
      const bool is_believed =
          keys == nullptr ||
          judge_rrset(task, entry, *keys).verdict->security == dnssec::Security::secure;
      if (!is_believed) return;
      const Duration ttl = Duration::seconds(bounded_ttl_s(ns.ttl_s()));
      if (zone->parent_ns == nullptr) zone->parent_ns = zone->ns;
      zone->ns = delegation(ns, task.zone, message.additional);
      zone->ns_expires_at = std::min(zone->ns_expires_at, while_in_use(second() + ttl));
      return;
    }
  }
}

void Resolver::State::take_referral(Task& task, const dns::MessagePtr& response,
                                    const dns::RRset& ns) {
  const dns::Message& message = *response;
  const dns::Name& cut = ns.owner();
  if (cut.label_count() > task.zone_labels_max) return;  // where nobody can be asked
  if (task.asked.qtype == RRType::ds && task.asked.qname == cut) {
    task.response = ds_answer_of(message, cut);  // the cut itself is further than was asked
    task.data_zone = task.zone;
    task.phase = TaskPhase::validate;
    return;
  }
  ZoneEntry& zone = learn_servers(cut, task.zone, ns, message.additional);
  zone.parent_labels = static_cast<std::uint8_t>(task.zone.label_count());
  task.cuts_good_until = SimTime::min();  // it has got what there is
  task.took_referral = true;
  const bool ds_is_known =
      (zone.ds_state == DsState::secure || zone.ds_state == DsState::insecure) &&
      now_ < zone.ds_expires_at;
  if (!ds_is_known) {
    zone.ds_state = DsState::unknown;
    zone.referral = nullptr;
  }
  for (const dns::SignedRRset& entry : message.authority) {
    const dns::RRset& rrset = *entry.rrset;
    const SimTime expires_at =
        while_in_use(second() + Duration::seconds(bounded_ttl_s(rrset.ttl_s())));
    if (!ds_is_known && rrset.type() == RRType::ds && rrset.owner() == cut) {
      zone.ds_state = DsState::pending_ds;
      zone.ds = entry;
      zone.ds_expires_at = expires_at;
    } else if (!ds_is_known && zone.ds_state != DsState::pending_ds &&
               is_proof_type(rrset.type())) {
      zone.ds_expires_at =
          zone.referral == nullptr ? expires_at : std::min(zone.ds_expires_at, expires_at);
      zone.ds_state = DsState::pending_denial;
      zone.referral = response;
    }
  }
  task.has_candidates = false;
}

bool Resolver::State::learns_cut(const Task& task, const dns::Message& message,
                                 const dns::Name& cut) {
  if (!profile().learns_cuts || !message.flags.aa || task.is_forwarded) return false;
  for (const auto* section : {&message.answer, &message.authority}) {
    for (const dns::SignedRRset& entry : *section) {
      const dns::RRset& ns = *entry.rrset;
      if (ns.type() != RRType::ns || !(ns.owner() == cut) || !cut.is_below(task.zone)) continue;
      ZoneEntry& zone = learn_servers(cut, task.zone, ns, message.additional);
      zone.parent_labels = static_cast<std::uint8_t>(task.zone.label_count());
      return true;
    }
  }
  return false;
}

}  // namespace zonefall::resolver
