#include "resolver/spans.h"

#include <algorithm>

namespace zonefall::resolver {

namespace {

const Span* live_match(const ZoneSpans& zone, const dnssec::Nsec3Hash& hash, SimTime now) {
  const Span* at = zone.spans.find(hash);
  return at != nullptr && now < at->expires_at ? at : nullptr;
}

// The ring's last interval also covers hashes before the first, but unbound, whose cache this is,
// looks for the nearest known hash below: such hashes find nothing.
bool covers_upwards(const dnssec::Nsec3Hash& from, const dnssec::Nsec3Hash& to,
                    const dnssec::Nsec3Hash& hash) {
  const bool wraps = !(from < to);
  return from < hash && (wraps || hash < to);
}

const Span* live_cover(const ZoneSpans& zone, const dnssec::Nsec3Hash& hash, SimTime now) {
  const Span* at = zone.spans.last_before(hash);
  if (at == nullptr) return nullptr;
  return now < at->expires_at && covers_upwards(at->from, at->to, hash) ? at : nullptr;
}

// What the spans know about one piece of a proof.
enum class Piece : std::uint8_t { secure, bogus, unknown };

Piece piece_of(const Span* span) {
  if (span == nullptr) return Piece::unknown;
  return span->bogus ? Piece::bogus : Piece::secure;
}

dns::Name next_closer_of(const ZoneCut& cut) {
  return cut.child.suffix(cut.zone.label_count() + 1);
}

}  // namespace

void remember_span(SpanTable& table, const dns::Name& zone, const dns::RRset& rrset,
                   const SpanResult& result, SimTime now) {
  if (rrset.type() != dns::RRType::nsec3) return;
  const std::optional<dnssec::Nsec3Interval> interval = dnssec::decode_interval(rrset, zone);
  if (!interval) return;
  ZoneSpans& known = table.at_or_new({zone});
  if (known.spans.empty() || !(known.params == interval->params)) {
    known = {interval->params, dnssec::nsec3_hash(zone, interval->params), {}};
  }
  Span& span = known.spans.at_or_new(interval->owner_hash);
  if (result.bogus && !span.bogus && now < span.expires_at) return;  // the good one stays
  span = {interval->owner_hash, interval->next_hash,
          interval->opt_out,    interval->types.contains(dns::RRType::ds),
          result.bogus,         result.expires_at};
}

std::optional<SimTime> no_ds_until(const SpanTable& table, const ZoneCut& cut, SimTime now) {
  const ZoneSpans* known = table.find({cut.zone});
  if (known == nullptr) return std::nullopt;
  const Span* encloser = live_match(*known, known->apex, now);
  if (piece_of(encloser) != Piece::secure) return std::nullopt;
  const dnssec::Nsec3Hash hash = dnssec::nsec3_hash(next_closer_of(cut), known->params);
  const Span* cover = live_cover(*known, hash, now);
  if (piece_of(cover) != Piece::secure || !cover->opt_out) return std::nullopt;
  return std::min(encloser->expires_at, cover->expires_at);
}

bool may_prove_no_ds(const SpanTable& table, const ZoneCut& cut,
                     std::span<const dns::SignedRRset> denial, SimTime now) {
  Piece encloser = Piece::unknown;
  Piece cover = Piece::unknown;
  const dns::Name next_closer = next_closer_of(cut);
  const ZoneSpans* known = table.find({cut.zone});
  for (const dns::SignedRRset& entry : denial) {
    const auto interval = dnssec::decode_interval(*entry.rrset, cut.zone);
    if (!interval || entry.rrsigs.empty()) continue;
    const dnssec::Nsec3Hash& from = interval->owner_hash;
    const bool is_bogus =
        known != nullptr && piece_of(live_match(*known, from, now)) == Piece::bogus;
    const Piece piece = is_bogus ? Piece::bogus : Piece::secure;
    if (from == dnssec::nsec3_hash(cut.zone, interval->params)) encloser = piece;
    const dnssec::Nsec3Hash hash = dnssec::nsec3_hash(next_closer, interval->params);
    if (interval->opt_out && covers_upwards(from, interval->next_hash, hash)) cover = piece;
  }
  return encloser == Piece::secure && cover == Piece::secure;
}

}  // namespace zonefall::resolver
