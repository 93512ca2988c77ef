// Goal: `zonefall report` gives what the library gives, in the form and the place asked for, with
// the exit codes that scripts depend on, data on stdout and words on stderr; and other readers of
// JSON, CSV, SVG and SQLite agree with it (judge_report.py).
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "outcome/store_testing.h"
#include "program.h"
#include "report/outage_run.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using Catch::Contains;

namespace {

/// A folder with results of the outage in run.sqlite.
struct Results {
  TempFolder folder;
  std::string run = write_run(outage_run(), folder.file("run.sqlite"));
  /// Runs in that folder.
  [[nodiscard]] Ended operator()(const std::string& command) const {
    return run_shell(fmt::format("cd '{}' && {}", folder.path(), command));
  }
};

}  // namespace

TEST_CASE("a report goes to stdout in the form asked for") {
  const Results results;
  const std::string markdown = markdown_report(results.run).value();
  for (const char* command : {"zonefall report run.sqlite", "zonefall report -f md run.sqlite"}) {
    const Ended ended = results(command);
    CHECK(ended.exit_code == 0);
    CHECK(ended.out == markdown);
    CHECK(ended.err.empty());
  }
  CHECK(results("zonefall report run.sqlite run.sqlite").out == markdown + markdown);
  CHECK(results("zonefall report run.sqlite --format json").out ==
        json_report(results.run).value());
  CHECK(results("zonefall report run.sqlite --format=svg").out == svg_curve(results.run).value());
  CHECK(results("zonefall report --schema").out == json_report_schema());
}

TEST_CASE("a report goes to a file whose suffix may name the form") {
  const Results results;
  const auto written = [&](const std::string& arguments, const std::string& name) {
    const Ended ended = results("zonefall report run.sqlite " + arguments);
    CHECK(ended.exit_code == 0);
    CHECK((ended.out + ended.err).empty());
    return read_text(results.folder.file(name));
  };
  CHECK(written("-o a.json", "a.json") == json_report(results.run).value());
  CHECK(written("-o a.html", "a.html") == html_report(results.run).value());
  CHECK(written("-o a.svg", "a.svg") == svg_curve(results.run).value());
  CHECK(written("--output a.txt", "a.txt") == markdown_report(results.run).value());
  CHECK(written("-o a.txt -f json", "a.txt") == json_report(results.run).value());
  CHECK(written("-o b.svg -f svg", "b.svg") == svg_curve(results.run).value());
  CHECK_THAT(written("-o tables -f csv", "tables/run.csv"), Contains("title,from,until"));
  CHECK_THAT(written("-o t.csv", "t.csv/cohorts.csv"), Contains("\r\npublic,"));
}

TEST_CASE("the option --json is short for the json format") {
  const Results results;
  CHECK(results("zonefall report run.sqlite --json").out == json_report(results.run).value());
  CHECK(results("zonefall report run.sqlite --json -f md").exit_code == 2);
}

TEST_CASE("views go to a folder of their own, whole or not at all") {
  const Results results;
  const std::vector<CsvFile> files = csv_views(results.run).value();
  const auto check_whole = [&](const std::string& folder) {
    std::set<std::string> names;
    for (const CsvFile& file : files) {
      CHECK(read_text(results.folder.file(folder + "/" + file.name)) == file.text);
      names.insert(file.name);
    }
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(results.folder.file(folder))) {
      found.insert(entry.path().filename().string());
    }
    CHECK(found == names);
    CHECK_FALSE(std::filesystem::exists(results.folder.file(folder + ".partial")));
  };
  CHECK(results("zonefall report run.sqlite --csv views/").exit_code == 0);
  check_whole("views");
  CHECK(results("mkdir empty && zonefall report run.sqlite --csv empty").exit_code == 0);
  check_whole("empty");
  const Ended again = results("zonefall report run.sqlite --csv views");
  CHECK(again.exit_code == 3);
  CHECK_THAT(again.err, Contains("views is not empty"));
  CHECK(results("echo old > views/old.csv; zonefall report run.sqlite --csv views --overwrite")
            .exit_code == 0);
  check_whole("views");
  const Ended mine = results(
      "rm empty/*; echo mine > empty/notes.txt; zonefall report run.sqlite --csv empty "
      "--overwrite");
  CHECK(mine.exit_code == 3);
  CHECK_THAT(mine.err, Contains("empty holds notes.txt"));
  CHECK(read_text(results.folder.file("empty/notes.txt")) == "mine\n");
}

TEST_CASE("views that cannot be written leave no folder, and the old one as it was") {
  const Results results;
  REQUIRE(results("zonefall report run.sqlite --csv old").exit_code == 0);
  const std::string before = read_text(results.folder.file("old/failure_share.csv"));
  struct Case {
    const char* command;
    const char* word;
    int exit_code;
  };
  // A limit on the size of files stands for a full disk.
  for (const Case& c :
       {Case{"(ulimit -f 1; zonefall report run.sqlite --csv new)", "cannot write", 3},
        Case{"(ulimit -f 1; zonefall report run.sqlite --csv old --overwrite)", "cannot write", 3},
        Case{"zonefall report run.sqlite --csv /proc/self/new", "cannot create the folder", 3},
        Case{"zonefall report run.sqlite --csv none/new", "No such file", 3},
        Case{"zonefall report run.sqlite --csv run.sqlite", "is not a folder", 3},
        Case{"mkdir new.partial; zonefall report run.sqlite --csv new; x=$?; rmdir new.partial; "
             "exit $x",
             "new.partial exists already", 3},
        Case{"zonefall report run.sqlite run.sqlite --csv new", "one FILE", 2},
        Case{"zonefall report run.sqlite --csv new -f md", "leave out -f", 2},
        Case{"zonefall report run.sqlite --overwrite", "goes with --csv", 2}}) {
    INFO(c.command);
    const Ended ended = results(c.command);
    CHECK(ended.exit_code == c.exit_code);
    CHECK_THAT(ended.err, Contains(c.word));
    CHECK(results.folder.names() == std::set<std::string>{"old", "run.sqlite"});
    CHECK(read_text(results.folder.file("old/failure_share.csv")) == before);
  }
}

