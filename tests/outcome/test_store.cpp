// Goal: a store says what the run did, its views answer what they promise, and its hash follows
// the content: all of it, and nothing else.
#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "outcome/content_hash.h"
#include "store_testing.h"
#include "zonefall/core/rng.h"
#include "zonefall/outcome/store.h"

using namespace zonefall;
using namespace zonefall::outcome;
using Rows = std::vector<std::string>;

namespace {

/// Rows as text, columns joined by '|'.
Rows query(Database& database, const std::string& sql) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return {statement.error().message + ": " + sql};
  Rows rows;
  for (;;) {
    const Result<bool> row = statement.value().step();
    if (!row) return {row.error().message};
    if (!row.value()) return rows;
    std::string text;
    for (int i = 0; i < statement.value().columns(); ++i) {
      const bool is_null = statement.value().type(i) == ColumnType::null;
      text += (i == 0 ? "" : "|");
      text += is_null ? "-" : statement.value().text(i);
    }
    rows.push_back(text);
  }
}

std::uint64_t hash_of(const RunRecord& record, const Tally& tally) {
  const TempFolder folder;
  const Result<StoreReport> report = write_store({folder.file("run")}, record, tally);
  return report ? report.value().content_hash : 0;
}

/// A store of the small run, open for reading.
struct SmallStore {
  TempFolder folder;
  std::string path = folder.file("run.sqlite");
  Result<StoreReport> report = write_store({path}, small_record(), small_tally());
  Result<Database> opened = open_store(path);
  Rows operator()(const std::string& sql) { return query(opened.value(), sql); }
};

}  // namespace

TEST_CASE("every table says what the run said") {
  SmallStore store;
  REQUIRE(store.report.ok());
  REQUIRE(store.opened.ok());
  CHECK(store.folder.names() == std::set<std::string>{"run.sqlite"});
  CHECK(store("SELECT * FROM meta") ==
        Rows{"bin_width_ns|600000000000", "crypto|identity", "from_ns|1777939200000000000",
             "scale|1", "scenario_hash|fedcba9876543210", "scenario_title|a small outage",
             "schema_version|2", "seed|18446744073709551615", "until_ns|1777942800000000000"});
  CHECK(store("SELECT * FROM provenance") == Rows{"threads|2"});
  CHECK(store("SELECT * FROM scenario") == Rows{"0|title: a small outage\n"});
  CHECK(store("SELECT * FROM bins WHERE bin IN (0, 5)") ==
        Rows{"0|1777939200000000000|1777939800000000000",
             "5|1777942200000000000|1777942800000000000"});
  CHECK(store("SELECT count(*), sum(is_failure) FROM outcomes") == Rows{"12|5"});
  CHECK(store("SELECT outcome, name, is_failure FROM outcomes WHERE outcome IN (0, 10)") ==
        Rows{"0|secure|0", "10|timeout|1"});
  CHECK(store("SELECT * FROM ede_codes") ==
        Rows{"3|Stale Answer", "6|DNSSEC Bogus", "4711|EDE 4711"});
  CHECK(store("SELECT * FROM cohorts") ==
        Rows{"0|isp|unbound|plain|2", "1|stale|unbound|serve-stale|1", "2|nta|bind|plain|2"});
  CHECK(store("SELECT * FROM sites") == Rows{"0|a.nic.de|fra|de", "1|a.nic.de|ams|de"});
  CHECK(store("SELECT * FROM resolvers") ==
        Rows{"0|0|1000", "1|0|2000", "2|1|500", "3|2|100", "4|2|0"});
  CHECK(store("SELECT * FROM lookups") == Rows{"0|0|0|104857600", "0|2|0|26214400",
                                               "0|2|6|78643200", "1|2|4|11010048", "2|2|7|26214400",
                                               "2|3|3|41943040"});
  CHECK(store("SELECT harm, name FROM harms") == Rows{"0|outdated"});
  CHECK(store("SELECT cohort, bin, harm, count_fp >> 20 FROM harmed_lookups") == Rows{"1|2|0|4"});
  CHECK(store("SELECT class, name, title, zone FROM name_classes") ==
        Rows{"0|popular_signed|popular, signed|de", "4|rare_unsigned|rare, unsigned|de",
             "5|rare_missing|rare, missing|de"});
  CHECK(store("SELECT class, cohort, bin, outcome, count_fp FROM class_lookups") ==
        Rows{"0|0|2|0|26214400", "0|0|2|6|5242880", "4|0|0|0|104857600", "4|0|2|6|73400320",
             "4|1|2|4|11010048", "4|2|2|7|26214400", "5|2|3|3|41943040"});
  CHECK(store("SELECT cohort, bin, outcome, sum(count_fp) FROM class_lookups "
              "GROUP BY cohort, bin, outcome") == store("SELECT * FROM lookups"));
  CHECK(store("SELECT harm, name FROM harms") == Rows{"0|outdated"});
  CHECK(store("SELECT cohort, bin, harm, count_fp >> 20 FROM harmed_lookups") == Rows{"1|2|0|4"});
  CHECK(store("SELECT cohort, bin, outcome, count_fp >> 20 FROM queries") ==
        Rows{"0|2|0|50", "0|2|6|300", "2|2|10|50"});
  CHECK(store("SELECT cohort, bin, code, count_fp >> 20 FROM ede") ==
        Rows{"0|2|6|300", "0|2|4711|2", "1|2|3|21"});
  CHECK(store("SELECT site, bin, queries_fp >> 20, octets_fp >> 20 FROM load") ==
        Rows{"0|2|600|600000", "1|2|1200|900000", "1|5|60|6000"});
  CHECK(store("SELECT * FROM work") == Rows{"events|200", "exchanges|30", "resolutions|10"});
}

