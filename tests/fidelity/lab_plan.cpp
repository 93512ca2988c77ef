#include "lab_plan.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "zonefall/resolver/resolver.h"

namespace zonefall::fidelity {
namespace {

Duration length_of(bool settle) {
  return settle ? Duration::milliseconds(350) : Duration::milliseconds(20);
}

/// The smallest TTL of the answer section; of a negative answer the SOA's.
std::optional<std::uint32_t> ttl_of(const dns::Message& message) {
  const auto& section = message.answer.empty() ? message.authority : message.answer;
  std::optional<std::uint32_t> ttl_s;
  for (const dns::SignedRRset& entry : section) {
    if (message.answer.empty() && entry.rrset->type() != dns::RRType::soa) continue;
    ttl_s = std::min(ttl_s.value_or(entry.rrset->ttl_s()), entry.rrset->ttl_s());
  }
  return ttl_s;
}

}  // namespace

Observation LabPlan::ask(const Ask& ask) {
  Observation seen;
  seen.state = ask.state;
  seen.qname = ask.name.empty() ? tld_ : ask.name + "." + tld_;
  seen.qtype = dns::to_text(ask.type);
  seen.checking_disabled = ask.checking_disabled;
  seen.asked_at = host_.now();
  const auto message =
      host_.ask({.question = {.qname = dns::Name::literal(seen.qname + "."), .qtype = ask.type},
                 .checking_disabled = ask.checking_disabled,
                 .plain = ask.plain});
  if (message) {
    seen.rcode = dns::to_text(message->rcode);
    seen.authentic_data = message->flags.ad;
    seen.ttl_s = ttl_of(*message);
    if (message->edns) {
      for (const auto& error : message->edns->extended_errors) {
        seen.ede_codes.insert(static_cast<int>(error.code));
      }
    }
  } else {
    seen.rcode = "TIMEOUT";
  }
  if (ask.pause != Pause::none) {
    host_.run_until(host_.now() + length_of(ask.pause == Pause::settle));
  }
  seen.upstream = host_.upstream(seen.asked_at, host_.now());
  return seen;
}

void LabPlan::poll(const Poll& poll) {
  const SimTime start = host_.now();
  SimTime last = start;
  while (host_.now() - start < Duration::seconds(poll.seconds)) {
    const Observation seen = ask({.state = "", .name = poll.name, .pause = Pause::none});
    last = seen.asked_at;
    if (seen.rcode == poll.wanted_rcode) break;
    host_.run_until(std::max(host_.now(), last + Duration::seconds(1)));
  }
  note({.state = poll.state, .name = poll.name});
  observations_.back().polled = last - start;
}

void LabPlan::repeat(const std::string& state, const std::string& name,
                     std::vector<int> offsets_s) {
  for (const int offset_s : offsets_s) {
    const SimTime at = matrix_start_ + Duration::seconds(offset_s);
    if (host_.now() < at) host_.run_until(at);
    note({.state = fmt::format("{}+{}s", state, offset_s), .name = name});
  }
}

void LabPlan::warm_up() {
  for (const auto* name :
       {"long.c1", "a10.c1", "long.c2", "long.c3", "a10.c3", "long.s1", "a10.s1", "nx0"}) {
    note({.state = "warm", .name = name, .pause = Pause::short_pause});
  }
  note({.state = "warm", .name = "", .type = dns::RRType::dnskey, .pause = Pause::short_pause});
  note({.state = "warm", .name = "", .type = dns::RRType::soa, .pause = Pause::short_pause});
}

void LabPlan::keep_warm() {
  note({.state = "warm again", .name = "a10.c1", .pause = Pause::short_pause});
  note({.state = "warm again", .name = "a10.c3", .pause = Pause::short_pause});
}

void LabPlan::main_matrix() {
  note({.state = "never cached, unsigned child", .name = "w.n1"});
  repeat("never cached, repeat", "w.n1", {1, 5, 10});
  note({.state = "second never cached unsigned child", .name = "w.n2"});
  note({.state = "other name, same never cached child", .name = "w2.n1"});
  note({.state = "never cached +cd", .name = "w.n3", .checking_disabled = true});
  note({.state = "same name without cd after +cd", .name = "w.n3"});
  note({.state = "bogus name +cd", .name = "w.n1", .checking_disabled = true});
  rest_of_matrix();
  repeat("never cached, repeat", "w.n1", {60, 75});
}

void LabPlan::expired_matrix() {
  note({.state = "A expired, unsigned child, first contact", .name = "a10.c1"});
  repeat("A expired, repeat", "a10.c1", {1, 5, 10, 25, 35, 60, 70});
  if (silent_) return;
  note({.state = "A expired +cd", .name = "a10.c3", .checking_disabled = true});
  note({.state = "A expired after +cd", .name = "a10.c3"});
  rest_of_matrix();
}

void LabPlan::signed_expired_matrix() {
  note({.state = "signed child A expired, first contact", .name = "a10.s1"});
  repeat("signed child A expired, repeat", "a10.s1", {1, 5, 10, 60});
  rest_of_matrix();
}

void LabPlan::cd_matrix() {
  note({.state = "plain query (no DO, no AD bit)", .name = "w.n4", .plain = true});
  note({.state = "same name with DO", .name = "w.n4"});
  note({.state = "never cached +cd, first contact", .name = "w.n1", .checking_disabled = true});
  note({.state = "same name without cd after +cd", .name = "w.n1"});
  repeat("same name without cd, repeat", "w.n1", {5, 10});
  note({.state = "NXDOMAIN +cd", .name = "nx1", .checking_disabled = true});
  note({.state = "signed child +cd", .name = "w.s2", .checking_disabled = true});
  note({.state = "signed child after +cd", .name = "w.s2"});
}

void LabPlan::rest_of_matrix() {
  note({.state = "A fresh in cache, unsigned child", .name = "long.c1"});
  note({.state = "A expired, unsigned child", .name = "a10.c1"});
  note({.state = "other name of a warmed unsigned child", .name = "new.c2"});
  note({.state = "NXDOMAIN never asked", .name = "nx1"});
  note({.state = "NXDOMAIN asked before the fault", .name = "nx0"});
  note({.state = "signed child never cached", .name = "w.s2"});
  note({.state = "signed child A fresh in cache", .name = "long.s1"});
  note({.state = "signed child A expired", .name = "a10.s1"});
  note({.state = "signed child other name", .name = "new.s1"});
  note({.state = "TLD SOA", .name = "", .type = dns::RRType::soa});
  note({.state = "TLD DNSKEY", .name = "", .type = dns::RRType::dnskey});
  note({.state = "DS of a never cached unsigned child", .name = "n6", .type = dns::RRType::ds});
}

void LabPlan::nta_matrix() {
  note({.state = "before NTA: never cached", .name = "w.n1"});
  note({.state = "before NTA: other child", .name = "w.n2"});
  note({.state = "before NTA: signed child", .name = "w.s2"});
  note({.state = "before NTA: NXDOMAIN", .name = "nx1"});
  note({.state = "before NTA: A expired", .name = "a10.c1"});
  host_.run_until(host_.now() + Duration::seconds(2));
  const dns::Name tld = dns::Name::literal(tld_ + ".");
  host_.operate(resolver::InstallNta{tld});
  note({.state = "NTA just set: same bogus name", .name = "w.n1"});
  note({.state = "NTA just set: never asked child", .name = "w.n4"});
  note({.state = "NTA just set: signed child bogus before", .name = "w.s2"});
  note({.state = "NTA just set: NXDOMAIN bogus before", .name = "nx1"});
  note({.state = "NTA just set: A expired", .name = "a10.c1"});
  poll({"NTA: bogus name answers", "w.n1", "NOERROR", 100});
  poll({"NTA: signed child bogus before answers", "w.s2", "NOERROR", 5});
  poll({"NTA: NXDOMAIN bogus before answers", "nx1", "NXDOMAIN", 5});
  note({.state = "NTA: new NXDOMAIN", .name = "nx2"});
  note({.state = "NTA: signed child never cached", .name = "w.s3"});
  note({.state = "NTA: signed child new name", .name = "new.s1"});
  note({.state = "NTA: TLD SOA", .name = "", .type = dns::RRType::soa});
  note({.state = "NTA: TLD DNSKEY", .name = "", .type = dns::RRType::dnskey});
  host_.operate(resolver::RemoveNta{tld});
  note({.state = "NTA removed: name answered under NTA", .name = "w.n1"});
  note({.state = "NTA removed: never asked child", .name = "w.n5"});
  poll({"NTA removed: name bogus again", "w.n1", "SERVFAIL", 40});
}

void LabPlan::nta_flush_matrix() {
  const dns::Name tld = dns::Name::literal(tld_ + ".");
  note({.state = "before NTA: never cached", .name = "w.n1"});
  host_.operate(resolver::InstallNta{tld});
  note({.state = "NTA just set: same bogus name", .name = "w.n1"});
  host_.operate(resolver::Flush{resolver::Flush::What::subtree, tld});
  note({.state = "NTA and cache flushed: same bogus name", .name = "w.n1"});
  host_.run_until(host_.now() + Duration::seconds(12));
  note({.state = "NTA after 12 s", .name = "w.n4"});
}

void LabPlan::nta_flushes_matrix(bool flushes) {
  const dns::Name tld = dns::Name::literal(tld_ + ".");
  const auto all = [this](const std::string& state, std::initializer_list<const char*> names) {
    for (const auto* name : names) note({.state = state, .name = name});
  };
  all("before NTA", {"w.n1", "w.s2", "nx1"});
  host_.operate(resolver::InstallNta{tld});
  all("NTA set, no flush", {"w.n1", "w.s2", "nx1", "w.s3", "nx2"});
  if (!flushes) {
    poll({"NTA set, no flush: NXDOMAIN bogus before answers", "nx1", "NXDOMAIN", 70});
    return;
  }
  host_.operate(resolver::Flush{resolver::Flush::What::bogus, tld});
  all("NTA set, flush_bogus", {"w.n1", "w.s2", "nx1", "w.s3", "nx2", "w.n4"});
  host_.operate(resolver::Flush{resolver::Flush::What::subtree, tld});
  all("NTA set, flush_zone", {"w.n1", "w.s2", "nx1", "w.s3", "nx2"});
}

void LabPlan::nta_lifetime_matrix() {
  note({.state = "before NTA: never cached", .name = "w.n1"});
  host_.operate(resolver::InstallNta{dns::Name::literal(tld_ + "."), Duration::seconds(15)});
  note({.state = "NTA with lifetime 15 s", .name = "w.n1"});
  matrix_start_ = host_.now();
  repeat("NTA lifetime 15 s", "w.n1", {5, 10, 14, 17, 20, 30});
  note({.state = "NTA lifetime over: never asked child", .name = "w.n5"});
}

void LabPlan::polled() {
  const std::size_t first = observations_.size();
  for (const auto* name : {"w.n1", "long.n2", "w.n3", "nx1", "w.s2"}) {
    Observation sum;
    sum.state = "polled every second for 75 s";
    sum.qname = std::string(name) + "." + tld_;
    observations_.push_back(sum);
  }
  for (int second = 0; second < 76; ++second) {
    host_.run_until(std::max(host_.now(), matrix_start_ + Duration::seconds(second)));
    for (std::size_t i = first; i < observations_.size(); ++i) {
      const SimTime asked_at = host_.now();
      host_.ask({.question = {.qname = dns::Name::literal(observations_[i].qname + ".")}});
      host_.run_until(host_.now() + Duration::milliseconds(80));
      const UpstreamCounts counts = host_.upstream(asked_at, host_.now());
      observations_[i].upstream.root += counts.root;
      observations_[i].upstream.tld += counts.tld;
      observations_[i].upstream.child += counts.child;
    }
  }
}

void LabPlan::stale_polled() {
  for (int second = 0; second < 200; ++second) {
    const SimTime at = matrix_start_ + Duration::seconds(second);
    if (host_.now() > at) continue;  // an answer that took longer than a second
    host_.run_until(at);
    for (const auto* name : {"a10.c1", "a10.s1", "nx0"}) {
      note({.state = "expired, asked every second", .name = name, .pause = Pause::short_pause});
    }
  }
}

void LabPlan::before_repair() {
  for (const auto* name : {"w.n1", "w.n2", "w.s2", "nx1"}) {
    note({.state = "bogus just before repair", .name = name});
  }
}

// All names that do not yet answer as they should are asked in turn, twice a second.
void LabPlan::after_repair() {
  struct Wanted {
    std::string name;
    std::string rcode;
    std::optional<Duration> after = std::nullopt;
  };
  constexpr Duration patience = Duration::seconds(150);
  std::vector<Wanted> all{
      {"w.n1", "NOERROR"}, {"w.n5", "NOERROR"}, {"w.s2", "NOERROR"}, {"nx1", "NXDOMAIN"}};
  const auto missing = [](const Wanted& wanted) { return !wanted.after; };
  const SimTime start = host_.now();
  while (host_.now() - start < patience && std::any_of(all.begin(), all.end(), missing)) {
    for (Wanted& wanted : all) {
      if (wanted.after) continue;
      const Observation seen = ask({.state = "", .name = wanted.name, .pause = Pause::none});
      if (seen.rcode == wanted.rcode) wanted.after = seen.asked_at - start;
    }
    host_.run_until(host_.now() + Duration::milliseconds(500));
  }
  for (const Wanted& wanted : all) {
    note({.state = wanted.name == "w.n5" ? "recovery (never asked before)"
                                         : "recovery (bogus shortly before repair)",
          .name = wanted.name});
    observations_.back().polled = wanted.after.value_or(patience);
  }
  if (std::none_of(all.begin(), all.end(), missing)) return;
  host_.operate(resolver::Flush{resolver::Flush::What::subtree, dns::Name::literal(tld_ + ".")});
  for (const Wanted& wanted : all) {
    note({.state = "recovery after flush of the TLD", .name = wanted.name});
  }
}

void LabPlan::recovery() {
  poll({"recovery (asked during the fault)", "w.n1", "NOERROR", 150});
  poll({"recovery (never asked)", "w.n6", "NOERROR", 3});
  poll({"recovery (asked during the fault)", "a10.c1", "NOERROR", 3});
  poll({"recovery (never asked)", "w.s3", "NOERROR", 3});
}

void LabPlan::recheck() {
  const SimTime start = host_.now();
  while (host_.has_nta() && host_.now() - start < Duration::seconds(60)) {
    host_.run_until(host_.now() + Duration::milliseconds(500));
  }
  const Duration waited = host_.now() - start;
  note({.state = "NTA recheck removed the NTA", .name = "w.s3"});
  observations_.back().polled = waited;
}

std::vector<Observation> LabPlan::run(PlanKind kind, const Schedule& schedule) {
  observations_.clear();
  host_.run_until(schedule.warm_up);
  warm_up();
  host_.run_until(std::max(host_.now(), schedule.keep_warm));
  keep_warm();
  host_.run_until(std::max(host_.now(), schedule.matrix));
  matrix_start_ = host_.now();
  switch (kind) {
    case PlanKind::main: main_matrix(); break;
    case PlanKind::expired: expired_matrix(); break;
    case PlanKind::signed_expired: signed_expired_matrix(); break;
    case PlanKind::cd: cd_matrix(); break;
    case PlanKind::nta: nta_matrix(); break;
    case PlanKind::nta_flush: nta_flush_matrix(); break;
    case PlanKind::nta_flushes: nta_flushes_matrix(true); break;
    case PlanKind::nta_waits: nta_flushes_matrix(false); break;
    case PlanKind::nta_lifetime: nta_lifetime_matrix(); break;
    case PlanKind::repair: before_repair(); break;
    case PlanKind::polled: polled(); break;
    case PlanKind::stale_polled: stale_polled(); break;
  }
  if (schedule.repaired) {
    host_.run_until(std::max(host_.now(), *schedule.repaired));
    switch (kind) {
      case PlanKind::repair: after_repair(); break;
      case PlanKind::nta_flush: recheck(); break;
      default: recovery(); break;
    }
  }
  return std::exchange(observations_, {});
}

}  // namespace zonefall::fidelity
