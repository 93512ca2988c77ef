#include "resolver/spans.h"

#include <algorithm>

namespace zonefall::resolver {

namespace {

bool starts_before(const Span& span, const dnssec::Nsec3Hash& hash) {
  return span.from < hash;
}

const Span* live_match(const ZoneSpans& zone, const dnssec::Nsec3Hash& hash, SimTime now) {
  const auto at = std::lower_bound(zone.spans.begin(), zone.spans.end(), hash, starts_before);
  return at != zone.spans.end() && at->from == hash && now < at->expires_at ? &*at : nullptr;
}

const Span* live_cover(const ZoneSpans& zone, const dnssec::Nsec3Hash& hash, SimTime now) {
  // The interval that starts last before the hash. The ring's last one also covers hashes before
  // the first, but unbound, whose cache this is, looks downwards only: such hashes find nothing.
  auto at = std::lower_bound(zone.spans.begin(), zone.spans.end(), hash, starts_before);
  if (at == zone.spans.begin()) return nullptr;
  at = std::prev(at);
  if (now >= at->expires_at) return nullptr;
  const bool wraps = !(at->from < at->to);
  return wraps || hash < at->to ? &*at : nullptr;
}

}  // namespace

void remember_span(SpanTable& table, const dns::Name& zone, const dns::RRset& rrset,
                   SimTime expires_at) {
  if (rrset.type() != dns::RRType::nsec3) return;
  const std::optional<dnssec::Nsec3Interval> interval = dnssec::decode_interval(rrset, zone);
  if (!interval) return;
  ZoneSpans& known = table.at_or_new({zone});
  if (!(known.params == interval->params)) known = {interval->params, {}};
  const Span span{interval->owner_hash, interval->next_hash, interval->opt_out,
                  interval->types.contains(dns::RRType::ds), expires_at};
  const auto at =
      std::lower_bound(known.spans.begin(), known.spans.end(), span.from, starts_before);
  if (at != known.spans.end() && at->from == span.from) {
    *at = span;
  } else {
    known.spans.insert(at, span);
  }
}

std::optional<SimTime> no_ds_until(const SpanTable& table, const dns::Name& zone,
                                   const dns::Name& child, SimTime now) {
  const ZoneSpans* known = table.find({zone});
  if (known == nullptr) return std::nullopt;
  // The delegation's parent is the closest encloser where the child is one label below the zone;
  // deeper children may have empty non-terminals in between, which the spans need not know.
  const dns::Name next_closer = child.suffix(zone.label_count() + 1);
  const Span* encloser = live_match(*known, dnssec::nsec3_hash(zone, known->params), now);
  const Span* cover = live_cover(*known, dnssec::nsec3_hash(next_closer, known->params), now);
  if (encloser == nullptr || cover == nullptr || !cover->opt_out) return std::nullopt;
  return std::min(encloser->expires_at, cover->expires_at);
}

}  // namespace zonefall::resolver