TEST_CASE("the tables of what happened are in order of time and know never") {
  SmallStore store;
  REQUIRE(store.opened.ok());
  const auto minutes = [](const std::string& column) {
    return "(" + column + " - 1777939200000000000) / 60000000000";
  };
  CHECK(store("SELECT resolver, " + minutes("first_failure_ns") + ", " +
              minutes("last_failure_ns") + ", " + minutes("recovered_ns") + ", " +
              minutes("nta_installed_ns") + ", " + minutes("nta_removed_ns") +
              " FROM milestones") ==
        Rows{"0|21|40|51|-|-", "1|22|22|32|-|-", "3|22|22|-|30|-", "4|-|-|-|31|41"});
  CHECK(store("SELECT publication, zone, serial, " + minutes("signed_ns") + ", " +
              minutes("published_ns") + ", " + minutes("first_site_ns") + ", " +
              minutes("last_site_ns") + " FROM publications") ==
        Rows{"0|de|1|0|1|2|3", "1|de|2|20|21|22|-"});
  CHECK(store("SELECT event, " + minutes("at_ns") +
              ", actor, what, source, confidence "
              "FROM events") == Rows{"0|20|registry|signs with a key of its own|report|reported",
                                     "1|25|checker|alerts|model|assumed"});
  CHECK(store("SELECT sample, " + minutes("at_ns") +
              ", resolver, question, outcome, explanation "
              "FROM samples") == Rows{"0|21|0|www.example.de. A|6|line 1\nline 2\n",
                                      "1|22|2|www.example.de. A|4|kept \xc3\xbc\n"});
  CHECK(store("SELECT * FROM expectations") ==
        Rows{"peak|consequence|most fail|>= 80 %|85 %|1|report|reported",
             "start|echo|it starts at 00:20|00:20|00:21|0|report|measured"});
}

