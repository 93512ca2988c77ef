// The lab's sequence for one resolver and one TLD: warm-up, fault, matrix, repair.
//
// Each plan asks what the lab's plan of the same name asked, with its pauses: 0.35 s after a query
// of the matrix, repeats at fixed offsets from the first query, polls once a second. When the
// phases start is the measured run's business (Schedule), because the lab ran many resolvers and
// TLDs beside each other.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lab_host.h"
#include "zonefall/core/time.h"

namespace zonefall::fidelity {

enum class PlanKind : std::uint8_t {
  main,
  expired,
  signed_expired,
  cd,
  nta,
  nta_flush,     // an NTA, and the cache below it flushed
  nta_flushes,   // which flush an NTA needs: none, of what is bogus, of the TLD
  nta_waits,     // or how long an NXDOMAIN is in its way without any
  nta_lifetime,  // an NTA that ends by itself
  repair,        // failures just before the repair, and how long they last after it
  polled,        // five names asked every second: what that costs upstream
  stale_polled,  // three expired names asked every second for 200 s
};

struct Schedule {
  SimTime warm_up;
  SimTime keep_warm;                // the second, short warm-up
  SimTime matrix;                   // at least 36 s after the fault
  std::optional<SimTime> repaired;  // when recovery was asked for; nullopt: the plan does not ask
};

/// What the client saw, and what it cost upstream.
struct Observation {
  std::string state;  // "never cached, repeat+5s"
  std::string qname;  // without the final dot
  std::string qtype;
  bool checking_disabled = false;
  std::string rcode;  // "TIMEOUT": no answer
  bool authentic_data = false;
  std::set<int> ede_codes;
  std::optional<std::uint32_t> ttl_s;
  UpstreamCounts upstream;
  SimTime asked_at;
  std::optional<Duration> polled;  // how long it was polled until it was as wanted
};

class LabPlan {
 public:
  /// `host` must outlive the plan.
  LabPlan(LabHost& host, const LabTld& tld)
      : host_(host), tld_(tld.label), silent_(tld.fault == LabFault::silence) {}
  std::vector<Observation> run(PlanKind kind, const Schedule& schedule);

 private:
  enum class Pause : std::uint8_t { settle, short_pause, none };
  struct Ask {
    std::string state;
    std::string name;  // relative to the TLD; "" is the TLD
    dns::RRType type = dns::RRType::a;
    bool checking_disabled = false;
    bool plain = false;  // no DO, no AD
    Pause pause = Pause::settle;
  };
  struct Poll {
    std::string state;
    std::string name;
    std::string wanted_rcode;
    int seconds = 0;
  };

  Observation ask(const Ask& ask);
  void note(const Ask& what) { observations_.push_back(ask(what)); }
  void poll(const Poll& poll);
  void repeat(const std::string& state, const std::string& name, std::vector<int> offsets_s);
  void warm_up();
  void keep_warm();
  void main_matrix();
  void expired_matrix();
  void signed_expired_matrix();
  void cd_matrix();
  void nta_matrix();
  void nta_flush_matrix();
  void nta_flushes_matrix(bool flushes);
  void nta_lifetime_matrix();
  void polled();
  void stale_polled();
  void before_repair();
  void after_repair();
  void rest_of_matrix();
  void recovery();
  void recheck();

  LabHost& host_;
  std::string tld_;
  bool silent_;  // the plan is shorter then
  SimTime matrix_start_;
  std::vector<Observation> observations_;
};

}  // namespace zonefall::fidelity