TEST_CASE("several reports go to a folder") {
  const Results results;
  write_run(quiet_run(), results.folder.file("quiet.sqlite"));
  CHECK(results("zonefall report run.sqlite quiet.sqlite -f json -o a/b").exit_code == 0);
  CHECK(results("zonefall report run.sqlite quiet.sqlite -f csv -o c").exit_code == 0);
  CHECK(read_text(results.folder.file("a/b/run.json")) == json_report(results.run).value());
  CHECK_THAT(read_text(results.folder.file("c/quiet/cohorts.csv")), Contains("isp,"));
  const Ended clash = results(
      "mkdir d; cp run.sqlite d; zonefall report run.sqlite d/run.sqlite "
      "-o e");
  CHECK(clash.exit_code == 2);
  CHECK_THAT(clash.err, Contains("two FILEs would go to e/run.md"));
}

TEST_CASE("several runs go into one page where OUT is one") {
  const Results results;
  const std::string quiet = write_run(quiet_run(), results.folder.file("quiet.sqlite"));
  const Ended ended = results("zonefall report run.sqlite quiet.sqlite -o both.html");
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  CHECK(read_text(results.folder.file("both.html")) ==
        html_incidents({results.run, quiet}).value());
}

TEST_CASE("bad input and bad usage end with 2 and a word about it") {
  const Results results;
  struct Case {
    const char* command;
    const char* word;
  };
  for (const Case& c : {Case{"zonefall", "subcommand"},
                        Case{"zonefall nonsense run.sqlite", "unknown subcommand \"nonsense\""},
                        Case{"zonefall --nonsense", "--nonsense"}, Case{"zonefall report", "FILE"},
                        Case{"zonefall report -f pdf run.sqlite", "pdf"},
                        Case{"zonefall report --nonsense run.sqlite", "nonsense"},
                        Case{"zonefall report none", "none cannot be read"},
                        Case{"echo x > text; zonefall report text", "not a result file"},
                        Case{"zonefall report run.sqlite -f csv", "-o FOLDER"},
                        Case{"zonefall report run.sqlite run.sqlite -f svg", "-o FOLDER"},
                        Case{"zonefall report run.sqlite -o x.svg -f md",
                             "OUT ends in .svg, but -f asks for md: leave out -f, or give OUT"},
                        Case{"zonefall report run.sqlite -f csv -o x.json", "OUT ends in .json"},
                        Case{"head -c 20000 run.sqlite > cut; zonefall report cut", "truncated"}}) {
    INFO(c.command);
    const Ended ended = results(c.command);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Contains(c.word));
  }
  CHECK(results.folder.names() == std::set<std::string>{"cut", "run.sqlite", "text"});
  CHECK(markdown_report(results.run).ok());  // still there
}

TEST_CASE("output that cannot be written ends with 3") {
  const Results results;
  write_run(quiet_run(), results.folder.file("quiet.sqlite"));
  const Ended full = results("zonefall report run.sqlite > /dev/full");
  CHECK(full.exit_code == 3);
  CHECK_THAT(full.err, Contains("No space left"));
  for (const auto& [options, word] : std::vector<std::pair<std::string, std::string>>{
           {"-o none/a.md", "none"},
           {"-o run.sqlite", "is a result file"},
           {"-f csv -o run.sqlite/a", "cannot make"},
           {"quiet.sqlite -o run.sqlite/a", "cannot"}}) {
    INFO(options);
    const Ended ended = results("zonefall report run.sqlite " + options);
    CHECK(ended.exit_code == 3);
    CHECK_THAT(ended.err, Contains(word));
  }
  CHECK(markdown_report(results.run).ok());  // still there
}

TEST_CASE("help and version are no errors") {
  for (const char* command : {"zonefall --help", "zonefall -h", "zonefall report --help"}) {
    CHECK(run_shell(command).exit_code == 0);
  }
  const Ended version = run_shell("zonefall --version");
  CHECK(version.exit_code == 0);
  CHECK_THAT(version.out, Catch::StartsWith("zonefall ") && Catch::EndsWith("\n"));
}

TEST_CASE("other readers agree with what is reported") {
  const TempFolder folder;
  for (const TestRun& run : {outage_run(), quiet_run(), empty_run(), hostile_run()}) {
    const std::string file = write_run(run, folder.file("run.sqlite"));
    const Ended judged = run_shell(
        fmt::format("cd '{0}' && zonefall report run.sqlite -o r.json && zonefall report "
                    "run.sqlite -o r.svg && zonefall report run.sqlite -f csv -o csv && cd - "
                    ">/dev/null && /usr/bin/python3 tests/tools/judge_report.py '{0}'",
                    folder.path()));
    INFO(judged.out << judged.err);
    CHECK(judged.exit_code == 0);
    CHECK_THAT(judged.out, Contains("cohorts agree"));
  }
}
