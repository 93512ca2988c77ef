#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/analysis.h"
#include "report/comparison_data.h"
#include "report/comparison_text.h"
#include "report/prose.h"
#include "report/run_data.h"
#include "report/text.h"
#include "report/text_table.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

constexpr std::size_t event_rows_max = 100;
constexpr std::size_t phase_rows_max = 60;
constexpr std::size_t series_rows_max = 24;

std::string md(std::string_view text) {
  return escape_markdown(text);
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : md(text);
}

std::string changes_list(const RunData& run) {
  std::string text;
  for (const Departure& change : run.departures()) {
    text += fmt::format(
        "- {}: {}{}\n", change.by, md(change.what),
        change.instead_of ? fmt::format(" (the file says {})", md(*change.instead_of)) : "");
  }
  return text.empty() ? "" : "\nThe scenario was run with these changes:\n\n" + text;
}

std::string run_section(const RunData& run, const Analysis& analysis) {
  const auto work = [&](const std::string& name) {
    const auto found = run.work.find(name);
    return found == run.work.end() ? "-" : count(static_cast<double>(found->second));
  };
  TextTable table({{"run"}, {""}});
  table.add({"simulated time", run_span(run)});
  table.add({"seed", or_dash(run.about("seed"))});
  table.add({"scale", or_dash(run.about("scale"))});
  table.add({"zonefall", or_dash(run.about("version"))});
  table.add({"fingerprint", or_dash(run.about("fingerprint"))});
  table.add({"content hash", run.content_hash});
  table.add({"lookups of clients", count(analysis.all.total.lookups)});
  table.add({"queries of clients", count(analysis.all.total.queries)});
  table.add({"resolutions", work("resolutions")});
  table.add({"upstream exchanges", work("exchanges")});
  table.add({"simulated events", work("events")});
  std::string text = table.to_markdown() + changes_list(run);
  if (run.about("scale") != "1") {
    text += "\nCounts are those of the part that was simulated (scale).\n";
  }
  return text;
}

std::string events_section(const Analysis& analysis) {
  if (analysis.events.empty()) return "The run records no events.\n";
  TextTable table({{"UTC"}, {"who"}, {"what"}, {"confidence"}, {"source"}});
  for (std::size_t i = 0; i < std::min(analysis.events.size(), event_rows_max); ++i) {
    const EventGroup& group = analysis.events[i];
    std::string what = md(group.event.what);
    if (group.times > 1) {
      what += fmt::format(" ({} times until {})", group.times, short_time(group.last));
    }
    table.add({short_time(group.event.at), md(group.event.actor), what, md(group.event.confidence),
               md(group.event.source)});
  }
  std::string text = table.to_markdown();
  if (analysis.events.size() > event_rows_max) {
    text += fmt::format("\n{} more are in the JSON and CSV reports.\n",
                        analysis.events.size() - event_rows_max);
  }
  return text;
}

std::string phases_section(const Analysis& analysis) {
  if (analysis.phases.empty()) return "No zone was published during the run.\n";
  TextTable table({{"zone"},
                   {"first"},
                   {"last"},
                   {"versions", Align::right},
                   {"every", Align::right},
                   {"serials"},
                   {"to all sites", Align::right}});
  for (std::size_t i = 0; i < std::min(analysis.phases.size(), phase_rows_max); ++i) {
    const Phase& phase = analysis.phases[i];
    std::string reach = phase.all_sites_s ? fmt::format("{} s", rate(*phase.all_sites_s)) : "";
    if (phase.versions_not_everywhere > 0) {
      reach += fmt::format("{}{} not everywhere", reach.empty() ? "" : ", ",
                           phase.versions_not_everywhere);
    }
    table.add({md(phase.zone), short_time(phase.first), short_time(phase.last),
               count(static_cast<double>(phase.versions)),
               phase.interval_s ? fmt::format("{} s", rate(*phase.interval_s)) : "-",
               phase.versions == 1 ? fmt::format("{}", phase.first_serial)
                                   : fmt::format("{} .. {}", phase.first_serial, phase.last_serial),
               reach});
  }
  std::string text = table.to_markdown();
  if (analysis.phases.size() > phase_rows_max) {
    text += fmt::format("\n{} more phases are in the JSON and CSV reports.\n",
                        analysis.phases.size() - phase_rows_max);
  }
  return text;
}

