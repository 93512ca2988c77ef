// The resolver's state and its steps. One class, spread over files by what the steps are about:
// client.cpp (queries and replies), iterate.cpp (zone cuts, servers, responses), delegations.cpp
// (who serves a zone), named_servers.cpp (servers that the operator names), chain.cpp (chain of
// trust), hidden_cut.cpp, validate.cpp (verdict on a response), conclude.cpp (policy and caches),
// operator.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "resolver/anchors.h"
#include "resolver/known_denials.h"
#include "resolver/spans.h"
#include "resolver/tables.h"
#include "resolver/task_set.h"
#include "resolver/watched_name.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::resolver {

/// How far the chain of trust must be known: to the DS RRset of the zone, or to its keys too.
enum class ChainDepth : std::uint8_t { to_ds, to_keys };

/// How far the chain of trust down to a zone is known.
struct ChainStatus {
  enum class Kind : std::uint8_t { secure, insecure, under_nta, failed, need };
  Kind kind = Kind::need;
  /// Secure; null for ds_of(), and where only the DS RRset had to be known. The zone table's own:
  /// good until a task is concluded.
  const dnssec::ZoneKeys* keys = nullptr;
  VerdictPtr verdict;                        // insecure, failed
  FetchResult failure = FetchResult::bogus;  // failed
  bool remembered = false;                   // failed: by an earlier query
  bool has_ds = false;                       // failed: at a delegation with a DS
  bool walks = false;                        // failed: BogusRetry::walks_denial_owners
  const dns::Question* need = nullptr;       // need: what must be fetched first; of Task::needed
  std::uint32_t need_counted_queries = 0;    // of its bogus budget already used
};

class Resolver::State {
 public:
  explicit State(ResolverConfig config);

  void client_query(const ClientQuery& query, SimTime now, Actions& actions);
  void response(std::uint64_t exchange, const dns::MessagePtr& message, SimTime now,
                Actions& actions);
  void timeout(std::uint64_t exchange, SimTime now, Actions& actions);
  void wake(SimTime now, Actions& actions);
  void operate(const OperatorAction& action, SimTime now, Actions& actions);
  [[nodiscard]] bool has_nta() const { return !anchors_.ntas().empty(); }
  [[nodiscard]] std::uint64_t hash() const;

  ResolverCounters counters;
  Tracer* tracer = nullptr;

 private:
  struct Exchange {
    std::uint64_t id = 0;
    TaskId task = 0;
    ServerId server = 0;
    SimTime sent_at;
    Transport transport = Transport::udp;
    bool has_edns = true;
  };

  // client.cpp; views borrow the question's name
  void begin_call(SimTime now, Actions& actions);
  void end_call();
  [[nodiscard]] AnswerView key_for(const dns::Question& question, bool checking_disabled) const;
  /// Where the answer to a query is looked for: of failures each kind has its own, data are shared.
  [[nodiscard]] AnswerView lookup_key(const dns::Question& question, bool checking_disabled) const;
  [[nodiscard]] static bool concerns(const Nta& nta, const AnswerEntry& entry,
                                     const dns::Name& qname);
  [[nodiscard]] bool is_under_nta(const AnswerEntry& entry, const dns::Name& qname) const;
  /// Until when the promise of ClientReply::standing_until holds, if nothing but an NTA that ends,
  /// or that a watching operator installs, can break it before `until`.
  [[nodiscard]] std::optional<SimTime> standing(const AnswerEntry& entry, const ClientQuery& query,
                                                SimTime until) const;
  [[nodiscard]] SimTime fresh_until(const AnswerEntry& entry) const;
  [[nodiscard]] bool is_fresh(const AnswerEntry& entry) const;
  void answer(const ClientQuery& query, bool is_to_validate);
  [[nodiscard]] static bool holds_signatures_only(const AnswerEntry& entry);
  [[nodiscard]] bool answers(const AnswerEntry& entry, const ClientQuery& query) const;
  [[nodiscard]] bool is_stale_candidate(const AnswerEntry& entry) const;
  [[nodiscard]] StaleCandidate stale_candidate(const AnswerEntry& entry) const;
  [[nodiscard]] bool proof_is_unchanged(const AnswerEntry& entry) const;
  bool reply_from_cache(const ClientQuery& query);
  void reply_to_any(const ClientQuery& query);
  [[nodiscard]] bool gives_anyway(const AnswerEntry& failure, const ClientQuery& query) const;
  [[nodiscard]] bool may_end_sooner(const AnswerEntry& entry) const;
  /// For an entry that is stored now for `lifetime`.
  [[nodiscard]] SimTime refresh_from(const AnswerEntry& entry, Duration lifetime) const;
  /// Fetches what the query was answered with anew, for nobody in particular; null if that is under
  /// way.
  Task* refresh(const ClientQuery& query);
  [[nodiscard]] bool is_being_refreshed(const ClientQuery& query);
  void reply_fresh_entry(const AnswerEntry& entry, const ClientQuery& query);
  void reply_failure_entry(const AnswerEntry& entry, const ClientQuery& query);
  void reply_stale_entry(const AnswerEntry& entry, const ClientQuery& query, std::string_view why,
                         std::optional<SimTime> standing_until);
  void send_reply(ClientReply reply, const ClientQuery& query);

