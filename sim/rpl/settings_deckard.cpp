// Deckard's config section: what of it is a setting of this resolver.
#include <array>

#include <fmt/format.h>

#include "rpl/settings.h"
#include "zonefall/core/spelling.h"

namespace zonefall::rpl {
namespace {

using resolver::QnameMinimisation;
using resolver::ResolverProfile;

// Deckard's clock is the real one where a script sets none; this is a day on which its suite
// passed.
constexpr SimTime usual_start = SimTime::from_unix_s(1'700'000'000);

bool is_true(std::string_view value) {
  return value == "yes" || value == "true" || value == "on" || value == "1";
}

// What the scripts were written for, Knot Resolver: with priming, key signalling and key updates
// off, as Deckard's own template has it.
ResolverProfile knot_defaults() {
  ResolverProfile profile;
  profile.name = "deckard";
  profile.validates = false;
  profile.no_ds_proof = resolver::NoDsProof::referral;
  profile.chain_timing = resolver::ChainTiming::unsigned_before_child;
  profile.bogus_retry.shared_budget = true;
  profile.ede_style = resolver::EdeStyle::none;
  profile.upstream.udp_payload_octets = 4096;
  profile.answers.keeps_ns_in_negative = true;
  profile.upstream.doubts_empty = true;
  return profile;
}

class Reader {
 public:
  explicit Reader(const Script& script) : script_(script), profile_(knot_defaults()) {}

  SettingsOrNot read() {
    settings_.start = usual_start;
    for (const Option& option : script_.options) take(option);
    SettingsOrNot result;
    finish();
    for (const bool minimises : {true, false}) {
      if (minimises_.value_or(minimises) != minimises) continue;
      Settings& mode = result.modes.emplace_back(settings_);
      profile_.qname_minimisation = minimises ? QnameMinimisation::ask_ns : QnameMinimisation::off;
      mode.mode = minimises ? "minimising" : "not minimising";
      mode.config.profile = std::make_shared<const ResolverProfile>(profile_);
    }
    result.unsupported = std::move(unsupported_);
    return result;
  }

 private:
  void refuse(const Option& option, std::string why) {
    unsupported_.push_back({option.line, fmt::format("option {}", option.name),
                            fmt::format("{}: {}", option.name, option.value), std::move(why)});
  }

  void take(const Option& option) {
    const std::string& name = option.name;
    if (name == "stub-addr") {
      const auto address = dns::Address::parse(option.value);
      if (!address) return refuse(option, address.error().message);
      hint_.addresses.push_back(address.value());
    } else if (name == "stub-name") {
      auto hint = dns::Name::parse(option.value);
      if (!hint) return refuse(option, hint.error().message);
      hint_.name = std::move(hint).value();
    } else if (name == "trust-anchor") {
      const Status status = anchors_.add(option, script_.file_name);
      if (!status) return refuse(option, status.error().to_text());
    } else if (name == "val-override-date" || name == "val-override-timestamp") {
      const auto date = date_of(option.value);
      if (!date) return refuse(option, date.error().message);
      settings_.start = date.value();
    } else if (name == "query-minimization") {
      minimises_ = is_true(option.value);
    } else if (name == "domain-insecure") {
      auto insecure = dns::Name::parse(option.value);
      if (!insecure) return refuse(option, insecure.error().message);
      settings_.at_start.emplace_back(resolver::InstallNta{std::move(insecure).value()});
    } else if (name == "do-ip6") {
      settings_.config.uses_ipv6 = is_true(option.value);
    } else if (name == "do-ip4") {
      settings_.config.uses_ipv4 = is_true(option.value);
    } else if (name == "do-not-query-localhost") {
      avoids_localhost_ = is_true(option.value);
    } else if (name == "forward-addr") {
      const auto address = dns::Address::parse(option.value);
      if (!address) return refuse(option, address.error().message);
      forwarders_.push_back(address.value());
    } else if (name == "harden-glue") {
      profile_.upstream.believes_any_glue = !is_true(option.value);
    } else if (name == "force-ipv6") {
      return;  // of the harness's own sockets
    } else if (name == "features" || name == "feature-list") {
      refuse(option, "unsupported option: settings of one resolver by its own language");
    } else {
      constexpr std::array<std::string_view, 15> known = {"stub-addr",
                                                          "stub-name",
                                                          "trust-anchor",
                                                          "val-override-date",
                                                          "val-override-timestamp",
                                                          "query-minimization",
                                                          "domain-insecure",
                                                          "do-ip6",
                                                          "do-ip4",
                                                          "do-not-query-localhost",
                                                          "forward-addr",
                                                          "harden-glue",
                                                          "force-ipv6",
                                                          "features",
                                                          "feature-list"};
      refuse(option, unknown_word("option", name, known));
    }
  }

  void finish() {
    settings_.config.root_hints.push_back(hint_);
    if (!forwarders_.empty()) {
      settings_.config.fixed_servers.push_back({dns::Name(), forwarders_, true});
    }
    for (const char* block : {"127.0.0.0/8", "::1"}) {
      if (!avoids_localhost_) break;
      settings_.config.avoided_addresses.push_back(dns::AddressBlock::parse(block).value());
    }
    // Whoever asks is answered, without recursion too, and no name is special.
    for (const char* all : {"0.0.0.0/0", "::/0"}) {
      settings_.front.access.push_back(
          {dns::AddressBlock::parse(all).value(), Access::allow_snoop});
    }
    settings_.shape.edns_octets = settings_.shape.udp_octets_max = 4096;
    settings_.config.verifier = std::make_shared<const dnssec::ByteVerifier>();
    settings_.config.trust_anchors = anchors_.rrsets();
    profile_.validates = !settings_.config.trust_anchors.empty();
  }

  const Script& script_;
  ResolverProfile profile_;
  Settings settings_;
  std::vector<Mismatch> unsupported_;
  TrustAnchors anchors_;
  std::vector<dns::Address> forwarders_;
  std::optional<bool> minimises_;
  bool avoids_localhost_ = true;
  resolver::RootHint hint_{dns::Name::literal("k.root-servers.net."), {}};
};

}  // namespace

SettingsOrNot deckard_settings(const Script& script) {
  return Reader(script).read();
}

}  // namespace zonefall::rpl
