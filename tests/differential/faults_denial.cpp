// Denial chains that lie, leave something out, or are made by rules that validators do not know.
#include <array>
#include <vector>

#include <fmt/format.h>

#include "faults.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dnssec/nsec3.h"

namespace zonefall::differential {
namespace {

using authority::DenialChain;
using dns::Nsec3Rdata;
using dns::NsecRdata;
using dns::RRsetPtr;
using dns::RRType;
using dns::TypeBitmap;
using Detail = std::optional<std::string>;

bool has_nsec3(const ZoneMaking& making) {
  return making.denial && making.denial->kind == DenialChain::Kind::nsec3;
}

bool has_opt_out(const ZoneMaking& making) {
  return has_nsec3(making) && making.denial->opt_out;
}

RRsetPtr with_rdata(const dns::RRset& rrset, const dns::Octets& rdata) {
  return dns::RRset::make({rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s()}, {rdata});
}

RRsetPtr changed_nsec(const dns::RRset& rrset, const std::function<void(NsecRdata&)>& change) {
  NsecRdata rdata = dns::decode_nsec(rrset.rdatas().front()).value();
  change(rdata);
  return with_rdata(rrset, dns::encode(rdata));
}

RRsetPtr changed_nsec3(const dns::RRset& rrset, const std::function<void(Nsec3Rdata&)>& change) {
  Nsec3Rdata rdata = dns::decode_nsec3(rrset.rdatas().front()).value();
  change(rdata);
  return with_rdata(rrset, dns::encode(rdata));
}

Detail change_nsec3s(ZoneMaking& making, std::function<void(Nsec3Rdata&)> change) {
  if (!has_nsec3(making)) return std::nullopt;
  making.denial_lie = [change = std::move(change)](const RRsetPtr& rrset) {
    return changed_nsec3(*rrset, change);
  };
  return "";
}

Detail change_bitmaps(ZoneMaking& making,
                      std::function<TypeBitmap(const dns::RRset&, const TypeBitmap&)> change) {
  if (!making.denial) return std::nullopt;
  making.denial_lie = [change = std::move(change)](const RRsetPtr& rrset) {
    if (rrset->type() == RRType::nsec) {
      return changed_nsec(*rrset,
                          [&](NsecRdata& nsec) { nsec.types = change(*rrset, nsec.types); });
    }
    return changed_nsec3(*rrset,
                         [&](Nsec3Rdata& nsec3) { nsec3.types = change(*rrset, nsec3.types); });
  };
  return "";
}

TypeBitmap with(const TypeBitmap& bitmap, std::initializer_list<RRType> more) {
  std::vector<RRType> types = bitmap.types();
  types.insert(types.end(), more);
  return TypeBitmap(types);
}

TypeBitmap without(const TypeBitmap& bitmap, RRType type) {
  std::vector<RRType> types = bitmap.types();
  std::erase(types, type);
  return TypeBitmap(types);
}

bool is_delegation(const TypeBitmap& bitmap) {
  return bitmap.contains(RRType::ns) && !bitmap.contains(RRType::soa);
}

/// The records of the chain as it should be.
std::vector<RRsetPtr> right_chain(const ZoneMaking& making) {
  std::vector<RRsetPtr> chain;
  const ServedZone zone = make_zone(making);
  zone.version->content().denial()->for_each(
      [&](const RRsetPtr& rrset) { chain.push_back(rrset); });
  return chain;
}

Detail record_removed(ZoneMaking& making, Rng& rng) {
  if (!making.denial) return std::nullopt;
  const std::vector<RRsetPtr> chain = right_chain(making);
  const dns::Name owner = chain[rng.below(chain.size())]->owner();
  making.denial_lie = [owner](const RRsetPtr& rrset) {
    return rrset->owner() == owner ? nullptr : rrset;
  };
  return owner.to_text();
}

// Each record is served in the place of the one before it.
Detail records_shifted(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  making.denial_lie = [chain = right_chain(making)](const RRsetPtr& rrset) {
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (chain[i]->owner() == rrset->owner()) return chain[(i + 1) % chain.size()];
    }
    return rrset;
  };
  return "";
}

void add_one(dns::Octets& hash) {
  for (std::size_t i = hash.size(); i-- > 0;) {
    if (++hash[i] != 0) return;
  }
}

// The span of each record ends right after its owner, so that it covers nothing.
Detail spans_short(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  making.denial_lie = [](const RRsetPtr& rrset) {
    if (rrset->type() == RRType::nsec) {
      const auto next = rrset->owner().prepend(std::string_view("\0", 1));
      return changed_nsec(*rrset, [&](NsecRdata& nsec) { nsec.next = next.value(); });
    }
    return changed_nsec3(*rrset, [&](Nsec3Rdata& nsec3) {
      const std::string label(reinterpret_cast<const char*>(rrset->owner().label(0).data()),
                              rrset->owner().label(0).size());
      const dnssec::Nsec3Hash hash = dnssec::parse_base32hex(label).value();
      nsec3.next_hash.assign(hash.begin(), hash.end());
      add_one(nsec3.next_hash);
    });
  };
  return "";
}

// The span of one record reaches over the next one.
Detail span_wide(ZoneMaking& making, Rng& rng) {
  if (!making.denial) return std::nullopt;
  const std::vector<RRsetPtr> chain = right_chain(making);
  const std::size_t at = rng.below(chain.size());
  const dns::Name owner = chain[at]->owner();
  const RRsetPtr& after = chain[(at + 1) % chain.size()];
  making.denial_lie = [owner, after](const RRsetPtr& rrset) {
    if (rrset->owner() != owner) return rrset;
    if (rrset->type() == RRType::nsec) {
      return changed_nsec(*rrset, [&](NsecRdata& nsec) {
        nsec.next = dns::decode_nsec(after->rdatas().front()).value().next;
      });
    }
    return changed_nsec3(*rrset, [&](Nsec3Rdata& nsec3) {
      nsec3.next_hash = dns::decode_nsec3(after->rdatas().front()).value().next_hash;
    });
  };
  return owner.to_text();
}

Detail claims_more(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return with(bitmap, {RRType::a, RRType::mx, RRType::txt, RRType::aaaa});
  });
}

