#include "resolver/anchors.h"

#include <algorithm>

namespace zonefall::resolver {

Anchors::Anchors(std::vector<dns::RRsetPtr> trust_anchors)
    : trust_anchors_(std::move(trust_anchors)) {}

void Anchors::install(const Nta& nta) {
  remove(nta.name);
  const auto place = std::find_if(ntas_.begin(), ntas_.end(),
                                  [&](const Nta& other) { return nta.name < other.name; });
  ntas_.insert(place, nta);
}

bool Anchors::remove(const dns::Name& name) {
  return std::erase_if(ntas_, [&](const Nta& nta) { return nta.name == name; }) > 0;
}

std::optional<Nta> Anchors::take_expired(SimTime now) {
  const auto expired =
      std::find_if(ntas_.begin(), ntas_.end(), [&](const Nta& nta) { return nta.until <= now; });
  if (expired == ntas_.end()) return std::nullopt;
  Nta nta = *expired;
  ntas_.erase(expired);
  return nta;
}

const dns::RRsetPtr& Anchors::trust_anchor_for(const dns::Name& name) const {
  static const dns::RRsetPtr none;
  const dns::RRsetPtr* closest = &none;
  for (const dns::RRsetPtr& anchor : trust_anchors_) {
    if (!name.is_at_or_below(anchor->owner())) continue;
    if (!*closest || anchor->owner().label_count() > (*closest)->owner().label_count()) {
      closest = &anchor;
    }
  }
  return *closest;
}

std::optional<dns::Name> Anchors::nta_for(const dns::Name& name) const {
  if (ntas_.empty()) return std::nullopt;
  const Nta* closest = nullptr;
  for (const Nta& nta : ntas_) {
    if (!name.is_at_or_below(nta.name)) continue;
    if (closest == nullptr || nta.name.label_count() > closest->name.label_count()) closest = &nta;
  }
  if (closest == nullptr) return std::nullopt;
  const dns::RRsetPtr& anchor = trust_anchor_for(name);
  if (anchor && anchor->owner().label_count() > closest->name.label_count()) return std::nullopt;
  return closest->name;
}

}  // namespace zonefall::resolver
