// A registry: keys, signing, publication, checkers, repair.
#include "scenario/scenario_fields.h"

namespace zonefall::scenario {
namespace {

using namespace registry;

constexpr DurationRange span = {};
constexpr std::array<DurationWord, 1> stop_words = {{{"stop", Duration::seconds(0)}}};

constexpr std::string_view role_word(KeyRole role) {
  switch (role) {
    case KeyRole::ksk: return "ksk";
    case KeyRole::zsk: return "zsk";
  }
  return "";
}

constexpr std::string_view generation_word(KeyGeneration generation) {
  switch (generation) {
    case KeyGeneration::once_for_all_hsms: return "once_for_all_hsms";
    case KeyGeneration::once_per_hsm: return "once_per_hsm";
  }
  return "";
}

constexpr std::string_view scope_word(GateScope scope) {
  switch (scope) {
    case GateScope::apex: return "apex";
    case GateScope::sample: return "sample";
    case GateScope::whole_zone: return "whole_zone";
  }
  return "";
}

constexpr std::string_view serial_word(SerialRule rule) {
  switch (rule) {
    case SerialRule::unix_time: return "unix_time";
    case SerialRule::increment: return "increment";
  }
  return "";
}

// dnssec::Algorithm has gaps between its numbers.
enum class AlgorithmWord : std::uint8_t {
  rsasha1,
  rsasha1_nsec3_sha1,
  rsasha256,
  rsasha512,
  ecdsap256sha256,
  ecdsap384sha384,
  ed25519,
  ed448,
};
constexpr std::array<dnssec::Algorithm, 8> algorithms = {
    dnssec::Algorithm::rsasha1,         dnssec::Algorithm::rsasha1_nsec3_sha1,
    dnssec::Algorithm::rsasha256,       dnssec::Algorithm::rsasha512,
    dnssec::Algorithm::ecdsap256sha256, dnssec::Algorithm::ecdsap384sha384,
    dnssec::Algorithm::ed25519,         dnssec::Algorithm::ed448};

constexpr std::string_view algorithm_word(AlgorithmWord word) {
  switch (word) {
    case AlgorithmWord::rsasha1: return "rsasha1";
    case AlgorithmWord::rsasha1_nsec3_sha1: return "rsasha1_nsec3_sha1";
    case AlgorithmWord::rsasha256: return "rsasha256";
    case AlgorithmWord::rsasha512: return "rsasha512";
    case AlgorithmWord::ecdsap256sha256: return "ecdsap256sha256";
    case AlgorithmWord::ecdsap384sha384: return "ecdsap384sha384";
    case AlgorithmWord::ed25519: return "ed25519";
    case AlgorithmWord::ed448: return "ed448";
  }
  return "";
}

void describe_algorithm(Fields& f, const Field& field, dnssec::Algorithm& algorithm) {
  AlgorithmWord word = AlgorithmWord::rsasha1;
  for (std::size_t i = 0; i < algorithms.size(); ++i) {
    if (algorithms[i] == algorithm) word = static_cast<AlgorithmWord>(i);
  }
  f.word<algorithm_word>(field, word);
  algorithm = algorithms[static_cast<std::size_t>(word)];
}

void describe_span(Fields& f, KeyPublication& p) {
  f.time(fact("from", "first version with it is signed then or later"), p.from, TimeEnds::open);
  f.time(fact("until", "first version without it"), p.until, TimeEnds::open);
}

void describe_key(Fields& f, KeySpec& k) {
  f.text(required_choice("label", "name in the key store"), k.label);
  f.word<role_word>(required_fact("role", "what it signs"), k.role);
  describe_algorithm(f, fact("algorithm", "RFC 8624"), k.algorithm);
  f.count(fact("bits", "of an RSA modulus; 0 for other algorithms"), k.bits, {0, 8'192, "bits"});
  f.count(fact("tag", "key tag (RFC 4034 B); 0: as it comes"), k.tag, {0, 65'535, ""});
  f.word<generation_word>(fact("generation", "once_per_hsm: each HSM makes a pair of its own"),
                          k.generation);
  f.list(choice("published", "spans in the DNSKEY RRset"), k.published,
         [&](KeyPublication& p) { describe_span(f, p); });
  f.list(choice("ds", "spans with a DS in the parent zone"), k.ds,
         [&](KeyPublication& p) { describe_span(f, p); });
}

void describe_signing(Fields& f, RegistrySpec& r) {
  f.block(choice("signatures", "their times"), [&] {
    f.duration(fact("lifetime", "signing to expiration"), r.signatures.lifetime, span);
    f.duration(fact("backdating", "inception to signing"), r.signatures.backdating, span);
    f.duration(fact("refresh", "signed anew this long before expiration"), r.signatures.refresh,
               span);
  });
  f.list(required_choice("activations", "from when a key signs"), r.activations,
         [&](KeyActivation& a) {
           f.time(required_fact("from", "first signature"), a.from, TimeEnds::open);
           f.word<role_word>(required_fact("role", "whose work it does"), a.role);
           f.text(required_fact("key", "label"), a.label);
           f.duration(
               fact("overlap", "how long the key before it signs beside it: double signatures"),
               a.overlap, span);
         });
  f.list(choice("batches", "many RRsets signed at once, whatever their age"), r.batches,
         [&](SigningBatch& b) {
           f.time(required_fact("at", "start"), b.at);
           f.duration(fact("spread", "from the first to the last"), b.spread, span);
           f.share_ppm(fact("share", "of the RRsets"), b.share_ppm);
         });
  f.list(choice("pins", "choices of an HSM that were observed"), r.pins, [&](HsmPin& p) {
    f.name(required_fact("owner", "of the RRset"), p.owner);
    f.rr_type(required_fact("type", "of the RRset"), p.type);
    f.text(required_fact("hsm", "that signs it"), p.hsm);
    f.time(fact("from", "first signing event"), p.from, TimeEnds::open);
    f.time(fact("until", "first one no longer"), p.until, TimeEnds::open);
  });
}

void describe_gate(Fields& f, PublicationGate& g) {
  f.word<scope_word>(fact("scope", "what is verified of each version before it is published"),
                     g.scope);
  f.count(fact("sample", "delegations verified besides the apex, with scope sample"), g.sample,
          {0, 100'000, "names"});
  f.duration(fact("check_time", "of one version: so much later it is published"), g.check_time,
             {Duration(), PublicationGate::check_time_max});
  f.duration(fact("processing", "from a failed check to the alert"), g.processing, span);
}

void describe_repair(Fields& f, RepairDecision& r) {
  f.duration(fact("delay_after_alert", "people decide this long after the first alert"),
             r.delay_after_alert, span);
  f.time(fact("not_before", "the hour on record"), r.not_before, TimeEnds::open);
  f.text(required_fact("key", "that signs everything anew, or after a roll back what comes then"),
         r.key_label);
  f.text(fact("withdraw", "key that leaves the DNSKEY RRset"), r.withdraw_label);
  f.time(fact("roll_back_to", "not signed anew, but as in the last version signed by then"),
         r.roll_back_to, TimeEnds::open);
  f.duration(fact("distribution_delay_min", "repair to the first site"), r.distribution_delay_min,
             span);
  f.duration(fact("distribution_delay_max", "repair to the last site"), r.distribution_delay_max,
             span);
}

}  // namespace

void describe_registry(Fields& f, RegistrySpec& r) {
  f.name(required_choice("zone", "apex of a zone of this scenario"), r.zone);
  f.texts(required_fact("hsms", "names of the HSMs"), r.hsms);
  f.list({"keys", "all keys", Presence::required, Evidence::required}, r.keys,
         [&](KeySpec& k) { describe_key(f, k); });
  describe_signing(f, r);
  f.word<serial_word>(fact("serials", "how SOA serials are made"), r.serials);
  f.list(required_choice("publication", "phases of publishing"), r.publication,
         [&](PublicationPhase& p) {
           f.time(required_fact("from", "start of the phase"), p.from);
           f.duration(required_fact("interval", "between versions"), p.interval,
                      {Duration::seconds(1), Duration::days(30), stop_words});
         });
  f.block(choice("propagation", "signing to serving, drawn per site"), [&] {
    f.duration(fact("delay_min", "the fastest site"), r.propagation.delay_min, span);
    f.duration(fact("delay_max", "the slowest site"), r.propagation.delay_max, span);
  });
  f.list(choice("checkers", "validators that look at the zone and alert"), r.checkers,
         [&](Checker& c) {
           f.text(required_choice("name", "of the checker"), c.name);
           f.duration(fact("interval", "between looks"), c.interval,
                      {Duration::seconds(1), Duration::days(7)});
           f.duration(fact("processing", "from a bad look to the alert"), c.processing, span);
           f.count(fact("sample", "delegations looked at"), c.sample, {0, 100'000, "names"});
         });
  f.optional_block(choice("gate", "validates before it publishes"), r.gate,
                   [&](PublicationGate& g) { describe_gate(f, g); });
  f.optional_block(choice("repair", "what people decide once alerted"), r.repair,
                   [&](RepairDecision& d) { describe_repair(f, d); });
}

}  // namespace zonefall::scenario
