#include "zonefall/resolver/verdict_memo.h"

#include <algorithm>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"

namespace zonefall::resolver {

namespace {

using dns::RRType;
using dnssec::Security;

// An RRset without signatures is judged without looking at times.
bool can_be_remembered(const VerdictMemo::Subject& subject) {
  return subject.keys.id != Digest128{} &&
         std::all_of(subject.data.begin(), subject.data.end(),
                     [](const dns::SignedRRset& entry) { return entry.rrsigs.size() <= 1; });
}

bool counts(const VerdictMemo::Subject& subject, const dns::SignedRRset& entry) {
  if (subject.denial == nullptr) return true;
  return entry.rrset->type() == RRType::nsec || entry.rrset->type() == RRType::nsec3;
}

std::uint64_t hash_of(const VerdictMemo::Subject& subject) {
  std::uint64_t hash = subject.keys.id.low;
  for (const dns::SignedRRset& entry : subject.data) {
    if (counts(subject, entry)) hash = hash_combine(hash, entry.rrset->content_id().low);
  }
  if (subject.denial == nullptr) return hash;
  const dnssec::DenialQuestion& denial = *subject.denial;
  return hash_combine(hash, denial.qname.hash() ^ static_cast<std::uint64_t>(denial.denial) << 32 ^
                                static_cast<std::uint64_t>(denial.qtype) << 40);
}

bool is_same(const dns::Rrsig& a, const dns::Rrsig& b) {
  if (&a == &b) return true;
  const auto identity = a.identity();
  return identity && identity == b.identity() && a.fields() == b.fields();
}

bool is_same(const dns::SignedRRset& a, const dns::SignedRRset& b) {
  if (a.rrset != b.rrset && a.rrset->content_id() != b.rrset->content_id()) return false;
  return std::equal(a.rrsigs.begin(), a.rrsigs.end(), b.rrsigs.begin(), b.rrsigs.end(),
                    [](const auto& x, const auto& y) { return is_same(*x, *y); });
}

bool is_same(const dnssec::DenialQuestion& a, const dnssec::DenialQuestion& b) {
  return a.denial == b.denial && a.qtype == b.qtype && a.wildcard_labels == b.wildcard_labels &&
         a.qname == b.qname;
}

}  // namespace

VerdictMemo::Judged::Judged(const dnssec::RRsetVerdict& judged, std::uint32_t signature_checks)
    : verdict(std::make_shared<const dnssec::Verdict>(judged.verdict)),
      holds(judged.holds),
      ttl_s_max(judged.ttl_s_max),
      wildcard_labels(judged.wildcard_labels),
      checks(signature_checks) {}

VerdictMemo::VerdictMemo(std::size_t verdicts_max) : verdicts_max_(verdicts_max) {
  ZF_ASSERT(verdicts_max > 0);
}

bool VerdictMemo::is_about(const Entry& entry, const Subject& subject) {
  if (entry.keys != subject.keys.id || !(entry.zone == subject.keys.zone)) return false;
  if (entry.denial.has_value() != (subject.denial != nullptr)) return false;
  if (entry.denial && !is_same(*entry.denial, *subject.denial)) return false;
  std::size_t place = 0;
  for (const dns::SignedRRset& data : subject.data) {
    if (!counts(subject, data)) continue;
    if (place == entry.data.size() || !is_same(entry.data[place], data)) return false;
    place += 1;
  }
  return place == entry.data.size();
}

std::optional<VerdictMemo::Judged> VerdictMemo::find(const Subject& subject, SimTime now) {
  misses_ += 1;
  if (!can_be_remembered(subject)) return std::nullopt;
  const auto found = entries_.find(hash_of(subject));
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  if (!entry.judged.holds.contains(now) || !is_about(entry, subject)) return std::nullopt;
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
  if (!can_be_remembered(subject)) return;
  // What the end of a signature has cut short does not tell how long it is at other times.
  const bool is_cut_short =
      judged.verdict->security != Security::bogus &&
      judged.holds.until_s - now.to_unix_s() <= static_cast<std::int64_t>(judged.ttl_s_max);
  if (is_cut_short) return;
  if (entries_.size() >= verdicts_max_) entries_.clear();
  Entry entry{{}, subject.keys.zone, subject.keys.id, std::nullopt, judged};
  for (const dns::SignedRRset& data : subject.data) {
    if (counts(subject, data)) entry.data.push_back(data);
  }
  if (subject.denial != nullptr) entry.denial = *subject.denial;
  entries_.insert_or_assign(hash_of(subject), std::move(entry));
}

}  // namespace zonefall::resolver
