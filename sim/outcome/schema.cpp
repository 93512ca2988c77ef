#include "zonefall/outcome/store.h"

namespace zonefall::outcome {

std::string_view schema_sql() {
  return
#include "schema.inc"  // made from schema.sql
      ;
}

}  // namespace zonefall::outcome
