// Builds one answer step by step: RFC 1034 4.3.2 with the DNSSEC rules of RFC 4035 3.1.
#pragma once

#include <memory>
#include <optional>

#include "authority/denial_proofs.h"
#include "zonefall/authority/answer.h"

namespace zonefall::authority {

class AnswerBuilder {
 public:
  AnswerBuilder(const ZoneVersion& zone, const dns::Question& question,
                const AnswerOptions& options);
  Answer build();

 private:
  /// Where the walk from the apex towards a name ends.
  struct Place {
    enum class Kind : std::uint8_t { exact, cut, dname, absent };
    Kind kind = Kind::exact;
    dns::Name name;  // of `node`; for `absent` the closest encloser
    Node node;
  };
  [[nodiscard]] Place locate(const dns::Name& qname) const;

  /// Answers for `qname`; returns where a CNAME or DNAME leads.
  std::optional<dns::Name> step(const dns::Name& qname);
  /// `missing` is set if `place` is the wildcard that matches `qname`.
  std::optional<dns::Name> answer_from(const Place& place, const dns::Name& qname,
                                       const MissingName* missing);
  std::optional<dns::Name> follow_dname(const Place& place, const dns::Name& qname);
  std::optional<dns::Name> match_wildcard(const Place& place, const dns::Name& qname);
  void refer(const Place& place);
  void deny(dns::Rcode rcode, const Proof& proof);
  void answer_rrsigs(const dns::RRsetPtr& rrset, const dns::Name& qname);
  [[nodiscard]] dns::RRsetPtr asked_rrset(const Place& place) const;

  void add_answer(const dns::RRsetPtr& rrset, const dns::Name& qname);
  void add_authority(const dns::RRsetPtr& rrset);
  void add_proof(const Proof& proof);
  void add_additional();
  void add_addresses(const dns::Name& host);

  /// `shown` with the signatures of `signed_rrset`, if they are wanted.
  dns::SignedRRset with_signatures(const dns::RRsetPtr& signed_rrset, const dns::RRsetPtr& shown);
  [[nodiscard]] bool wants_dnssec() const { return options_.dnssec_ok && zone_.is_signed(); }
  [[nodiscard]] const DenialChain& chain() const { return *zone_.content().denial(); }

  const ZoneVersion& zone_;
  const dns::Question& question_;
  const AnswerOptions& options_;
  std::shared_ptr<dns::Message> message_;
  std::optional<dns::Name> cut_;  // of a referral
  SimTime unchanged_until_ = SimTime::max();
};

}  // namespace zonefall::authority