TEST_CASE("views divide counts, build shares and write times") {
  SmallStore store;
  REQUIRE(store.opened.ok());
  CHECK(store("SELECT at, cohort, profile, policy, outcome, is_failure, lookups, share "
              "FROM lookups_by_cohort WHERE bin = 2") ==
        Rows{"2026-05-05T00:20:00Z|isp|unbound|plain|secure|0|25.0|0.25",
             "2026-05-05T00:20:00Z|isp|unbound|plain|bogus_servfail|1|75.0|0.75",
             "2026-05-05T00:20:00Z|stale|unbound|serve-stale|stale|0|10.5|1.0",
             "2026-05-05T00:20:00Z|nta|bind|plain|cached_servfail|1|25.0|1.0"});
  CHECK(store("SELECT policy, outcome, lookups, share FROM lookups_by_policy WHERE bin = 2") ==
        Rows{"plain|secure|25.0|0.2", "plain|bogus_servfail|75.0|0.6",
             "plain|cached_servfail|25.0|0.2", "serve-stale|stale|10.5|1.0"});
  CHECK(store("SELECT cohort, outcome, queries, round(share, 4) FROM queries_by_cohort") ==
        Rows{"isp|secure|50.0|0.1429", "isp|bogus_servfail|300.0|0.8571", "nta|timeout|50.0|1.0"});
  CHECK(store("SELECT policy, outcome, queries, share FROM queries_by_policy") ==
        Rows{"plain|secure|50.0|0.125", "plain|bogus_servfail|300.0|0.75",
             "plain|timeout|50.0|0.125"});
  CHECK(store("SELECT bin, at, lookups, failed_lookups, round(lookup_failure_share, 4), queries, "
              "failed_queries, query_failure_share FROM failure_share WHERE bin < 4") ==
        Rows{"0|2026-05-05T00:00:00Z|100.0|0.0|0.0|0.0|0.0|-",
             "1|2026-05-05T00:10:00Z|0.0|0.0|-|0.0|0.0|-",
             "2|2026-05-05T00:20:00Z|135.5|100.0|0.738|400.0|350.0|0.875",
             "3|2026-05-05T00:30:00Z|40.0|0.0|0.0|0.0|0.0|-"});
  CHECK(store("SELECT bin, policy, lookups, failed_lookups, lookup_failure_share "
              "FROM failure_share_by_policy") ==
        Rows{"0|plain|100.0|0.0|0.0", "2|plain|125.0|100.0|0.8", "3|plain|40.0|0.0|0.0",
             "2|serve-stale|10.5|0.0|0.0"});
  CHECK(store("SELECT bin, code, name, replies FROM ede_by_bin") ==
        Rows{"2|3|Stale Answer|21.0", "2|6|DNSSEC Bogus|300.0", "2|4711|EDE 4711|2.0"});
  CHECK(store("SELECT cohort, code, replies FROM ede_by_cohort") ==
        Rows{"isp|6|300.0", "isp|4711|2.0", "stale|3|21.0"});
  CHECK(store("SELECT bin, server, site, zone, queries, queries_per_s, octets, octets_per_s "
              "FROM load_by_site") == Rows{"2|a.nic.de|fra|de|600.0|1.0|600000.0|1000.0",
                                           "2|a.nic.de|ams|de|1200.0|2.0|900000.0|1500.0",
                                           "5|a.nic.de|ams|de|60.0|0.1|6000.0|10.0"});
  CHECK(store("SELECT bin, server, zone, queries, queries_per_s, octets_per_s "
              "FROM load_by_server") ==
        Rows{"2|a.nic.de|de|1800.0|3.0|2500.0", "5|a.nic.de|de|60.0|0.1|10.0"});
}

TEST_CASE("views say which names were hurt") {
  SmallStore store;
  REQUIRE(store.opened.ok());
  CHECK(store("SELECT at, zone, class, cohort, outcome, is_failure, lookups, round(share, 4) "
              "FROM lookups_by_class WHERE bin = 2 AND cohort = 'isp'") ==
        Rows{"2026-05-05T00:20:00Z|de|popular_signed|isp|secure|0|25.0|0.8333",
             "2026-05-05T00:20:00Z|de|popular_signed|isp|bogus_servfail|1|5.0|0.1667",
             "2026-05-05T00:20:00Z|de|rare_unsigned|isp|bogus_servfail|1|70.0|1.0"});
  CHECK(store("SELECT zone, class, lookups, failed_lookups, round(lookup_failure_share, 4) "
              "FROM failures_by_class") == Rows{"de|popular_signed|30.0|5.0|0.1667",
                                                "de|rare_unsigned|205.5|95.0|0.4623",
                                                "de|rare_missing|40.0|0.0|0.0"});
}

TEST_CASE("views tell the story: milestones, recovery, publications, samples, expectations") {
  SmallStore store;
  REQUIRE(store.opened.ok());
  CHECK(store("SELECT resolver, cohort, first_failure, recovered, nta_removed, hurt_s "
              "FROM resolver_milestones") ==
        Rows{"0|isp|2026-05-05T00:21:00Z|2026-05-05T00:51:00Z|-|1800.0",
             "1|isp|2026-05-05T00:22:00Z|2026-05-05T00:32:00Z|-|600.0",
             "3|nta|2026-05-05T00:22:00Z|-|-|-", "4|nta|-|-|2026-05-05T00:41:00Z|-"});
  CHECK(store("SELECT * FROM recovery_by_profile") ==
        Rows{"bind|plain|2|1|0|2|2026-05-05T00:22:00Z|-|-|-|-",
             "unbound|plain|2|2|2|0|2026-05-05T00:21:00Z|2026-05-05T00:51:00Z|"
             "600.0|1800.0|1800.0",
             "unbound|serve-stale|1|0|0|0|-|-|-|-|-"});
  CHECK(store("SELECT serial, published, last_site, propagation_s FROM publications_by_time") ==
        Rows{"1|2026-05-05T00:01:00Z|2026-05-05T00:03:00Z|120.0", "2|2026-05-05T00:21:00Z|-|-"});
  CHECK(store("SELECT at, actor FROM events_by_time") ==
        Rows{"2026-05-05T00:20:00Z|registry", "2026-05-05T00:25:00Z|checker"});
  CHECK(store("SELECT at, cohort, outcome FROM samples_by_time") ==
        Rows{"2026-05-05T00:21:00Z|isp|bogus_servfail", "2026-05-05T00:22:00Z|stale|stale"});
  CHECK(store("SELECT * FROM expectations_by_kind") == Rows{"consequence|1|1|0", "echo|1|0|1"});
}

