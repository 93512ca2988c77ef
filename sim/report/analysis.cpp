#include "report/analysis.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "report/text.h"

namespace zonefall::report {
namespace {

/// Intervals are alike if one is at most this many times the other.
constexpr double like_intervals_factor = 4;
/// The outage begins where the share of failures reaches this part of its largest value.
constexpr double onset_part = 0.1;

void find_worst(const std::vector<Counts>& by_bin, Hurt& hurt) {
  for (std::size_t bin = 0; bin < by_bin.size(); ++bin) {
    hurt.total += by_bin[bin];
    const std::optional<double> share = share_of(by_bin[bin].failed, by_bin[bin].lookups);
    const bool is_worse = share && *share > 0 && (!hurt.worst_bin || share > hurt.worst_share());
    if (!is_worse) continue;
    hurt.worst_bin = bin;
    hurt.worst = by_bin[bin];
  }
}

void find_recovery(const std::vector<const ResolverStory*>& stories, Hurt& hurt) {
  std::vector<SimTime> recovered;
  for (const ResolverStory* story : stories) {
    if (story->nta_installed) hurt.resolvers_with_nta += 1;
    if (!story->first_failure) continue;
    hurt.resolvers_hurt += 1;
    if (!hurt.first_failure || *story->first_failure < *hurt.first_failure) {
      hurt.first_failure = story->first_failure;
    }
    if (story->recovered) recovered.push_back(*story->recovered);
  }
  hurt.resolvers_recovered = static_cast<std::int64_t>(recovered.size());
  std::sort(recovered.begin(), recovered.end());
  for (std::size_t i = 0; i < recovery_percents.size(); ++i) {
    const auto hurt_resolvers = static_cast<std::size_t>(hurt.resolvers_hurt);
    const auto rank = (hurt_resolvers * static_cast<std::size_t>(recovery_percents[i]) + 99) / 100;
    if (rank == 0 || rank > recovered.size()) continue;
    hurt.recovery_min[i] = seconds_between(*hurt.first_failure, recovered[rank - 1]) / 60;
  }
}

void analyse_cohorts(const RunData& run, Analysis& analysis) {
  std::vector<std::vector<const ResolverStory*>> stories(run.cohorts.size());
  std::vector<const ResolverStory*> all_stories;
  for (const ResolverStory& story : run.resolvers) {
    stories[story.cohort].push_back(&story);
    all_stories.push_back(&story);
  }
  analysis.all_by_bin.resize(run.bins.size());
  for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
    Hurt hurt;
    find_worst(run.counts[cohort], hurt);
    find_recovery(stories[cohort], hurt);
    analysis.cohorts.push_back(hurt);
    for (std::size_t bin = 0; bin < run.bins.size(); ++bin) {
      analysis.all_by_bin[bin] += run.counts[cohort][bin];
    }
  }
  find_worst(analysis.all_by_bin, analysis.all);
  find_recovery(all_stories, analysis.all);
}

void analyse_classes(const RunData& run, Analysis& analysis) {
  for (const NamesOfClass& names : run.classes) {
    std::vector<Counts> by_bin(run.bins.size());
    for (const std::vector<Counts>& of_cohort : names.counts) {
      for (std::size_t bin = 0; bin < by_bin.size(); ++bin) by_bin[bin] += of_cohort[bin];
    }
    find_worst(by_bin, analysis.classes.emplace_back());
  }
}

std::optional<std::size_t> find_onset(const Analysis& analysis) {
  const std::optional<double> worst = analysis.all.worst_share();
  for (std::size_t bin = 0; worst && bin < analysis.all_by_bin.size(); ++bin) {
    const Counts& counts = analysis.all_by_bin[bin];
    const std::optional<double> share = share_of(counts.failed, counts.lookups);
    if (share && *share >= *worst * onset_part) return bin;
  }
  return {};
}

std::vector<EventGroup> group_events(const std::vector<Event>& events) {
  std::vector<EventGroup> groups;
  const auto content = [](const Event& e) {
    return std::tie(e.actor, e.what, e.source, e.confidence);
  };
  for (const Event& event : events) {
    if (!groups.empty() && content(groups.back().event) == content(event)) {
      groups.back().last = event.at;
      groups.back().times += 1;
    } else {
      groups.push_back({event, event.at, 1});
    }
  }
  return groups;
}

/// Whether a publication after `gap_s` still belongs to a phase.
bool goes_on(const Phase& phase, double gap_s) {
  if (!phase.interval_s) return true;
  return gap_s <= *phase.interval_s * like_intervals_factor &&
         gap_s >= *phase.interval_s / like_intervals_factor;
}

void add_to(Phase& phase, const Publication& publication) {
  phase.last = publication.published_at;
  phase.last_serial = publication.serial;
  phase.versions += 1;
  if (phase.versions > 1) {
    phase.interval_s =
        seconds_between(phase.first, phase.last) / static_cast<double>(phase.versions - 1);
  }
  if (publication.last_site_at) {
    const double took_s = seconds_between(publication.published_at, *publication.last_site_at);
    phase.all_sites_s = std::max(phase.all_sites_s.value_or(took_s), took_s);
  } else {
    phase.versions_not_everywhere += 1;
  }
}

std::vector<Phase> find_phases(const std::vector<Publication>& publications) {
  std::vector<std::vector<const Publication*>> by_zone;
  std::map<std::string, std::size_t> zones;
  for (const Publication& publication : publications) {
    const auto [place, is_new] = zones.try_emplace(publication.zone, by_zone.size());
    if (is_new) by_zone.emplace_back();
    by_zone[place->second].push_back(&publication);
  }
  std::vector<Phase> phases;
  for (const auto& versions : by_zone) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
      const Publication& now = *versions[i];
      const auto gap_s = [&](std::size_t after) {
        return seconds_between(versions[after - 1]->published_at, versions[after]->published_at);
      };
      // A pause ends a phase; so two versions are one phase only if a third does not say otherwise.
      const bool ends_pause = i > 0 && i + 1 < versions.size() && phases.back().versions == 1 &&
                              gap_s(i) > gap_s(i + 1) * like_intervals_factor;
      if (i == 0 || ends_pause || !goes_on(phases.back(), gap_s(i))) {
        phases.push_back({now.zone, now.published_at, now.published_at, 0, now.serial, now.serial,
                          std::nullopt, std::nullopt, 0});
      }
      add_to(phases.back(), now);
    }
  }
  return phases;
}

