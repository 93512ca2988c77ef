// RFC 5155 8: denial by NSEC3.
#include "dnssec/denial.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

using dns::Name;

struct Nsec3 {
  std::size_t index;  // into DenialProof::records()
  Nsec3Interval interval;
};

/// RFC 5155 7.2.1: a name that exists, and the name one label longer towards the query name, which
/// does not.
struct CloserProof {
  Name closest_encloser;
  const Nsec3* next_closer_cover = nullptr;
};

class Nsec3Proof {
 public:
  Nsec3Proof(DenialProof& proof, const DenialQuestion& question)
      : proof_(proof), question_(question) {
    for (std::size_t i = 0; i < proof.records().size(); ++i) {
      auto interval = decode_interval(*proof.records()[i].rrset, proof.zone());
      if (!interval) continue;
      // A chain has one set of parameters; a record of another chain proves nothing with this one
      // (RFC 5155 8.2).
      if (!nsec3s_.empty() && interval->params != params()) continue;
      nsec3s_.push_back({i, std::move(*interval)});
    }
  }

  RRsetVerdict run() {
    if (nsec3s_.empty()) return incomplete(question_.qname);
    const std::uint16_t iterations_max =
        nsec3_iterations_max(proof_.validator().limits, proof_.keys());
    if (params().iterations > iterations_max) {
      const std::size_t index = nsec3s_.front().index;
      if (auto failed = proof_.use(index)) return *failed;
      return proof_.proved(index, Reason::nsec3_iterations_too_high);
    }
    // The query name, its ancestors down to the apex, and a wildcard.
    const std::uint64_t names_max = question_.qname.label_count() - proof_.zone().label_count() + 2;
    const std::uint64_t rounds_max = names_max * (params().iterations + std::uint64_t{1});
    if (rounds_max > proof_.validator().limits.nsec3_hash_rounds_max) {
      return proof_.about(question_.qname, question_.qtype, Reason::validation_limit);
    }
    switch (question_.denial) {
      case Denial::name_error: return name_error();
      case Denial::no_data: return no_data();
      case Denial::no_ds_referral: return no_ds_referral();
      case Denial::wildcard_expansion: return wildcard_expansion();
    }
    ZF_ASSERT(false);
  }

 private:
  // RFC 5155 8.4.
  RRsetVerdict name_error() {
    if (const Nsec3* match = matching(question_.qname)) return contradicted_by(*match);
    CloserProof closer;
    if (auto failed = prove_closer(closer)) return *failed;
    const Name wildcard = wildcard_of(closer.closest_encloser);
    if (const Nsec3* match = matching(wildcard)) return contradicted_by(*match);
    const Nsec3* wildcard_cover = covering(wildcard);
    if (wildcard_cover == nullptr) return incomplete(wildcard);
    if (auto failed = proof_.use(wildcard_cover->index)) return *failed;
    return proved_unless_opt_out(*closer.next_closer_cover);
  }

  // RFC 5155 8.5, 8.6 and 8.7.
  RRsetVerdict no_data() {
    if (const Nsec3* match = matching(question_.qname)) {
      if (auto failed = use_bitmap(*match)) return *failed;
      return proof_.proved(Reason::validated);
    }
    CloserProof closer;
    if (auto failed = prove_closer(closer)) return *failed;
    const Nsec3& cover = *closer.next_closer_cover;
    if (question_.qtype == dns::RRType::ds && cover.interval.opt_out) {
      return proved_unless_opt_out(cover);
    }
    const Name wildcard = wildcard_of(closer.closest_encloser);
    if (const Nsec3* match = matching(wildcard)) {
      if (auto failed = use_bitmap(*match)) return *failed;
      return proved_unless_opt_out(cover);
    }
    // Erratum 3441: an empty non-terminal with nothing but unsigned delegations below it may have
    // no NSEC3.
    if (cover.interval.opt_out) return proved_unless_opt_out(cover);
    return incomplete(wildcard);
  }