TEST_CASE("the file is sound, its references hold, and no view is empty") {
  SmallStore store;
  REQUIRE(store.opened.ok());
  CHECK(store("PRAGMA integrity_check") == Rows{"ok"});
  CHECK(store("PRAGMA foreign_key_check").empty());
  CHECK(store("PRAGMA journal_mode") == Rows{"delete"});
  CHECK(store("SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c "
              "WHERE m.type = 'table' AND c.type NOT IN ('INTEGER', 'TEXT')")
            .empty());
  const Rows views = store("SELECT name FROM sqlite_schema WHERE type = 'view'");
  CHECK(views.size() == 19);
  for (const std::string& view : views) {
    INFO(view);
    CHECK(store("SELECT count(*) > 0 FROM " + view) == Rows{"1"});
  }
}

TEST_CASE("the schema explains every table and view, and the version it is") {
  std::istringstream lines{std::string(schema_sql())};
  std::string before;
  int created = 0;
  for (std::string line; std::getline(lines, line); before = line) {
    if (!line.starts_with("CREATE ")) continue;
    INFO(line);
    CHECK(before.starts_with("-- "));
    CHECK(before.find("----") == std::string::npos);
    created += 1;
  }
  CHECK(created == 43);
  SmallStore store;
  CHECK(store("PRAGMA user_version") == Rows{std::to_string(schema_version)});
  CHECK(store("PRAGMA application_id") == Rows{std::to_string(0x7a66616c)});
}

TEST_CASE("an empty run makes a store too") {
  const Tally nothing(TallyShape{{minute(0), Duration::minutes(10), 0}, 0, 0, 0});
  const TempFolder folder;
  const Result<StoreReport> report = write_store({folder.file("run")}, {}, nothing);
  REQUIRE(report.ok());
  const Result<std::uint64_t> hash = content_hash_of(folder.file("run"));
  REQUIRE(hash.ok());
  CHECK(hash.value() == report.value().content_hash);
}

// ---- the content hash ---------------------------------------------------------------------------

TEST_CASE("the hash read from the file is the one told and the one sealed, with any compiler") {
  SmallStore store;
  const Result<std::uint64_t> hash = content_hash_of(store.path);
  REQUIRE(hash.ok());
  CHECK(hash.value() == store.report.value().content_hash);
  CHECK(store("SELECT content_hash, hashed_rows FROM seal") ==
        Rows{fmt::format("{:016x}|{}", hash.value(), store.report.value().rows)});
  CHECK(store.report.value().rows == 83);
  // Known from an earlier run: changes where the schema, the outcomes' words or the hash do.
  CHECK(fmt::format("{:016x}", hash.value()) == "e25b27b620a5c7b3");
}

TEST_CASE("the order in which rows are presented does not matter, nor does the environment") {
  const std::uint64_t expected = hash_of(small_record(), small_tally());
  RunRecord other = small_record();
  std::reverse(other.publications.begin(), other.publications.end());
  std::reverse(other.events.begin(), other.events.end());
  std::reverse(other.samples.begin(), other.samples.end());
  std::reverse(other.expectations.begin(), other.expectations.end());
  other.provenance = {{"threads", "4"}, {"compiler", "another"}};
  CHECK(hash_of(other, small_tally()) == expected);
  other.seed += 1;
  CHECK(hash_of(other, small_tally()) != expected);
}