  /// The clock that cache lifetimes are counted on: whole seconds, as in all implementations.
  [[nodiscard]] SimTime second() const { return SimTime::from_unix_s(now_.to_unix_s()); }

  /// When signatures have to be valid.
  [[nodiscard]] SimTime judged_at() const { return config_.signatures_judged_at.value_or(now_); }

  /// RFC 1035 3.2.1: even with TTL 0, what was learnt for a query may be used for this query. So
  /// delegations, DS and DNSKEY RRsets last as long as most queries do.
  [[nodiscard]] SimTime while_in_use(SimTime expires_at) const {
    return std::max(expires_at, now_ + Duration::seconds(5));
  }

  // tasks.cpp
  Task& start_task(const dns::Question& question, bool checking_disabled, std::uint32_t depth);
  /// Lets `task` wait for `question`; false if that would never end (a loop, too deep).
  bool wait_for(Task& task, const dns::Question& question, std::uint32_t counted_queries);
  /// The task whose bounds on work `task` counts against; null if nobody waits for it any more.
  [[nodiscard]] Task* root_of(Task& task);
  /// The same, but itself where nobody waits: it can still take the response that it asked for.
  [[nodiscard]] Task& accountable_for(Task& task);
  /// ResolverProfile::signature_validations_max: no more signatures are checked for this task.
  [[nodiscard]] bool has_checked_enough(Task& task);
  /// Whether `waiting` waits for `awaited`, directly or through others, or is the same.
  [[nodiscard]] bool is_waited_for_by(TaskId awaited, TaskId waiting);
  /// Instead of failing; false if the task fails.
  bool begins_anew(Task& task, FetchResult result);
  void make_ready(TaskId id);
  void run_ready_tasks();
  void run(Task& task);
  [[nodiscard]] SimTime next_wake();

  // iterate.cpp
  /// Takes the exchange out of the open ones; nullopt if there is none of that id.
  std::optional<Exchange> end_exchange(std::uint64_t id);
  void locate(Task& task);
  [[nodiscard]] dns::Name deepest_cut(const Task& task) const;
  [[nodiscard]] bool may_ask(const dns::Address& address) const {
    const auto holds = [&](const dns::AddressBlock& block) { return block.contains(address); };
    const bool is_of_family = address.is_v4() ? config_.uses_ipv4 : config_.uses_ipv6;
    const auto& avoided = config_.avoided_addresses;
    return is_of_family && std::none_of(avoided.begin(), avoided.end(), holds);
  }
  /// False while the task waits, or where it has ended or begins anew.
  bool find_candidates(Task& task, const FixedServers* fixed);
  void collect_servers(Task& task, const ZoneEntry& zone);
  [[nodiscard]] bool doubts_glue(const Task& task) const;
  [[nodiscard]] const AnswerEntry* cached_addresses(const dns::Name& ns_name,
                                                    dns::RRType type) const;
  bool append_glue_of(const dns::Name& ns_name, std::vector<ServerId>& found) const;
  void fetch_servers(Task& task, const Delegation& delegation);
  void fetch_servers(Task& task, const Delegation& delegation, dns::RRType type);
  void add_unverified(Task& task, const Delegation& delegation);
  bool widen_candidates(Task& task);
  void add_candidates(Task& task, std::span<const ServerId> servers);
  void set_next_question(Task& task) const;
  enum class WithEdns : std::uint8_t { no, if_known };
  void send(Task& task, Transport transport, std::optional<ServerId> server,
            WithEdns with_edns = WithEdns::if_known);
  [[nodiscard]] bool denies_all_below(const Task& task, const dns::Message& response) const;
  void take_response(Task& task, const Exchange& exchange, const dns::MessagePtr& message);
  void take_hidden_label(Task& task, ServerId server, const dns::Message& message);
  bool seeks_parent(Task& task);
  void remember_negative_proof(std::span<const dns::SignedRRset> proof, dnssec::Security security);
  [[nodiscard]] std::uint64_t proof_identity(const AnswerData& data) const;

