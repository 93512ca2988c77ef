#include "authority/denial_proofs.h"

#include <algorithm>

#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

using dns::Name;

bool is_nsec(const DenialChain& chain) {
  return chain.kind() == DenialChain::Kind::nsec;
}

/// A name without a record of its own, and the record that covers it.
struct Covered {
  Name name;
  dns::RRsetPtr by;
};

// The record of the closest name above that the chain knows, and the one that covers the next
// closer name (RFC 5155 7.2.1). Returns that encloser. The apex has a record.
Name add_closest_encloser(Proof& proof, const DenialChain& chain, Covered next_closer) {
  for (;;) {
    ZF_ASSERT(!next_closer.name.is_root());
    Name above = next_closer.name.parent();
    DenialChain::Found found = chain.find(above);
    if (found.matches) {
      proof.add(std::move(found.rrset));
      proof.add(std::move(next_closer.by));
      return above;
    }
    next_closer = {std::move(above), std::move(found.rrset)};
  }
}

// A name too long to have a wildcard child can have no name below it either.
void add_wildcard(Proof& proof, const DenialChain& chain, const Name& encloser) {
  const auto wildcard = encloser.wildcard_child();
  if (wildcard.ok()) proof.add(chain.find(wildcard.value()).rrset);
}

}  // namespace

void Proof::add(dns::RRsetPtr rrset) {
  if (rrset == nullptr) return;
  const bool is_there = std::any_of(begin(), end(), [&](const dns::RRsetPtr& other) {
    return other == rrset || other->owner() == rrset->owner();  // a chain has one at each name
  });
  if (is_there) return;
  ZF_ASSERT(size_ < rrsets_.size());
  rrsets_[size_++] = std::move(rrset);
}

// An NSEC zone has no record at an empty non-terminal: the one before it shows that names below
// exist.
Proof prove_no_data(const DenialChain& chain, const Name& name) {
  Proof proof;
  DenialChain::Found found = chain.find(name);
  if (found.matches || is_nsec(chain)) {
    proof.add(std::move(found.rrset));
  } else {
    add_closest_encloser(proof, chain, {name, std::move(found.rrset)});
  }
  return proof;
}

Proof prove_name_error(const DenialChain& chain, const MissingName& missing) {
  Proof proof;
  if (is_nsec(chain)) {
    proof.add(chain.covering(missing.qname));
    add_wildcard(proof, chain, missing.encloser);
    return proof;
  }
  const Name next_closer = missing.qname.suffix(missing.encloser.label_count() + 1);
  add_wildcard(proof, chain,
               add_closest_encloser(proof, chain, {next_closer, chain.covering(next_closer)}));
  return proof;
}

Proof prove_wildcard_expansion(const DenialChain& chain, const MissingName& missing) {
  Proof proof;
  const std::size_t next_closer_labels = missing.encloser.label_count() + 1;
  proof.add(
      chain.covering(is_nsec(chain) ? missing.qname : missing.qname.suffix(next_closer_labels)));
  return proof;
}

Proof prove_wildcard_no_data(const DenialChain& chain, const MissingName& missing) {
  return prove_name_error(chain, missing);  // here add_wildcard() finds one that matches
}

}  // namespace zonefall::authority
