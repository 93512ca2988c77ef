#include "report/data_tables.h"

#include <optional>
#include <utility>

#include "report/cells.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr CellType text = CellType::text;
constexpr CellType integer = CellType::integer;
constexpr CellType number = CellType::number;
constexpr CellType yes_no = CellType::yes_no;
constexpr CellType time = CellType::time;

std::string cohort_name(const RunData& run, std::size_t cohort) {
  return run.cohorts[cohort].name;
}
MaybeTime start_of(const RunData& run, std::optional<std::size_t> bin) {
  if (!bin) return {};
  return run.bins[*bin].from;
}

DataTable run_table(const RunData& run, const Analysis& analysis) {
  DataTable table{
      "run",
      "What was run, and how much there was of it",
      Rows::one,
      {{"title", text, false, "title of the scenario"},
       {"from", time, false, "begin of the run"},
       {"until", time, false, "end of the run, excluded"},
       {"bin_s", number, true, "width of a bin, seconds"},
       {"seed", text, false, "seed of all random draws, decimal"},
       {"scale", text, false, "share of each cohort's resolvers that was simulated"},
       {"version", text, false, "version of zonefall; empty if not recorded"},
       {"fingerprint", text, false, "of what happened, in order; empty if not recorded"},
       {"content_hash", text, false, "of the result file's content, hexadecimal"},
       {"scenario_hash", text, false, "of the normalised scenario, hexadecimal"},
       {"resolutions", integer, false, "questions that needed upstream queries"},
       {"exchanges", integer, false, "upstream queries"},
       {"events", integer, false, "steps of the simulation"},
       {"queries", number, false, "queries of clients that the run stands for"},
       {"lookups", number, false, "lookups of clients that the run stands for"},
       {"failed_lookups", number, false, "of them failed"},
       {"onset", time, true, "begin of the bin in which the outage set in"}},
      {}};
  const auto work = [&](const std::string& name) {
    const auto found = run.work.find(name);
    return found == run.work.end() ? std::int64_t{0} : found->second;
  };
  std::optional<double> bin_s;
  if (!run.bins.empty()) bin_s = seconds_between(run.bins[0].from, run.bins[0].until);
  table.rows.push_back(row(run.about("scenario_title"), run.from, run.until, bin_s,
                           run.about("seed"), run.about("scale"), run.about("version"),
                           run.about("fingerprint"), run.content_hash, run.about("scenario_hash"),
                           work("resolutions"), work("exchanges"), work("events"),
                           analysis.all.total.queries, analysis.all.total.lookups,
                           analysis.all.total.failed, start_of(run, analysis.onset_bin)));
  return table;
}

DataTable changes_table(const RunData& run) {
  DataTable table{
      "changes",
      "How the run departed from its scenario file, in the order in which that counts; the last "
      "word wins. Empty if the file was run as it is",
      Rows::many,
      {{"by", text, false, "the option: set, counterfactual, seed or scale"},
       {"what", text, false, "the change (path = value), the counterfactual's name, or the value"},
       {"instead_of", text, true, "what the file says; null for set and counterfactual"}},
      {}};
  for (const Departure& change : run.departures()) {
    table.rows.push_back(row(change.by, change.what, change.instead_of));
  }
  return table;
}

DataTable cohorts_table(const RunData& run, const Analysis& analysis) {
  DataTable table{
      "cohorts",
      "Who was hurt: groups of like resolvers, and what their clients got",
      Rows::many,
      {{"cohort", text, false, "name of the cohort"},
       {"profile", text, false, "implementation that its resolvers run"},
       {"policy", text, false,
        "what sets it apart from others of its profile: own knobs, operators; plain: nothing"},
       {"resolvers", integer, false, "number of resolvers"},
       {"lookups", number, false, "lookups of its clients over the run"},
       {"failed_lookups", number, false, "of them failed"},
       {"failed_share", number, true, "failed of all lookups, 0 to 1; null without lookups"},
       {"stale_share", number, true, "answered with stale data, 0 to 1"},
       {"under_nta_share", number, true, "answered under a negative trust anchor, 0 to 1"},
       {"bogus_answer_share", number, true, "answered although validation failed, 0 to 1"},
       {"worst_bin_at", time, true, "begin of the worst bin; null if nothing failed"},
       {"worst_bin_failed_lookups", number, false, "failed lookups in it"},
       {"worst_bin_failed_share", number, true, "their share, 0 to 1"},
       {"first_failure_at", time, true, "first failure of any of its resolvers"},
       {"resolvers_hurt", integer, false, "resolvers with at least one failure"},
       {"resolvers_recovered", integer, false, "of them recovered before the run ended"},
       {"resolvers_with_nta", integer, false, "resolvers that had a negative trust anchor"},
       {"recovery_50_min", number, true, "minutes from first_failure_at until 50 % recovered"},
       {"recovery_90_min", number, true, "the same for 90 %; null: not before the run ended"},
       {"recovery_99_min", number, true, "the same for 99 %"}},
      {}};
  for (std::size_t i = 0; i < run.cohorts.size(); ++i) {
    const Cohort& cohort = run.cohorts[i];
    const Hurt& hurt = analysis.cohorts[i];
    table.rows.push_back(
        row(cohort.name, cohort.profile, cohort.policy, cohort.resolvers, hurt.total.lookups,
            hurt.total.failed, hurt.failed_share(), share_of(hurt.total.stale, hurt.total.lookups),
            share_of(hurt.total.under_nta, hurt.total.lookups),
            share_of(hurt.total.bogus, hurt.total.lookups), start_of(run, hurt.worst_bin),
            hurt.worst.failed, hurt.worst_share(), hurt.first_failure, hurt.resolvers_hurt,
            hurt.resolvers_recovered, hurt.resolvers_with_nta, hurt.recovery_min[0],
            hurt.recovery_min[1], hurt.recovery_min[2]));
  }
  return table;
}

