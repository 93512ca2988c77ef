// What of a response goes into an answer beside the RRset that decides it: pure functions.
//
// A response says more than it was asked for, and none of that is to be believed because it came
// along (RFC 2181 5.4.1, RFC 5452 6): only what is in the zone of the server that said it, and of a
// kind that belongs in its section.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "zonefall/dns/message.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::resolver {

struct MoreSections {
  std::vector<dns::SignedRRset> authority;
  std::vector<dns::SignedRRset> additional;
  bool is_chosen = false;  // these, even if they are empty, instead of what came
};

/// The same with a TTL that is not above this.
dns::SignedRRset with_ttl_at_most(const dns::SignedRRset& entry, std::uint32_t ttl_s_max);
/// 2^32 - 1 of an empty section.
std::uint32_t smallest_ttl_s(std::span<const dns::SignedRRset> section);
/// Appends it unless `to` has an RRset of its owner and type.
void append_new(const dns::SignedRRset& entry, std::vector<dns::SignedRRset>& to);
/// The CNAME that a DNAME makes (RFC 6672 3.1).
dns::SignedRRset synthesised_cname(const dns::Name& owner, const dns::Name& target,
                                   const dns::SignedRRset& dname);

/// The name that a DNAME makes of `qname`, which is below its owner; nullopt if that is too long
/// (RFC 6672 2.2).
std::optional<dns::Name> dname_target(const dns::RRset& dname, const dns::Name& qname);

/// The message with its bare signatures put beside what they cover in another section.
dns::MessagePtr with_signatures_gathered(const dns::Message& message);

/// Calls `visit` with `deciding`, an RRset of the answer section, and if the question was of type
/// ANY with all others at its name: they are the answer together (RFC 6840 4.2).
template <typename Visit>
void visit_answer(const dns::Message& message, const dns::Question& asked,
                  const dns::SignedRRset& deciding, Visit&& visit) {
  visit(deciding);
  const bool is_one = asked.qtype != dns::RRType::any || !(deciding.rrset->owner() == asked.qname);
  if (is_one) return;
  for (const dns::SignedRRset& entry : message.answer) {
    if (&entry != &deciding && entry.rrset->owner() == asked.qname) visit(entry);
  }
}

/// The signatures that answer a question of type RRSIG.
std::vector<dns::BareRrsig> signatures_at(const dns::Message& message, const dns::Question& asked);

/// The SOA RRset of a denial; null if there is none.
const dns::SignedRRset* find_soa(const dns::Message& message);
/// How long a denial may be kept, in seconds (RFC 2308 5): the smaller of the SOA's TTL and its
/// minimum field; 0 without an SOA.
std::uint32_t negative_ttl_s(const dns::Message& message);

/// A or AAAA.
bool is_address(dns::RRType type);
/// NSEC or NSEC3.
bool is_denial_type(dns::RRType type);
/// SOA, NSEC and NSEC3 of `zone` and nothing else, which is what a negative answer of most servers
/// holds.
bool is_plain_denial(const dns::Message& message, const dns::Name& zone);
/// No signature in the answer, nor, where there is none, in the authority section.
bool is_without_signatures(const dns::Message& message);
/// NSEC or NSEC3 in the authority section, with signatures.
bool has_signed_proof(const dns::Message& message);
/// True if NSEC or NSEC3 RRsets came along: of a positive answer, the proof of its wildcard.
bool has_proofs(const dns::Message& message);
/// Those that are in `zone`.
std::vector<dns::SignedRRset> proofs_of(const dns::Message& message, const dns::Name& zone);

/// Whether more than proofs goes into the answer.
bool passes_on_more(const dns::Message& message, const dns::Question& asked, bool is_negative,
                    MoreInAnswers more);

/// Of the response of a server of `zone` to `asked`. `is_negative`: it denies the name or the type.
MoreSections more_sections(const dns::Message& message, const dns::Question& asked,
                           const dns::Name& zone, bool is_negative, const AnswerSections& rules);

}  // namespace zonefall::resolver
