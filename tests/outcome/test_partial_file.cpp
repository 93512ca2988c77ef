// Goal: an output appears whole or not at all, nobody's file is lost, and each refusal says why.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "store_testing.h"
#include "zonefall/outcome/partial_file.h"

using namespace zonefall;
using namespace zonefall::outcome;
using Catch::Matchers::Contains;
using Names = std::set<std::string>;

namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string refusal(const StoreTarget& target) {
  const Result<PartialFile> file = PartialFile::create(target);
  return file ? "" : file.error().to_text();
}

/// Without the right to write anywhere, even if the tests run as root.
class Powerless {
 public:
  Powerless() {
    if (user_ == 0) ZF_ASSERT(seteuid(65534) == 0);
  }
  Powerless(const Powerless&) = delete;
  Powerless& operator=(const Powerless&) = delete;
  Powerless(Powerless&&) = delete;
  Powerless& operator=(Powerless&&) = delete;
  ~Powerless() {
    if (user_ == 0) ZF_ASSERT(seteuid(0) == 0);
  }

 private:
  uid_t user_ = geteuid();
};

/// A process that claims `path` and is killed with the file in its hands.
void claim_and_die(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    const Result<PartialFile> file = PartialFile::create({path});
    if (file) write(file.value().path(), "half");
    raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

}  // namespace

TEST_CASE("a published file has its name and content, and the partial one is gone") {
  const TempFolder folder;
  {
    Result<PartialFile> file = PartialFile::create({folder.file("out")});
    REQUIRE(file.ok());
    CHECK(folder.names() == Names{"out.partial"});
    write(file.value().path(), "whole");
    CHECK(file.value().publish().ok());
    CHECK(folder.names() == Names{"out"});
  }
  CHECK(folder.names() == Names{"out"});
  CHECK(read(folder.file("out")) == "whole");
}

TEST_CASE("a file that is not published leaves nothing, however it was moved about") {
  const TempFolder folder;
  {
    std::optional<PartialFile> kept;
    {
      Result<PartialFile> file = PartialFile::create({folder.file("out")});
      REQUIRE(file.ok());
      kept = std::move(file).value();
    }
    CHECK(folder.names() == Names{"out.partial"});
    Result<PartialFile> other = PartialFile::create({folder.file("other")});
    REQUIRE(other.ok());
    kept = std::move(other).value();
    CHECK(folder.names() == Names{"other.partial"});
  }
  CHECK(folder.names().empty());
}

TEST_CASE("an existing file is replaced only if that was asked for, and only at the end") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  write(path, "old");
  CHECK_THAT(refusal({path}), Contains("out exists already") && Contains("overwritten"));
  CHECK(folder.names() == Names{"out"});
  { CHECK(PartialFile::create({path, Overwrite::anything}).ok()); }
  CHECK(read(path) == "old");
  {
    Result<PartialFile> file = PartialFile::create({path, Overwrite::anything});
    REQUIRE(file.ok());
    write(file.value().path(), "new");
    CHECK(read(path) == "old");
    CHECK(file.value().publish().ok());
  }
  CHECK(read(path) == "new");
  CHECK(folder.names() == Names{"out"});
}

TEST_CASE("a file that appears while the run goes on is not lost") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  {
    Result<PartialFile> file = PartialFile::create({path});
    REQUIRE(file.ok());
    write(path, "somebody else's");
    const Status published = file.value().publish();
    REQUIRE_FALSE(published.ok());
    CHECK_THAT(published.error().to_text(), Contains("out exists already"));
  }
  CHECK(read(path) == "somebody else's");
  CHECK(folder.names() == Names{"out"});
}

TEST_CASE("a run that is still writing keeps its file, whatever is asked for") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  Result<PartialFile> first = PartialFile::create({path});
  REQUIRE(first.ok());
  CHECK_THAT(refusal({path}), Contains("out.partial is being written by another run"));
  CHECK_THAT(refusal({path, Overwrite::anything}),
             Contains("out.partial is being written by another run"));
  CHECK(folder.names() == Names{"out.partial"});
  CHECK(first.value().publish().ok());
}

