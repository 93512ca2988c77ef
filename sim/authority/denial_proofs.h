// Which NSEC or NSEC3 RRsets prove a denial: RFC 4035 3.1.3, RFC 5155 7.2.
//
// Works on the chain alone. A closest encloser that opt-out left out of the chain is replaced by
// the closest provable one (RFC 5155 7.2.4, 7.2.7).
#pragma once

#include <array>
#include <cstddef>

#include "zonefall/authority/zone_content.h"

namespace zonefall::authority {

/// At most three RRsets, without duplicates.
class Proof {
 public:
  /// Null is nothing to add.
  void add(dns::RRsetPtr rrset);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const dns::RRsetPtr* begin() const { return rrsets_.data(); }
  [[nodiscard]] const dns::RRsetPtr* end() const { return rrsets_.data() + size_; }

 private:
  std::array<dns::RRsetPtr, 3> rrsets_;
  std::size_t size_ = 0;
};

/// `name` exists, if only as an empty non-terminal, without the type that was asked. Also for the
/// missing DS of a delegation.
Proof prove_no_data(const DenialChain& chain, const dns::Name& name);

/// A name that does not exist, and the closest name above it that does.
struct MissingName {
  const dns::Name& qname;
  const dns::Name& encloser;
};

/// Neither the name nor a wildcard that matches it exists.
Proof prove_name_error(const DenialChain& chain, const MissingName& missing);
/// The wildcard below the closest encloser matches the name, and nothing closer does.
Proof prove_wildcard_expansion(const DenialChain& chain, const MissingName& missing);
/// As before, but the wildcard has no data of the type that was asked.
Proof prove_wildcard_no_data(const DenialChain& chain, const MissingName& missing);

}  // namespace zonefall::authority
