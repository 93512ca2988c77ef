#include "resolver/reply_kind.h"

#include <algorithm>

#include "resolver/sections.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

// RFC 6672 2.2: YXDOMAIN says that a DNAME makes a name that is too long.
bool is_usable(const dns::Message& message, const dns::Question& asked) {
  const bool rcode_is_good = message.rcode == dns::Rcode::noerror ||
                             message.rcode == dns::Rcode::nxdomain ||
                             message.rcode == dns::Rcode::yxdomain;
  return rcode_is_good && message.flags.qr && message.question && *message.question == asked;
}

// RFC 2181 10.1, RFC 6672 2.4: where a name leads is one place.
bool leads_two_ways(const dns::Message& message) {
  return std::any_of(message.answer.begin(), message.answer.end(), [](const auto& entry) {
    const RRType type = entry.rrset->type();
    return (type == RRType::cname || type == RRType::dname) && entry.rrset->rdatas().size() > 1;
  });
}

bool has_type_at_name(const dns::Message& message, const dns::Question& asked) {
  if (!signatures_at(message, asked).empty()) return true;
  return std::any_of(message.answer.begin(), message.answer.end(), [&](const auto& entry) {
    return entry.rrset->type() == asked.qtype && entry.rrset->owner() == asked.qname;
  });
}

// RFC 2308 2.2: an SOA makes a denial.
bool is_denial(const dns::Message& message, const Exchanged& exchanged) {
  return std::any_of(message.authority.begin(), message.authority.end(), [&](const auto& entry) {
    const dns::RRset& rrset = *entry.rrset;
    return rrset.type() == RRType::soa && rrset.owner().is_at_or_below(exchanged.zone) &&
           exchanged.asked.qname.is_at_or_below(rrset.owner());
  });
}

bool leads_closer(const dns::RRset& ns, const Exchanged& exchanged) {
  return ns.owner().is_below(exchanged.zone) && exchanged.asked.qname.is_at_or_below(ns.owner());
}

// Who is not authoritative for the name servers of a zone knows them as its parent does.
const dns::RRset* ns_asked_for(const dns::Message& message, const Exchanged& exchanged) {
  const RRType qtype = exchanged.asked.qtype;
  if (exchanged.is_hidden_label || message.flags.aa) return nullptr;
  if (qtype != RRType::ns && qtype != RRType::any) return nullptr;
  for (const dns::SignedRRset& entry : message.answer) {
    if (entry.rrset->type() == RRType::ns && leads_closer(*entry.rrset, exchanged)) {
      return entry.rrset.get();
    }
  }
  return nullptr;
}

// By the name servers in its authority section; `said`: what it is without any.
ReplyReading read_by_servers(const dns::Message& message, const Exchanged& exchanged,
                             const ReplyReading& said, bool has_answer) {
  bool leads_aside = false;
  for (const dns::SignedRRset& entry : message.authority) {
    const dns::RRset& ns = *entry.rrset;
    if (ns.type() != RRType::ns) continue;
    if (ns.owner() == exchanged.zone) {
      const bool is_said = has_answer || message.flags.aa || exchanged.recursion_desired;
      return is_said ? said : ReplyReading{ReplyKind::lame};
    }
    if (leads_closer(ns, exchanged)) {
      // Who is there to resolve has done so; what was taken for a cache has not.
      return exchanged.is_forwarder ? said : ReplyReading{ReplyKind::referral, &ns};
    }
    if (exchanged.zone.is_below(ns.owner()) && !(has_answer && exchanged.recursion_desired)) {
      return {ReplyKind::lame};
    }
    leads_aside = true;
  }
  if (leads_aside && !has_answer) return {ReplyKind::lame};
  const bool is_empty = !has_answer && message.authority.empty();
  return is_empty && said.kind == ReplyKind::answer ? ReplyReading{ReplyKind::empty} : said;
}

}  // namespace