TEST_CASE("the rest of a killed run is told apart, and replaced only if that was asked for") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  claim_and_die(path);
  CHECK(folder.names() == Names{"out.partial"});
  CHECK_THAT(refusal({path}), Contains("out.partial is left over") && Contains("remove it"));
  CHECK(read(path + ".partial") == "half");
  Result<PartialFile> file = PartialFile::create({path, Overwrite::anything});
  REQUIRE(file.ok());
  CHECK(read(path + ".partial").empty());
  CHECK(file.value().publish().ok());
  CHECK(folder.names() == Names{"out"});
}

TEST_CASE("where results may be replaced, nothing but results and empty files is") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  const StoreTarget results{path, Overwrite::results};
  const auto is_spared = [&](const std::string& name) {
    const std::string before = read(folder.file(name));
    CHECK_THAT(refusal(results),
               Contains(name + " is no result file of zonefall") && Contains("remove it yourself"));
    return read(folder.file(name)) == before && folder.names() == Names{name};
  };
  write(path, "precious");
  CHECK(is_spared("out"));
  write(path, std::string("SQLite format 3\0", 16) + std::string(200, 'x'));
  CHECK(is_spared("out"));
  write(path, "SQLite format 3");  // too short for a head
  CHECK(is_spared("out"));
  std::filesystem::rename(path, path + ".partial");
  CHECK(is_spared("out.partial"));
  std::filesystem::remove(path + ".partial");
  write(path, "");
  CHECK(refusal(results).empty());
}

TEST_CASE("what replaced the old results while the run went on is not lost") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  write(path, "");
  {
    Result<PartialFile> file = PartialFile::create({path, Overwrite::results});
    REQUIRE(file.ok());
    write(path, "somebody else's");
    const Status published = file.value().publish();
    REQUIRE_FALSE(published.ok());
    CHECK_THAT(published.error().to_text(), Contains("out is no result file"));
  }
  CHECK(read(path) == "somebody else's");
  CHECK(folder.names() == Names{"out"});
}

TEST_CASE("a partial file that was replaced is neither published nor removed") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  {
    Result<PartialFile> file = PartialFile::create({path});
    REQUIRE(file.ok());
    REQUIRE(unlink(file.value().path().c_str()) == 0);
    write(path + ".partial", "somebody else's");
    const Status published = file.value().publish();
    REQUIRE_FALSE(published.ok());
    CHECK_THAT(published.error().to_text(), Contains("removed or replaced"));
  }
  CHECK(read(path + ".partial") == "somebody else's");
}

TEST_CASE("a name that cannot become a file is refused before the run") {
  const TempFolder folder;
  write(folder.file("file"), "");
  CHECK_THAT(refusal({""}), Contains("not the name of a file"));
  CHECK_THAT(refusal({folder.file("new/")}), Contains("not the name of a file"));
  CHECK_THAT(refusal({folder.path(), Overwrite::anything}), Contains("is a folder"));
  CHECK_THAT(refusal({"/dev/null", Overwrite::anything}),
             Contains("/dev/null is not a regular file"));
  CHECK_THAT(refusal({folder.file("none/out")}), Contains("/none: No such file or directory"));
  CHECK_THAT(refusal({folder.file("file/out")}), Contains("/file: Not a directory"));
  CHECK_THAT(refusal({folder.file(std::string(300, 'x'))}), Contains("File name too long"));
  CHECK(folder.names() == Names{"file"});
}

TEST_CASE("a folder without the right to write is refused before the run") {
  const TempFolder folder;
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  std::string message;
  {
    const Powerless powerless;
    message = refusal({folder.file("out")});
  }
  CHECK_THAT(message, Contains("cannot create") && Contains("out.partial: Permission denied"));
  CHECK(folder.names().empty());
  REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
}

TEST_CASE("a text is written whole or not at all") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  REQUIRE(write_file({path}, "first").ok());
  CHECK_FALSE(write_file({path}, "second").ok());
  CHECK(read(path) == "first");
  REQUIRE(write_file({path, Overwrite::anything}, "").ok());
  CHECK(read(path).empty());
  CHECK(folder.names() == Names{"out"});

  struct rlimit before {};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  struct rlimit small = before;
  small.rlim_cur = 1000;
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Status done = write_file({path, Overwrite::anything}, std::string(5000, 'x'));
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, ignored);
  REQUIRE_FALSE(done.ok());
  CHECK_THAT(done.error().to_text(), Contains("out.partial: File too large"));
  CHECK(folder.names() == Names{"out"});
  CHECK(read(path).empty());
}
