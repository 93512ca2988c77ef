// unbound.conf(5) in a script's config section: what of it is a setting of this resolver.
#include <functional>
#include <map>

#include <fmt/format.h>

#include "rpl/lines.h"
#include "rpl/settings.h"
#include "zonefall/dnssec/dsa_verifier.h"

namespace zonefall::rpl {
namespace {

using resolver::ResolverProfile;
using resolver::StaleRule;

// Unbound's defaults as far as they show in answers; what is not here is the profile's own.
ResolverProfile unbound_defaults() {
  ResolverProfile profile;
  profile.name = "testbound";
  profile.validates = false;  // without a trust anchor there is nothing to validate
  profile.qname_minimisation = resolver::QnameMinimisation::ask_a;
  profile.no_ds_proof = resolver::NoDsProof::referral;
  profile.chain_timing = resolver::ChainTiming::after_answer;
  profile.failure_caching.answer_ttl = Duration::seconds(60);  // val-bogus-ttl
  profile.failure_caching.unreachable_ttl = Duration::seconds(5);
  profile.failure_caching.delegation_ttl = Duration::seconds(60);
  profile.serve_stale.client_timeout = Duration::milliseconds(1800);
  profile.serve_stale.stale_ttl_bounded_by_rr_ttl = true;
  profile.serve_stale.recheck_on_bogus = Duration::seconds(5);
  profile.serve_stale.recheck_on_unreachable = Duration::seconds(5);
  profile.ede_style = resolver::EdeStyle::bogus_6;
  profile.prefetch.renews_delegations = true;
  profile.prefetch.retry_after = Duration::seconds(5);
  profile.synthesises_no_ds = true;  // whatever aggressive-nsec says
  profile.synthesises_denials = true;
  profile.nxdomain_covers_below = true;
  profile.answers.more = resolver::MoreInAnswers::with_proofs;
  profile.upstream.uses_others_glue = true;
  // testbound's upstream queries wait for ever: only its steps make them fail.
  profile.upstream.query_deadline = Duration::days(36500);
  return profile;
}

std::optional<bool> yes_or_no(std::string_view value) {
  if (value == "yes") return true;
  if (value == "no") return false;
  return std::nullopt;
}

class Reader {
 public:
  explicit Reader(const Script& script) : script_(script), profile_(unbound_defaults()) {
    settings_.shape.refuses_without_rd = true;
  }

  SettingsOrNot read() {
    for (const Option& option : script_.options) take(option);
    finish();
    SettingsOrNot result;
    result.unsupported = std::move(unsupported_);
    result.modes.push_back(std::move(settings_));
    return result;
  }

 private:
  struct Zone {
    std::uint32_t line = 0;
    bool is_forward = false;
    dns::Name name;
    std::vector<dns::Address> addresses;
  };

  void refuse(const Option& option, std::string why) {
    unsupported_.push_back({option.line, fmt::format("option {}", option.name),
                            fmt::format("{}: {}", option.name, option.value), std::move(why)});
  }

  void take(const Option& option) {
    if (option.clause == "stub-zone" || option.clause == "forward-zone") {
      take_in_zone(option);
    } else if (option.clause == "server" && !option.name.empty()) {
      take_in_server(option);
    } else if (!option.name.empty()) {
      refuse(option, fmt::format("unsupported clause {}", option.clause));
    }
  }

  void take_in_zone(const Option& option) {
    if (option.name.empty()) {
      zones_.push_back({option.line, option.clause == "forward-zone", {}, {}});
      return;
    }
    Zone& zone = zones_.back();
    if (option.name == "name") {
      auto name = dns::Name::parse(option.value);
      if (!name) return refuse(option, name.error().message);
      zone.name = std::move(name).value();
    } else if (option.name == "stub-addr" || option.name == "forward-addr") {
      const auto address = dns::Address::parse(option.value.substr(0, option.value.find('@')));
      if (!address) return refuse(option, address.error().message);
      zone.addresses.push_back(address.value());
    } else {
      refuse(option, "unsupported option");
    }
  }

  void take_in_server(const Option& option) {
    using Take = void (Reader::*)(const Option&);
    static const std::map<std::string_view, Take> known = {
        {"access-control", &Reader::take_access_control},
        {"do-ip4", &Reader::take_do_ip4},
        {"do-ip6", &Reader::take_do_ip6},
        {"domain-insecure", &Reader::take_domain_insecure},
        {"ede", &Reader::take_ede},
        {"ede-serve-expired", &Reader::take_ede_serve_expired},
        {"fake-sha1", &Reader::take_fake_sha1},
        {"local-zone", &Reader::take_local_zone},
        {"log-servfail", &Reader::ignore},
        {"iter-scrub-promiscuous", &Reader::take_scrub_promiscuous},
        {"minimal-responses", &Reader::take_minimal_responses},
        {"harden-below-nxdomain", &Reader::take_harden_below_nxdomain},
        {"aggressive-nsec", &Reader::take_aggressive_nsec},
        {"module-config", &Reader::take_module_config},
        {"prefetch", &Reader::take_prefetch},
        {"qname-minimisation", &Reader::take_qname_minimisation},
        {"rrset-roundrobin", &Reader::ignore},  // answers are compared in any order
        {"serve-expired", &Reader::take_serve_expired},
        {"serve-expired-client-timeout", &Reader::take_client_timeout},
        {"serve-expired-reply-ttl", &Reader::take_reply_ttl},
        {"serve-expired-ttl", &Reader::take_expired_ttl},
        {"trust-anchor", &Reader::take_trust_anchor},
        {"target-fetch-policy", &Reader::ignore},     // addresses asked for ahead of need
        {"trust-anchor-signaling", &Reader::ignore},  // queries that nobody needs answered
        {"val-log-level", &Reader::ignore},
        {"val-override-date", &Reader::take_override_date},
        {"verbosity", &Reader::ignore},
    };
    const auto found = known.find(option.name);
    if (found == known.end()) return refuse(option, "unsupported option");
    (this->*found->second)(option);
  }