std::vector<HarmSum> sum_harms(const RunData& run) {
  std::vector<HarmSum> sums;
  for (std::size_t cohort = 0; cohort < run.cohorts.size(); ++cohort) {
    for (std::size_t harm = 0; harm < run.harms.size(); ++harm) {
      sums.push_back({cohort, harm, 0, std::nullopt, 0});
    }
  }
  for (const HarmCount& n : run.harmed) {
    HarmSum& sum = sums[n.cohort * run.harms.size() + n.harm];
    sum.lookups += n.count;
    if (n.count <= sum.most_lookups) continue;
    sum.most_bin = n.bin;
    sum.most_lookups = n.count;
  }
  return sums;
}

std::vector<EdeSummary> sum_ede(const RunData& run) {
  std::map<std::pair<std::size_t, std::int64_t>, EdeSummary> summaries;
  for (const EdeCount& n : run.ede) {
    const auto [place, is_new] = summaries.try_emplace(
        {n.cohort, n.code}, EdeSummary{n.cohort, n.code, 0, run.bins[n.bin].from, n.bin, 0});
    EdeSummary& summary = place->second;
    summary.replies += n.replies;
    if (n.replies <= summary.most_replies) continue;
    summary.most_bin = n.bin;
    summary.most_replies = n.replies;
  }
  std::vector<EdeSummary> in_order;
  in_order.reserve(summaries.size());
  for (const auto& [key, summary] : summaries) in_order.push_back(summary);
  return in_order;
}

ServerLoad sum_load(const RunData& run, std::size_t server, std::optional<std::size_t> onset) {
  ServerLoad load;
  load.server = server;
  double before = 0;
  double before_s = 0;
  double since_s = 0;
  for (std::size_t bin = 0; bin < run.bins.size(); ++bin) {
    const Load& in_bin = run.loads[server][bin];
    const double bin_s = seconds_between(run.bins[bin].from, run.bins[bin].until);
    const bool is_before = !onset || bin < *onset;
    load.queries += in_bin.queries;
    if (is_before) before += in_bin.queries;
    (is_before ? before_s : since_s) += bin_s;
    if (in_bin.queries / bin_s <= load.most_per_s) continue;
    load.most_bin = bin;
    load.most_per_s = in_bin.queries / bin_s;
    load.most_octets_per_s = in_bin.octets / bin_s;
  }
  load.before_per_s = share_of(before, before_s);
  load.since_per_s = share_of(load.queries - before, since_s);
  return load;
}

}  // namespace

std::optional<double> share_of(double part, double whole) {
  if (whole <= 0) return {};
  return part / whole;
}

std::optional<double> ServerLoad::most_ratio() const {
  return before_per_s ? share_of(most_per_s, *before_per_s) : std::nullopt;
}

std::vector<std::size_t> Analysis::worst_first() const {
  std::vector<std::size_t> order(cohorts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return cohorts[a].failed_share().value_or(0) > cohorts[b].failed_share().value_or(0);
  });
  return order;
}

Analysis analyse(const RunData& run) {
  Analysis analysis;
  analyse_cohorts(run, analysis);
  analyse_classes(run, analysis);
  analysis.onset_bin = find_onset(analysis);
  analysis.events = group_events(run.events);
  analysis.phases = find_phases(run.publications);
  analysis.ede = sum_ede(run);
  analysis.harms = sum_harms(run);
  for (std::size_t server = 0; server < run.servers.size(); ++server) {
    analysis.servers.push_back(sum_load(run, server, analysis.onset_bin));
  }
  return analysis;
}

std::vector<Column> columns_of(const RunData& run, std::size_t columns_max) {
  return columns_of(run.bins.size(), columns_max);
}

std::vector<Column> columns_of(std::size_t bins, std::size_t columns_max) {
  const std::size_t width = std::max<std::size_t>((bins + columns_max - 1) / columns_max, 1);
  std::vector<Column> columns;
  for (std::size_t bin = 0; bin < bins; bin += width) {
    columns.push_back({bin, std::min(width, bins - bin)});
  }
  return columns;
}

Counts counts_in(const std::vector<Counts>& by_bin, const Column& column) {
  Counts sum;
  for (std::size_t i = 0; i < column.bins; ++i) sum += by_bin[column.first_bin + i];
  return sum;
}

std::vector<std::optional<double>> failed_shares(const std::vector<Counts>& by_bin,
                                                 const std::vector<Column>& columns) {
  std::vector<std::optional<double>> shares;
  for (const Column& column : columns) {
    const Counts counts = counts_in(by_bin, column);
    shares.push_back(share_of(counts.failed, counts.lookups));
  }
  return shares;
}

}  // namespace zonefall::report