  // delegations.cpp
  [[nodiscard]] std::uint32_t bounded_ttl_s(std::uint32_t ttl_s) const;
  /// What `ns` says, shared with all zones of which the same was said. `bailiwick`: the zone of who
  /// says it, which bounds the names it may give addresses of.
  std::shared_ptr<const Delegation> delegation(const dns::RRset& ns, const dns::Name& bailiwick,
                                               std::span<const dns::SignedRRset> additional);
  /// From now on these serve `cut`.
  ZoneEntry& learn_servers(const dns::Name& cut, const dns::Name& bailiwick, const dns::RRset& ns,
                           std::span<const dns::SignedRRset> additional);
  /// What the servers of the zone in hand say who they are replaces what its parent said, but does
  /// not make it last longer (RFC 2181 5.4.1).
  void take_own_ns(Task& task, const dnssec::ZoneKeys* keys);
  void take_referral(Task& task, const dns::MessagePtr& response, const dns::RRset& ns);
  /// ResolverProfile::learns_cuts: who answers for `cut` may name its servers.
  bool learns_cut(const Task& task, const dns::Message& message, const dns::Name& cut);

  // named_servers.cpp
  /// The servers that the operator wants asked instead of those of `cut`; null if none.
  [[nodiscard]] const FixedServers* fixed_servers(const Task& task, const dns::Name& cut) const;
  /// Whether what servers say to `question` is kept, and looked for (FixedServers::is_uncached).
  [[nodiscard]] bool is_cacheable(const dns::Question& question) const;
  /// The same of what the task asks for now: where the last alias has led to.
  [[nodiscard]] bool is_at_cacheable(const Task& task) const;
  void add_addresses(Task& task, std::span<const dns::Address> addresses);
  void add_fixed(Task& task, const FixedServers& fixed);
  /// Asks who serves `zone` before anybody there is asked for anything else (RFC 8109). True if the
  /// task waits for that, or has failed with it.
  bool prime(Task& task, const dns::Name& zone, const FixedServers* fixed);
  [[nodiscard]] bool is_primed(const dns::Name& zone, const FixedServers* fixed) const;
  void take_primed(Task& task, const dns::Message& message);
  /// Nobody is left to be asked.
  void give_up(Task& task);

  // no_recursion.cpp
  [[nodiscard]] const ZoneEntry* closest_zone(const dns::Question& question, dns::Name& cut) const;
  /// Replies to a query without RD by who may know more; false if nobody is known.
  bool refer(const ClientQuery& query);

  // sentinel.cpp
  /// ResolverProfile::has_root_key_sentinel: makes a secure reply the failure that says no.
  void apply_root_key_sentinel(ClientReply& reply, const ClientQuery& query) const;

  // chain.cpp
  ChainStatus chain_of(Task& task, const dns::Name& zone, ChainDepth depth = ChainDepth::to_keys);
  /// The trust anchor or DS RRset by which the zone's keys are judged; null if none is known.
  [[nodiscard]] dns::RRsetPtr ds_above(const dns::Name& zone) const;
  /// Those of a DNSKEY RRset, with the algorithms that its DS RRset may want.
  [[nodiscard]] dnssec::ZoneKeys keys_in(const dns::RRset& dnskeys) const;
  [[nodiscard]] ChainStatus failed_keys(const dns::Name& zone, const VerdictPtr& verdict) const;
  /// As chain_of(), but of the DS RRset of `zone` only: secure means that it is known.
  ChainStatus ds_of(Task& task, const dns::Name& zone);
  [[nodiscard]] bool has_usable_referral(const dns::Name& zone) const;
  ChainStatus use_referral(Task& task, const dns::Name& zone, const dnssec::ZoneKeys& parent_keys);
  ChainStatus use_referral_ds(Task& task, const dns::Name& zone, ZoneEntry& entry,
                              const dnssec::ZoneKeys& parent_keys);
  ChainStatus use_referral_denial(Task& task, const dns::Name& zone, ZoneEntry& entry,
                                  const dnssec::ZoneKeys& parent_keys);
  [[nodiscard]] bool fetches_again(const Task& task, const dns::Question& question) const;
  ChainStatus need(Task& task, const dns::Question& question, std::uint32_t counted_queries);
  [[nodiscard]] bool chain_comes_first(const Task& task, const dns::Name& cut);
  void remember_ds(const dns::Name& zone, DsState state, const VerdictPtr& verdict,
                   SimTime expires_at);
  /// The DS RRset of the zone's entry has been validated: its zone is signed as far as this
  /// resolver can tell, or insecure (RFC 4035 5.2).
  ChainStatus take_secure_ds(const dns::Name& zone, const VerdictPtr& verdict, SimTime expires_at);
  void remember_failure(const dns::Name& zone, const VerdictPtr& verdict, FailedPiece piece,
                        std::uint32_t ttl_s);
  [[nodiscard]] const ChildFailure* child_failure(const Task& task,
                                                  const dns::Question& question) const;
  [[nodiscard]] std::optional<dns::Name> nta_for(const Task& task, const dns::Name& zone) const;

