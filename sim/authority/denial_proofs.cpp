#include "authority/denial_proofs.h"

#include <algorithm>

#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

using dns::Name;

bool is_nsec(const DenialChain& chain) {
  return chain.kind() == DenialChain::Kind::nsec;
}

void add(Proof& proof, const dns::RRsetPtr& rrset) {
  if (rrset == nullptr) return;
  const bool is_there = std::any_of(proof.begin(), proof.end(), [&](const dns::RRsetPtr& other) {
    return other == rrset || other->content_id() == rrset->content_id();
  });
  if (!is_there) proof.push_back(rrset);
}

// An NSEC zone has no record at an empty non-terminal: the one before it shows that names below
// exist.
void add_matching_or_covering(Proof& proof, const DenialChain& chain, const Name& name) {
  dns::RRsetPtr matching = chain.matching(name);
  add(proof, matching != nullptr ? matching : chain.covering(name));
}

// The record of the closest encloser at or above `encloser` that the chain knows, and the one that
// covers the next closer name (RFC 5155 7.2.1). Returns that encloser.
Name add_closest_encloser(Proof& proof, const DenialChain& chain, const Name& apex,
                          const MissingName& missing) {
  std::size_t labels = missing.encloser.label_count();
  dns::RRsetPtr matching = chain.matching(missing.encloser);
  while (matching == nullptr) {
    ZF_ASSERT(labels > apex.label_count());
    labels -= 1;
    matching = chain.matching(missing.qname.suffix(labels));
  }
  add(proof, matching);
  add(proof, chain.covering(missing.qname.suffix(labels + 1)));
  return missing.qname.suffix(labels);
}

// A name too long to have a wildcard child can have no name below it either.
void add_wildcard(Proof& proof, const DenialChain& chain, const Name& encloser) {
  const auto wildcard = encloser.wildcard_child();
  if (wildcard.ok()) add_matching_or_covering(proof, chain, wildcard.value());
}

}  // namespace

Proof prove_no_data(const DenialChain& chain, const Name& apex, const Name& name) {
  Proof proof;
  proof.reserve(2);
  if (is_nsec(chain)) {
    add_matching_or_covering(proof, chain, name);
    return proof;
  }
  add(proof, chain.matching(name));
  if (proof.empty()) add_closest_encloser(proof, chain, apex, {name, name.parent()});
  return proof;
}

Proof prove_name_error(const DenialChain& chain, const Name& apex, const MissingName& missing) {
  Proof proof;
  proof.reserve(3);
  if (is_nsec(chain)) {
    add(proof, chain.covering(missing.qname));
    add_wildcard(proof, chain, missing.encloser);
    return proof;
  }
  add_wildcard(proof, chain, add_closest_encloser(proof, chain, apex, missing));
  return proof;
}

Proof prove_wildcard_expansion(const DenialChain& chain, const MissingName& missing) {
  Proof proof;
  const std::size_t next_closer_labels = missing.encloser.label_count() + 1;
  add(proof,
      chain.covering(is_nsec(chain) ? missing.qname : missing.qname.suffix(next_closer_labels)));
  return proof;
}

Proof prove_wildcard_no_data(const DenialChain& chain, const Name& apex,
                             const MissingName& missing) {
  return prove_name_error(chain, apex, missing);  // here add_wildcard() finds one that matches
}

}  // namespace zonefall::authority