DataTable classes_table(const RunData& run, const Analysis& analysis) {
  DataTable table{
      "classes",
      "Which names were hurt: classes of the names that clients asked for, all cohorts together",
      Rows::many,
      {{"class", text, false, "name of the class"},
       {"title", text, false, "the same for people"},
       {"meaning", text, false, "which names it holds"},
       {"zone", text, false, "that delegates the names, or does not have them"},
       {"lookups", number, false, "lookups of such names over the run"},
       {"failed_lookups", number, false, "of them failed"},
       {"failed_share", number, true, "failed of all lookups, 0 to 1"},
       {"stale_share", number, true, "answered with stale data, 0 to 1"},
       {"under_nta_share", number, true, "answered under a negative trust anchor, 0 to 1"},
       {"bogus_answer_share", number, true, "answered although validation failed, 0 to 1"},
       {"worst_bin_at", time, true, "begin of the worst bin; null if nothing failed"},
       {"worst_bin_failed_share", number, true, "share of failed lookups in it, 0 to 1"}},
      {}};
  for (std::size_t i = 0; i < run.classes.size(); ++i) {
    const NamesOfClass& names = run.classes[i];
    const Hurt& hurt = analysis.classes[i];
    table.rows.push_back(row(names.name, names.title, names.meaning, names.zone, hurt.total.lookups,
                             hurt.total.failed, hurt.failed_share(),
                             share_of(hurt.total.stale, hurt.total.lookups),
                             share_of(hurt.total.under_nta, hurt.total.lookups),
                             share_of(hurt.total.bogus, hurt.total.lookups),
                             start_of(run, hurt.worst_bin), hurt.worst_share()));
  }
  return table;
}

DataTable cohort_classes_table(const RunData& run) {
  DataTable table{"cohort_classes",
                  "The same for each cohort; classes that its clients did not ask for are left out",
                  Rows::many,
                  {{"cohort", text, false, "name of the cohort"},
                   {"class", text, false, "name of the class"},
                   {"lookups", number, false, "lookups of such names over the run"},
                   {"failed_lookups", number, false, "of them failed"},
                   {"failed_share", number, true, "failed of all lookups, 0 to 1"}},
                  {}};
  for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
    for (const NamesOfClass& names : run.classes) {
      const Counts n = counts_in(names.counts[cohort], {0, run.bins.size()});
      if (n.lookups == 0) continue;
      table.rows.push_back(row(cohort_name(run, cohort), names.name, n.lookups, n.failed,
                               share_of(n.failed, n.lookups)));
    }
  }
  return table;
}

DataTable series_table(const RunData& run) {
  DataTable table{
      "series",
      "What the clients of each cohort got in each bin; bins without lookups are left out",
      Rows::many,
      {{"cohort", text, false, "name of the cohort"},
       {"at", time, false, "begin of the bin"},
       {"lookups", number, false, "lookups in the bin"},
       {"failed_lookups", number, false, "of them failed"},
       {"failed_share", number, true, "failed, 0 to 1"},
       {"stale_share", number, true, "answered with stale data, 0 to 1"},
       {"under_nta_share", number, true, "answered under a negative trust anchor, 0 to 1"},
       {"bogus_answer_share", number, true, "answered although validation failed, 0 to 1"}},
      {}};
  for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
    for (std::size_t bin = 0; bin < run.bins.size(); ++bin) {
      const Counts& n = run.counts[cohort][bin];
      if (n.lookups == 0) continue;
      table.rows.push_back(row(cohort_name(run, cohort), run.bins[bin].from, n.lookups, n.failed,
                               share_of(n.failed, n.lookups), share_of(n.stale, n.lookups),
                               share_of(n.under_nta, n.lookups), share_of(n.bogus, n.lookups)));
    }
  }
  return table;
}