  // validate.cpp
  void validate(Task& task);
  /// True if the response has what a question of type RRSIG asked for; that ends the task.
  bool take_signatures(Task& task);
  void judge_response(Task& task, const ChainStatus& chain);
  using Judged = VerdictMemo::Judged;
  [[nodiscard]] Judged judge_own_keys(Task& task);
  [[nodiscard]] Judged judge_rrset(Task& task, const dns::SignedRRset& entry,
                                   const dnssec::ZoneKeys& keys);
  [[nodiscard]] Judged judge_denial(Task& task, const dnssec::DenialQuestion& question,
                                    std::span<const dns::SignedRRset> proof,
                                    const dnssec::ZoneKeys& keys);
  [[nodiscard]] Judged judge_positive(Task& task, const dnssec::ZoneKeys& keys);
  [[nodiscard]] Judged judge_answer(Task& task, const dns::SignedRRset& entry,
                                    const dnssec::ZoneKeys& keys);
  [[nodiscard]] std::optional<Judged> unproved_beside_answer(Task& task,
                                                             const dnssec::ZoneKeys& keys);
  [[nodiscard]] Judged judge_negative(Task& task, const dnssec::ZoneKeys& keys);
  void accept(Task& task, FetchResult result, const VerdictPtr& verdict, std::uint32_t ttl_s_max,
              const dnssec::ZoneKeys* keys = nullptr);
  void conclude_accepted(Task& task);
  MoreSections choose_sections(Task& task, bool is_alias, const dnssec::ZoneKeys* keys);
  void follow_cname(Task& task, const dns::Name& target);
  void answer_is_bogus(Task& task, const VerdictPtr& verdict, const ChainStatus* chain);
  [[nodiscard]] ChainStatus chain_for_response(Task& task, ChainDepth depth);
  [[nodiscard]] bool needs_no_keys(const Task& task) const;
  bool asks_ds_instead(Task& task);
  bool asks_ds_of_owners(Task& task);
  /// After a denial was judged: the spans that verify, or the one that did not.
  void remember_spans(Task& task, std::span<const dns::SignedRRset> denial,
                      const dnssec::ZoneKeys& keys, const dnssec::Verdict& verdict);
  [[nodiscard]] std::uint32_t bogus_queries_max(const Task& task, const ChainStatus* chain) const;
  [[nodiscard]] bool validates(const Task& task) const;

  // denial_walk.cpp
  /// Begins a search for zone cuts at the owners of `denial`, on which `verdict` is, of DS at `cut`
  /// or, where that is null, of the target. False: there is nothing to look for.
  bool start_walk(Task& task, std::span<const dns::SignedRRset> denial, const VerdictPtr& verdict,
                  const dns::Name* cut);
  void walk_on(Task& task);
  std::uint32_t choose_next(DenialWalk& walk);
  [[nodiscard]] bool has_bogus_ds_denial(const dns::Name& owner) const;
  void end_walk(Task& task);

