// unbound.conf(5) in a script's config section: what of it is a setting of this resolver.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "rpl/files.h"
#include "rpl/lines.h"
#include "rpl/settings_front.h"
#include "zonefall/core/encoding.h"
#include "zonefall/core/spelling.h"
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
  profile.upstream.sends_per_server_max = 5;      // outbound-msg-retry
  profile.upstream.sends_per_query_max = 32;      // max-sent-count
  profile.upstream.sends_per_tree_max = 200;      // max-global-quota
  profile.upstream.ns_per_rrset_max = 20;         // iter-scrub-ns
  profile.upstream.signatures_per_rrset_max = 8;  // iter-scrub-rrsig
  profile.upstream.has_tcp = false;               // testbound's network has none
  profile.upstream.asks_caches_last = true;
  profile.upstream.doubts_empty = true;
  profile.upstream.errors_are_for_edns = true;
  profile.minimised_timeouts_max = 3;
  profile.missing_keys_are_bogus = true;
  profile.has_root_key_sentinel = true;
  profile.primes_root = true;
  profile.validation.skew_min = Duration::hours(1);
  profile.validation.skew_max = Duration::days(1);
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
    settings_.shape.discard_timeout = Duration::milliseconds(1900);
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
    resolver::FixedServers servers;
  };

  void refuse(const Option& option, std::string why) {
    unsupported_.push_back({option.line, fmt::format("option {}", option.name),
                            fmt::format("{}: {}", option.name, option.value), std::move(why)});
  }

  void take(const Option& option) {
    if (option.clause == "stub-zone" || option.clause == "forward-zone")
      return take_in_zone(option);
    if (option.clause == "server") {
      if (!option.name.empty()) take_in_server(option);
      return;
    }
    if (option.clause == "view") {
      std::string refusal;
      const bool is_known = front_.take_in_view(option, script_.file_name, refusal);
      if (!is_known) refusal = "unsupported option";
      if (!refusal.empty()) refuse(option, refusal);
      return;
    }
    // How the program is watched and controlled; settings of modules, which module-config names.
    constexpr std::array without_effect = {"remote-control", "dnstap", "python", "dynlib",
                                           "cachedb"};
    const bool has_effect = std::find(without_effect.begin(), without_effect.end(),
                                      option.clause) == without_effect.end();
    if (!has_effect || !option.name.empty()) return;
    unsupported_.push_back({option.line, fmt::format("clause {}", option.clause),
                            option.clause + ":", "unsupported clause"});
  }

  void take_in_zone(const Option& option) {
    if (option.name.empty()) {
      zones_.push_back({option.line, {}});
      zones_.back().servers.is_forwarder = option.clause == "forward-zone";
      return;
    }
    resolver::FixedServers& zone = zones_.back().servers;
    if (option.name == "name") {
      auto name = dns::Name::parse(option.value);
      if (!name) return refuse(option, name.error().message);
      zone.zone = std::move(name).value();
    } else if (option.name == "stub-addr" || option.name == "forward-addr") {
      const auto address =
          dns::Address::parse(option.value.substr(0, option.value.find_first_of("@#")));
      if (!address) return refuse(option, address.error().message);
      zone.addresses.push_back(address.value());
    } else if (option.name == "stub-host" || option.name == "forward-host") {
      auto name = dns::Name::parse(option.value.substr(0, option.value.find_first_of("@#")));
      if (!name) return refuse(option, name.error().message);
      zone.names.push_back(std::move(name).value());
    } else if (option.name == "stub-prime") {
      set(option, zone.is_primed);
    } else if (option.name == "stub-first" || option.name == "forward-first") {
      set(option, zone.is_first_try);
    } else if (option.name == "stub-no-cache" || option.name == "forward-no-cache") {
      set(option, zone.is_uncached);
    } else if (option.name.ends_with("-upstream") && option.value == "no") {
      return;  // how the servers are reached: as always
    } else {
      refuse(option, "unsupported option");
    }
  }

  using Take = void (Reader::*)(const Option&);

  static std::map<std::string_view, Take> hardening_options() {
    return {
        {"harden-algo-downgrade", &Reader::take_flag},
        {"harden-below-nxdomain", &Reader::take_harden_below_nxdomain},
        {"harden-dnssec-stripped", &Reader::take_harden_dnssec_stripped},
        {"harden-glue", &Reader::take_harden_glue},
        {"harden-unknown-additional", &Reader::take_flag},
        {"harden-unverified-glue", &Reader::take_flag},
    };
  }

  static std::map<std::string_view, Take> server_options() {
    std::map<std::string_view, Take> all = {
        {"aggressive-nsec", &Reader::take_aggressive_nsec},
        {"auto-trust-anchor-file", &Reader::take_anchor_file},
        {"cache-max-negative-ttl", &Reader::take_cache_ttl},
        {"cache-max-ttl", &Reader::take_cache_ttl},
        {"cache-min-negative-ttl", &Reader::take_cache_ttl},
        {"cache-min-ttl", &Reader::take_cache_ttl},
        {"deny-any", &Reader::take_flag},
        {"disable-edns-do", &Reader::take_disable_edns_do},
        {"discard-timeout", &Reader::take_discard_timeout},
        {"dns64-ignore-aaaa", &Reader::take_dns64},
        {"dns64-prefix", &Reader::take_dns64},
        {"dns64-synthall", &Reader::take_dns64},
        {"do-ip4", &Reader::take_do_ip4},
        {"do-ip6", &Reader::take_do_ip6},
        {"do-nat64", &Reader::take_nat64},
        {"do-not-query-address", &Reader::take_block},
        {"do-not-query-localhost", &Reader::take_do_not_query_localhost},
        {"domain-insecure", &Reader::take_domain_insecure},
        {"ede", &Reader::take_ede},
        {"ede-serve-expired", &Reader::take_ede_serve_expired},
        {"edns-buffer-size", &Reader::take_octets},
        {"fake-sha1", &Reader::take_fake_sha1},
        {"ignore-cd-flag", &Reader::take_ignore_cd_flag},
        {"iter-scrub-ns", &Reader::take_count},
        {"iter-scrub-rrsig", &Reader::take_count},
        {"iter-scrub-promiscuous", &Reader::take_scrub_promiscuous},
        {"insecure-lan-zones", &Reader::take_insecure_lan_zones},
        {"max-udp-size", &Reader::take_octets},
        {"max-query-restarts", &Reader::take_count},
        {"max-global-quota", &Reader::take_count},
        {"max-sent-count", &Reader::take_count},
        {"minimal-responses", &Reader::take_minimal_responses},
        {"module-config", &Reader::take_module_config},
        {"nat64-prefix", &Reader::take_nat64},
        {"nsid", &Reader::take_nsid},
        {"outbound-msg-retry", &Reader::take_count},
        {"prefetch", &Reader::take_prefetch},
        {"private-address", &Reader::take_block},
        {"private-domain", &Reader::take_private_domain},
        {"qname-minimisation", &Reader::take_qname_minimisation},
        {"qname-minimisation-strict", &Reader::take_flag},
        {"root-key-sentinel", &Reader::take_flag},
        {"serve-expired", &Reader::take_serve_expired},
        {"serve-expired-client-timeout", &Reader::take_client_timeout},
        {"serve-expired-reply-ttl", &Reader::take_reply_ttl},
        {"serve-expired-ttl", &Reader::take_expired_ttl},
        {"serve-expired-ttl-reset", &Reader::take_flag},
        {"serve-original-ttl", &Reader::take_flag},
        {"ssl-upstream", &Reader::take_tcp_upstream},
        {"tcp-upstream", &Reader::take_tcp_upstream},
        {"tls-upstream", &Reader::take_tcp_upstream},
        {"trust-anchor", &Reader::take_trust_anchor},
        {"trust-anchor-file", &Reader::take_anchor_file},
        {"val-bogus-ttl", &Reader::take_bogus_ttl},
        {"val-clean-additional", &Reader::take_clean_additional},
        {"val-max-restart", &Reader::take_max_restart},
        {"val-nsec3-keysize-iterations", &Reader::take_nsec3_iterations},
        {"val-override-date", &Reader::take_override_date},
        {"val-permissive-mode", &Reader::take_flag},
        {"val-sig-skew-max", &Reader::take_skew},
        {"val-sig-skew-min", &Reader::take_skew},
    };
    all.merge(hardening_options());
    return all;
  }

  static std::string unsupported(std::string_view name,
                                 const std::map<std::string_view, Take>& known) {
    std::vector<std::string_view> names;
    for (const auto& one : known) names.push_back(one.first);
    const std::string_view meant = nearest_word(name, names);
    if (meant.empty()) return "unsupported option";
    return fmt::format("unsupported option; did you mean {}?", in_quotes(meant));
  }

  void take_in_server(const Option& option) {
    std::string refusal;
    if (front_.take(option, script_.file_name, refusal)) {
      if (!refusal.empty()) refuse(option, refusal);
      return;
    }
    static const std::map<std::string_view, Take> known = server_options();
    const auto found = known.find(option.name);
    if (found != known.end()) return (this->*found->second)(option);
    if (!unbound_option_without_effect(option)) refuse(option, unsupported(option.name, known));
  }

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

  void take_flag(const Option& option) {
    const std::map<std::string_view, bool*> flags = {
        {"deny-any", &profile_.denies_any},
        {"harden-algo-downgrade", &profile_.validation.needs_all_ds_algorithms},
        {"harden-unknown-additional", &profile_.answers.drops_unknown},
        {"harden-unverified-glue", &profile_.upstream.verifies_glue},
        {"qname-minimisation-strict", &profile_.minimisation_is_strict},
        {"root-key-sentinel", &profile_.has_root_key_sentinel},
        {"serve-expired-ttl-reset", &profile_.serve_stale.failed_refresh_restarts_max_stale},
        {"serve-original-ttl", &profile_.cache.serves_original_ttl},
        {"val-permissive-mode", &profile_.permissive},
    };
    set(option, *flags.at(option.name));
  }
  // What the option says, the other way round.
  void set_unless(const Option& option, bool& flag) {
    bool value = !flag;
    set(option, value);
    flag = !value;
  }
  void take_count(const Option& option) {
    const std::map<std::string_view, std::uint32_t*> counts = {
        {"iter-scrub-ns", &profile_.upstream.ns_per_rrset_max},
        {"iter-scrub-rrsig", &profile_.upstream.signatures_per_rrset_max},
        {"max-query-restarts", &profile_.aliases_max},
        {"max-global-quota", &profile_.upstream.sends_per_tree_max},
        {"max-sent-count", &profile_.upstream.sends_per_query_max},
        {"outbound-msg-retry", &profile_.upstream.sends_per_server_max},
    };
    if (const auto value = number(option)) *counts.at(option.name) = *value;
  }
  void take_cache_ttl(const Option& option) {
    const std::map<std::string_view, Duration*> ttls = {
        {"cache-max-negative-ttl", &profile_.cache.negative_ttl_max},
        {"cache-max-ttl", &profile_.cache.ttl_max},
        {"cache-min-negative-ttl", &profile_.cache.negative_ttl_min},
        {"cache-min-ttl", &profile_.cache.ttl_min},
    };
    if (const auto value = number(option)) *ttls.at(option.name) = Duration::seconds(*value);
  }
  void take_skew(const Option& option) {
    const auto value = number(option);
    if (!value) return;
    Duration& skew = option.name == "val-sig-skew-min" ? profile_.validation.skew_min
                                                       : profile_.validation.skew_max;
    skew = Duration::seconds(*value);
  }
  void take_bogus_ttl(const Option& option) {
    const auto value = number(option);
    if (!value) return;
    profile_.failure_caching.answer_ttl = Duration::seconds(*value);
    profile_.failure_caching.delegation_ttl = Duration::seconds(*value);
  }
  void take_max_restart(const Option& option) {
    const auto value = number(option);
    if (!value) return;
    profile_.bogus_retry.answer_queries_max = *value + 1;
    profile_.bogus_retry.ds_queries_max = *value + 1;
    profile_.bogus_retry.dnskey_queries_max = *value + 1;
  }
  // Pairs of key size and iterations, in order of size.
  void take_nsec3_iterations(const Option& option) {
    const auto words = words_of(option.value);
    std::vector<dnssec::Nsec3IterationBound> bounds;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
      const auto key_bits = number_of(words[i]);
      const auto iterations = number_of(words[i + 1]);
      if (!key_bits || !iterations || *iterations > 65'535) break;
      if (!bounds.empty() && *key_bits <= bounds.back().key_bits_max) {
        return refuse(option, "key sizes that do not ascend");
      }
      bounds.push_back({*key_bits, static_cast<std::uint16_t>(*iterations)});
    }
    if (bounds.empty() || 2 * bounds.size() != words.size()) {
      return refuse(option, "not pairs of numbers");
    }
    settings_.config.nsec3_iterations_by_key_size = std::move(bounds);
  }
  void take_disable_edns_do(const Option& option) {
    bool has_no_do = false;
    set(option, has_no_do);
    has_no_do_ = has_no_do;
  }
  void take_discard_timeout(const Option& option) {
    if (const auto value = number(option)) {
      settings_.shape.discard_timeout =
          *value == 0 ? Duration::max() : Duration::milliseconds(*value);
    }
  }
  void take_ignore_cd_flag(const Option& option) { set(option, settings_.shape.ignores_cd); }
  void take_harden_dnssec_stripped(const Option& option) {
    set_unless(option, profile_.validation.drops_failed_anchors);
  }
  void take_harden_glue(const Option& option) {
    set_unless(option, profile_.upstream.believes_any_glue);
  }
  void take_clean_additional(const Option& option) {
    set_unless(option, profile_.answers.keeps_unproved_additional);
  }
  void take_do_not_query_localhost(const Option& option) { set(option, avoids_localhost_); }
  void take_block(const Option& option) {
    const auto block = dns::AddressBlock::parse(option.value);
    if (!block) return refuse(option, block.error().message);
    auto& blocks = option.name == "private-address" ? settings_.config.private_addresses
                                                    : settings_.config.avoided_addresses;
    blocks.push_back(block.value());
  }
  void take_private_domain(const Option& option) {
    auto name = dns::Name::parse(option.value);
    if (!name) return refuse(option, name.error().message);
    settings_.config.private_domains.push_back(std::move(name).value());
  }
  void take_octets(const Option& option) {
    const auto value = number(option);
    if (!value) return;
    if (*value > 65'535) return refuse(option, "more than 65535");
    const auto octets = static_cast<std::uint16_t>(std::max(*value, 512U));
    if (option.name == "max-udp-size") {
      settings_.shape.udp_octets_max = std::min(settings_.shape.udp_octets_max, octets);
    } else {
      profile_.upstream.udp_payload_octets = settings_.shape.edns_octets = octets;
    }
  }
  void take_dns64(const Option& option) {
    if (option.name == "dns64-synthall") return set(option, dns64_.for_all);
    if (option.name == "dns64-ignore-aaaa") {
      auto name = dns::Name::parse(option.value);
      if (!name) return refuse(option, name.error().message);
      return dns64_.without_own.push_back(std::move(name).value());
    }
    take_prefix(option, dns64_.prefix);
  }
  void take_nat64(const Option& option) {
    if (option.name == "do-nat64") return set(option, uses_nat64_);
    take_prefix(option, nat64_prefix_.emplace());
  }
  void take_prefix(const Option& option, dns::AddressBlock& prefix) {
    const auto block = dns::AddressBlock::parse(option.value);
    if (!block) return refuse(option, block.error().message);
    if (!is_dns64_prefix(block.value())) return refuse(option, "not a prefix of RFC 6052");
    prefix = block.value();
  }
  void take_tcp_upstream(const Option& option) {
    bool uses_tcp = settings_.asks_over_tcp;
    set(option, uses_tcp);
    settings_.asks_over_tcp = settings_.asks_over_tcp || uses_tcp;
  }
  // "ascii_text" or hexadecimal digits.
  void take_nsid(const Option& option) {
    constexpr std::string_view ascii = "ascii_";
    if (option.value.starts_with(ascii)) {
      const std::string text = option.value.substr(ascii.size());
      settings_.shape.nsid.emplace(text.begin(), text.end());
      return;
    }
    auto octets = from_hex(option.value);
    if (!octets) return refuse(option, octets.error().message);
    settings_.shape.nsid = std::move(octets).value();
  }
  void take_anchor_file(const Option& option) {
    constexpr std::size_t anchor_files_max = 20;
    anchor_files_ += 1;
    if (anchor_files_ > anchor_files_max) return refuse(option, "more than 20 files of anchors");
    auto anchors = anchors_in(script_, option);
    if (!anchors) return refuse(option, anchors.error().to_text());
    for (const Option& anchor : anchors.value()) take_trust_anchor(anchor);
  }
  void take_insecure_lan_zones(const Option& option) {
    bool are_insecure = false;
    set(option, are_insecure);
    if (!are_insecure) return;
    for (const dns::Name& zone : lan_zones()) {
      settings_.at_start.emplace_back(resolver::InstallNta{zone});
    }
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
  void take_minimal_responses(const Option& option) {
    bool is_minimal = true;
    set(option, is_minimal);
    profile_.answers.more =
        is_minimal ? resolver::MoreInAnswers::with_proofs : resolver::MoreInAnswers::always;
  }
  void take_scrub_promiscuous(const Option& option) {
    set(option, profile_.answers.drops_ns_in_positive);
  }
  // "respip" by itself does nothing: its options are not supported.
  void take_module_config(const Option& option) {
    has_validator_ = false;
    for (const std::string_view module : words_of(option.value)) {
      has_validator_ = has_validator_ || module == "validator";
      has_dns64_ = has_dns64_ || module == "dns64";
      constexpr std::array<std::string_view, 4> known = {"validator", "iterator", "respip",
                                                         "dns64"};
      if (std::find(known.begin(), known.end(), module) == known.end()) {
        refuse(option, fmt::format("unsupported module {}", module));
      }
    }
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
  void take_trust_anchor(const Option& option) {
    const Status status = anchors_.add(option, script_.file_name);
    if (!status) refuse(option, status.error().to_text());
  }
  void take_override_date(const Option& option) {
    if (option.value == "0") return;
    if (option.value == "-1") {  // any date will do
      profile_.validation.skew_min = profile_.validation.skew_max = Duration::days(36'500);
      return;
    }
    const auto date = date_of(option.value);
    if (!date) return refuse(option, date.error().message);
    settings_.config.signatures_judged_at = date.value();
  }

  void finish() {
    settings_.config.trust_anchors = anchors_.rrsets();
    settings_.front = front_.finish(settings_.config.trust_anchors, settings_.shape.has_ede);
    settings_.always_sets_do = !has_no_do_;
    profile_.validates = has_validator_ && !has_no_do_ && !settings_.config.trust_anchors.empty();
    if (has_dns64_) settings_.dns64 = dns64_;
    if (uses_nat64_) {
      settings_.nat64 = nat64_prefix_.value_or(dns64_.prefix);
      settings_.config.uses_ipv4 = true;  // they are reached all the same
    }
    if (!settings_.shape.has_ede) profile_.ede_style = resolver::EdeStyle::none;
    if (fakes_sha1_) {
      settings_.config.verifier = std::make_shared<const dnssec::DsaVerifier>();
    } else {
      settings_.config.verifier = std::make_shared<const dnssec::ByteVerifier>();
    }
    settings_.config.profile = std::make_shared<const ResolverProfile>(profile_);
    for (const Zone& zone : zones_) finish_zone(zone.servers);
    if (!avoids_localhost_) return;
    for (const char* block : {"127.0.0.0/8", "::1"}) {
      settings_.config.avoided_addresses.push_back(dns::AddressBlock::parse(block).value());
    }
  }

  void finish_zone(const resolver::FixedServers& zone) {
    const bool is_hint = !zone.is_forwarder && zone.zone.is_root() && zone.names.empty();
    if (is_hint) {
      settings_.config.root_hints.push_back(
          {dns::Name::literal("K.ROOT-SERVERS.NET."), zone.addresses});
      return;
    }
    settings_.config.fixed_servers.push_back(zone);
  }

  const Script& script_;
  ResolverProfile profile_;
  Settings settings_;
  std::vector<Mismatch> unsupported_;
  std::vector<Zone> zones_;
  TrustAnchors anchors_;
  FrontOptions front_;
  Dns64 dns64_;
  bool has_dns64_ = false;
  std::optional<dns::AddressBlock> nat64_prefix_;
  bool uses_nat64_ = false;
  bool has_validator_ = true;
  bool has_no_do_ = false;  // nor anything to validate then
  std::size_t anchor_files_ = 0;
  bool fakes_sha1_ = false;
  bool avoids_localhost_ = true;
};

}  // namespace

SettingsOrNot testbound_settings(const Script& script) {
  return Reader(script).read();
}

}  // namespace zonefall::rpl