Detail claims_cname(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return with(bitmap, {RRType::cname});
  });
}

Detail claims_ds(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return is_delegation(bitmap) ? with(bitmap, {RRType::ds}) : bitmap;
  });
}

// As if a zone cut were there: such a record says nothing of names below (RFC 4035 5.4 with RFC
// 6840 4.1).
Detail claims_cut(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return bitmap.contains(RRType::soa) ? bitmap : with(bitmap, {RRType::ns});
  });
}

Detail claims_dname(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return bitmap.contains(RRType::soa) ? bitmap : with(bitmap, {RRType::dname});
  });
}

Detail claims_soa_at_cut(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return is_delegation(bitmap) ? with(bitmap, {RRType::soa}) : bitmap;
  });
}

Detail conceals_cut(ZoneMaking& making, Rng&) {
  return change_bitmaps(making, [](const dns::RRset&, const TypeBitmap& bitmap) {
    return is_delegation(bitmap) ? without(bitmap, RRType::ns) : bitmap;
  });
}

Detail opt_out_claimed(ZoneMaking& making, Rng&) {
  if (!has_nsec3(making) || has_opt_out(making)) return std::nullopt;
  return change_nsec3s(making, [](Nsec3Rdata& nsec3) { nsec3.flags = Nsec3Rdata::flag_opt_out; });
}

Detail opt_out_concealed(ZoneMaking& making, Rng&) {
  if (!has_opt_out(making)) return std::nullopt;
  return change_nsec3s(making, [](Nsec3Rdata& nsec3) { nsec3.flags = 0; });
}

Detail iterations_many(ZoneMaking& making, Rng& rng) {
  if (!has_nsec3(making)) return std::nullopt;
  constexpr std::array<std::uint16_t, 7> counts = {1, 50, 51, 150, 151, 500, 2500};
  making.denial->params.iterations = counts[rng.below(counts.size())];
  return fmt::format("{}", making.denial->params.iterations);
}

Detail hash_unknown(ZoneMaking& making, Rng&) {
  return change_nsec3s(making, [](Nsec3Rdata& nsec3) { nsec3.hash_algorithm = 2; });
}

Detail flags_unknown(ZoneMaking& making, Rng&) {
  return change_nsec3s(making, [](Nsec3Rdata& nsec3) { nsec3.flags |= 2; });
}

Detail salt_differs(ZoneMaking& making, Rng& rng) {
  if (!has_nsec3(making)) return std::nullopt;
  const std::vector<RRsetPtr> chain = right_chain(making);
  const dns::Name owner = chain[rng.below(chain.size())]->owner();
  making.denial_lie = [owner](const RRsetPtr& rrset) {
    if (rrset->owner() != owner) return rrset;
    return changed_nsec3(*rrset, [](Nsec3Rdata& nsec3) { nsec3.salt.push_back(0xab); });
  };
  return owner.to_text();
}

constexpr std::array faults = {
    Fault{"denial-record-removed", "one record of the chain is left out", usual, record_removed},
    Fault{"denial-shifted", "each record in the place of the one before", contested,
          records_shifted},
    Fault{"denial-spans-short", "records that cover nothing", usual, spans_short},
    Fault{"denial-span-wide", "one record's span reaches over the next", usual, span_wide},
    Fault{"denial-claims-more", "all bitmaps have A, AAAA, MX and TXT", usual, claims_more},
    Fault{"denial-claims-cname", "all bitmaps have CNAME", contested, claims_cname},
    Fault{"denial-claims-ds", "the bitmaps of all delegations have DS", usual, claims_ds},
    Fault{"denial-claims-cut", "all bitmaps have NS", contested, claims_cut},
    Fault{"denial-claims-dname", "all bitmaps but the apex's have DNAME", usual, claims_dname},
    Fault{"denial-claims-soa", "the bitmaps of all delegations have SOA", contested,
          claims_soa_at_cut},
    Fault{"denial-conceals-cut", "the bitmaps of all delegations lack NS", usual, conceals_cut},
    Fault{"denial-opt-out-claimed", "opt-out flag in a zone without it", usual, opt_out_claimed},
    Fault{"denial-opt-out-concealed", "no opt-out flag in a zone with it", usual,
          opt_out_concealed},
    Fault{"denial-iterations", "so many NSEC3 iterations", usual, iterations_many},
    Fault{"denial-hash-unknown", "an unknown NSEC3 hash algorithm", contested, hash_unknown},
    Fault{"denial-flags-unknown", "an unknown NSEC3 flag", contested, flags_unknown},
    Fault{"denial-salt-differs", "one NSEC3 with another salt", usual, salt_differs},
};

}  // namespace

std::span<const Fault> denial_faults() {
  return faults;
}

}  // namespace zonefall::differential
