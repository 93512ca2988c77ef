#include "popular.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "zonefall/clients/demand.h"

namespace zonefall::command {

Result<std::string> popular_names(const replay::World& world, std::uint64_t count,
                                  std::optional<ResolverPlace> place) {
  const replay::Cohort& cohort = world.cohorts.at(place ? place->cohort : 0);
  const clients::Popularity& popularity = *cohort.popularity;
  const clients::PopularitySettings& settings = popularity.settings();
  if (settings.head_share_ppm == 0) {
    return Error{"no name is asked for more than others: demand.head_share is 0 %"};
  }
  // Any span does: what counts is how much longer the gaps of one name are.
  constexpr Duration gap_of_all = Duration::hours(1);
  std::string table;
  const auto ranks =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(count, settings.head_names));
  for (std::uint32_t rank = 0; rank < ranks; ++rank) {
    const Duration gap = popularity.gap_of(rank, gap_of_all);
    const double share = static_cast<double>(gap_of_all.to_nanoseconds()) /
                         static_cast<double>(gap.to_nanoseconds());
    const std::uint64_t id = popularity.head_id(rank);
    fmt::format_to(std::back_inserter(table), "{}\t{}\t{:.4f}\t{}", rank + 1,
                   world.names->name(id).to_text(), 100 * share,
                   world.names->lifetimes(id).answers[0].ttl.to_seconds());
    if (place) {
      const std::uint64_t lookups =
          clients::pareto_rate(cohort.rates, place->resolver, cohort.resolvers);
      fmt::format_to(std::back_inserter(table), "\t{:.1f}", share * static_cast<double>(lookups));
    }
    table += '\n';
  }
  return table;
}

}  // namespace zonefall::command
