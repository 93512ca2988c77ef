// Signatures that are not as they should be, of all RRsets of a zone or of some.
#include <array>
#include <vector>

#include "faults.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::RRsetPtr;
using dns::RrsigFields;
using dns::RrsigList;
using dns::RrsigPtr;
using dns::RRType;
using Detail = std::optional<std::string>;

// Further from now than the clock skew that Unbound allows (val-sig-skew-max: a day).
constexpr Duration far_from_now = Duration::days(3);

struct Scope {
  std::string_view name;
  std::uint64_t weight;
  bool (*covers)(const dns::RRset& rrset);
};

bool is_denial(const dns::RRset& rrset) {
  return rrset.type() == RRType::nsec || rrset.type() == RRType::nsec3;
}

constexpr std::array<Scope, 6> scopes = {{
    {"all", usual, [](const dns::RRset&) { return true; }},
    {"DNSKEY", usual, [](const dns::RRset& rrset) { return rrset.type() == RRType::dnskey; }},
    {"SOA", contested, [](const dns::RRset& rrset) { return rrset.type() == RRType::soa; }},
    {"DS", usual, [](const dns::RRset& rrset) { return rrset.type() == RRType::ds; }},
    {"NSEC or NSEC3", usual, is_denial},
    {"data", usual,
     [](const dns::RRset& rrset) {
       return !is_denial(rrset) && rrset.type() != RRType::soa && rrset.type() != RRType::dnskey &&
              rrset.type() != RRType::ds;
     }},
}};

// Has the signatures of some RRsets made by `lie`.
Detail lie_about_some(ZoneMaking& making, Rng& rng, SignatureLie lie) {
  if (!making.denial) return std::nullopt;
  std::vector<std::uint64_t> weights;
  weights.reserve(scopes.size());
  for (const Scope& scope : scopes) weights.push_back(scope.weight);
  const Scope& scope = scopes.at(WeightedChoice(weights).draw(rng));
  making.signature_lie = [covers = scope.covers, lie = std::move(lie)](const RRsetPtr& rrset,
                                                                       const RrsigList& right) {
    return covers(*rrset) ? lie(rrset, right) : right;
  };
  return std::string(scope.name);
}

const std::vector<dnssec::KeyPairPtr>& signers(const ZoneMaking& making, const dns::RRset& rrset) {
  return rrset.type() == RRType::dnskey ? making.ksks : making.zsks;
}

// Other fields, and signatures that cover them.
Detail sign_other_fields(ZoneMaking& making, Rng& rng,
                         const std::function<void(RrsigFields&, const dns::RRset&)>& change) {
  const auto keys = std::make_shared<const ZoneMaking>(making);
  return lie_about_some(making, rng, [keys, change](const RRsetPtr& rrset, const RrsigList& right) {
    RrsigList changed;
    std::size_t at = 0;
    for (const RrsigPtr& rrsig : right) {
      RrsigFields fields = rrsig->fields();
      change(fields, *rrset);
      const dnssec::KeyPairPtr& key = signers(*keys, *rrset).at(at++);
      changed.push_back(
          dns::make_octet_rrsig(fields, key->sign(dnssec::signed_octets(fields, *rrset))));
    }
    return changed;
  });
}

// Other fields, but the signatures of the right ones.
Detail change_signed_fields(ZoneMaking& making, Rng& rng,
                            const std::function<void(RrsigFields&, const dns::RRset&)>& change) {
  return lie_about_some(making, rng, [change](const RRsetPtr& rrset, const RrsigList& right) {
    RrsigList changed;
    for (const RrsigPtr& rrsig : right) {
      RrsigFields fields = rrsig->fields();
      change(fields, *rrset);
      const auto octets = rrsig->signature();
      changed.push_back(dns::make_octet_rrsig(fields, {octets.begin(), octets.end()}));
    }
    return changed;
  });
}

Detail sign_with(ZoneMaking& making, Rng& rng, const dnssec::KeyPairPtr& key) {
  return lie_about_some(
      making, rng,
      [key, zone = making.apex, window = making.window](const RRsetPtr& rrset, const RrsigList&) {
        return RrsigList{dnssec::sign(rrset, key, zone, window)};
      });
}

dnssec::KeySpec spec_of(const dnssec::KeyPairPtr& key) {
  const auto algorithm = static_cast<dnssec::Algorithm>(key->dnskey().algorithm);
  const bool has_bits = dnssec::is_rsa(algorithm);
  const auto bits = static_cast<std::uint16_t>(has_bits ? 8 * key->signature_size() : 0);
  return {.algorithm = algorithm, .bits = bits, .flags = key->dnskey().flags};
}

Detail by_unpublished_key(ZoneMaking& making, Rng& rng) {
  if (!making.denial) return std::nullopt;
  return sign_with(making, rng,
                   dnssec::make_key_pair(spec_of(making.zsks.front()), rng.next(), "x").value());
}

Detail by_key_of_same_tag(ZoneMaking& making, Rng& rng) {
  if (!making.denial) return std::nullopt;
  dnssec::KeySpec spec = spec_of(making.zsks.front());
  if (spec.algorithm == dnssec::Algorithm::ed25519 || spec.algorithm == dnssec::Algorithm::ed448) {
    return std::nullopt;  // it takes seconds to find one
  }
  spec.requested_tag = making.zsks.front()->tag();
  const auto key = dnssec::make_key_pair(spec, rng.next(), "same tag");
  if (!key) return std::nullopt;
  return sign_with(making, rng, key.value());
}

