#include "zonefall/replay/replay.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "replay/group.h"
#include "replay/world_index.h"
#include "zonefall/engine/passes.h"

namespace zonefall::replay {

namespace {

// What is fixed in a World does not react to the tallies: one pass is enough.
class Run final : public engine::Passes {
 public:
  Run(const World& world, const ReplayOptions& options)
      : index_(world), options_(options), result_{outcome::Tally(tally_shape(world)), {}} {
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
    Group group({index_,
                 index_.groups()[number],
                 worker.answers,
                 worker.verdicts,
                 worker.tally,
                 {options_.sample_ppm, room},
                 options_.hits});
    group.run();
    worker.broken_promises += group.broken_promises();
    fingerprints_[number] = group.fingerprint();
    for (outcome::SampleRow& row : group.samples()) worker.samples.push_back(std::move(row));
  }

  std::uint64_t react() override {
    for (const auto& worker : workers_) {
      result_.tally.merge(worker->tally);
      result_.memo_hits += worker->answers.hits();
      result_.memo_misses += worker->answers.misses();
      result_.broken_promises += worker->broken_promises;
      std::move(worker->samples.begin(), worker->samples.end(),
                std::back_inserter(result_.samples));
    }
    std::sort(result_.samples.begin(), result_.samples.end(), [](const auto& a, const auto& b) {
      return std::pair(a.resolver, a.at) < std::pair(b.resolver, b.at);
    });
    if (result_.samples.size() > options_.samples_max) result_.samples.resize(options_.samples_max);
    Fingerprint all;
    for (const std::uint64_t word : fingerprints_) all.mix(word);
    result_.fingerprint = all.value();
    return 0;
  }

  void clear_tallies() override {
    for (const auto& worker : workers_) {
      worker->tally.clear();
      worker->samples.clear();
    }
    result_.tally.clear();
    result_.samples.clear();
  }

  ReplayResult take() { return std::move(result_); }

 private:
  struct Worker {
    explicit Worker(const outcome::TallyShape& shape) : tally(shape) {}
    authority::AnswerMemo answers;
    resolver::VerdictMemo verdicts;
    outcome::Tally tally;
    std::vector<outcome::SampleRow> samples;
    std::uint64_t broken_promises = 0;
  };

  WorldIndex index_;
  const ReplayOptions& options_;
  ReplayResult result_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::uint64_t> fingerprints_;
};

Status check_options(const ReplayOptions& options) {
  if (options.threads == 0) return Error{"a replay needs at least 1 thread"};
  if (options.sample_ppm > 1'000'000) return Error{"over 1000000 ppm of lookups as samples"};
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

}  // namespace

Result<ReplayResult> replay(const World& world, const ReplayOptions& options) {
  if (Status checked = check(world); !checked) return checked.error();
  if (Status checked = check_options(options); !checked) return checked.error();
  Run run(world, options);
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
  ReplayResult result = run.take();
  result.stopped = report.value().stopped;
  return result;
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