// A DNAME from above the zone is not its servers' to give (RFC 2181 5.4.1).
bool answers_question(const dns::Message& message, const Exchanged& exchanged) {
  const dns::Question& asked = exchanged.asked;
  if (!signatures_at(message, asked).empty()) return true;
  for (const dns::SignedRRset& entry : message.answer) {
    const RRType type = entry.rrset->type();
    const bool at_name = entry.rrset->owner() == asked.qname;
    if (at_name && (type == asked.qtype || type == RRType::cname || asked.qtype == RRType::any)) {
      return true;
    }
    if (type == RRType::dname && asked.qname.is_below(entry.rrset->owner()) &&
        entry.rrset->owner().is_at_or_below(exchanged.zone)) {
      return true;
    }
  }
  return false;
}

// Data without AA rank below what the name's own servers would say (RFC 2181 5.4.1): where others
// are named beside them, those are asked. RA without AA, though recursion was not desired, is a
// cache's, which may be anybody's view (RFC 1035 4.1.1).
ReplyReading read_reply(const dns::Message& message, const Exchanged& exchanged) {
  if (!is_usable(message, exchanged.asked) || leads_two_ways(message)) return {ReplyKind::broken};
  const dns::Flags& flags = message.flags;
  const bool is_cached = flags.ra && !flags.aa && !exchanged.recursion_desired;
  const ReplyReading said{is_cached ? ReplyKind::cached : ReplyKind::answer};
  const bool has_answer = answers_question(message, exchanged);
  if (message.rcode == dns::Rcode::yxdomain) {  // by a DNAME, or it means nothing
    const bool has_dname = std::any_of(
        message.answer.begin(), message.answer.end(), [&](const dns::SignedRRset& entry) {
          return entry.rrset->type() == RRType::dname &&
                 exchanged.asked.qname.is_below(entry.rrset->owner()) &&
                 entry.rrset->owner().is_at_or_below(exchanged.zone);
        });
    return {has_dname ? ReplyKind::answer : ReplyKind::broken};
  }
  if (message.rcode == dns::Rcode::nxdomain) {
    return has_answer ? ReplyReading{ReplyKind::answer} : said;
  }
  if (has_answer && flags.aa) return {ReplyKind::answer};
  if (!exchanged.recursion_desired) {
    if (const dns::RRset* ns = ns_asked_for(message, exchanged)) return {ReplyKind::referral, ns};
  }
  const bool is_alias = has_answer && exchanged.asked.qtype != RRType::any &&
                        !has_type_at_name(message, exchanged.asked);
  if (is_alias) return {ReplyKind::answer};
  if (is_denial(message, exchanged)) return said;
  return read_by_servers(message, exchanged, said, has_answer);
}

bool denies_own_answer(const dns::Message& message, const dns::Question& asked) {
  return message.rcode == dns::Rcode::nxdomain && asked.qtype != RRType::cname &&
         has_type_at_name(message, asked);
}

bool is_from_below_cut(const dns::Message& message, const dns::Question& asked) {
  if (asked.qtype != RRType::ds || asked.qname.is_root() || !message.answer.empty()) return false;
  const dns::SignedRRset* soa = find_soa(message);
  return soa != nullptr && soa->rrset->owner() == asked.qname;
}

dns::MessagePtr ds_answer_of(const dns::Message& referral, const dns::Name& cut) {
  auto answer = std::make_shared<dns::Message>(referral);
  answer->answer.clear();
  answer->additional.clear();
  std::erase_if(answer->authority, [&](const dns::SignedRRset& entry) {
    const bool is_ds = entry.rrset->type() == RRType::ds && entry.rrset->owner() == cut;
    if (is_ds) answer->answer.push_back(entry);
    return !is_denial_type(entry.rrset->type());
  });
  if (!answer->answer.empty()) answer->authority.clear();
  return answer;
}

}  // namespace zonefall::resolver
