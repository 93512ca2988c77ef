// Goal: whatever stops the writing leaves a clear message and no file; whatever is no complete
// store is refused with a message that says what to do.
#include <csignal>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "store_testing.h"
#include "zonefall/core/rng.h"
#include "zonefall/outcome/store.h"

using namespace zonefall;
using namespace zonefall::outcome;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Names = std::set<std::string>;

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& octets) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << octets;
}

std::string error_of(const Result<StoreReport>& report) {
  return report ? "" : report.error().to_text();
}

/// Why a file is no store; "" if it is one.
std::string complaint(const std::string& path) {
  const Result<std::uint64_t> hash = content_hash_of(path);
  return hash ? "" : hash.error().to_text();
}

/// As on a disk that has room for files of this size only.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t octets_max) {
    std::signal(SIGXFSZ, SIG_IGN);
    ZF_ASSERT(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{octets_max, before_.rlim_max};
    ZF_ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  SmallDisk(SmallDisk&&) = delete;
  SmallDisk& operator=(SmallDisk&&) = delete;
  ~SmallDisk() { ZF_ASSERT(setrlimit(RLIMIT_FSIZE, &before_) == 0); }

 private:
  rlimit before_{};
};

/// Runs SQL on a store, as somebody who tampers with it.
void change(const std::string& path, const std::string& sql) {
  Result<Database> database = Database::open(path, Access::write);
  REQUIRE(database.ok());
  REQUIRE(database.value().run(sql).ok());
}

}  // namespace

TEST_CASE("a disk that fills up at any size leaves an error and no file") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  REQUIRE(write_store({path}, small_record(), small_tally()).ok());
  const auto octets = static_cast<rlim_t>(std::filesystem::file_size(path));
  std::filesystem::remove(path);
  for (rlim_t limit = 0; limit < octets; limit += 4096 + 1000) {
    std::string error;
    {
      const SmallDisk disk(limit);
      error = error_of(write_store({path}, small_record(), small_tally()));
    }
    INFO(limit);
    CHECK_THAT(error, Contains("cannot write " + path) && Contains("File too large") &&
                          EndsWith("nothing of it is kept"));
    CHECK(folder.names().empty());
  }
  {
    const SmallDisk disk(octets);
    CHECK(write_store({path}, small_record(), small_tally()).ok());
  }
  CHECK(folder.names() == Names{"run"});
}

TEST_CASE("a large store fails on a full disk while it is written, not only at the end") {
  const TempFolder folder;
  RunRecord record = small_record();
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    record.samples.push_back(
        {minute(i), 0, "example.de. A", Outcome::stale, std::string(5000, 'x')});
  }
  std::string error;
  {
    const SmallDisk disk(1 << 20);
    error = error_of(write_store({folder.file("run")}, record, small_tally()));
  }
  CHECK_THAT(error, Contains("table samples") && Contains("File too large"));
  CHECK(folder.names().empty());
}

TEST_CASE("SQLite's word for a full disk becomes ours") {
  const TempFolder folder;
  Result<PartialFile> file = PartialFile::create({folder.file("run")});
  REQUIRE(file.ok());
  Result<Database> database = Database::open(file.value().path(), Access::write);
  REQUIRE(database.ok());
  const Status full = database.value().run(
      "PRAGMA max_page_count = 4; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))");
  REQUIRE_FALSE(full.ok());
  CHECK(full.error().message == "the disk is full");
}

TEST_CASE("an interruption at any moment leaves an error and no file") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  RunRecord record = small_record();
  record.resolvers.resize(5000);
  TallyShape shape = small_shape();
  shape.resolvers = 5000;
  const Tally tally(shape);
  int asked_when_complete = 0;
  REQUIRE(write_store({path}, record, tally, [&] {
            asked_when_complete += 1;
            return false;
          }).ok());
  CHECK(asked_when_complete > 20);
  std::filesystem::remove(path);
  for (int last = 1; last <= asked_when_complete; ++last) {
    int asked = 0;
    const std::string error =
        error_of(write_store({path}, record, tally, [&] { return ++asked == last; }));
    CHECK(error == "cannot write " + path + ": interrupted; nothing of it is kept");
    CHECK(asked == last);
    CHECK(folder.names().empty());
  }
}

TEST_CASE("a store that exists survives a failed attempt to overwrite it") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  REQUIRE(write_store({path}, small_record(), small_tally()).ok());
  const std::string before = read(path);
  CHECK_THAT(error_of(write_store({path}, small_record(), small_tally())),
             Contains("run exists already"));
  const auto stop = [] { return true; };
  CHECK_FALSE(write_store({path, Overwrite::results}, small_record(), small_tally(), stop).ok());
  CHECK(read(path) == before);
  RunRecord other = small_record();
  other.seed = 5;
  CHECK(write_store({path, Overwrite::results}, other, small_tally()).ok());
  CHECK(read(path) != before);
  CHECK(complaint(path).empty());
  CHECK(folder.names() == Names{"run"});
}

