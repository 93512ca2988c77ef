#include "registry/event_log.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::registry {
namespace {

class LogWriter {
 public:
  LogWriter(const RegistryPlan& plan, const Publication& publication)
      : plan_(plan), publication_(publication) {}

  void keys() {
    for (const KeyPublication& publication : plan_.publications) {
      add(publication.from, fmt::format("{} enters the DNSKEY RRset", key(publication.label)));
      add(publication.until, fmt::format("{} leaves the DNSKEY RRset", key(publication.label)));
    }
    for (std::size_t i = 0; i < plan_.signing.activations.size(); ++i) activation(i);
    for (const SigningBatch& batch : plan_.signing.batches) {
      add(batch.at, fmt::format("batch: {:.4g} % of the RRsets are signed again within {}",
                                batch.share_ppm / 1e4, batch.spread.to_text()));
    }
  }

  void alerts(const Alerts& alerts) {
    for (std::size_t i = 0; i < alerts.of_checkers.size(); ++i) {
      const std::optional<Alert>& alert = alerts.of_checkers[i];
      if (!alert) continue;
      add(alert->at,
          fmt::format("alert by {}: {} (site {} at {})", plan_.checkers[i].name,
                      alert->verdict.to_text(), alert->site, alert->looked_at.to_text()));
    }
    if (!alerts.of_gate) return;
    add(alerts.of_gate->at,
        fmt::format("alert by the gate: {}", alerts.of_gate->verdict.to_text()));
  }

  /// The first of versions in a row that were held back, and how many they were.
  void held_back() {
    const std::vector<HeldVersion>& held = publication_.held;
    const auto& entries = publication_.history->entries();
    for (std::size_t i = 0; i < held.size();) {
      const HeldVersion& first = held[i];
      const auto next = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
        return entry.published_at > first.checked_at;
      });
      add(first.checked_at, fmt::format("serial {} is held back by the gate: {}", first.serial,
                                        first.verdict.to_text()));
      std::size_t count = 0;
      while (i < held.size() &&
             (next == entries.end() || held[i].checked_at < next->published_at)) {
        count += 1;
        i += 1;
      }
      if (next == entries.end()) return;
      add(next->published_at, fmt::format("publication resumes with serial {}: {} held back",
                                          next->version->serial(), count));
    }
  }

  void repair(SimTime at) {
    const std::string signer = key(plan_.repair->key_label);
    const std::optional<RollBack>& back = plan_.signing.roll_back;
    add(at, back ? fmt::format("repair: the zone goes back to the version signed at {}; {} signs "
                               "from now on",
                               back->to.to_text(), signer)
                 : fmt::format("repair: everything is signed again with {}", signer));
    const auto& entries = publication_.history->entries();
    const auto repaired = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
      return entry.version->signed_at() >= at;
    });
    if (repaired == entries.end()) return;  // held back: no site ever loads it
    for (std::size_t site = 0; site < publication_.sites.size(); ++site) {
      const authority::SiteZone& zone = publication_.sites[site];
      const auto index = static_cast<std::size_t>(repaired - entries.begin());
      const SimTime loaded_at = zone.loaded_at[index];
      const std::size_t loaded = *zone.index_at(loaded_at);
      add(loaded_at, fmt::format("site {} loads the repaired zone, serial {}",
                                 plan_.site_names[site], entries[loaded].version->serial()));
    }
  }

  void versions() {
    for (const auto& entry : publication_.history->entries()) {
      add(entry.published_at, fmt::format("publish serial {}", entry.version->serial()));
    }
  }

  std::vector<RegistryEvent> sorted() {
    std::stable_sort(events_.begin(), events_.end(),
                     [](const RegistryEvent& a, const RegistryEvent& b) { return a.at < b.at; });
    return std::move(events_);
  }

 private:
  void add(SimTime at, std::string what) {
    // What all sites have when the run begins is the first thing worth telling.
    const authority::ZoneHistory& history = *publication_.history;
    const std::size_t index = history.index_at(plan_.from - plan_.propagation.delay_max);
    const SimTime first = history.entries()[index].published_at;
    if (at >= first && at <= plan_.until) events_.push_back({at, std::move(what)});
  }

  void activation(std::size_t index) {
    const std::vector<KeyActivation>& all = plan_.signing.activations;
    const KeyActivation& now = all[index];
    if (now.overlap == Duration()) {
      add(now.from, fmt::format("{} takes over signing", key(now.label)));
      return;
    }
    const auto of_role = [&](const KeyActivation& other) { return other.role == now.role; };
    const auto position = all.begin() + static_cast<std::ptrdiff_t>(index);
    const auto before = std::find_if(std::make_reverse_iterator(position), all.rend(), of_role);
    ZF_ASSERT(before != all.rend());
    add(now.from, fmt::format("{} signs beside {}", key(now.label), key(before->label)));
    const SimTime until = now.from + now.overlap;
    const auto after = std::find_if(std::next(position), all.end(), of_role);
    if (after != all.end() && after->from < until) return;
    add(until, fmt::format("{} signs alone: signatures of {} leave the zone", key(now.label),
                           key(before->label)));
  }

  [[nodiscard]] std::string key(const std::string& label) const {
    const KeyRecord* record = publication_.signing_plan->keys().find(label);
    ZF_ASSERT(record != nullptr);
    return fmt::format("{} '{}' (tag {})", record->role == KeyRole::ksk ? "KSK" : "ZSK", label,
                       record->tag);
  }

  const RegistryPlan& plan_;
  const Publication& publication_;
  std::vector<RegistryEvent> events_;
};

}  // namespace

std::vector<RegistryEvent> make_log(const RegistryPlan& plan, const Publication& publication,
                                    const Alerts& alerts, std::optional<SimTime> repaired_at) {
  LogWriter writer(plan, publication);
  writer.held_back();
  writer.alerts(alerts);
  if (repaired_at) writer.repair(*repaired_at);
  writer.keys();
  writer.versions();
  return writer.sorted();
}

}  // namespace zonefall::registry