Detail in_window(ZoneMaking& making, Rng& rng, SimTime from, SimTime until) {
  return sign_other_fields(making, rng, [=](RrsigFields& fields, const dns::RRset&) {
    fields.inception = rrsig_time(from);
    fields.expiration = rrsig_time(until);
  });
}

Detail expired(ZoneMaking& making, Rng& rng) {
  return in_window(making, rng, making.now - Duration::days(17), making.now - far_from_now);
}

Detail not_yet_valid(ZoneMaking& making, Rng& rng) {
  return in_window(making, rng, making.now + far_from_now, making.now + Duration::days(17));
}

Detail expires_before_inception(ZoneMaking& making, Rng& rng) {
  return in_window(making, rng, making.now + far_from_now, making.now - far_from_now);
}

Detail missing(ZoneMaking& making, Rng& rng) {
  return lie_about_some(making, rng, [](const RRsetPtr&, const RrsigList&) { return RrsigList(); });
}

RrsigPtr flipped(const RrsigPtr& rrsig) {
  const auto right = rrsig->signature();
  dns::Octets octets(right.begin(), right.end());
  octets.at(octets.size() / 2) ^= 1U;
  return dns::make_octet_rrsig(rrsig->fields(), octets);
}

Detail octet_flipped(ZoneMaking& making, Rng& rng) {
  return lie_about_some(making, rng, [](const RRsetPtr&, const RrsigList& right) {
    RrsigList changed;
    for (const RrsigPtr& rrsig : right) changed.push_back(flipped(rrsig));
    return changed;
  });
}

Detail labels_one_less(ZoneMaking& making, Rng& rng) {
  return sign_other_fields(making, rng, [](RrsigFields& fields, const dns::RRset&) {
    if (fields.labels > 0) --fields.labels;
  });
}

Detail labels_one_more(ZoneMaking& making, Rng& rng) {
  return change_signed_fields(making, rng, [](RrsigFields& fields, const dns::RRset& rrset) {
    fields.labels = static_cast<std::uint8_t>(rrset.owner().label_count() + 1);
  });
}

Detail signer_above(ZoneMaking& making, Rng& rng) {
  return sign_other_fields(making, rng, [](RrsigFields& fields, const dns::RRset&) {
    fields.signer = fields.signer.parent();
  });
}

Detail signer_below(ZoneMaking& making, Rng& rng) {
  return sign_other_fields(making, rng, [](RrsigFields& fields, const dns::RRset&) {
    fields.signer = fields.signer.prepend("a").value();
  });
}

Detail original_ttl_lower(ZoneMaking& making, Rng& rng) {
  return sign_other_fields(
      making, rng, [](RrsigFields& fields, const dns::RRset&) { fields.original_ttl_s /= 2; });
}

Detail original_ttl_changed(ZoneMaking& making, Rng& rng) {
  return change_signed_fields(
      making, rng, [](RrsigFields& fields, const dns::RRset&) { fields.original_ttl_s += 60; });
}

Detail algorithm_unknown(ZoneMaking& making, Rng& rng) {
  return change_signed_fields(
      making, rng, [](RrsigFields& fields, const dns::RRset&) { fields.algorithm = 200; });
}

Detail tag_wrong(ZoneMaking& making, Rng& rng) {
  return change_signed_fields(making, rng,
                              [](RrsigFields& fields, const dns::RRset&) { fields.key_tag ^= 1; });
}

Detail bad_beside_good(ZoneMaking& making, Rng& rng) {
  return lie_about_some(making, rng, [](const RRsetPtr&, const RrsigList& right) {
    RrsigList changed;
    for (const RrsigPtr& rrsig : right) changed.push_back(flipped(rrsig));
    for (const RrsigPtr& rrsig : right) changed.push_back(rrsig);
    return changed;
  });
}

constexpr std::array faults = {
    Fault{"signature-other-key", "made with a key that is not published", usual,
          by_unpublished_key},
    Fault{"signature-same-tag", "made with another key of the same tag", usual, by_key_of_same_tag},
    Fault{"signature-expired", "expired three days ago", usual, expired},
    Fault{"signature-future", "valid in three days", usual, not_yet_valid},
    Fault{"signature-window", "expires before its inception", usual, expires_before_inception},
    Fault{"signature-missing", "no RRSIG", usual, missing},
    Fault{"signature-flipped", "one bit of the signature differs", usual, octet_flipped},
    Fault{"signature-labels-less", "signed as if expanded from a wildcard", contested,
          labels_one_less},
    Fault{"signature-labels-more", "more labels than the owner has", usual, labels_one_more},
    Fault{"signature-signer-above", "the parent as the signer's name", usual, signer_above},
    Fault{"signature-signer-below", "a child as the signer's name", usual, signer_below},
    Fault{"signature-ttl-lower", "signed with half of the TTL", usual, original_ttl_lower},
    Fault{"signature-ttl-changed", "original TTL changed after signing", usual,
          original_ttl_changed},
    Fault{"signature-algorithm", "an unknown algorithm's number", usual, algorithm_unknown},
    Fault{"signature-tag", "the tag of no key", usual, tag_wrong},
    Fault{"signature-bad-and-good", "a wrong signature before the right one", contested,
          bad_beside_good},
};

}  // namespace

std::span<const Fault> signature_faults() {
  return faults;
}

}  // namespace zonefall::differential