TEST_CASE("a database of somebody else is not overwritten, whatever is in it") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  REQUIRE(write_store({path}, small_record(), small_tally()).ok());
  change(path, "PRAGMA application_id = 0");
  const std::string before = read(path);
  CHECK_THAT(error_of(write_store({path, Overwrite::results}, small_record(), small_tally())),
             Contains("run is no result file of zonefall, and only those are overwritten"));
  CHECK(read(path) == before);
  // Ours, even if no reader takes it.
  change(path, "PRAGMA application_id = 0x7a66616c; PRAGMA user_version = 99; DELETE FROM seal");
  CHECK(write_store({path, Overwrite::results}, small_record(), small_tally()).ok());
  CHECK(complaint(path).empty());
}

TEST_CASE("rows that contradict each other are an error, not half a store") {
  const TempFolder folder;
  RunRecord record = small_record();
  record.expectations.push_back(record.expectations.front());
  CHECK_THAT(error_of(write_store({folder.file("run")}, record, small_tally())),
             Contains("table expectations: UNIQUE constraint failed: expectations.id"));
  record = small_record();
  record.meta.emplace_back("seed", "1");
  CHECK_THAT(error_of(write_store({folder.file("run")}, record, small_tally())),
             Contains("table meta: UNIQUE constraint failed: meta.key"));
  CHECK(folder.names().empty());
}

TEST_CASE("a killed writer leaves a file that no reader takes for complete") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  const pid_t child = fork();
  if (child == 0) {
    int asked = 0;
    static_cast<void>(write_store({path}, small_record(), small_tally(), [&] {
      if (++asked == 10) raise(SIGKILL);
      return false;
    }));
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(folder.names() == Names{"run.partial"});
  CHECK_THAT(complaint(path), Contains("run does not exist, only its .partial does"));
  CHECK_THAT(complaint(path + ".partial"), Contains("rest of a run that did not end"));
  CHECK(write_store({path, Overwrite::results}, small_record(), small_tally()).ok());
  CHECK(complaint(path).empty());
}

TEST_CASE("what is no store of this version is refused with what to do") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  REQUIRE(write_store({path}, small_record(), small_tally()).ok());
  CHECK(complaint(path).empty());

  CHECK_THAT(complaint(folder.file("none")), Contains("No such file"));
  CHECK_THAT(complaint(folder.path()), Contains("is not a regular file"));
  write(folder.file("text"), std::string(5000, 'x'));
  CHECK_THAT(complaint(folder.file("text")), Contains("is not a result file of zonefall"));
  write(folder.file("empty"), "");
  CHECK_THAT(complaint(folder.file("empty")), Contains("is not a result file of zonefall"));
  change(folder.file("empty"), "CREATE TABLE seal (x)");
  CHECK_THAT(complaint(folder.file("empty")), Contains("SQLite database, but not a result file"));

  SECTION("another version") {
    change(path, "PRAGMA user_version = 99");
    CHECK_THAT(complaint(path), Contains("has schema version 99, this zonefall reads version 2") &&
                                    Contains("run the scenario again"));
  }
  SECTION("no seal") {
    change(path, "DELETE FROM seal");
    CHECK_THAT(complaint(path), Contains("rest of a run that did not end"));
  }
  SECTION("floating point where there must be none") {
    change(path, "CREATE TABLE alien (x INTEGER PRIMARY KEY, y); INSERT INTO alien VALUES (1, .5)");
    CHECK_THAT(complaint(path),
               Contains("column y holds a value that is neither integer nor text"));
  }
}

TEST_CASE("a store that lost its end is refused at any length") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  REQUIRE(write_store({path}, small_record(), small_tally()).ok());
  const std::string whole = read(path);
  for (std::size_t octets = 0; octets < whole.size(); octets += 1777) {
    write(path, whole.substr(0, octets));
    INFO(octets);
    CHECK_THAT(complaint(path), octets < 100 ? Contains("is not a result file of zonefall")
                                             : Contains("is truncated"));
  }
  write(path, whole.substr(0, whole.size() - 1));
  CHECK_THAT(complaint(path), Contains("is truncated"));
}

TEST_CASE("damage inside never crashes a reader, and a page of zeros is noticed") {
  const TempFolder folder;
  const std::string path = folder.file("run");
  const Result<StoreReport> report = write_store({path}, small_record(), small_tally());
  REQUIRE(report.ok());
  const std::string whole = read(path);
  const auto is_noticed = [&](const std::string& damaged) {
    write(path, damaged);
    const Result<std::uint64_t> hash = content_hash_of(path);
    return !hash || hash.value() != report.value().content_hash;
  };
  std::set<std::size_t> unnoticed;
  for (std::size_t page = 1; page < whole.size() / 4096; ++page) {
    if (!is_noticed(std::string(whole).replace(page * 4096, 4096, 4096, '\0'))) {
      unnoticed.insert(page);
    }
  }
  // All but what the hash leaves out: the table `provenance`, and the indices of outcomes, classes
  // and harms by name.
  CHECK(unnoticed.size() == 4);
  Rng rng({3, 1, purpose("damage")});
  int noticed = 0;
  for (int round = 0; round < 300; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 20; ++i) {
      damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
    }
    if (is_noticed(damaged)) noticed += 1;
  }
  CHECK(noticed > 100);
}
