#include "zonefall/replay/replay.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "replay/alike.h"
#include "replay/group.h"
#include "replay/world_index.h"
#include "zonefall/engine/passes.h"

namespace zonefall::replay {

namespace {

// What is fixed in a World does not react to the tallies: one pass is enough.
class Run final : public engine::Passes {
 public:
  /// `twin` is the same world with other servers, or null.
  Run(const World& world, const World* twin, const ReplayOptions& options)
      : index_(world), options_(options) {
    if (twin != nullptr) {
      twin_index_.emplace(*twin);
      alike_until_ = alike_until(*world.servers, *twin->servers);
    }
    for (unsigned i = 0; i < options.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(tally_shape(world)));
    }
    fingerprints_.resize(index_.groups().size());
  }

  [[nodiscard]] std::uint64_t group_count() const override { return index_.groups().size(); }

  void replay(unsigned worker_number, std::uint64_t number) override {
    Worker& worker = *workers_[worker_number];
    // Groups come to a worker in rising order: what it has stands before what comes, and of each
    // resolver only the first ones can be among those kept.
    const auto kept = static_cast<std::uint32_t>(worker.samples.size());
    const std::uint32_t room = options_.samples_max - std::min(options_.samples_max, kept);
    Group::Parts parts{index_,          index_.groups()[number], worker.answers,
                       worker.verdicts, worker.tallies[shared],  {options_.sample_ppm, room},
                       options_.hits};
    if (twin_index_) {
      parts.twin.emplace(
          Group::Twin{*twin_index_, alike_until_, worker.tallies[first], worker.tallies[second]});
    }
    auto group = std::make_unique<Group>(parts);
    group->run();
    note(worker, *group, number, 0);
    for (outcome::SampleRow& row : group->samples()) worker.samples.push_back(std::move(row));
    auto twin = group->take_twin();
    if (twin == nullptr) {
      note(worker, *group, number, 1);
      return;
    }
    group.reset();  // one at a time: a busy resolver's caches are large
    worker.parted += 1;
    twin->run();
    note(worker, *twin, number, 1);
  }

  std::uint64_t react() override {
    for (const std::size_t side : {0U, 1U}) {
      ReplayResult& result = results_[side];
      for (const auto& worker : workers_) {
        result.tally.merge(worker->tallies[shared]);
        result.tally.merge(worker->tallies[side == 0 ? first : second]);
        result.memo_hits += worker->answers.hits();
        result.memo_misses += worker->answers.misses();
        result.broken_promises += worker->broken_promises[side];
      }
      Fingerprint all;
      for (const auto& words : fingerprints_) all.mix(words[side]);
      result.fingerprint = all.value();
    }
    merge_samples(results_[0].samples);
    return 0;
  }

  void clear_tallies() override {
    for (const auto& worker : workers_) {
      for (outcome::Tally& tally : worker->tallies) tally.clear();
      worker->samples.clear();
    }
    for (ReplayResult& result : results_) {
      result.tally.clear();
      result.samples.clear();
    }
  }

  PairedResult take() {
    PairedResult pair{std::move(results_[0]), std::move(results_[1])};
    for (const auto& worker : workers_) pair.groups_parted += worker->parted;
    return pair;
  }

 private:
  // What both worlds have in common, and what each has for itself.
  enum Part : std::uint8_t { shared, first, second };
  struct Worker {
    explicit Worker(const outcome::TallyShape& shape)
        : tallies{outcome::Tally(shape), outcome::Tally(shape), outcome::Tally(shape)} {}
    authority::AnswerMemo answers;
    resolver::VerdictMemo verdicts;
    std::array<outcome::Tally, 3> tallies;
    std::vector<outcome::SampleRow> samples;
    std::array<std::uint64_t, 2> broken_promises{};  // by world
    std::uint64_t parted = 0;
  };

  // What a group lived through in that world.
  void note(Worker& worker, const Group& group, std::uint64_t number, std::size_t side) {
    worker.broken_promises[side] += group.broken_promises();
    fingerprints_[number][side] = group.fingerprint();
  }