DataTable events_table(const RunData& run) {
  DataTable table{"events",
                  "What people and machines did, by time",
                  Rows::many,
                  {{"at", time, false, "when"},
                   {"actor", text, false, "who"},
                   {"what", text, false, "what they did"},
                   {"source", text, false, "where it is known from"},
                   {"confidence", text, false, "measured, reported, derived or assumed"}},
                  {}};
  for (const Event& event : run.events) {
    table.rows.push_back(row(event.at, event.actor, event.what, event.source, event.confidence));
  }
  return table;
}

DataTable publications_table(const RunData& run) {
  DataTable table{"publications",
                  "Every zone version that was published, by time",
                  Rows::many,
                  {{"zone", text, false, "name of the zone"},
                   {"serial", integer, false, "serial number of its SOA"},
                   {"signed_at", time, false, "when it was signed"},
                   {"published_at", time, false, "when it was published"},
                   {"first_site_at", time, true, "when the first site served it; null: none did"},
                   {"last_site_at", time, true, "when the last one did; null: not all did"}},
                  {}};
  for (const Publication& p : run.publications) {
    table.rows.push_back(
        row(p.zone, p.serial, p.signed_at, p.published_at, p.first_site_at, p.last_site_at));
  }
  return table;
}

DataTable phases_table(const Analysis& analysis) {
  DataTable table{
      "phases",
      "Publications of a zone that follow each other at like intervals",
      Rows::many,
      {{"zone", text, false, "name of the zone"},
       {"first_published_at", time, false, "first publication of the phase"},
       {"last_published_at", time, false, "last publication of the phase"},
       {"versions", integer, false, "number of publications"},
       {"interval_s", number, true, "mean interval, seconds; null for one version"},
       {"first_serial", integer, false, "serial number of the first"},
       {"last_serial", integer, false, "serial number of the last"},
       {"all_sites_s", number, true, "longest from publication to the last site, seconds"},
       {"versions_not_everywhere", integer, false, "versions that some site never served"}},
      {}};
  for (const Phase& p : analysis.phases) {
    table.rows.push_back(row(p.zone, p.first, p.last, p.versions, p.interval_s, p.first_serial,
                             p.last_serial, p.all_sites_s, p.versions_not_everywhere));
  }
  return table;
}

DataTable ede_table(const RunData& run, const Analysis& analysis) {
  DataTable table{
      "ede",
      "Extended DNS Errors (RFC 8914) that clients of each cohort saw",
      Rows::many,
      {{"cohort", text, false, "name of the cohort"},
       {"code", integer, false, "INFO-CODE"},
       {"name", text, false, "its purpose in the IANA registry"},
       {"replies", number, false, "replies that carried it"},
       {"replies_share", number, true, "of the replies to the cohort's clients, 0 to 1"},
       {"first_seen_at", time, false, "begin of the first bin that has it"},
       {"most_at", time, false, "begin of the bin that has most of it"},
       {"most_replies", number, false, "replies that carried it in that bin"}},
      {}};
  for (const EdeSummary& e : analysis.ede) {
    const auto name = run.ede_names.find(e.code);
    table.rows.push_back(row(cohort_name(run, e.cohort), e.code,
                             name == run.ede_names.end() ? std::string() : name->second, e.replies,
                             share_of(e.replies, analysis.cohorts[e.cohort].total.queries),
                             e.first_seen, run.bins[e.most_bin].from, e.most_replies));
  }
  return table;
}

DataTable harms_table(const RunData& run, const Analysis& analysis) {
  DataTable table{
      "harms",
      "Lookups that ended with data that were wrong, whatever their outcome. Only what the "
      "scenario "
      "has a cause for (populations that move, an attacker) is here: of all else nothing was asked",
      Rows::many,
      {{"cohort", text, false, "name of the cohort"},
       {"harm", text, false, "outdated: stale and changed by then; spoofed: forged"},
       {"meaning", text, false, "what that is"},
       {"lookups", number, false, "lookups of its clients that ended so"},
       {"share", number, true, "of all its lookups, 0 to 1"},
       {"most_at", time, true, "begin of the bin that has most of them; null without any"},
       {"most_lookups", number, false, "lookups in that bin that ended so"}},
      {}};
  for (const HarmSum& sum : analysis.harms) {
    const HarmName& harm = run.harms[sum.harm];
    table.rows.push_back(row(cohort_name(run, sum.cohort), harm.name, harm.meaning, sum.lookups,
                             share_of(sum.lookups, analysis.cohorts[sum.cohort].total.lookups),
                             start_of(run, sum.most_bin), sum.most_lookups));
  }
  return table;
}