std::string hurt_tables(const RunData& run, const Analysis& analysis) {
  TextTable lookups({{"cohort"},
                     {"profile"},
                     {"policy"},
                     {"lookups", Align::right},
                     {"failed", Align::right},
                     {"share", Align::right},
                     {"worst bin"},
                     {"failed then", Align::right},
                     {"share then", Align::right}});
  TextTable resolvers({{"cohort"},
                       {"resolvers", Align::right},
                       {"hurt", Align::right},
                       {"had NTA", Align::right},
                       {"first failure"},
                       {"50 % recovered", Align::right},
                       {"90 %", Align::right},
                       {"99 %", Align::right}});
  const auto add = [&](const Cohort& names, const Hurt& hurt) {
    const bool is_hurt = hurt.worst_bin.has_value();
    lookups.add({md(names.name), md(names.profile), md(names.policy), count(hurt.total.lookups),
                 count(hurt.total.failed), percent(hurt.failed_share()),
                 is_hurt ? short_time(run.bins[*hurt.worst_bin].from) : "-",
                 is_hurt ? count(hurt.worst.failed) : "-", percent(hurt.worst_share())});
    resolvers.add({md(names.name), count(static_cast<double>(names.resolvers)),
                   count(static_cast<double>(hurt.resolvers_hurt)),
                   count(static_cast<double>(hurt.resolvers_with_nta)),
                   short_time(hurt.first_failure), recovery_text(hurt, 0), recovery_text(hurt, 1),
                   recovery_text(hurt, 2)});
  };
  Cohort everyone{"all", "", "", 0};
  for (std::size_t i = 0; i < run.cohorts.size(); ++i) {
    add(run.cohorts[i], analysis.cohorts[i]);
    everyone.resolvers += run.cohorts[i].resolvers;
  }
  add(everyone, analysis.all);
  return lookups.to_markdown() +
         "\nResolvers: those with at least one failure are hurt. Recovery: minutes from the "
         "cohort's first\nfailure until that part of them had their first success after their last "
         "failure; \"not yet\"\nmeans not before the run ended.\n\n" +
         resolvers.to_markdown();
}

std::string classes_table(const RunData& run, const Analysis& analysis) {
  if (run.classes.empty()) return "";
  TextTable table({{"names"},
                   {"zone"},
                   {"lookups", Align::right},
                   {"failed", Align::right},
                   {"share", Align::right},
                   {"worst bin"},
                   {"share then", Align::right}});
  for (std::size_t i = 0; i < run.classes.size(); ++i) {
    const Hurt& hurt = analysis.classes[i];
    table.add({md(run.classes[i].title), md(run.classes[i].zone), count(hurt.total.lookups),
               count(hurt.total.failed), percent(hurt.failed_share()),
               hurt.worst_bin ? short_time(run.bins[*hurt.worst_bin].from) : "-",
               percent(hurt.worst_share())});
  }
  return "\nNames by class: popular are those asked for more than others, signed those delegated "
         "with a DS\nRRset, missing those that do not exist.\n\n" +
         table.to_markdown();
}

std::string hurt_section(const RunData& run, const Analysis& analysis) {
  std::string text = fmt::format("Over all cohorts, {}.\n\n", failed_phrase(analysis.all.total));
  CurveChart chart;
  chart.rows = 8;
  chart.cohorts = analysis.worst_first();
  text += "Share of failed lookups (SERVFAIL or no reply), all cohorts:\n\n```text\n" +
          curve_chart(run, analysis, chart) + "```\n\n";
  return text + hurt_tables(run, analysis) + classes_table(run, analysis);
}

