// The data of a reply, and its DNS message.
#include <algorithm>

#include "zonefall/resolver/actions.h"

namespace zonefall::resolver {

namespace {

bool is_dnssec_type(dns::RRType type) {
  return type == dns::RRType::nsec || type == dns::RRType::nsec3;
}

void append_section(std::span<const dns::SignedRRset> from, const ClientQuery& query,
                    const ClientReply& reply, std::vector<dns::SignedRRset>& to) {
  // Stale data carry the TTL of RFC 8767 4 whatever theirs was, others what is left.
  const bool exact = reply.served == Served::stale;
  for (const dns::SignedRRset& entry : from) {
    // RFC 4035 3.2.1: DNSSEC records only where asked for by DO or by type.
    const bool wanted = query.dnssec_ok || !is_dnssec_type(entry.rrset->type()) ||
                        entry.rrset->type() == query.question.qtype;
    if (!wanted) continue;
    dns::SignedRRset out;
    const std::uint32_t ttl_s = entry.rrset->ttl_s();
    const bool other = exact ? ttl_s != reply.ttl_s : ttl_s > reply.ttl_s;
    out.rrset = other ? entry.rrset->with_ttl(reply.ttl_s) : entry.rrset;
    if (query.dnssec_ok) out.rrsigs = entry.rrsigs;
    to.push_back(std::move(out));
  }
}

}  // namespace

AnswerData::AnswerData(dns::Rcode response_code, Section in_answer, Section in_authority)
    : rcode_(response_code), answer_count_(static_cast<std::uint32_t>(in_answer.size())) {
  const std::size_t count = in_answer.size() + in_authority.size();
  if (count == 1) one_ = in_answer.empty() ? in_authority.front() : in_answer.front();
  if (count <= 1) return;
  more_.reserve(count);
  more_.insert(more_.end(), in_answer.begin(), in_answer.end());
  more_.insert(more_.end(), in_authority.begin(), in_authority.end());
}

dns::Message to_message(const ClientReply& reply, const ClientQuery& query) {
  dns::Message message;
  message.flags.qr = true;
  message.flags.rd = true;
  message.flags.ra = true;
  message.flags.ad = reply.authentic_data;
  message.flags.cd = query.checking_disabled;
  message.rcode = reply.rcode;
  message.question = query.question;
  if (reply.data) {
    append_section(reply.data->answer(), query, reply, message.answer);
    append_section(reply.data->authority(), query, reply, message.authority);
  }
  dns::Edns edns;
  edns.dnssec_ok = query.dnssec_ok;
  edns.extended_errors = reply.extended_errors;
  message.edns = std::move(edns);
  return message;
}

}  // namespace zonefall::resolver
