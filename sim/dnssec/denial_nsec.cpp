// RFC 4035 5.4 and RFC 6840 4: denial by NSEC.
#include <algorithm>

#include "dnssec/denial.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

using dns::Name;

struct Nsec {
  std::size_t index;  // into DenialProof::records()
  const Name* owner;
  dns::NsecRdata data;

  bool last;  // points back to the apex

  /// Strictly between owner and next in canonical order.
  [[nodiscard]] bool covers(const Name& name) const {
    return *owner < name && (last || name < data.next);
  }
};

class NsecProof {
 public:
  NsecProof(DenialProof& proof, const DenialQuestion& question)
      : proof_(proof), question_(question) {
    for (std::size_t i = 0; i < proof.records().size(); ++i) {
      const dns::RRset& rrset = *proof.records()[i].rrset;
      if (rrset.type() != dns::RRType::nsec || rrset.rdatas().size() != 1) continue;
      if (!rrset.owner().is_at_or_below(proof.zone())) continue;
      auto data = dns::decode_nsec(rrset.rdatas().front());
      if (!data || !data.value().next.is_at_or_below(proof.zone())) continue;
      const bool last = data.value().next == proof.zone();
      nsecs_.push_back({i, &rrset.owner(), std::move(data).value(), last});
    }
  }

  RRsetVerdict run() {
    switch (question_.denial) {
      case Denial::name_error: return name_error();
      case Denial::no_data: return no_data();
      case Denial::no_ds_referral: return no_ds_referral();
      case Denial::wildcard_expansion: return wildcard_expansion();
    }
    ZF_ASSERT(false);
  }

 private:
  RRsetVerdict name_error() {
    if (const Nsec* match = matching(question_.qname)) return contradicted_by(*match);
    const Nsec* cover = covering(question_.qname);
    if (cover == nullptr) return incomplete(question_.qname);
    if (auto failed = use_cover(*cover, question_.qname)) return *failed;
    if (is_empty_non_terminal(*cover, question_.qname)) return contradicted_by(*cover);

    const Name wildcard = wildcard_of(closest_encloser(*cover));
    if (const Nsec* match = matching(wildcard)) return contradicted_by(*match);
    const Nsec* wildcard_cover = covering(wildcard);
    if (wildcard_cover == nullptr) return incomplete(wildcard);
    if (auto failed = use_cover(*wildcard_cover, wildcard)) return *failed;
    if (is_empty_non_terminal(*wildcard_cover, wildcard)) {
      return contradicted_by(*wildcard_cover);
    }
    return proof_.proved(Reason::validated);
  }

  RRsetVerdict no_data() {
    if (const Nsec* match = matching(question_.qname)) return no_data_at(*match);
    const Nsec* cover = covering(question_.qname);
    if (cover == nullptr) return incomplete(question_.qname);
    if (auto failed = use_cover(*cover, question_.qname)) return *failed;
    if (is_empty_non_terminal(*cover, question_.qname)) return proof_.proved(Reason::validated);

    const Name wildcard = wildcard_of(closest_encloser(*cover));
    if (const Nsec* match = matching(wildcard)) return no_data_at(*match);
    const Nsec* wildcard_cover = covering(wildcard);
    if (wildcard_cover == nullptr) return incomplete(wildcard);
    if (auto failed = use_cover(*wildcard_cover, wildcard)) return *failed;
    if (is_empty_non_terminal(*wildcard_cover, wildcard)) {
      return proof_.proved(Reason::validated);
    }
    // Proved is that there is neither the name nor a wildcard: NXDOMAIN, not NODATA.
    return contradicted_by(*wildcard_cover);
  }

  RRsetVerdict no_data_at(const Nsec& match) {
    if (auto failed = proof_.use(match.index)) return *failed;
    if (const auto why = bitmap_failure(match.data.types, question_)) {
      return proof_.about(match.index, *why);
    }
    return proof_.proved(Reason::validated);
  }

  RRsetVerdict no_ds_referral() {
    if (const Nsec* match = matching(question_.qname)) {
      if (auto failed = proof_.use(match->index)) return *failed;
      if (const auto why = bitmap_failure(match->data.types, question_)) {
        return proof_.about(match->index, *why);
      }
      return proof_.proved(Reason::no_ds_proved);
    }
    // NSEC has no opt-out: a delegation without an NSEC of its own does not exist.
    if (const Nsec* cover = covering(question_.qname)) return contradicted_by(*cover);
    return incomplete(question_.qname);
  }

  RRsetVerdict wildcard_expansion() {
    if (const Nsec* match = matching(question_.qname)) return contradicted_by(*match);
    const Nsec* cover = covering(question_.qname);
    if (cover == nullptr) {
      return proof_.about(question_.qname, question_.qtype, Reason::wildcard_unproved);
    }
    if (auto failed = use_cover(*cover, question_.qname)) return *failed;
    // A closer encloser, the name itself included, would have kept this wildcard away.
    const bool closer_exists = is_empty_non_terminal(*cover, question_.qname) ||
                               closest_encloser(*cover).label_count() > question_.wildcard_labels;
    if (closer_exists) return contradicted_by(*cover);
    return proof_.proved(Reason::validated);
  }

  [[nodiscard]] const Nsec* matching(const Name& name) const {
    for (const Nsec& nsec : nsecs_) {
      if (*nsec.owner == name) return &nsec;
    }
    return nullptr;
  }

  [[nodiscard]] const Nsec* covering(const Name& name) const {
    for (const Nsec& nsec : nsecs_) {
      if (nsec.covers(name)) return &nsec;
    }
    return nullptr;
  }

  std::optional<RRsetVerdict> use_cover(const Nsec& cover, const Name& name) {
    if (auto failed = proof_.use(cover.index)) return failed;
    if (name.is_below(*cover.owner) && hides_what_is_below(cover.data.types)) {
      return proof_.about(cover.index, Reason::denial_contradicts);
    }
    return {};
  }

  /// `cover` covers `name`, yet its next name is below it: `name` exists without records.
  static bool is_empty_non_terminal(const Nsec& cover, const Name& name) {
    return cover.data.next.is_below(name);
  }

  /// The longest ancestor of the query name that `cover`, which covers it, shows to exist.
  [[nodiscard]] Name closest_encloser(const Nsec& cover) const {
    return question_.qname.suffix(std::max(question_.qname.common_labels(*cover.owner),
                                           question_.qname.common_labels(cover.data.next)));
  }

  RRsetVerdict contradicted_by(const Nsec& nsec) {
    if (auto failed = proof_.use(nsec.index)) return *failed;
    return proof_.about(nsec.index, Reason::denial_contradicts);
  }

  [[nodiscard]] RRsetVerdict incomplete(const Name& name) const {
    return proof_.about(name, question_.qtype, Reason::denial_incomplete);
  }

  DenialProof& proof_;
  const DenialQuestion& question_;
  std::vector<Nsec> nsecs_;
};

}  // namespace

RRsetVerdict validate_denial_nsec(DenialProof& proof, const DenialQuestion& question) {
  return NsecProof(proof, question).run();
}

}  // namespace zonefall::dnssec
