// What a recursive resolver remembers: answers, zones, spans, servers. Plain values in FlatTables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "resolver/flat_table.h"
#include "resolver/span_list.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/resolver/actions.h"
#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

/// What an answer or a failure is remembered under.
struct AnswerView {
  const dns::Name& name;
  dns::RRType type = dns::RRType::a;
  bool apart = false;  // a +cd query's failure, where the profile keeps those apart
  bool operator==(const AnswerView& other) const {
    return type == other.type && apart == other.apart && name == other.name;
  }
  [[nodiscard]] std::uint64_t hash() const {
    return hash_combine(name.hash(), static_cast<std::uint64_t>(type) * 2 + (apart ? 1 : 0));
  }
};
struct AnswerKey {
  using View = AnswerView;
  explicit AnswerKey(const View& view) : name(view.name), type(view.type), apart(view.apart) {}
  [[nodiscard]] View view() const { return {name, type, apart}; }
  dns::Name name;
  dns::RRType type;
  bool apart;
};

/// The SOA, NSEC or NSEC3 RRset that a negative answer of now would be made with, as an identity of
/// RRset and signatures. A valid one stays until it expires, a bogus one until the next.
struct ProofEntry {
  std::uint64_t identity = 0;
  SimTime kept_until = SimTime::min();
  SimTime stored_at;
};

struct NameView {
  const dns::Name& name;
  bool operator==(const NameView& other) const { return name == other.name; }
  [[nodiscard]] std::uint64_t hash() const { return mix64(name.hash()); }
};
struct NameKey {
  using View = NameView;
  explicit NameKey(const View& view) : name(view.name) {}
  [[nodiscard]] View view() const { return {name}; }
  dns::Name name;
};

struct AddressKey {
  using View = AddressKey;
  dns::Address address;
  [[nodiscard]] const View& view() const { return *this; }
  bool operator==(const AddressKey&) const = default;
  [[nodiscard]] std::uint64_t hash() const { return hash_bytes(address.octets); }
};

/// A verdict that many entries share costs one pointer each.
using VerdictPtr = std::shared_ptr<const dnssec::Verdict>;

struct AnswerEntry {
  VerdictPtr verdict;
  std::shared_ptr<const AnswerData> data;  // of a failure: the bogus data, or null
  std::uint32_t ttl_s = 0;                 // smallest TTL when stored
  FetchResult result = FetchResult::unreachable;
  bool failure = false;
  bool negative = false;
  bool chain_failed = false;
  bool failed_negative = false;  // see NtaSettings::keeps_failed_negatives
  std::uint64_t proof = 0;       // of a negative answer: its ProofEntries when stored
  SimTime expires_at;
  SimTime usable_until;  // stale, after expires_at
  SimTime no_refresh_until = SimTime::min();
  /// A hit from then on refreshes it (Prefetch); max(): none does, or one has.
  SimTime refresh_from = SimTime::max();

  [[nodiscard]] bool is_fresh(SimTime now) const { return now < expires_at; }
};

/// What is known about the delegation of a zone, from its parent.
enum class DsState : std::uint8_t {
  unknown,
  pending_ds,      // a DS RRset came with the referral, not yet validated
  pending_denial,  // so did NSEC / NSEC3 RRsets
  secure,
  insecure,
};

struct ServerEntry {
  Duration smoothed_rtt;  // instant until measured
  Duration deviation;     // UpstreamSettings::timeout_min; the initial one until measured
  bool measured = false;
  std::uint32_t timeouts_in_a_row = 0;
  SimTime avoided_until = SimTime::min();
  SimTime without_edns_until = SimTime::min();
  bool operator==(const ServerEntry&) const = default;
};

using ServerTable = FlatTable<AddressKey, ServerEntry>;
/// A server by its place in the ServerTable, from which none is ever taken.
using ServerId = ServerTable::Place;

struct NsTarget {
  dns::Name name;
  std::vector<ServerId> glue;
  std::vector<ServerId> unverified = {};  // UpstreamSettings::verifies_glue: used only in the end
};

/// The name servers of a zone, as a referral names them.
using Delegation = std::vector<NsTarget>;

/// What a delegation is made of: equal ones are one, however many zones have it.
struct DelegationKey {
  using View = DelegationKey;
  Digest128 ns;    // RRset::rdata_id()
  Digest128 glue;  // of all of it
  [[nodiscard]] const View& view() const { return *this; }
  bool operator==(const DelegationKey&) const = default;
  [[nodiscard]] std::uint64_t hash() const { return hash_combine(ns.low, glue.low); }
};
using DelegationTable = FlatTable<DelegationKey, std::shared_ptr<const Delegation>>;

/// Which piece of a zone's chain of trust failed: the proof that it has no DS RRset, its DS RRset,
/// or its DNSKEY RRset.
enum class FailedPiece : std::uint8_t { no_ds, ds, dnskey };

struct ZoneEntry {
  std::shared_ptr<const Delegation> ns;  // null: no referral to it was seen
  SimTime ns_expires_at = SimTime::min();
  std::shared_ptr<const Delegation>
      parent_ns;  // where the zone itself names others: the referral's

  /// Labels of the zone cut above, from which the referral came.
  std::uint8_t parent_labels = 0;
  bool is_claimed = false;  // nothing but a response from there has said that it is a zone cut
  DsState ds_state = DsState::unknown;
  FailedPiece failed_piece = FailedPiece::no_ds;
  dns::SignedRRset ds;       // pending_ds and secure
  dns::MessagePtr referral;  // pending_denial: has the proof in its authority section
  VerdictPtr ds_verdict;     // secure and insecure
  SimTime ds_expires_at = SimTime::min();

  std::shared_ptr<const dnssec::ZoneKeys> keys;
  SimTime keys_expire_at = SimTime::min();
  bool keys_are_of_recheck = false;  // of an NTA where cached keys win: not for who minds NTAs

  VerdictPtr failure;  // of the DS or DNSKEY RRset
  SimTime failed_until = SimTime::min();

  /// pending_denial: holds the NSEC or NSEC3 RRsets that came with the referral, among others.
  [[nodiscard]] std::span<const dns::SignedRRset> denial() const { return referral->authority; }
  /// Of the entry under the name `zone`.
  [[nodiscard]] dns::Name parent_of(const dns::Name& zone) const {
    return zone.suffix(parent_labels);
  }
};

/// What may take part in a denial.
inline bool is_proof_type(dns::RRType type) {
  return type == dns::RRType::soa || type == dns::RRType::nsec || type == dns::RRType::nsec3;
}

struct ZoneSpans {
  dnssec::Nsec3Params params;
  dnssec::Nsec3Hash apex{};  // the zone's own name under them
  SpanList spans;
};

/// Servers of a zone that were of little use: of a signed one, without its signatures, or that
/// answered from a cache.
struct LameServers {
  std::vector<ServerId> servers;
  SimTime until;
};

using LameTable = FlatTable<NameKey, LameServers>;
using AnswerTable = FlatTable<AnswerKey, AnswerEntry>;
using ZoneTable = FlatTable<NameKey, ZoneEntry>;
using SpanTable = FlatTable<NameKey, ZoneSpans>;

}  // namespace zonefall::resolver
