// Zone cuts that no referral has shown: a server of both parent and child answers for the child at
// once (RFC 1034 4.3.2), and the chain of trust goes through the child's DS all the same.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using Kind = ChainStatus::Kind;

namespace {

// The deeper zone that the response says it comes from: a signer, or the SOA of a denial.
std::optional<dns::Name> claimed_zone(const Task& task) {
  const auto is_deeper = [&](const dns::Name& zone) {
    const bool holds_name = task.asked.qtype == RRType::ds ? task.asked.qname.is_below(zone)
                                                           : task.asked.qname.is_at_or_below(zone);
    return zone.is_below(task.zone) && holds_name;
  };
  for (const auto* section : {&task.response->answer, &task.response->authority}) {
    for (const dns::SignedRRset& entry : *section) {
      if (entry.rrset->type() == RRType::soa && is_deeper(entry.rrset->owner())) {
        return entry.rrset->owner();
      }
      for (const dns::RrsigPtr& rrsig : entry.rrsigs) {
        if (is_deeper(rrsig->fields().signer)) return rrsig->fields().signer;
      }
    }
    if (!task.response->answer.empty()) break;  // what else it says is not about the answer
  }
  return std::nullopt;
}

// Nothing is below a DNAME (RFC 6672 2.3), and where the zone has one of its own it has no cut.
bool is_ruled_out(const Task& task, const dns::Name& cut) {
  return std::any_of(task.aliases.begin(), task.aliases.end(), [&](const dns::SignedRRset& alias) {
    return alias.rrset->type() == RRType::dname && cut.is_at_or_below(alias.rrset->owner()) &&
           std::any_of(alias.rrsigs.begin(), alias.rrsigs.end(), [&](const dns::RrsigPtr& rrsig) {
             return rrsig->fields().signer == task.zone;
           });
  });
}

// Whether it holds signatures over what it says. The SOA of a denial says nothing about the name:
// NSEC and NSEC3 do, and without them only an unsigned zone may deny (RFC 4035 5.4).
bool has_signatures(const dns::Message& message) {
  return message.answer.empty() ? has_signed_proof(message) : !is_without_signatures(message);
}

}  // namespace

// From here on the response counts as the child's; who gave it serves the child.
void Resolver::State::enter_cut(Task& task, const dns::Name& cut) {
  ZoneEntry above;
  if (const ZoneEntry* parent = zones_.find({task.zone})) above = *parent;
  ZoneEntry& entry = zones_.at_or_new({cut});
  if (now_ >= entry.ns_expires_at) {
    if (!learns_cut(task, *task.response, cut)) {
      entry.parent_labels = static_cast<std::uint8_t>(task.zone.label_count());
      entry.ns = above.ns;
      entry.parent_ns = nullptr;
      entry.ns_expires_at = above.ns_expires_at;
    }
    entry.is_claimed = true;
  }
  task.zone = cut;
}

// A cut that nothing but a response has claimed leads nobody else astray: it is not kept where its
// chain does not hold.
void Resolver::State::forget_claimed_cut(const dns::Name& cut) {
  ZoneEntry* entry = zones_.find({cut});
  if (entry != nullptr && entry->is_claimed) entry->ns_expires_at = now_;
}

// ResolverProfile::synthesises_no_ds: then the cut is remembered as an unsigned delegation.
bool Resolver::State::is_in_opt_out(const ZoneCut& cut) {
  if (!profile().synthesises_no_ds) return false;
  const auto until = no_ds_until(spans_, cut, now_);
  if (!until) return false;
  const auto verdict = std::make_shared<const dnssec::Verdict>(
      dnssec::Verdict::of(dnssec::Reason::opt_out_span, cut.child, RRType::ds));
  remember_ds(cut.child, DsState::insecure, verdict, *until);
  return true;
}

// Below a trust anchor nothing is unsigned for want of one, though the servers in hand be those of
// a zone above it, or a forwarder (RFC 4035 4.3).
void Resolver::State::enter_anchored_zone(Task& task) {
  const dns::Name& qname = task.asked.qname;
  const bool parent_side = task.asked.qtype == RRType::ds && !qname.is_root();
  const dns::RRsetPtr anchor = anchors_.trust_anchor_for(parent_side ? qname.parent() : qname);
  if (anchor != nullptr && anchor->owner().is_below(task.zone)) enter_cut(task, anchor->owner());
}

ChainStatus Resolver::State::chain_under_response(Task& task) {
  if (const auto zone = claimed_zone(task)) enter_cut(task, *zone);
  enter_anchored_zone(task);
  task.data_zone = task.zone;
  const ChainDepth depth = needs_no_keys(task) ? ChainDepth::to_ds : ChainDepth::to_keys;
  ChainStatus chain = chain_for_response(task, depth);
  if (chain.kind == Kind::failed) forget_claimed_cut(task.zone);
  if (has_signatures(*task.response)) return chain;
  const bool is_denial = task.response->answer.empty();
  if (is_denial && !profile().bogus_retry.retries_unproved_denials) return chain;
  const dns::SignedRRset* soa = find_soa(*task.response);
  const bool is_own_denial = is_denial && soa != nullptr && soa->rrset->owner() == task.zone;
  if (is_own_denial && needs_no_keys(task)) return chain;
  // Unsigned data in a signed zone: bogus, unless an unsigned delegation lies in between (RFC 4035
  // 5.2). Its DS RRset is looked for at every name on the way. Who serves the zone below it such
  // data do not tell: anybody could have made them.
  const dns::Name qname = task.asked.qname;
  const std::size_t parent_side = task.asked.qtype == RRType::ds && !qname.is_root() ? 1 : 0;
  for (std::size_t labels = task.zone.label_count() + 1;
       chain.kind == Kind::secure && labels + parent_side <= qname.label_count(); ++labels) {
    const dns::Name cut = qname.suffix(labels);
    if (is_ruled_out(task, cut)) break;
    // Where a CNAME is there is no other data, so no delegation (RFC 1034 3.6.2), and where it
    // leads says nothing of this name.
    if (holds_secure_alias(task, cut)) continue;
    const ZoneEntry* known = zones_.find({cut});
    bool is_known = known != nullptr && now_ < known->ds_expires_at &&
                    (known->ds_state == DsState::secure || known->ds_state == DsState::insecure);
    if (!is_known && chain.keys != nullptr) {
      const ZoneCut here{task.data_zone, cut};
      is_known = has_cached_no_ds(task, here, *chain.keys) || is_in_opt_out(here);
    }
    if (is_known || nta_for(task, cut) == cut) {
      task.data_zone = cut;
      chain = chain_of(task, cut);
      continue;
    }
    const dns::Question ds{cut, RRType::ds, dns::RRClass::in};
    const auto& needed = task.needed;
    const bool is_asked = std::find(needed.begin(), needed.end(), ds) != needed.end();
    if (!is_asked || child_failure(task, ds) != nullptr) return need(task, ds, 0);
  }
  return chain;
}

}  // namespace zonefall::resolver
