// What the NSEC and the NSEC3 proof share: RRsets verified when a proof first uses them, and the
// verdict that grows from them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "zonefall/dnssec/validate.h"

namespace zonefall::dnssec {

/// The records a proof has used so far. Every step returns a verdict that ends the proof, or
/// nullopt to go on.
class DenialProof {
 public:
  DenialProof(const Validator& validator, std::span<const dns::SignedRRset> records,
              const ZoneKeys& keys, SimTime now);

  [[nodiscard]] const Validator& validator() const { return validator_; }
  [[nodiscard]] std::span<const dns::SignedRRset> records() const { return records_; }
  [[nodiscard]] const dns::Name& zone() const { return keys_.zone; }
  [[nodiscard]] const ZoneKeys& keys() const { return keys_; }

  /// Verifies records()[index]; a failure ends the proof. A record of a wildcard expansion fails
  /// with labels_invalid: NSEC and NSEC3 are never expanded (RFC 4592 4.7).
  std::optional<RRsetVerdict> use(std::size_t index);

  /// A verdict about records()[index], or about a name for which there is no record.
  [[nodiscard]] RRsetVerdict about(std::size_t index, Reason reason) const;
  [[nodiscard]] RRsetVerdict about(const dns::Name& name, dns::RRType type, Reason reason) const;
  /// Ends a proof that holds: a verdict about the first record used, or about records()[index].
  [[nodiscard]] RRsetVerdict proved(Reason reason) const;
  [[nodiscard]] RRsetVerdict proved(std::size_t index, Reason reason) const;

 private:
  const Validator& validator_;
  std::span<const dns::SignedRRset> records_;
  const ZoneKeys& keys_;
  SimTime now_;
  struct Use {
    std::size_t index;
    std::optional<std::uint16_t> key_tag;
  };
  std::vector<Use> used_;
  RRsetVerdict sum_;  // its verdict is not used
};

/// The wildcard at an ancestor of a query name, which is long enough for one label more.
dns::Name wildcard_of(const dns::Name& closest_encloser);

/// RFC 6840 4.1, RFC 6672 5.3.4.2: the bitmap is that of a delegation or a DNAME, whose owner says
/// nothing about names below it.
bool hides_what_is_below(const dns::TypeBitmap& types);
/// Whether a record at the very name denies `question`: nullopt if it does, otherwise why not.
std::optional<Reason> bitmap_failure(const dns::TypeBitmap& types, const DenialQuestion& question);

RRsetVerdict validate_denial_nsec(DenialProof& proof, const DenialQuestion& question);
RRsetVerdict validate_denial_nsec3(DenialProof& proof, const DenialQuestion& question);

}  // namespace zonefall::dnssec
