// Negative answers that are not as RFC 2308 has them, and other wrong RCODEs.
#include <algorithm>
#include <array>

#include "server_world.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Message;
using dns::Name;
using dns::Rcode;
using dns::RRType;
using dns::SignedRRset;
using Detail = std::optional<std::string>;

bool is_soa(const SignedRRset& entry) {
  return entry.rrset->type() == RRType::soa;
}

bool is_negative(const Message& message) {
  return std::any_of(message.authority.begin(), message.authority.end(), is_soa);
}

/// Changes the SOA records of negative answers.
template <typename Change>
Detail change_soa(ServerWorld& world, Rng& rng, Change change) {
  return misbehave(world, rng, [change](Message& message, const AskedOfServer&) {
    for (SignedRRset& entry : message.authority) {
      if (is_soa(entry)) change(entry);
    }
    return true;
  });
}

Detail soa_of(ServerWorld& world, Rng& rng, const Name& owner) {
  return change_soa(world, rng,
                    [owner](SignedRRset& entry) { entry.rrset = entry.rrset->with_owner(owner); });
}

Detail soa_of_parent(ServerWorld& world, Rng& rng) {
  return soa_of(world, rng, world.zone().apex.parent());
}

Detail soa_of_root(ServerWorld& world, Rng& rng) {
  return soa_of(world, rng, Name());
}

Detail soa_of_sibling(ServerWorld& world, Rng& rng) {
  return soa_of(world, rng, world.zones[1].making.apex);
}

// Of the name that was asked for, as if that were a zone.
Detail soa_at_name(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    for (SignedRRset& entry : message.authority) {
      if (is_soa(entry)) entry.rrset = entry.rrset->with_owner(asked.question.qname);
    }
    return true;
  });
}

Detail soa_missing(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    std::erase_if(message.authority, is_soa);
    return true;
  });
}

Detail soa_in_answer(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    for (const SignedRRset& entry : message.authority) {
      if (is_soa(entry)) message.answer.push_back(entry);
    }
    std::erase_if(message.authority, is_soa);
    return true;
  });
}

Detail soa_in_additional(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    for (const SignedRRset& entry : message.authority) {
      if (is_soa(entry)) message.additional.push_back(entry);
    }
    std::erase_if(message.authority, is_soa);
    return true;
  });
}

// RFC 2308 2.2, type 3 without SOA: name servers only.
Detail ns_instead_of_soa(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng,
                   [apex = world.zone().apex, server = world.zone().server_names.front()](
                       Message& message, const AskedOfServer&) {
                     if (!is_negative(message)) return true;
                     message.authority = {record(apex, RRType::ns, dns::encode_name(server))};
                     return true;
                   });
}

// RFC 2308 2.1.1: SOA and NS.
Detail ns_beside_soa(ServerWorld& world, Rng& rng) {
  return misbehave(
      world, rng,
      [apex = world.zone().apex, server = world.zone().server_names.front()](Message& message,
                                                                             const AskedOfServer&) {
        if (!is_negative(message)) return true;
        message.authority.push_back(record(apex, RRType::ns, dns::encode_name(server)));
        return true;
      });
}

Detail nodata_as_nxdomain(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    if (message.rcode == Rcode::noerror && is_negative(message)) message.rcode = Rcode::nxdomain;
    return true;
  });
}

Detail nxdomain_as_nodata(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    if (message.rcode == Rcode::nxdomain) message.rcode = Rcode::noerror;
    return true;
  });
}

// RFC 8020 1: old servers deny empty non-terminals.
Detail ent_as_nxdomain(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    const bool is_ent = asked.question.qname.label_count() > 0 &&
                        asked.question.qname.label(0).size() == 1 &&
                        asked.question.qname.label(0)[0] == 'y';
    if (is_ent && is_negative(message)) message.rcode = Rcode::nxdomain;
    return true;
  });
}

// RFC 6604 3: where an alias leads exists, and RCODE says that it does not.
Detail nxdomain_with_cname(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    const bool has_cname =
        std::any_of(message.answer.begin(), message.answer.end(),
                    [](const SignedRRset& entry) { return entry.rrset->type() == RRType::cname; });
    if (has_cname) message.rcode = Rcode::nxdomain;
    return true;
  });
}

