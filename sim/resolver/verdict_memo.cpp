#include "zonefall/resolver/verdict_memo.h"

#include <algorithm>
#include <array>
#include <bit>

#include "zonefall/core/assert.h"

namespace zonefall::resolver {

namespace {

using dns::RRType;
using dnssec::Security;

// Of all that says how the signature verifies. Octets are digested only where nothing else tells
// them: making those of a lazy signature is what everybody avoids.
Digest128 id_of(const dns::Rrsig& rrsig) {
  const auto identity = rrsig.identity();  // covers the fields, too
  if (identity) return digest_combine(identity->covered, {identity->key_pair, 1});
  const dns::RrsigFields& fields = rrsig.fields();
  const std::array<std::uint64_t, 4> words = {
      fields.signer.hash(),
      static_cast<std::uint64_t>(fields.type_covered) << 32 | std::uint64_t{fields.key_tag} << 16 |
          std::uint64_t{fields.algorithm} << 8 | fields.labels,
      std::uint64_t{fields.expiration} << 32 | fields.inception, fields.original_ttl_s};
  return digest_combine(
      digest_bytes(rrsig.signature()),
      digest_bytes({reinterpret_cast<const std::uint8_t*>(words.data()), sizeof words}));
}

// The owner's hash will do: names that share one would have to meet here, signed alike.
Digest128 id_of(const dns::RRset& rrset) {
  return digest_combine(rrset.rdata_id(), {rrset.owner().hash(), rrset.ttl_s()});
}

bool counts(const dns::SignedRRset& entry, const dnssec::DenialQuestion* denial) {
  if (denial == nullptr) return true;
  return entry.rrset->type() == RRType::nsec || entry.rrset->type() == RRType::nsec3;
}

// An RRset without signatures is judged without looking at times.
std::optional<Digest128> id_of(std::span<const dns::SignedRRset> data, const dnssec::ZoneKeys& keys,
                               const dnssec::DenialQuestion* denial) {
  if (keys.id == Digest128()) return std::nullopt;
  Digest128 id = digest_combine(keys.id, {keys.zone.hash(), denial != nullptr ? 1U : 0U});
  if (denial != nullptr) {
    id = digest_combine(id,
                        {denial->qname.hash(), static_cast<std::uint64_t>(denial->denial) << 32 |
                                                   static_cast<std::uint64_t>(denial->qtype) << 8 |
                                                   denial->wildcard_labels});
  }
  for (const dns::SignedRRset& entry : data) {
    if (!counts(entry, denial)) continue;
    if (entry.rrsigs.size() > 1) return std::nullopt;
    id = digest_combine(id, id_of(*entry.rrset));
    if (!entry.rrsigs.empty()) id = digest_combine(id, id_of(*entry.rrsigs.front()));
  }
  return id;
}

}  // namespace

VerdictMemo::Subject::Subject(std::span<const dns::SignedRRset> data, const dnssec::ZoneKeys& keys,
                              const dnssec::DenialQuestion* denial)
    : id_(id_of(data, keys, denial)) {}

VerdictMemo::Judged::Judged(const dnssec::RRsetVerdict& judged, std::uint32_t signature_checks,
                            std::uint32_t failed_signature_checks)
    : verdict(std::make_shared<const dnssec::Verdict>(judged.verdict)),
      holds(judged.holds),
      ttl_s_max(judged.ttl_s_max),
      wildcard_labels(judged.wildcard_labels),
      checks(signature_checks),
      failed_checks(failed_signature_checks) {}

VerdictMemo::VerdictMemo(std::size_t verdicts_max) : places_(verdicts_max / 2) {
  ZF_ASSERT(verdicts_max > 1 && std::has_single_bit(verdicts_max));
}

VerdictMemo::Place& VerdictMemo::place_of(const Digest128& subject) {
  return places_[subject.low & (places_.size() - 1)];
}

std::optional<VerdictMemo::Judged> VerdictMemo::find(const Subject& subject, SimTime now) {
  misses_ += 1;
  if (!subject.id_) return std::nullopt;
  const Place& place = place_of(*subject.id_);
  const Entry& entry = place.newer.subject == *subject.id_ ? place.newer : place.older;
  if (entry.subject != *subject.id_ || entry.judged.verdict == nullptr) return std::nullopt;
  if (!entry.judged.holds.contains(now)) return std::nullopt;
  misses_ -= 1;
  hits_ += 1;
  Judged judged = entry.judged;
  if (judged.verdict->security != Security::bogus) {
    const std::int64_t left_s = judged.holds.until_s - now.to_unix_s();
    judged.ttl_s_max = static_cast<std::uint32_t>(std::min<std::int64_t>(judged.ttl_s_max, left_s));
  }
  return judged;
}

void VerdictMemo::remember(const Subject& subject, const Judged& judged, SimTime now) {
  if (!subject.id_) return;
  // What the end of a signature has cut short does not tell how long it is at other times.
  const bool is_cut_short =
      judged.verdict->security != Security::bogus &&
      judged.holds.until_s - now.to_unix_s() <= static_cast<std::int64_t>(judged.ttl_s_max);
  if (is_cut_short) return;
  Place& place = place_of(*subject.id_);
  if (place.newer.subject != *subject.id_) place.older = std::move(place.newer);
  place.newer = {*subject.id_, judged};
}

}  // namespace zonefall::resolver
