#include "lab_tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "tsv.h"

namespace zonefall::fidelity {
namespace {

template <typename Value, std::size_t n>
std::optional<Value> named(const std::array<std::pair<std::string_view, Value>, n>& names,
                           const std::string& name) {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// As the lab calls them.
constexpr std::array<std::pair<std::string_view, TtlFamily>, 2> families{
    {{"L", TtlFamily::as_de}, {"S", TtlFamily::thirty_seconds}}};
constexpr std::array<std::pair<std::string_view, LabFault>, 6> faults{
    {{"a", LabFault::other_private_key},
     {"b", LabFault::unpublished_key},
     {"c", LabFault::expired_signatures},
     {"d", LabFault::ds_mismatch},
     {"e", LabFault::unsigned_zone},
     {"t", LabFault::silence}}};
constexpr std::array<std::pair<std::string_view, PlanKind>, 8> plans{
    {{"main", PlanKind::main},
     {"exp", PlanKind::expired},
     {"sig", PlanKind::signed_expired},
     {"cd", PlanKind::cd},
     {"nta", PlanKind::nta},
     {"nta2", PlanKind::nta_flush},
     {"nta3", PlanKind::nta_flushes},
     {"repair", PlanKind::repair}}};

}  // namespace

Result<std::vector<Table>> load_tables(const std::string& path) {
  constexpr std::size_t tables_max = 239;  // 198.18.240.0 and up are other servers'
  auto file = read_tsv(path, "table\tfamily\tfault\tplan");
  if (!file.ok()) return file.error();
  std::vector<Table> tables;
  for (const auto& [where, f] : file.value().lines) {
    const auto family = named(families, f[1]);
    const auto fault = named(faults, f[2]);
    const auto plan = named(plans, f[3]);
    if (!family || !fault || !plan) return Error{"no such family, fault or plan", where};
    const bool is_known = std::any_of(tables.begin(), tables.end(), [&f = f](const Table& table) {
      return table.tld.label == f[0];
    });
    if (is_known) return Error{"this table is listed twice", where};
    if (tables.size() == tables_max) return Error{"the lab has no more addresses", where};
    const auto net = static_cast<std::uint8_t>(tables.size() + 1);
    tables.push_back({{f[0], *family, *fault, net}, *plan});
  }
  return tables;
}

}  // namespace zonefall::fidelity