  void ignore(const Option& /*option*/) {}

  void set(const Option& option, bool& flag) {
    const auto value = yes_or_no(option.value);
    if (!value) return refuse(option, "neither yes nor no");
    flag = *value;
  }

  std::optional<std::uint32_t> number(const Option& option) {
    const auto value = number_of(option.value);
    if (!value) refuse(option, "not a number");
    return value;
  }

  void take_access_control(const Option& option) {
    settings_.shape.refuses_without_rd = option.value.find("snoop") == std::string::npos;
  }
  void take_domain_insecure(const Option& option) {
    auto name = dns::Name::parse(option.value);
    if (!name) return refuse(option, name.error().message);
    settings_.at_start.emplace_back(resolver::InstallNta{std::move(name).value()});
  }
  void take_do_ip4(const Option& option) { set(option, settings_.config.uses_ipv4); }
  void take_do_ip6(const Option& option) { set(option, settings_.config.uses_ipv6); }
  void take_ede(const Option& option) { set(option, settings_.shape.has_ede); }
  void take_ede_serve_expired(const Option& option) { set(option, settings_.shape.has_stale_ede); }
  void take_fake_sha1(const Option& option) { set(option, fakes_sha1_); }
  void take_aggressive_nsec(const Option& option) { set(option, profile_.synthesises_denials); }
  void take_harden_below_nxdomain(const Option& option) {
    set(option, profile_.nxdomain_covers_below);
  }
  // Only Unbound has zones of its own.
  void take_local_zone(const Option& option) {
    if (!option.value.ends_with(" nodefault")) refuse(option, "unsupported option");
  }
  void take_minimal_responses(const Option& option) {
    bool is_minimal = true;
    set(option, is_minimal);
    profile_.answers.more =
        is_minimal ? resolver::MoreInAnswers::with_proofs : resolver::MoreInAnswers::always;
  }
  void take_scrub_promiscuous(const Option& option) {
    set(option, profile_.answers.drops_ns_in_positive);
  }
  void take_module_config(const Option& option) {
    has_validator_ = option.value.find("validator") != std::string::npos;
  }
  void take_prefetch(const Option& option) {
    bool prefetches = false;
    set(option, prefetches);
    profile_.prefetch.left_max_ppm = prefetches ? 100'000 : 0;
  }
  void take_qname_minimisation(const Option& option) {
    bool minimises = true;
    set(option, minimises);
    profile_.qname_minimisation =
        minimises ? resolver::QnameMinimisation::ask_a : resolver::QnameMinimisation::off;
  }
  void take_serve_expired(const Option& option) {
    set(option, profile_.serve_stale.enabled);
    if (!profile_.serve_stale.enabled) return;
    profile_.serve_stale.on_bogus = StaleRule::until_max_stale;
    profile_.serve_stale.on_unreachable = StaleRule::until_max_stale;
  }
  void take_client_timeout(const Option& option) {
    if (const auto value = number(option)) {
      profile_.serve_stale.client_timeout = Duration::milliseconds(*value);
    }
  }
  void take_reply_ttl(const Option& option) {
    if (const auto value = number(option)) {
      profile_.serve_stale.stale_ttl = Duration::seconds(*value);
    }
  }
  void take_expired_ttl(const Option& option) {
    const auto value = number(option);
    if (!value) return;
    profile_.serve_stale.max_stale =
        *value == 0 ? Duration::days(36500) : Duration::seconds(*value);
  }
  void take_trust_anchor(const Option& option) { anchors_.push_back(option); }
  void take_override_date(const Option& option) {
    if (option.value == "0") return;
    const auto date = date_of(option.value);
    if (!date) return refuse(option, date.error().message);
    settings_.config.signatures_judged_at = date.value();
  }

  void finish() {
    auto anchors = trust_anchors(anchors_, script_.file_name);
    if (!anchors) {
      unsupported_.push_back({anchors_.front().line, "option trust-anchor", "a DS or DNSKEY record",
                              anchors.error().to_text()});
    } else {
      settings_.config.trust_anchors = std::move(anchors).value();
    }
    profile_.validates = has_validator_ && !settings_.config.trust_anchors.empty();
    if (!settings_.shape.has_ede) profile_.ede_style = resolver::EdeStyle::none;
    if (fakes_sha1_) {
      settings_.config.verifier = std::make_shared<const dnssec::DsaVerifier>();
    } else {
      settings_.config.verifier = std::make_shared<const dnssec::ByteVerifier>();
    }
    settings_.config.profile = std::make_shared<const ResolverProfile>(profile_);
    for (const Zone& zone : zones_) finish_zone(zone);
  }

  void finish_zone(const Zone& zone) {
    if (!zone.is_forward && zone.name.is_root()) {
      settings_.config.root_hints.push_back(
          {dns::Name::literal("K.ROOT-SERVERS.NET."), zone.addresses});
      return;
    }
    settings_.config.fixed_servers.push_back({zone.name, zone.addresses, zone.is_forward});
  }

  const Script& script_;
  ResolverProfile profile_;
  Settings settings_;
  std::vector<Mismatch> unsupported_;
  std::vector<Zone> zones_;
  std::vector<Option> anchors_;
  bool has_validator_ = true;
  bool fakes_sha1_ = false;
};

}  // namespace

SettingsOrNot testbound_settings(const Script& script) {
  return Reader(script).read();
}

}  // namespace zonefall::rpl
