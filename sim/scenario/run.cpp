#include "zonefall/scenario/run.h"

#include <fmt/format.h>

#include "scenario/record.h"
#include "zonefall/core/hash.h"

namespace zonefall::scenario {

namespace {

double client_queries(const outcome::Tally& tally) {
  FixedCount sum;
  for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      for (const outcome::Outcome o : outcome::all_outcomes()) {
        sum += tally.queries(cohort, bin, o);
      }
    }
  }
  return sum.to_double();
}

std::string fingerprint_text(std::uint64_t value) { return fmt::format("{:016x}", value); }

Error of_scenario(Error error, const RunOptions& options) {
  if (error.where.empty()) error.where = options.scenario_path;
  return error;
}

}  // namespace

Result<RunReport> run_scenario(const RunOptions& options) {
  auto file = load_scenario(options.scenario_path, options.changes);
  if (!file) return of_scenario(file.error(), options);
  ResolvedScenario& scenario = file.value().scenario;
  if (options.seed) scenario.run.seed = *options.seed;
  if (options.scale_ppm) scenario.run.scale_ppm = *options.scale_ppm;

  auto output = outcome::PartialFile::create({options.output_path, options.overwrite});
  if (!output) return output.error();
  auto built = build(scenario, {options.lead_in, options.real_crypto});
  if (!built) return of_scenario(built.error(), options);

  replay::ReplayOptions replay_options;
  replay_options.threads = options.threads;
  replay_options.sample_ppm = options.sample_ppm;
  replay_options.stop = options.stop;
  replay_options.progress = options.progress;
  auto replayed = replay::replay(built.value().world, replay_options);
  if (!replayed) return of_scenario(replayed.error(), options);
  RunReport report;
  report.stopped = replayed.value().stopped;
  if (report.stopped) return report;

  const outcome::Tally& tally = replayed.value().tally;
  report.fingerprint = replayed.value().fingerprint;
  report.resolutions = tally.resolutions();
  report.exchanges = tally.exchanges();
  report.events = tally.events();
  report.client_queries = client_queries(tally);
  report.expectations = score(file.value(), built.value(), tally);

  outcome::RunRecord record = make_record(file.value(), built.value());
  record.samples = std::move(replayed.value().samples);
  record.expectations = report.expectations;
  record.meta.emplace_back("fingerprint", fingerprint_text(report.fingerprint));
  record.meta.emplace_back("lead_in", options.lead_in.to_text());
  record.provenance.emplace_back("version", options.version);
  record.provenance.emplace_back("threads", fmt::format("{}", options.threads));
  record.provenance.emplace_back("crypto", options.real_crypto ? "real" : "identity");
  const auto stored =
      outcome::write_store(std::move(output).value(), record, tally, options.stop);
  if (!stored) return stored.error();
  report.content_hash = stored.value().content_hash;
  return report;
}

}  // namespace zonefall::scenario