DataTable servers_table(const RunData& run, const Analysis& analysis) {
  DataTable table{"servers",
                  "Load of authoritative servers, all sites of a server together",
                  Rows::many,
                  {{"server", text, false, "name of the server"},
                   {"zone", text, false, "zone that people know it by"},
                   {"queries", number, false, "queries over the run"},
                   {"before_per_s", number, true,
                    "queries/s, mean before the onset; of the whole run "
                    "if nothing failed; null if the run begins with it"},
                   {"since_per_s", number, true, "queries/s, mean since the onset"},
                   {"most_at", time, true, "begin of the bin with most queries; null without any"},
                   {"most_per_s", number, false, "queries/s in that bin"},
                   {"most_ratio", number, true, "most_per_s / before_per_s"},
                   {"most_octets_per_s", number, false, "octets of replies/s in that bin"}},
                  {}};
  for (const ServerLoad& s : analysis.servers) {
    table.rows.push_back(row(run.servers[s.server].name, run.servers[s.server].zone, s.queries,
                             s.before_per_s, s.since_per_s, start_of(run, s.most_bin), s.most_per_s,
                             s.most_ratio(), s.most_octets_per_s));
  }
  return table;
}

DataTable load_table(const RunData& run) {
  DataTable table{"load",
                  "Load of each server in each bin; bins without queries are left out",
                  Rows::many,
                  {{"server", text, false, "name of the server"},
                   {"zone", text, false, "zone that people know it by"},
                   {"at", time, false, "begin of the bin"},
                   {"queries", number, false, "queries that arrived in the bin"},
                   {"octets", number, false, "octets of the replies"}},
                  {}};
  for (std::size_t server = 0; server < run.servers.size(); ++server) {
    for (std::size_t bin = 0; bin < run.bins.size(); ++bin) {
      const Load& load = run.loads[server][bin];
      if (load.queries == 0 && load.octets == 0) continue;
      table.rows.push_back(row(run.servers[server].name, run.servers[server].zone,
                               run.bins[bin].from, load.queries, load.octets));
    }
  }
  return table;
}

DataTable expectations_table(const RunData& run) {
  DataTable table{"expectations",
                  "Published facts that the run was held against",
                  Rows::many,
                  {{"id", text, false, "name of the expectation"},
                   {"kind", text, false, "echo: repeats an input; consequence: must follow"},
                   {"passed", yes_no, false, "whether the run agrees within the tolerance"},
                   {"statement", text, false, "what is expected"},
                   {"published", text, false, "the fact, as published"},
                   {"measured", text, false, "what the run gave"},
                   {"source", text, false, "where it is known from"},
                   {"confidence", text, false, "measured, reported, derived or assumed"}},
                  {}};
  for (const Expectation& e : run.expectations) {
    table.rows.push_back(
        row(e.id, e.kind, e.passed, e.statement, e.published, e.measured, e.source, e.confidence));
  }
  return table;
}

}  // namespace

DataTable settings_table(const Texts& meta, const Texts& provenance) {
  DataTable table{"settings",
                  "What else the result file says of its run",
                  Rows::many,
                  {{"key", text, false, "name of the setting"},
                   {"value", text, false, "its value"},
                   {"determines_results", yes_no, false,
                    "false for what may differ between equal runs: threads, version, the changes "
                    "that led to it"}},
                  {}};
  for (const auto& [key, value] : meta) table.rows.push_back(row(key, value, true));
  for (const auto& [key, value] : provenance) table.rows.push_back(row(key, value, false));
  return table;
}

std::vector<DataTable> data_tables(const RunData& run, const Analysis& analysis) {
  std::vector<DataTable> tables;
  tables.push_back(run_table(run, analysis));
  tables.push_back(changes_table(run));
  tables.push_back(cohorts_table(run, analysis));
  tables.push_back(classes_table(run, analysis));
  tables.push_back(cohort_classes_table(run));
  tables.push_back(series_table(run));
  tables.push_back(events_table(run));
  tables.push_back(publications_table(run));
  tables.push_back(phases_table(analysis));
  tables.push_back(ede_table(run, analysis));
  tables.push_back(harms_table(run, analysis));
  tables.push_back(servers_table(run, analysis));
  tables.push_back(load_table(run));
  tables.push_back(expectations_table(run));
  tables.push_back(settings_table(run.meta, run.provenance));
  return tables;
}

}  // namespace zonefall::report