Detail nxdomain_with_data(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    const bool is_address =
        asked.question.qtype == RRType::a || asked.question.qtype == RRType::aaaa;
    if (is_address && !message.answer.empty()) message.rcode = Rcode::nxdomain;
    return true;
  });
}

template <Rcode rcode>
Detail aaaa_fails(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.question.qtype != RRType::aaaa) return true;
    clear_sections(message);
    message.rcode = rcode;
    return true;
  });
}

// RFC 4074 4: what broken servers do with queries for AAAA.
Detail aaaa_nxdomain(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.question.qtype != RRType::aaaa || !asked.zone) return true;
    clear_sections(message);
    message.rcode = Rcode::nxdomain;
    message.authority.push_back({asked.zone->soa(), {}});
    return true;
  });
}

Detail ns_queries_fail(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer& asked) {
    if (asked.question.qtype != RRType::ns) return true;
    clear_sections(message);
    message.rcode = Rcode::refused;
    return true;
  });
}

// RFC 9156 2.3: servers that only bear names they have.
Detail hidden_labels_fail(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    if (message.rcode != Rcode::noerror || !is_negative(message)) return true;
    clear_sections(message);
    message.rcode = Rcode::refused;
    return true;
  });
}

Detail minimum_zero(ServerWorld& world, Rng& rng) {
  if (world.zone().denial) return std::nullopt;  // its signature would not verify
  return change_soa(world, rng, [](SignedRRset& entry) {
    auto soa = dns::decode_soa(entry.rrset->rdatas().front());
    if (!soa) return;
    soa.value().minimum_s = 0;
    entry.rrset = record(entry.rrset->owner(), RRType::soa, dns::encode(soa.value()), 0).rrset;
  });
}

constexpr std::array faults = {
    ServerFault{"soa-of-parent", "the SOA of a zone above", usual, soa_of_parent},
    ServerFault{"soa-of-root", "the SOA of the root", usual, soa_of_root},
    ServerFault{"soa-of-sibling", "the SOA of another zone", usual, soa_of_sibling},
    ServerFault{"soa-at-name", "an SOA of the name asked for", usual, soa_at_name},
    ServerFault{"soa-missing", "no SOA", usual, soa_missing},
    ServerFault{"soa-in-answer", "the SOA in the answer section", usual, soa_in_answer},
    ServerFault{"soa-in-additional", "the SOA in the additional section", usual, soa_in_additional},
    ServerFault{"soa-minimum-zero", "SOA with MINIMUM and TTL 0", usual, minimum_zero},
    ServerFault{"ns-instead-of-soa", "NS instead of SOA", usual, ns_instead_of_soa},
    ServerFault{"ns-beside-soa", "NS beside SOA", usual, ns_beside_soa},
    ServerFault{"nodata-as-nxdomain", "NXDOMAIN where NOERROR is due", usual, nodata_as_nxdomain},
    ServerFault{"nxdomain-as-nodata", "NOERROR where NXDOMAIN is due", usual, nxdomain_as_nodata},
    ServerFault{"ent-as-nxdomain", "NXDOMAIN for empty non-terminals", usual, ent_as_nxdomain},
    ServerFault{"nxdomain-with-cname", "aliases come with NXDOMAIN", usual, nxdomain_with_cname},
    ServerFault{"nxdomain-with-data", "addresses come with NXDOMAIN", contested,
                nxdomain_with_data},
    ServerFault{"aaaa-notimp", "NOTIMP to AAAA", usual, aaaa_fails<Rcode::notimp>},
    ServerFault{"aaaa-servfail", "SERVFAIL to AAAA", usual, aaaa_fails<Rcode::servfail>},
    ServerFault{"aaaa-nxdomain", "NXDOMAIN to AAAA", usual, aaaa_nxdomain},
    ServerFault{"ns-refused", "REFUSED to NS", usual, ns_queries_fail},
    ServerFault{"nodata-refused", "REFUSED where there are no data", usual, hidden_labels_fail},
};

}  // namespace

std::span<const ServerFault> negative_faults() {
  return faults;
}

}  // namespace zonefall::differential