TEST_CASE("one, two and four threads give one hash") {
  constexpr std::uint64_t items = 4000;
  const auto hash_with = [](unsigned workers) {
    std::vector<Tally> tallies(workers, small_tally());
    for (Tally& tally : tallies) tally.clear();
    std::vector<std::thread> threads;
    for (unsigned worker = 0; worker < workers; ++worker) {
      threads.emplace_back([&tallies, worker, workers] {
        Tally& tally = tallies[worker];
        for (std::uint64_t item = worker; item < items; item += workers) {
          Rng rng({7, item, purpose("store test")});
          const auto cohort = static_cast<std::uint32_t>(rng.below(3));
          const SimTime at = minute(static_cast<std::int64_t>(rng.below(60)));
          const auto n = FixedCount::from_double(rng.unit());
          tally.count_lookups(cohort, at, static_cast<Outcome>(rng.below(outcome_count)), n);
          tally.count_ede(cohort, at, static_cast<std::uint16_t>(rng.below(36)), n);
          tally.count_load(cohort % 2, at, n, n);
          tally.count_work(1, 2, 3);
        }
        if (worker == 0) tally.milestones(1).record_failure(minute(3));
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (unsigned worker = workers - 1; worker > 0; --worker) tallies[0].merge(tallies[worker]);
    return hash_of(small_record(), tallies[0]);
  };
  const std::uint64_t expected = hash_with(1);
  CHECK(expected != 0);
  CHECK(hash_with(2) == expected);
  CHECK(hash_with(4) == expected);
}

TEST_CASE("the layout of the file does not matter") {
  SmallStore store;
  const std::uint64_t expected = store.report.value().content_hash;
  SECTION("another page size, and an index more") {
    Result<Database> database = Database::open(store.path, Access::write);
    REQUIRE(database.ok());
    REQUIRE(database.value()
                .run("PRAGMA page_size = 512; VACUUM; ANALYZE;"
                     "CREATE INDEX more ON lookups (count_fp DESC)")
                .ok());
    CHECK(query(database.value(), "PRAGMA page_size") == Rows{"512"});
    CHECK(content_hash_of(store.path).value() == expected);
  }
  SECTION("rows inserted in another order") {
    const std::string path = store.folder.file("shuffled");
    { CHECK(PartialFile::create({path}).value().publish().ok()); }
    Result<Database> database = Database::open(path, Access::write);
    REQUIRE(database.ok());
    Database& db = database.value();
    REQUIRE(db.run(std::string(schema_sql())).ok());
    REQUIRE(db.run(fmt::format("ATTACH '{}' AS o", store.path)).ok());
    for (const std::string& t : query(db,
                                      "SELECT name FROM o.sqlite_schema WHERE type = 'table' "
                                      "AND name NOT LIKE 'sqlite%'")) {
      REQUIRE(
          db.run(fmt::format("INSERT INTO main.{0} SELECT * FROM o.{0} ORDER BY 1 DESC, 2 DESC", t))
              .ok());
    }
    REQUIRE(db.run("DETACH o").ok());
    CHECK(hash_content(db).value().content_hash == expected);
  }
}

TEST_CASE("a change of any value, and any row more or less, gives another hash") {
  SmallStore store;
  Result<Database> database = Database::open(store.path, Access::write);
  REQUIRE(database.ok());
  Database& db = database.value();
  REQUIRE(db.run("PRAGMA ignore_check_constraints = ON").ok());
  const std::uint64_t expected = store.report.value().content_hash;
  std::set<std::uint64_t> seen = {expected};
  const auto hash_after = [&](const std::string& change) {
    INFO(change);
    REQUIRE(db.run("BEGIN; " + change).ok());
    REQUIRE(query(db, "SELECT changes()") == Rows{"1"});
    const Result<StoreReport> report = hash_content(db);
    REQUIRE(db.run("ROLLBACK").ok());
    return report.value().content_hash;
  };
  const auto query_columns =
      "SELECT m.name, c.name, (SELECT group_concat(k.name) FROM pragma_table_info(m.name) k "
      "WHERE k.pk > 0) FROM sqlite_schema m, pragma_table_info(m.name) c "
      "WHERE m.type = 'table' AND m.name NOT IN ('provenance', 'seal')";
  int columns = 0;
  for (const std::string& row : query(db, query_columns)) {
    const std::string table = row.substr(0, row.find('|'));
    const std::string column = row.substr(table.size() + 1, row.rfind('|') - table.size() - 1);
    const std::string key = row.substr(row.rfind('|') + 1);
    const std::string one = fmt::format(" WHERE ({0}) = (SELECT {0} FROM {1} LIMIT 1)", key, table);
    const std::string other = fmt::format(
        "CASE typeof({0}) WHEN 'text' THEN {0} || 'x' ELSE ifnull({0}, 0) + 1000003 END", column);
    INFO(table << "." << column);
    CHECK(seen.insert(hash_after(fmt::format("UPDATE {} SET {} = {}{}", table, column, other, one)))
              .second);
    columns += 1;
    if (column == key || key.starts_with(column + ",")) {
      CHECK(seen.insert(hash_after(fmt::format("DELETE FROM {}{}", table, one))).second);
    }
  }
  CHECK(columns > 70);
  CHECK(hash_after("UPDATE provenance SET value = 'x'") == expected);
  CHECK(hash_content(db).value().content_hash == expected);
}