  // aliases.cpp
  /// Keeps an alias, or what it led to, by itself: it answers other questions too, once the whole
  /// has come to a good end.
  void note_step(Task& task, FetchResult result, const VerdictPtr& verdict, const MoreSections& own,
                 bool is_alias);
  void note_nxdomain(Task& task, const VerdictPtr& verdict, const MoreSections& own);
  void note_dname(Task& task, const dns::SignedRRset& dname, const VerdictMemo::Judged& judged);
  [[nodiscard]] AnswerEntry step_entry(FetchResult result, const VerdictPtr& verdict,
                                       std::uint32_t ttl_s, std::shared_ptr<const AnswerData> data,
                                       bool is_negative) const;
  void store_steps(Task& task);
  /// Goes on with what the cache has for the target: an alias of it, or all that was asked for.
  /// False if it has nothing.
  bool use_cached_step(Task& task);
  [[nodiscard]] const AnswerEntry* cached_step(const Task& task, const dns::Name& name,
                                               dns::RRType type) const;
  [[nodiscard]] const AnswerEntry* cached_alias(const Task& task) const;
  [[nodiscard]] bool holds_secure_alias(const Task& task, const dns::Name& name) const;
  /// ResolverProfile::nxdomain_covers_below: that of a name above the target.
  [[nodiscard]] const AnswerEntry* cached_nxdomain(const Task& task) const;
  void take_cached(Task& task, const AnswerEntry& entry);
  void end_with_cached(Task& task, dns::Rcode rcode, bool is_negative);

  // synthesis.cpp
  void remember_denials(Task& task, const dns::Message& message, const dnssec::ZoneKeys& keys);
  bool has_cached_no_ds(Task& task, const ZoneCut& cut, const dnssec::ZoneKeys& parent_keys);
  /// Null if none are known; else `zone` is theirs.
  [[nodiscard]] const ZoneDenials* denials_for(const Task& task, dns::Name& zone) const;
  /// Concludes the task with a denial that the cache proves; false if it proves none.
  bool use_cached_denial(Task& task);

  // hidden_cut.cpp
  void enter_cut(Task& task, const dns::Name& cut);
  void enter_anchored_zone(Task& task);
  void forget_claimed_cut(const dns::Name& cut);
  bool is_in_opt_out(const ZoneCut& cut);
  /// As chain_for_response(), of the zone that the response really comes from.
  [[nodiscard]] ChainStatus chain_under_response(Task& task);

  // edns.cpp
  [[nodiscard]] bool refuses_edns(const Exchange& exchange, const dns::Message& message) const;
  void note_edns(const Exchange& exchange, const dns::Message& message);

  // lame.cpp
  [[nodiscard]] bool is_expected_signed(const Task& task) const;
  [[nodiscard]] bool is_known(const LameTable& table, const dns::Name& zone, ServerId server) const;
  [[nodiscard]] bool is_lame(const dns::Name& zone, ServerId server) const;
  /// True if the response is to be had from another server: the zone is signed, and it is not.
  bool throws_away(Task& task, ServerId server, const dns::Message& message);
  void put_lame_last(Task& task) const;
  void note_cache(Task& task, ServerId server);
  /// Whether it is one that resolves for others, and will be asked to (asks_caches_last).
  [[nodiscard]] bool is_asked_to_resolve(const Task& task, ServerId server) const;
  [[nodiscard]] bool has_gone_round(const Task& task) const;

  // conclude.cpp
  void conclude(Task& task, FetchResult result, const VerdictPtr& verdict, bool chain_failed);
  [[nodiscard]] bool came_too_early(const Task& task) const;
  void store(Task& task, const Situation& situation, const Decision& decision,
             const VerdictPtr& verdict, const std::shared_ptr<const AnswerData>& data);
  void forget_superseded(const AnswerView& key);
  /// `data` is null for failures that brought none.
  void remember_chain_result(Task& task, FetchResult result, const VerdictPtr& verdict,
                             const AnswerData* data);
  void reply_to_clients(Task& task, const Situation& situation, const Decision& decision,
                        const VerdictPtr& verdict, const std::shared_ptr<const AnswerData>& data);
  void hand_addresses_on(const Task& task, const AnswerData& data);
  void finish(Task& task, FetchResult result, const VerdictPtr& verdict);
  void purge_if_large();

  // operator.cpp
  void flush(const Flush& what);
  void flush_subtree(const dns::Name& name);
  void forget_denials(const dns::Name& name);
  void install_nta(const InstallNta& install);
  void remove_nta(const dns::Name& name);
  void keep_insecure_below(const dns::Name& name);
  void run_timers();
  void start_watch(const NtaWatch& watch);
  void expire_answer(const ExpireAnswer& what);
  void count_watched(const Task& task, FetchResult result);
  void look_at_watched();
  void recheck_ntas();
  void serve_stale_to_clients(Task& task);

