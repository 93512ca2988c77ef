#include <algorithm>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/ids.h"

namespace zonefall::authority {

ZoneHistory::ZoneHistory(std::vector<Entry> entries)
    : entries_(std::move(entries)), content_last_(entries_.size()) {
  ZF_ASSERT(!entries_.empty());
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    const Entry& before = entries_[i - 1];
    const Entry& entry = entries_[i];
    ZF_ASSERT(before.published_at < entry.published_at);
    ZF_ASSERT(serial_after(entry.version->serial(), before.version->serial()));
    ZF_ASSERT(before.version->signed_at() <= entry.version->signed_at());
    ZF_ASSERT(before.version->apex() == entry.version->apex());
  }
  for (std::size_t i = entries_.size(); i-- > 0;) {
    const bool goes_on = i + 1 < entries_.size() &&
                         &entries_[i].version->content() == &entries_[i + 1].version->content();
    content_last_[i] = goes_on ? content_last_[i + 1] : i;
  }
}

std::size_t ZoneHistory::index_at(SimTime at) const {
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), at,
                       [](SimTime t, const Entry& entry) { return t < entry.published_at; });
  const auto count = static_cast<std::size_t>(after - entries_.begin());
  return count == 0 ? 0 : count - 1;
}

std::size_t ZoneHistory::last_unchanged(std::size_t index, SimTime unchanged_until) const {
  ZF_ASSERT(index < entries_.size());
  const auto begin = entries_.begin();
  const auto first = begin + static_cast<std::ptrdiff_t>(index) + 1;
  const auto end = begin + static_cast<std::ptrdiff_t>(content_last_[index]) + 1;
  const auto changed = std::lower_bound(
      first, end, unchanged_until,
      [](const Entry& entry, SimTime t) { return entry.version->signed_at() < t; });
  return static_cast<std::size_t>(changed - begin) - 1;
}

ZoneHistoryPtr make_constant_history(ZoneVersionPtr version) {
  return std::make_shared<const ZoneHistory>(
      std::vector<ZoneHistory::Entry>{{SimTime::min(), std::move(version)}});
}

}  // namespace zonefall::authority