  void merge_samples(std::vector<outcome::SampleRow>& samples) {
    for (const auto& worker : workers_) {
      std::move(worker->samples.begin(), worker->samples.end(), std::back_inserter(samples));
    }
    std::sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) {
      return std::pair(a.resolver, a.at) < std::pair(b.resolver, b.at);
    });
    if (samples.size() > options_.samples_max) samples.resize(options_.samples_max);
  }

  WorldIndex index_;
  std::optional<WorldIndex> twin_index_;
  std::vector<SimTime> alike_until_;
  const ReplayOptions& options_;
  std::array<ReplayResult, 2> results_{
      ReplayResult{outcome::Tally(tally_shape(index_.world())), {}},
      ReplayResult{outcome::Tally(tally_shape(index_.world())), {}}};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::array<std::uint64_t, 2>> fingerprints_;  // by group
};

Status check_options(const ReplayOptions& options) {
  if (options.threads == 0) return Error{"a replay needs at least 1 thread"};
  if (options.sample_ppm > 1'000'000) return Error{"over 1000000 ppm of lookups as samples"};
  return Done{};
}

// Load is counted by site.
Status check_servers(const World& world, const World& twin) {
  const auto& servers = world.servers->servers();
  const auto& others = twin.servers->servers();
  bool are_same = servers.size() == others.size();
  for (std::size_t i = 0; are_same && i < servers.size(); ++i) {
    are_same =
        servers[i].name == others[i].name && servers[i].sites.size() == others[i].sites.size();
  }
  if (!are_same) return Error{"the two worlds of a pair have other servers or sites"};
  return Done{};
}

Status check_inquiry(const World& world, const Inquiry& inquiry) {
  if (inquiry.cohort >= world.cohorts.size()) {
    return Error{fmt::format("no cohort {}: there are {}", inquiry.cohort, world.cohorts.size())};
  }
  const Cohort& cohort = world.cohorts[inquiry.cohort];
  if (inquiry.resolver >= cohort.resolvers) {
    return Error{fmt::format("no resolver {} in cohort '{}': there are {}", inquiry.resolver,
                             cohort.name, cohort.resolvers)};
  }
  const SimTime start = world.from - world.lead_in;
  if (inquiry.at < start || inquiry.at >= world.until) {
    return Error{fmt::format("{} is outside the run, which goes from {} to {}",
                             inquiry.at.to_text(), start.to_text(), world.until.to_text())};
  }
  return Done{};
}

Result<PairedResult> run(const World& world, const World* twin, const ReplayOptions& options) {
  if (Status checked = check(world); !checked) return checked.error();
  if (Status checked = check_options(options); !checked) return checked.error();
  Run run(world, twin, options);
  engine::PassLimits limits;
  limits.threads = options.threads;
  limits.stop = options.stop;
  if (options.progress) {
    limits.progress = [&](unsigned, std::uint64_t done) {
      options.progress(done, run.group_count());
    };
  }
  const auto report = engine::run_passes(run, limits);
  if (!report) return report.error();
  PairedResult result = run.take();
  result.first.stopped = result.second.stopped = report.value().stopped;
  return result;
}

}  // namespace

Result<ReplayResult> replay(const World& world, const ReplayOptions& options) {
  auto pair = run(world, nullptr, options);
  if (!pair) return pair.error();
  return std::move(pair).value().first;
}

Result<PairedResult> replay_pair(
    const World& world, const std::shared_ptr<const authority::ServerDirectory>& other_servers,
    const ReplayOptions& options) {
  World twin = world;
  twin.servers = other_servers;
  if (Status checked = check(twin); !checked) return checked.error();
  if (Status checked = check_servers(world, twin); !checked) return checked.error();
  return run(world, &twin, options);
}

Result<InquiryResult> inquire(const World& world, const Inquiry& inquiry) {
  if (Status checked = check(world); !checked) return checked.error();
  if (Status checked = check_inquiry(world, inquiry); !checked) return checked.error();
  const WorldIndex index(world);
  authority::AnswerMemo answers;
  resolver::VerdictMemo verdicts;
  outcome::Tally tally(tally_shape(world));
  const GroupPlace place = index.group_of(inquiry.cohort, inquiry.resolver);
  Group group({index, place, answers, verdicts, tally, {}});
  return group.inquire(inquiry, inquiry.resolver - place.first);
}

}  // namespace zonefall::replay
