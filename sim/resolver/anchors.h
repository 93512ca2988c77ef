// Trust anchors and negative trust anchors of one resolver (RFC 7646): the most specific one wins.
#pragma once

#include <optional>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rrset.h"

namespace zonefall::resolver {

struct Nta {
  dns::Name name;
  SimTime until = SimTime::max();
  SimTime recheck_at = SimTime::max();
  Duration recheck;  // from one to the next
  bool operator==(const Nta&) const = default;
};

class Anchors {
 public:
  explicit Anchors(std::vector<dns::RRsetPtr> trust_anchors);

  /// Replaces an NTA of the same name.
  void install(const Nta& nta);
  /// False if there was none.
  bool remove(const dns::Name& name);
  /// Takes out one NTA whose lifetime is over at `now`; nullopt if there is none.
  std::optional<Nta> take_expired(SimTime now);

  /// The DS RRset of the closest trust anchor at or above `name`; null if there is none.
  [[nodiscard]] const dns::RRsetPtr& trust_anchor_for(const dns::Name& name) const;
  /// The name of the NTA that covers `name`, unless a trust anchor sits between the two.
  [[nodiscard]] std::optional<dns::Name> nta_for(const dns::Name& name) const;

  [[nodiscard]] const std::vector<Nta>& ntas() const { return ntas_; }
  [[nodiscard]] std::vector<Nta>& ntas() { return ntas_; }

 private:
  std::vector<dns::RRsetPtr> trust_anchors_;
  std::vector<Nta> ntas_;  // in canonical order of name
};

}  // namespace zonefall::resolver
