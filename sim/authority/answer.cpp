#include "zonefall/authority/answer.h"

#include <memory>

#include "authority/answer_builder.h"
#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

Answer finished(dns::Message message, SimTime unchanged_until) {
  Answer answer;
  answer.wire_octets = dns::wire_size(message);
  answer.message = std::make_shared<const dns::Message>(std::move(message));
  answer.unchanged_until = unchanged_until;
  return answer;
}

// Addresses of a referral's name servers at or below its cut must arrive (RFC 9471 3.1).
bool must_arrive(const dns::SignedRRset& additional, const dns::Message& message) {
  if (message.flags.aa || message.authority.empty()) return false;
  const dns::RRset& ns = *message.authority.front().rrset;
  return ns.type() == dns::RRType::ns && additional.rrset->owner().is_at_or_below(ns.owner());
}

}  // namespace

Answer answer(const ZoneVersion& zone, const dns::Question& question,
              const AnswerOptions& options) {
  return AnswerBuilder(zone, question, options).build();
}

Answer error_answer(const dns::Question& question, dns::Rcode rcode, const AnswerOptions& options) {
  constexpr std::uint16_t header_rcode_max = 15;
  ZF_ASSERT(options.edns || static_cast<std::uint16_t>(rcode) <= header_rcode_max);
  dns::Message message;
  message.flags.qr = true;
  message.rcode = rcode;
  message.question = question;
  if (options.edns) {
    message.edns = dns::Edns{};
    message.edns->udp_payload_octets = options.udp_payload_octets;
    message.edns->dnssec_ok = options.dnssec_ok;
  }
  return finished(std::move(message), SimTime::max());
}

Answer fit_answer(const Answer& answer, std::size_t octets_max) {
  if (answer.wire_octets <= octets_max) return answer;
  dns::Message message = *answer.message;
  while (!message.additional.empty() && !must_arrive(message.additional.back(), message)) {
    message.additional.pop_back();
    if (dns::wire_size(message) <= octets_max) {
      return finished(std::move(message), answer.unchanged_until);
    }
  }
  message.answer.clear();
  message.authority.clear();
  message.additional.clear();
  message.bare_rrsigs.clear();
  message.flags.tc = true;
  return finished(std::move(message), answer.unchanged_until);
}

}  // namespace zonefall::authority
