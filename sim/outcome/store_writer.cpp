#include "outcome/store_writer.h"

#include "outcome/content_hash.h"

namespace zonefall::outcome {

void begin(Session& session, const FileKind& kind) {
  session.run(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; BEGIN");
  session.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                          kind.application_id, kind.schema_version));
  session.run(std::string(kind.schema_sql));
  session.run("COMMIT; BEGIN");
}

void write_texts(Session& session, std::string_view table,
                 const std::vector<std::pair<std::string, std::string>>& texts) {
  Table rows(session, {table, 2});
  for (const auto& [key, value] : texts) rows.add(key, value);
}

void write_bins(Session& session, const Bins& bins) {
  Table rows(session, {"bins", 3});
  for (std::uint32_t bin = 0; bin < bins.count; ++bin) {
    rows.add(bin, bins.start_of(bin), bins.start_of(bin) + bins.width);
  }
}

void write_outcome_names(Session& session) {
  Table rows(session, {"outcomes", 4});
  for (const Outcome outcome : all_outcomes()) {
    rows.add(static_cast<std::uint32_t>(outcome), to_text(outcome), meaning(outcome),
             is_failure(outcome));
  }
}

StoreReport seal_and_commit(Session& session) {
  session.check_stop();
  if (session.failed()) return {};
  const Result<StoreReport> report = hash_content(session.database());
  if (!report) {
    session.fail(report.error());
    return {};
  }
  const std::uint64_t hash = report.value().content_hash;
  Table(session, {"seal", 3})
      .add(std::int64_t{0}, fmt::format("{:016x}", hash), report.value().rows);
  session.check_stop();
  session.run("COMMIT");
  return report.value();
}

Result<StoreReport> publish_written(PartialFile file, Result<StoreReport> written) {
  if (!written) {
    return Error{fmt::format("cannot write {}: {}; nothing of it is kept", file.final_path(),
                             written.error().message)};
  }
  if (Status published = file.publish(); !published) return published.error();
  return written;
}

}  // namespace zonefall::outcome
