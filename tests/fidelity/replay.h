// The measured tables, asked again of the simulated resolver.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comparison.h"
#include "lab_plan.h"
#include "lab_tables.h"
#include "lab_world.h"
#include "measured.h"

namespace zonefall::fidelity {

/// Those of tests/fidelity/tables.tsv and, where another folder's cells are looked at, its own;
/// polled tables (test_polled.cpp) are not among them.
const std::vector<Table>& tables();
/// The table of this TLD, which must be there.
const Table& table_of(const std::string& tld);

enum class Outage : std::uint8_t { as_measured, none };

/// What may differ from the measured instance's own.
struct Variant {
  std::string profile;
  Outage outage = Outage::as_measured;
  std::uint64_t seed = 1;
};

/// Every row of the instance in this table, warm-up included. `zones` are those of the table.
std::vector<Comparison> replay(const Table& table, const LabZones& zones, const Instance& instance,
                               const Variant& variant);
std::vector<Comparison> replay(const Table& table, const LabZones& zones, const Instance& instance);

}  // namespace zonefall::fidelity
