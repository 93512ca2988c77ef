// The content hash of a store: what the rows say, not how the file is laid out.
//
// Independent of the order of insertion, of page size, free pages, indexes and version of SQLite.
#pragma once

#include "zonefall/core/result.h"
#include "zonefall/outcome/database.h"
#include "zonefall/outcome/store.h"

namespace zonefall::outcome {

/// Hashes every table but `provenance` and `seal`, by name, rows in the order of the primary key.
Result<StoreReport> hash_content(Database& database);

}  // namespace zonefall::outcome