std::string series_section(const RunData& run) {
  const std::vector<Column> columns = columns_of(run, series_rows_max);
  std::string text;
  if (!columns.empty()) {
    const BinSpan& last = run.bins[columns[0].bins - 1];
    text = fmt::format(
        "Shares of each cohort's lookups in steps of {}; JSON and CSV have every bin.\n",
        span(seconds_between(run.bins[0].from, last.until)));
  }
  std::string quiet;
  for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
    const Counts total = counts_in(run.counts[cohort], {0, run.bins.size()});
    if (total.failed <= 0 && total.stale <= 0 && total.under_nta <= 0 && total.bogus <= 0) {
      quiet += (quiet.empty() ? "" : ", ") + md(run.cohorts[cohort].name);
      continue;
    }
    // Few resolvers are permissive: others have no column for it.
    const bool gives_bogus = total.bogus > 0;
    std::vector<TextTable::Column> heads = {{"UTC"},
                                            {"lookups", Align::right},
                                            {"failed", Align::right},
                                            {"stale", Align::right},
                                            {"under NTA", Align::right}};
    if (gives_bogus) heads.push_back({"bogus", Align::right});
    TextTable table(std::move(heads));
    for (const Column& column : columns) {
      const Counts n = counts_in(run.counts[cohort], column);
      std::vector<std::string> cells = {short_time(run.bins[column.first_bin].from),
                                        count(n.lookups), percent(share_of(n.failed, n.lookups)),
                                        percent(share_of(n.stale, n.lookups)),
                                        percent(share_of(n.under_nta, n.lookups))};
      if (gives_bogus) cells.push_back(percent(share_of(n.bogus, n.lookups)));
      table.add(std::move(cells));
    }
    text += fmt::format("\n### {}\n\n{}", md(run.cohorts[cohort].name), table.to_markdown());
  }
  if (!quiet.empty()) {
    text += fmt::format("\nNo failed, stale or NTA answers in: {}.\n", quiet);
  }
  return text;
}

std::string ede_section(const RunData& run, const Analysis& analysis) {
  if (analysis.ede.empty()) return "No reply carried one.\n";
  TextTable table({{"cohort"},
                   {"code", Align::right},
                   {"purpose"},
                   {"replies", Align::right},
                   {"share", Align::right},
                   {"first seen"},
                   {"most in"}});
  for (const EdeSummary& ede : analysis.ede) {
    const auto name = run.ede_names.find(ede.code);
    table.add({md(run.cohorts[ede.cohort].name), fmt::format("{}", ede.code),
               name == run.ede_names.end() ? "-" : md(name->second), count(ede.replies),
               percent(share_of(ede.replies, analysis.cohorts[ede.cohort].total.queries)),
               short_time(ede.first_seen), short_time(run.bins[ede.most_bin].from)});
  }
  return table.to_markdown();
}

/// What was not asked of this run, since it had no cause for it.
std::string not_asked(const RunData& run) {
  const auto is_asked = [&](std::string_view harm) {
    return std::any_of(run.harms.begin(), run.harms.end(),
                       [&](const HarmName& name) { return name.name == harm; });
  };
  std::string text;
  if (!is_asked("outdated")) {
    text +=
        "Not asked whether stale answers were wrong: no population that clients ask for moves.\n";
  }
  if (!is_asked("spoofed")) {
    text += "Not asked whether answers were spoofed: no attacker forges anything.\n";
  }
  return text;
}

std::string harms_section(const RunData& run, const Analysis& analysis) {
  if (run.harms.empty()) return not_asked(run);
  TextTable table({{"cohort"},
                   {"harm"},
                   {"meaning"},
                   {"lookups", Align::right},
                   {"share", Align::right},
                   {"most in"}});
  for (const HarmSum& sum : analysis.harms) {
    const HarmName& harm = run.harms[sum.harm];
    table.add({md(run.cohorts[sum.cohort].name), md(harm.name), md(harm.meaning),
               count(sum.lookups),
               percent(share_of(sum.lookups, analysis.cohorts[sum.cohort].total.lookups)),
               sum.most_bin ? short_time(run.bins[*sum.most_bin].from) : "-"});
  }
  const std::string missing = not_asked(run);
  return table.to_markdown() + (missing.empty() ? "" : "\n" + missing);
}

