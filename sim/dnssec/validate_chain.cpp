#include <algorithm>

#include "zonefall/core/assert.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::dnssec {

namespace {

using dns::Name;
using dns::RRType;

/// RFC 6672 2.2: `name` with `owner`, which it is below, replaced by `target`; nullopt if that is
/// too long for a name.
std::optional<Name> substitute(const Name& name, const Name& owner, const Name& target) {
  Name result = target;
  for (std::size_t i = name.label_count() - owner.label_count(); i > 0; --i) {
    auto longer = result.prepend(name.label(i - 1));
    if (!longer) return {};
    result = std::move(longer).value();
  }
  return result;
}

std::optional<Name> target_of(const dns::RRset& alias) {
  if (alias.rdatas().size() != 1) return {};
  auto target = dns::decode_name(alias.rdatas().front());
  if (!target) return {};
  return std::move(target).value();
}

/// Takes the steps of one chain; each returns false once the verdict is final.
class ChainWalk {
 public:
  ChainWalk(const Validator& validator, const Chain& chain, SimTime now)
      : validator_(validator), chain_(chain), response_(chain.response), now_(now) {}

  ChainVerdict run() {
    if (walk_anchor() && walk_links() && response_is_usable()) walk_response();
    return std::move(result_);
  }

 private:
  bool walk_anchor() {
    const Question& question = chain_.question;
    if (chain_.trust_anchor == nullptr) {
      return record("trust anchor", question.qname,
                    Verdict::of(Reason::no_trust_anchor, question.qname, question.qtype));
    }
    const Name& zone = chain_.trust_anchor->owner();
    record("trust anchor", zone, Verdict::of(Reason::validated, zone, RRType::ds));
    return walk_dnskeys(zone, chain_.anchor_keys, *chain_.trust_anchor);
  }

  bool walk_links() {
    for (const ChainLink& link : chain_.links) {
      if (!link.zone.is_below(keys_.zone)) {
        return record("DS", link.zone, Verdict::of(Reason::signer_mismatch, link.zone, RRType::ds));
      }
      if (link.ds.rrset == nullptr) return walk_no_ds(link);
      if (!walk_ds(link) || !walk_dnskeys(link.zone, link.dnskeys, *link.ds.rrset)) return false;
    }
    return true;
  }

  bool walk_ds(const ChainLink& link) {
    const dns::RRset& ds = *link.ds.rrset;
    if (ds.owner() != link.zone || ds.type() != RRType::ds) {
      return record("DS", link.zone, Verdict::of(Reason::chain_unavailable, link.zone, RRType::ds));
    }
    RRsetVerdict result = validate_rrset(validator_, link.ds, keys_, now_);
    // A wildcard does not delegate (RFC 4592 4.2).
    if (result.wildcard_labels) {
      result.verdict = Verdict::of(Reason::labels_invalid, link.zone, RRType::ds);
    }
    return record("DS", link.zone, result.verdict);
  }

  // Always final: below a proved insecure delegation there is nothing to verify.
  bool walk_no_ds(const ChainLink& link) {
    const DenialQuestion question{Denial::no_ds_referral, link.zone, RRType::ds};
    record("no DS", link.zone,
           validate_denial(validator_, question, link.no_ds_proof, keys_, now_).verdict);
    return false;
  }

  bool walk_dnskeys(const Name& zone, const dns::SignedRRset& dnskeys, const dns::RRset& ds) {
    if (dnskeys.rrset == nullptr) {
      return record("DNSKEY", zone,
                    Verdict::of(Reason::dnskey_rrset_missing, zone, RRType::dnskey));
    }
    if (dnskeys.rrset->owner() != zone || dnskeys.rrset->type() != RRType::dnskey) {
      return record("DNSKEY", zone, Verdict::of(Reason::chain_unavailable, zone, RRType::dnskey));
    }
    const RRsetVerdict result = validate_dnskeys(validator_, dnskeys, ds, now_);
    keys_ = zone_keys(validator_, *dnskeys.rrset, ds);
    return record("DNSKEY", zone, result.verdict);
  }

  bool response_is_usable() {
    const Question& question = chain_.question;
    const bool fits = !response_.question || *response_.question == question;
    const bool answers =
        response_.rcode == dns::Rcode::noerror || response_.rcode == dns::Rcode::nxdomain;
    const bool in_zone = question.qname.is_at_or_below(keys_.zone);
    if (fits && answers && in_zone) return true;
    return record("answer", keys_.zone,
                  Verdict::of(Reason::chain_unavailable, question.qname, question.qtype));
  }

  // More aliases than RRsets are a circle: each step has a CNAME of its own, be it synthesised.
  void walk_response() {
    Name qname = chain_.question.qname;
    for (std::size_t steps = 0; qname.is_at_or_below(keys_.zone); ++steps) {
      const std::optional<std::size_t> alias = find_alias(qname);
      const bool is_synthesised = alias && follows_from(*alias, qname);
      if (has_final_answer(qname) && !is_synthesised) {
        walk_answer(qname);
        return;
      }
      if (!alias || steps == response_.answer.size()) {
        walk_negative(qname);
        return;
      }
      const std::optional<Name> target = walk_alias(qname, response_.answer[*alias]);
      if (!target || (is_synthesised && has_final_answer(qname))) return;
      qname = *target;
    }
  }