  // RFC 5155 8.9.
  RRsetVerdict no_ds_referral() {
    if (const Nsec3* match = matching(question_.qname)) {
      if (auto failed = use_bitmap(*match)) return *failed;
      return proof_.proved(Reason::no_ds_proved);
    }
    CloserProof closer;
    if (auto failed = prove_closer(closer)) return *failed;
    const Nsec3& cover = *closer.next_closer_cover;
    if (cover.interval.opt_out) return proved_unless_opt_out(cover);
    return proof_.about(cover.index, Reason::denial_contradicts);
  }

  // RFC 5155 8.8.
  RRsetVerdict wildcard_expansion() {
    const std::size_t labels = std::size_t{question_.wildcard_labels} + 1;
    ZF_ASSERT(labels <= question_.qname.label_count());
    const Name next_closer = question_.qname.suffix(labels);
    if (const Nsec3* match = matching(next_closer)) return contradicted_by(*match);
    const Nsec3* cover = covering(next_closer);
    if (cover == nullptr) {
      return proof_.about(next_closer, question_.qtype, Reason::wildcard_unproved);
    }
    if (auto failed = proof_.use(cover->index)) return *failed;
    return proved_unless_opt_out(*cover);
  }

  // RFC 5155 8.3. The query name itself is known to match no record.
  std::optional<RRsetVerdict> prove_closer(CloserProof& closer) {
    const std::size_t apex_labels = proof_.zone().label_count();
    const Nsec3* match = nullptr;
    std::size_t labels = question_.qname.label_count();
    while (match == nullptr && labels > apex_labels) {
      labels -= 1;
      match = matching(question_.qname.suffix(labels));
    }
    if (match == nullptr) return incomplete(question_.qname);
    if (auto failed = proof_.use(match->index)) return failed;
    if (hides_what_is_below(match->interval.types)) {
      return proof_.about(match->index, Reason::denial_contradicts);
    }
    closer.closest_encloser = question_.qname.suffix(labels);
    const Name next_closer = question_.qname.suffix(labels + 1);
    closer.next_closer_cover = covering(next_closer);
    if (closer.next_closer_cover == nullptr) return incomplete(next_closer);
    return proof_.use(closer.next_closer_cover->index);
  }

  std::optional<RRsetVerdict> use_bitmap(const Nsec3& match) {
    if (auto failed = proof_.use(match.index)) return failed;
    if (const auto why = bitmap_failure(match.interval.types, question_)) {
      return proof_.about(match.index, *why);
    }
    return {};
  }

  [[nodiscard]] RRsetVerdict proved_unless_opt_out(const Nsec3& next_closer_cover) const {
    if (!next_closer_cover.interval.opt_out) return proof_.proved(Reason::validated);
    return proof_.proved(next_closer_cover.index, Reason::opt_out_span);
  }

  [[nodiscard]] const Nsec3* matching(const Name& name) const {
    const Nsec3Hash hash = nsec3_hash(name, params());
    for (const Nsec3& nsec3 : nsec3s_) {
      if (nsec3.interval.owner_hash == hash) return &nsec3;
    }
    return nullptr;
  }

  [[nodiscard]] const Nsec3* covering(const Name& name) const {
    const Nsec3Hash hash = nsec3_hash(name, params());
    for (const Nsec3& nsec3 : nsec3s_) {
      if (covers(nsec3.interval, hash)) return &nsec3;
    }
    return nullptr;
  }

  RRsetVerdict contradicted_by(const Nsec3& nsec3) {
    if (auto failed = proof_.use(nsec3.index)) return *failed;
    return proof_.about(nsec3.index, Reason::denial_contradicts);
  }

  [[nodiscard]] RRsetVerdict incomplete(const Name& name) const {
    return proof_.about(name, question_.qtype, Reason::denial_incomplete);
  }

  [[nodiscard]] const Nsec3Params& params() const { return nsec3s_.front().interval.params; }

  DenialProof& proof_;
  const DenialQuestion& question_;
  std::vector<Nsec3> nsec3s_;
};

}  // namespace

RRsetVerdict validate_denial_nsec3(DenialProof& proof, const DenialQuestion& question) {
  return Nsec3Proof(proof, question).run();
}

}  // namespace zonefall::dnssec