std::string load_section(const RunData& run, const Analysis& analysis) {
  if (analysis.servers.empty()) return "The run counted no servers.\n";
  const auto maybe_rate = [](const std::optional<double>& n) { return n ? rate(*n) : "-"; };
  std::string text = "Queries per second, all sites of a server together. ";
  if (analysis.onset_bin) {
    text += fmt::format("\"Before\" is the mean until {}.\n\n",
                        short_time(run.bins[*analysis.onset_bin].from));
  } else {
    text += "Nothing failed: \"before\" is the mean of the run.\n\n";
  }
  TextTable table({{"server"},
                   {"zone"},
                   {"before", Align::right},
                   {"since", Align::right},
                   {"most", Align::right},
                   {"in bin"},
                   {"most / before", Align::right}});
  for (const ServerLoad& load : analysis.servers) {
    const std::optional<double> ratio = load.most_ratio();
    table.add({md(run.servers[load.server].name), md(run.servers[load.server].zone),
               maybe_rate(load.before_per_s), maybe_rate(load.since_per_s), rate(load.most_per_s),
               load.most_bin ? short_time(run.bins[*load.most_bin].from) : "-",
               ratio ? fmt::format("{:.2f}", *ratio) : "-"});
  }
  return text + table.to_markdown();
}

std::string expectations_of(const RunData& run, const std::string& kind) {
  std::string text;
  for (const Expectation& e : run.expectations) {
    if (e.kind != kind) continue;
    text += fmt::format(
        "- **{}** {}: {}\n"
        "  - published: {} ({}, {})\n"
        "  - measured: {}\n",
        e.passed ? "passed" : "FAILED", md(e.id), md(e.statement), md(e.published), md(e.source),
        md(e.confidence), md(e.measured));
  }
  return text;
}

std::string expectations_section(const RunData& run) {
  if (run.expectations.empty()) return "The scenario expects nothing.\n";
  const Score consequences = score_of(run, "consequence");
  const Score echoes = score_of(run, "echo");
  return fmt::format(
      "### Consequences: {} of {} passed\n\nWhat must follow from the mechanism.\n\n{}\n"
      "### Echoes: {} of {} passed\n\nWhat only repeats an input.\n\n{}",
      consequences.passed, consequences.all, expectations_of(run, "consequence"), echoes.passed,
      echoes.all, expectations_of(run, "echo"));
}

std::string reproduce_section(const RunData& run, const std::string& path) {
  return fmt::format(
      "The result file holds the scenario with every default written out, and its seed. This gives "
      "the\nsame results with the same version of zonefall:\n\n"
      "```sh\n{}```\n\n"
      "The content hash must be `{}` again.\n",
      reproduce_commands(path), run.content_hash);
}

}  // namespace

Result<std::string> markdown_report(const std::string& path) {
  if (outcome::is_comparison(path)) {
    const Result<ComparisonData> data = read_comparison(path);
    if (!data) return data.error();
    return comparison_markdown(data.value(), path);
  }
  const Result<RunData> read = read_run(path);
  if (!read) return read.error();
  const RunData& run = read.value();
  const Analysis analysis = analyse(run);
  std::string title = md(run.about("scenario_title"));
  if (title.empty()) title = "Untitled run";
  std::string text = fmt::format("# {}\n\n", title);
  const auto section = [&](std::string_view heading, const std::string& body) {
    text += fmt::format("\n## {}\n\n{}", heading, body);
  };
  text += run_section(run, analysis);
  section("What happened", events_section(analysis));
  text += "\n### Publications\n\n" + phases_section(analysis);
  section("Who was hurt", hurt_section(run, analysis));
  section("Time series", series_section(run));
  section("Extended DNS Errors", ede_section(run, analysis));
  section("Answers with wrong data", harms_section(run, analysis));
  section("Load of authoritative servers", load_section(run, analysis));
  section("Expectations", expectations_section(run));
  section("How to reproduce", reproduce_section(run, path));
  return text;
}

}  // namespace zonefall::report
