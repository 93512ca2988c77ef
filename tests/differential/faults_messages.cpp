// Messages that differ from what the zone says: a server that is wrong, or somebody on the way.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "faults.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using authority::ZoneVersion;
using dns::Message;
using dns::Rcode;
using dns::RRType;
using dns::SignedRRset;
using Detail = std::optional<std::string>;

bool is_denial(const SignedRRset& entry) {
  return entry.rrset->type() == RRType::nsec || entry.rrset->type() == RRType::nsec3;
}

bool has(const std::vector<SignedRRset>& section, RRType type) {
  return std::any_of(section.begin(), section.end(),
                     [type](const SignedRRset& entry) { return entry.rrset->type() == type; });
}

bool is_negative(const Message& message) {
  return has(message.authority, RRType::soa);
}

bool is_referral(const Message& message) {
  return message.answer.empty() && has(message.authority, RRType::ns) && !is_negative(message);
}

Detail lie(ZoneMaking& making, MessageLie told) {
  if (!making.denial) return std::nullopt;
  making.message_lie = std::move(told);
  return "";
}

Detail no_wildcard_proof(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    if (!message.answer.empty() && !is_negative(message))
      std::erase_if(message.authority, is_denial);
  });
}

Detail no_denial(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    if (is_negative(message)) std::erase_if(message.authority, is_denial);
  });
}

Detail one_denial_less(ZoneMaking& making, Rng& rng) {
  const std::uint64_t skipped = rng.below(3);
  if (!lie(making, [skipped](Message& message, const ZoneVersion&) {
        if (!is_negative(message)) return;
        std::uint64_t at = 0;
        std::erase_if(message.authority, [&](const SignedRRset& entry) {
          return is_denial(entry) && at++ == skipped;
        });
      })) {
    return std::nullopt;
  }
  return fmt::format("number {}", skipped + 1);
}

Detail soa_missing(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    std::erase_if(message.authority,
                  [](const SignedRRset& entry) { return entry.rrset->type() == RRType::soa; });
  });
}

Detail nxdomain_as_nodata(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    if (message.rcode == Rcode::nxdomain) message.rcode = Rcode::noerror;
  });
}

Detail nodata_as_nxdomain(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    if (message.rcode == Rcode::noerror && is_negative(message)) message.rcode = Rcode::nxdomain;
  });
}

Detail referrals_stripped(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    if (!is_referral(message)) return;
    std::erase_if(message.authority, [](const SignedRRset& entry) {
      return is_denial(entry) || entry.rrset->type() == RRType::ds;
    });
  });
}

Detail ds_denied(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    const auto is_ds = [](const SignedRRset& entry) { return entry.rrset->type() == RRType::ds; };
    std::erase_if(message.authority, is_ds);
    std::erase_if(message.answer, is_ds);
  });
}

SignedRRset altered(const SignedRRset& entry) {
  const dns::RRset& rrset = *entry.rrset;
  std::vector<dns::Octets> rdatas = rrset.rdatas().to_vector();
  rdatas.front().back() ^= 1U;
  return {dns::RRset::make({rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s()},
                           std::move(rdatas)),
          entry.rrsigs};
}

Detail data_altered(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    for (SignedRRset& entry : message.answer) {
      const RRType type = entry.rrset->type();
      if (type == RRType::a || type == RRType::aaaa || type == RRType::txt) entry = altered(entry);
    }
  });
}

Detail record_added(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion& zone) {
    if (message.answer.empty()) return;
    const dns::RRset::Header header{zone.apex().prepend("added").value(), RRType::a,
                                    dns::RRClass::in, 3600};
    message.answer.push_back({dns::RRset::make(header, {dns::encode_a({203, 0, 113, 1})}), {}});
  });
}

bool is_synthesised(const SignedRRset& entry, const Message& message) {
  return entry.rrset->type() == RRType::cname && has(message.answer, RRType::dname) &&
         entry.rrsigs.empty();
}

Detail cname_of_dname_missing(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    std::erase_if(message.answer,
                  [&](const SignedRRset& entry) { return is_synthesised(entry, message); });
  });
}

Detail cname_of_dname_wrong(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion&) {
    for (SignedRRset& entry : message.answer) {
      if (!is_synthesised(entry, message)) continue;
      const dns::RRset& right = *entry.rrset;
      entry.rrset =
          dns::RRset::make({right.owner(), RRType::cname, dns::RRClass::in, right.ttl_s()},
                           {dns::encode_name(dns::Name::literal("www.other."))});
    }
  });
}

// Turns answers into "no data" with the record that stands at the name, or covers it.
Detail data_denied(ZoneMaking& making, Rng&) {
  return lie(making, [](Message& message, const ZoneVersion& zone) {
    const bool is_data = message.question && !message.answer.empty() &&
                         message.question->qtype != RRType::dnskey &&
                         message.answer.front().rrset->owner() == message.question->qname;
    if (!is_data) return;
    message.answer.clear();
    message.authority.clear();
    message.additional.clear();
    const auto add = [&](const dns::RRsetPtr& rrset) {
      if (rrset) message.authority.push_back({rrset, zone.signatures(rrset).rrsigs});
    };
    add(zone.soa());
    add(zone.content().denial()->find(message.question->qname).rrset);
  });
}

constexpr std::array faults = {
    Fault{"message-no-wildcard-proof", "expansions come without proof", usual, no_wildcard_proof},
    Fault{"message-no-denial", "negative answers come without NSEC or NSEC3", contested, no_denial},
    Fault{"message-one-denial-less", "one NSEC or NSEC3 of negative answers lacks", contested,
          one_denial_less},
    Fault{"message-soa-missing", "negative answers come without SOA", contested, soa_missing},
    Fault{"message-nxdomain-as-nodata", "NOERROR where NXDOMAIN is due", usual, nxdomain_as_nodata},
    Fault{"message-nodata-as-nxdomain", "NXDOMAIN where NOERROR is due", contested,
          nodata_as_nxdomain},
    Fault{"message-referrals-stripped", "referrals without DS, NSEC and NSEC3", usual,
          referrals_stripped},
    Fault{"message-ds-removed", "DS RRsets are taken out of all messages", usual, ds_denied},
    Fault{"message-data-altered", "addresses and texts differ in a bit", usual, data_altered},
    Fault{"message-record-added", "a record more in the answer section", usual, record_added},
    Fault{"message-no-cname", "DNAME without the CNAME", usual, cname_of_dname_missing},
    Fault{"message-wrong-cname", "DNAME with a CNAME to somewhere else", usual,
          cname_of_dname_wrong},
    Fault{"message-data-denied", "data are denied with the record that shows them", usual,
          data_denied},
};

}  // namespace

std::span<const Fault> message_faults() {
  return faults;
}

}  // namespace zonefall::differential