  // resolver.cpp; callers see to it that nothing is formatted without a tracer
  void trace(TraceKind kind, const Task& task, const dns::Question& question, std::string detail);
  void trace(TraceKind kind, const ClientQuery& query, std::string detail);
  void trace_wait(const Task& task, const Task& awaited);
  void trace_wait(const ClientQuery& query, const Task& awaited);

  // Verifies through the configured verifier and counts.
  class CountingVerifier final : public dnssec::SignatureVerifier {
   public:
    explicit CountingVerifier(const dnssec::SignatureVerifier& inner) : inner_(inner) {}
    [[nodiscard]] bool supports(std::uint8_t algorithm) const override {
      return inner_.supports(algorithm);
    }
    [[nodiscard]] bool verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                                const dns::DnskeyRdata& dnskey) const override {
      const bool is_good = inner_.verifies(rrset, rrsig, dnskey);
      checks_ += 1;
      failed_checks_ += is_good ? 0 : 1;
      return is_good;
    }
    [[nodiscard]] Judged judged(const dnssec::RRsetVerdict& verdict) const {
      return {verdict, checks_, failed_checks_};
    }

   private:
    const dnssec::SignatureVerifier& inner_;
    mutable std::uint32_t checks_ = 0;
    mutable std::uint32_t failed_checks_ = 0;
  };
  // The verdict on what is not looked at any more.
  [[nodiscard]] static Judged not_judged(const Task& task);
  [[nodiscard]] static Judged judge_unsigned(const Task& task);
  // Runs `judge(validator)` and adds its signature checks to the task's and the run's counts.
  template <typename Judge>
  Judged counted(Task& task, Judge&& judge) {
    if (has_checked_enough(task)) return not_judged(task);
    const CountingVerifier verifier(*config_.verifier);
    Judged judged = verifier.judged(judge(dnssec::Validator{verifier, limits_}));
    count_checks(task, judged);
    return judged;
  }
  void count_checks(Task& task, const Judged& judged) {
    task.failed_checks += judged.failed_checks;
    accountable_for(task).tree_checks += judged.checks;
    counters.signature_validations += judged.checks;
  }
  // As counted(), unless the verdict is known.
  template <typename Judge>
  Judged remembered(Task& task, const VerdictMemo::Subject& subject, Judge&& judge) {
    // What is shared is by everybody's limits.
    const bool is_shared = config_.verdicts != nullptr && limits_ == dnssec::ValidationLimits();
    if (!is_shared || has_checked_enough(task)) return counted(task, judge);
    if (std::optional<Judged> known = config_.verdicts->find(subject, judged_at())) {
      count_checks(task, *known);
      return *std::move(known);
    }
    Judged judged = counted(task, judge);
    config_.verdicts->remember(subject, judged, judged_at());
    return judged;
  }

  [[nodiscard]] const ResolverProfile& profile() const { return *config_.profile; }

  ResolverConfig config_;
  dnssec::ValidationLimits limits_;  // ResolverProfile::validation
  Anchors anchors_;
  std::vector<WatchedName> watched_;
  AnswerTable answers_;
  FlatTable<NameKey, AnswerEntry> denied_names_;  // ResolverProfile::nxdomain_covers_below
  ZoneTable zones_;
  SpanTable spans_;
  DenialTable denials_;  // ResolverProfile::synthesises_denials, synthesises_no_ds
  LameTable lame_;       // UpstreamSettings::dnssec_lame_tries
  LameTable caches_;     // UpstreamSettings::asks_caches_last
  ServerTable servers_;
  DelegationTable delegations_;
  std::size_t purge_delegations_at_ = 256;  // entries at which those that no zone has are dropped
  FlatTable<AnswerKey, ProofEntry> proofs_;
  Rng rng_;

  TaskSet tasks_;
  std::vector<TaskId> ready_;
  std::vector<Exchange> exchanges_;  // open ones, in order of id
  std::uint64_t next_exchange_ = 1;
  // The cache may have what answers other questions too: an alias, a secure NXDOMAIN.
  bool has_steps_ = false;
  std::size_t purge_at_ = 1024;  // entries at which dead ones are dropped

  // Nothing runs out before: the wake-up wanted by the last call.
  SimTime wake_at_ = SimTime::min();

  // Only during a call.
  SimTime now_;
  Actions* actions_ = nullptr;
  std::vector<ServerId> found_servers_;  // of collect_servers(), kept for its memory
  std::vector<TaskId> to_walk_;          // of is_waited_for_by(), likewise
  std::uint64_t walks_ = 0;              // its calls so far
};

}  // namespace zonefall::resolver
