// The fields of an expectation.
#include "scenario/scenario_fields.h"

namespace zonefall::scenario {
namespace {

constexpr std::string_view kind_word(ExpectationKind kind) {
  switch (kind) {
    case ExpectationKind::echo: return "echo";
    case ExpectationKind::consequence: return "consequence";
  }
  return "";
}

constexpr std::string_view metric_word(Metric metric) {
  switch (metric) {
    case Metric::failed_lookups: return "failed_lookups";
    case Metric::failed_queries: return "failed_queries";
    case Metric::stale_lookups: return "stale_lookups";
    case Metric::good_lookups: return "good_lookups";
    case Metric::ede_share: return "ede_share";
    case Metric::rescued_by_cd: return "rescued_by_cd";
    case Metric::failure_spread: return "failure_spread";
    case Metric::residue_minutes: return "residue_minutes";
    case Metric::residue_spread: return "residue_spread";
    case Metric::query_growth: return "query_growth";
    case Metric::load_growth: return "load_growth";
    case Metric::good_ratio: return "good_ratio";
    case Metric::fresh_ratio: return "fresh_ratio";
    case Metric::fresh_trend: return "fresh_trend";
    case Metric::failure_trend: return "failure_trend";
    case Metric::step_deviations: return "step_deviations";
    case Metric::step_part: return "step_part";
    case Metric::onset_minutes: return "onset_minutes";
    case Metric::outage_minutes: return "outage_minutes";
    case Metric::recovery_minutes: return "recovery_minutes";
    case Metric::recovery_spread: return "recovery_spread";
    case Metric::bogus_signatures: return "bogus_signatures";
    case Metric::bogus_proofs: return "bogus_proofs";
    case Metric::bogus_ds: return "bogus_ds";
    case Metric::bogus_dnskeys: return "bogus_dnskeys";
    case Metric::bogus_apex_denial: return "bogus_apex_denial";
    case Metric::soa_flips: return "soa_flips";
    case Metric::signed_by: return "signed_by";
    case Metric::published_keys: return "published_keys";
    case Metric::key_pairs: return "key_pairs";
    case Metric::key_bits: return "key_bits";
    case Metric::answer_lines: return "answer_lines";
    case Metric::first_site_minutes: return "first_site_minutes";
    case Metric::last_site_minutes: return "last_site_minutes";
  }
  return "";
}

}  // namespace

void describe_expectation(Fields& f, Expectation& e) {
  f.text(required_choice("id", "short name"), e.id);
  f.word<kind_word>(required_choice("kind", "repeats an input, or follows from the mechanism"),
                    e.kind);
  f.text(required_choice("statement", "what must come out"), e.statement);
  f.text(required_choice("published", "the fact as published"), e.published);
  f.word<metric_word>(required_choice("metric", "what is measured"), e.metric);
  f.text(choice("cohort", "of one cohort"), e.cohort);
  f.texts(choice("cohorts", "of several cohorts; without either: of all"), e.cohorts);
  f.name(choice("zone", "of which zone"), e.zone);
  f.name(choice("name", "of which owner, or asked for"), e.name);
  f.rr_type(choice("type", "asked for"), e.type);
  f.text(choice("data", "part of a line in master-file form, fields apart by single blanks"),
         e.data);
  f.count(choice("tag", "of which key"), e.tag, {0, 65'535, ""});
  f.count(choice("code", "which extended error"), e.code, {0, 65'535, ""});
  f.time(required_choice("from", "start of the span"), e.from);
  f.time(required_choice("until", "end of the span"), e.until);
  f.duration(choice("bin", "width of the bins of series; a multiple of run.bin"), e.bin,
             {Duration::seconds(1), Duration::days(1)});
  f.decimal(choice("min", "least value that fits; the default is no bound"), e.min,
            {unbounded_min, unbounded_max});
  f.decimal(choice("max", "largest value that fits; the default is no bound"), e.max,
            {unbounded_min, unbounded_max});
  f.text(choice("counterfactual", "in which it must fail; consequences need one"),
         e.counterfactual);
}

MetricNeeds needs_of(Metric metric) {
  constexpr MetricNeeds of_registry{.zone = true, .registry = true};
  constexpr MetricNeeds of_members{.zone = true, .registry = true, .population = true};
  switch (metric) {
    case Metric::failed_lookups:
    case Metric::failed_queries:
    case Metric::stale_lookups:
    case Metric::good_lookups:
    case Metric::ede_share:
    case Metric::failure_spread: return {};
    case Metric::residue_minutes:
    case Metric::residue_spread: return {.bins = true};
    case Metric::query_growth:
    case Metric::good_ratio:
    case Metric::fresh_ratio:
    case Metric::fresh_trend:
    case Metric::failure_trend:
    case Metric::step_deviations:
    case Metric::step_part:
    case Metric::onset_minutes:
    case Metric::outage_minutes:
    case Metric::recovery_minutes:
    case Metric::recovery_spread: return {.baseline = true};
    case Metric::load_growth: return {.baseline = true, .zone = true};
    case Metric::bogus_signatures:
    case Metric::bogus_proofs:
    case Metric::bogus_ds:
    case Metric::signed_by:
    case Metric::rescued_by_cd: return of_members;
    case Metric::bogus_dnskeys:
    case Metric::soa_flips:
    case Metric::published_keys:
    case Metric::key_pairs:
    case Metric::key_bits:
    case Metric::first_site_minutes:
    case Metric::last_site_minutes: return of_registry;
    case Metric::bogus_apex_denial: return {.zone = true, .registry = true, .name = true};
    case Metric::answer_lines: return {.zone = true, .name = true};
  }
  return {};
}

}  // namespace zonefall::scenario