  /// The alias is a DNAME, and what the answer has at `qname` is the CNAME that follows from it.
  [[nodiscard]] bool follows_from(std::size_t alias, const Name& qname) const {
    const auto& answer = response_.answer;
    return answer[alias].rrset->type() == RRType::dname &&
           std::all_of(answer.begin(), answer.end(), [&](const dns::SignedRRset& entry) {
             return entry.rrset->owner() != qname || entry.rrset->type() == RRType::cname;
           });
  }

  [[nodiscard]] bool answers(const dns::RRset& rrset, const Name& qname) const {
    const RRType qtype = chain_.question.qtype;
    return rrset.owner() == qname && (qtype == RRType::any || rrset.type() == qtype);
  }

  [[nodiscard]] bool has_final_answer(const Name& qname) const {
    return std::any_of(response_.answer.begin(), response_.answer.end(),
                       [&](const dns::SignedRRset& entry) { return answers(*entry.rrset, qname); });
  }

  // RFC 6840 4.2: of an answer to ANY, every RRset.
  void walk_answer(const Name& qname) {
    for (const dns::SignedRRset& entry : response_.answer) {
      if (answers(*entry.rrset, qname) && !walk_positive(entry)) return;
    }
  }

  /// The index of a DNAME above `qname`, else of a CNAME at it. The CNAME that goes with a DNAME
  /// is synthesised and carries no signature (RFC 6672 5.3.1).
  [[nodiscard]] std::optional<std::size_t> find_alias(const Name& qname) const {
    const auto& answer = response_.answer;
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const dns::RRset& rrset = *answer[i].rrset;
      if (rrset.type() == RRType::dname && qname.is_below(rrset.owner())) return i;
    }
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const dns::RRset& rrset = *answer[i].rrset;
      if (rrset.type() == RRType::cname && rrset.owner() == qname) return i;
    }
    return {};
  }

  /// Where the alias leads; nullopt if the walk is over.
  std::optional<Name> walk_alias(const Name& qname, const dns::SignedRRset& alias) {
    if (!walk_positive(alias)) return {};
    const dns::RRset& rrset = *alias.rrset;
    std::optional<Name> target = target_of(rrset);
    if (!target || rrset.type() == RRType::cname) return target;
    target = substitute(qname, rrset.owner(), *target);
    for (const dns::SignedRRset& entry : response_.answer) {
      const dns::RRset& cname = *entry.rrset;
      if (cname.type() != RRType::cname || cname.owner() != qname) continue;
      if (target_of(cname) == target) continue;
      record("answer", keys_.zone, Verdict::of(Reason::signature_missing, qname, RRType::cname));
      return {};
    }
    return target;
  }

  bool walk_positive(const dns::SignedRRset& entry) {
    const RRsetVerdict result = validate_rrset(validator_, entry, keys_, now_);
    if (!record("answer", keys_.zone, result.verdict)) return false;
    if (!result.wildcard_labels) return true;
    DenialQuestion question{Denial::wildcard_expansion, entry.rrset->owner(), entry.rrset->type()};
    question.wildcard_labels = *result.wildcard_labels;
    return walk_denial(question);
  }

  void walk_negative(const Name& qname) {
    const bool name_error = response_.rcode == dns::Rcode::nxdomain;
    const DenialQuestion question{name_error ? Denial::name_error : Denial::no_data, qname,
                                  chain_.question.qtype};
    if (!walk_denial(question)) return;
    for (const dns::SignedRRset& entry : response_.authority) {
      if (entry.rrset->type() != RRType::soa) continue;
      const Verdict verdict = validate_rrset(validator_, entry, keys_, now_).verdict;
      if (verdict.security == Security::secure) continue;
      record("denial", keys_.zone, verdict);
      return;
    }
  }

  /// An opt-out span ends nothing: what comes after it must still not be bogus.
  bool walk_denial(const DenialQuestion& question) {
    const Verdict verdict =
        validate_denial(validator_, question, response_.authority, keys_, now_).verdict;
    record("denial", keys_.zone, verdict);
    return verdict.security == Security::secure || verdict.security == Security::insecure;
  }

  /// True if the step is secure. The verdict of the chain is that of its last step, but insecure
  /// stays insecure.
  bool record(std::string_view what, const Name& zone, const Verdict& verdict) {
    result_.steps.push_back({zone, what, verdict});
    const bool secure = verdict.security == Security::secure;
    if (!secure || result_.verdict.security != Security::insecure) result_.verdict = verdict;
    return secure;
  }

  using Question = dns::Question;

  const Validator& validator_;
  const Chain& chain_;
  const dns::Message& response_;
  SimTime now_;
  ZoneKeys keys_;
  ChainVerdict result_;
};

}  // namespace

ChainVerdict validate(const Validator& validator, const Chain& chain, SimTime now) {
  return ChainWalk(validator, chain, now).run();
}

}  // namespace zonefall::dnssec
