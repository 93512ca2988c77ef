// The data of a reply, and its DNS message.
#include <algorithm>
#include <array>

#include "zonefall/resolver/actions.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

bool is_dnssec_type(RRType type) {
  return type == RRType::nsec || type == RRType::nsec3;
}

std::uint32_t left_ttl_s(const dns::SignedRRset& entry, const ClientReply& reply, bool is_alone) {
  const std::uint32_t ttl_s = entry.rrset->ttl_s();
  if (is_alone) return std::min(ttl_s, reply.ttl_s);
  return ttl_s > reply.age_s ? ttl_s - reply.age_s : 0;
}

void append_section(std::span<const dns::SignedRRset> from, const ClientQuery& query,
                    const ClientReply& reply, std::vector<dns::SignedRRset>& to) {
  // Of several RRsets each has what is left of its own TTL.
  const bool is_alone = reply.data->answer().empty() ||
                        (from.data() == reply.data->answer().data() && from.size() == 1);
  // RFC 4035 3.2.1: DNSSEC records only where asked for by DO or by type, or with all types.
  const RRType qtype = query.question.qtype;
  const bool wants_all = query.dnssec_ok || qtype == RRType::any;
  for (const dns::SignedRRset& entry : from) {
    const RRType type = entry.rrset->type();
    const bool wanted = wants_all || !is_dnssec_type(type) || type == qtype;
    if (!wanted) continue;
    dns::SignedRRset out;
    const std::uint32_t ttl_s =
        reply.served == Served::stale ? reply.ttl_s : left_ttl_s(entry, reply, is_alone);
    out.rrset = ttl_s != entry.rrset->ttl_s() ? entry.rrset->with_ttl(ttl_s) : entry.rrset;
    if (wants_all) out.rrsigs = entry.rrsigs;
    to.push_back(std::move(out));
  }
}

// What came along with a positive answer may run out before it (RFC 1035 3.2.1); then the answer
// is given by itself.
bool has_run_out(const ClientReply& reply) {
  if (reply.data->answer().empty() || reply.age_s == 0) return false;
  const auto is_over = [&](const dns::SignedRRset& entry) {
    return entry.rrset->ttl_s() <= reply.age_s;
  };
  const auto authority = reply.data->authority();
  const auto additional = reply.data->additional();
  return std::any_of(authority.begin(), authority.end(), is_over) ||
         std::any_of(additional.begin(), additional.end(), is_over);
}

}  // namespace

AnswerData::AnswerData(dns::Rcode response_code, Section in_answer, Section in_authority,
                       Section in_additional, std::vector<dns::BareRrsig> signatures)
    : rcode_(response_code),
      answer_count_(static_cast<std::uint16_t>(in_answer.size())),
      authority_count_(static_cast<std::uint16_t>(in_authority.size())) {
  if (!signatures.empty()) {
    signatures_ = std::make_unique<const std::vector<dns::BareRrsig>>(std::move(signatures));
  }
  const std::size_t count = in_answer.size() + in_authority.size() + in_additional.size();
  const std::array sections = {in_answer, in_authority, in_additional};
  if (count > 1) more_.reserve(count);
  for (const Section& section : sections) {
    if (count == 1 && !section.empty()) one_ = section.front();
    if (count > 1) more_.insert(more_.end(), section.begin(), section.end());
  }
}

dns::Message to_message(const ClientReply& reply, const ClientQuery& query) {
  dns::Message message;
  message.flags.qr = true;
  message.flags.rd = query.recursion_desired;
  message.flags.ra = true;
  message.flags.ad = reply.authentic_data;
  message.flags.cd = query.checking_disabled;
  message.rcode = reply.rcode;
  message.question = query.question;
  if (reply.data) {
    append_section(reply.data->answer(), query, reply, message.answer);
    if (!has_run_out(reply)) {
      append_section(reply.data->authority(), query, reply, message.authority);
      append_section(reply.data->additional(), query, reply, message.additional);
    }
    for (dns::BareRrsig signature : reply.data->signatures()) {
      signature.ttl_s = std::min(signature.ttl_s, reply.ttl_s);
      message.bare_rrsigs.push_back(std::move(signature));
    }
  }
  dns::Edns edns;
  edns.dnssec_ok = query.dnssec_ok;
  if (reply.ede) edns.extended_errors.push_back({*reply.ede});
  message.edns = std::move(edns);
  return message;
}

}  // namespace zonefall::resolver
