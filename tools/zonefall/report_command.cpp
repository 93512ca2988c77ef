// `zonefall report`: tables, data and pictures from result files.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/outcome/partial_file.h"
#include "zonefall/outcome/store.h"
#include "zonefall/report/report.h"

namespace zonefall::command {
namespace {

namespace fs = std::filesystem;

enum class Format : std::uint8_t { md, html, json, csv, svg };

const std::map<std::string, Format>& formats() {
  static const std::map<std::string, Format> by_name = {{"md", Format::md},
                                                        {"html", Format::html},
                                                        {"json", Format::json},
                                                        {"csv", Format::csv},
                                                        {"svg", Format::svg}};
  return by_name;
}

struct Options {
  std::vector<std::string> files;
  std::string format;  // empty: from the output's name, or md
  std::string output;  // empty: stdout
  std::string views;   // the folder for the views as CSV
  bool wants_json = false;
  bool overwrite = false;
  bool wants_schema = false;
};

/// One report to make: from which file, and where to. An empty target is stdout.
struct Job {
  std::string file;
  std::string target;
};

/// What `-f` says, else the suffix of OUT, else md. Two that disagree are a mistake of which nobody
/// can tell which half was meant.
Result<Format> format_of(const Options& options) {
  const std::string suffix = fs::path(options.output).extension().string();
  const auto implied = suffix.empty() ? formats().end() : formats().find(suffix.substr(1));
  const auto named = formats().find(options.format);
  const bool is_implied = implied != formats().end();
  if (named == formats().end()) return is_implied ? implied->second : Format::md;
  if (is_implied && implied->second != named->second) {
    return Error{
        fmt::format("report: OUT ends in {}, but -f asks for {}: leave out -f, or give "
                    "OUT another suffix",
                    suffix, options.format)};
  }
  return named->second;
}

std::string suffix_of(Format format) {
  for (const auto& [name, value] : formats()) {
    if (value == format) return value == Format::csv ? "" : "." + name;
  }
  return "";
}

Result<std::vector<Job>> plan(const Options& options, Format format) {
  std::vector<Job> jobs;
  if (options.files.empty()) return Error{"report: name at least one FILE"};
  if (options.output.empty()) {
    if (format == Format::csv) {
      return Error{"report: CSV is several files, so name their folder: -o FOLDER"};
    }
    if (options.files.size() > 1 && format != Format::md) {
      return Error{"report: several FILEs in this format need a folder: -o FOLDER"};
    }
    for (const std::string& file : options.files) jobs.push_back({file, ""});
    return jobs;
  }
  if (options.files.size() == 1) return std::vector<Job>{{options.files[0], options.output}};
  std::set<std::string> targets;
  for (const std::string& file : options.files) {
    const std::string name = fs::path(file).stem().string() + suffix_of(format);
    const std::string target = (fs::path(options.output) / name).string();
    if (!targets.insert(target).second) {
      return Error{
          fmt::format("report: two FILEs would go to {}; rename one, or report on each "
                      "alone",
                      target)};
    }
    jobs.push_back({file, target});
  }
  return jobs;
}

// For the reports on several FILEs.
Status make_folder(const Options& options) {
  if (options.files.size() < 2 || options.output.empty()) return Done{};
  std::error_code failure;
  fs::create_directories(options.output, failure);
  if (!failure) return Done{};
  return Error{
      fmt::format("report: cannot make the folder {}: {}", options.output, failure.message())};
}

/// Reports may replace files, but no results: they may have taken hours.
Status write_report(const std::string& path, const std::string& text) {
  if (outcome::open_store(path).ok() || outcome::open_comparison(path).ok()) {
    return Error{fmt::format("report: {} is a result file; name another OUT", path)};
  }
  return outcome::write_file({path, outcome::Overwrite::anything}, text);
}

Result<std::string> make(const std::string& file, Format format) {
  switch (format) {
    case Format::md: return report::markdown_report(file);
    case Format::html: return report::html_report(file);
    case Format::json: return report::json_report(file);
    case Format::svg: return report::svg_curve(file);
    case Format::csv: break;
  }
  ZF_ASSERT(false);  // csv_report() writes its files itself
  return Error{};
}

/// Several runs in one page: OUT is a file, not a folder.
bool is_one_page(const Options& options, Format format) {
  return format == Format::html && options.files.size() > 1 && options.output.ends_with(".html");
}

ExitCode report_side_by_side(const Options& options) {
  const Result<std::string> page = report::html_incidents(options.files);
  if (!page) return refuse(page.error());
  return code_of(write_report(options.output, page.value()));
}

ExitCode report_on(const Job& job, Format format) {
  if (format == Format::csv) {
    const auto files = report::csv_report(job.file);
    return files ? code_of(report::write_csv(files.value(), job.target)) : refuse(files.error());
  }
  const Result<std::string> text = make(job.file, format);
  if (!text) return refuse(text.error());
  return code_of(job.target.empty() ? write_stdout(text.value())
                                    : write_report(job.target, text.value()));
}

/// Of the kind of the FILE, without one that of a run.
ExitCode print_schema(const Options& options) {
  if (options.files.size() > 1) return refuse({"report: --schema takes one FILE, or none"});
  const bool is_comparison = !options.files.empty() && outcome::is_comparison(options.files[0]);
  return code_of(write_stdout(is_comparison ? report::json_comparison_schema()
                                            : report::json_report_schema()));
}

ExitCode write_views(const Options& options) {
  if (options.files.size() != 1) return refuse({"report: --csv takes one FILE"});
  if (!options.format.empty() || !options.output.empty()) {
    return refuse({"report: --csv FOLDER is a form of its own: leave out -f and -o"});
  }
  const auto files = report::csv_views(options.files[0]);
  if (!files) return refuse(files.error());
  const auto overwrite =
      options.overwrite ? outcome::Overwrite::results : outcome::Overwrite::nothing;
  return code_of(report::write_csv_folder(files.value(), {options.views, overwrite}));
}

ExitCode run_report(Options options) {
  if (options.wants_schema) return print_schema(options);
  if (options.wants_json) options.format = "json";
  if (!options.views.empty()) return write_views(options);
  if (options.overwrite) return refuse({"report: --overwrite goes with --csv; -o replaces files"});
  const Result<Format> read_format = format_of(options);
  if (!read_format) return refuse(read_format.error());
  const Format format = read_format.value();
  if (is_one_page(options, format)) return report_side_by_side(options);
  const Result<std::vector<Job>> jobs = plan(options, format);
  if (!jobs) return refuse(jobs.error());
  if (const Status made = make_folder(options); !made) return code_of(made);
  for (const Job& job : jobs.value()) {
    if (const ExitCode code = report_on(job, format); code != ExitCode::fine) return code;
  }
  return ExitCode::fine;
}

}  // namespace

void add_report_command(CLI::App& app, ExitCode& exit_code) {
  CLI::App* command = app.add_subcommand("report", "Make reports from result files");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files,
                      "Result files of `zonefall run`, `zonefall compare` and `zonefall ensemble`");
  command
      ->add_option("-f,--format", options->format,
                   "md (default), html, json, csv, or svg (of a run); without it the suffix of OUT "
                   "decides")
      ->check(CLI::IsMember({"md", "html", "json", "csv", "svg"}))
      ->type_name("FORMAT");
  command
      ->add_option("-o,--output", options->output,
                   "Where to: a file, replaced if it exists; for csv or several FILEs a folder. "
                   "Several runs and a file that ends in .html: one page, side by side. Without it "
                   "stdout")
      ->type_name("OUT");
  command->add_flag("--json", options->wants_json, "The same as --format json")
      ->excludes("--format");
  command
      ->add_option(
          "--csv", options->views,
          "Write every view of FILE's database as VIEW.csv into this folder, which must not "
          "exist or be empty")
      ->type_name("FOLDER");
  command->add_flag("--overwrite", options->overwrite,
                    "Replace the folder of --csv, if it holds nothing but CSV files");
  command->add_flag("--schema", options->wants_schema,
                    "Print the JSON Schema of the json format, which explains every key: that of a "
                    "FILE of this kind; without FILE that of a run");
  command->footer(
      "Examples:\n"
      "  zonefall report run.sqlite -o report.html\n"
      "  zonefall report one.sqlite another.sqlite -o both.html\n"
      "  zonefall report run.sqlite | less\n"
      "  zonefall report run.sqlite --format json | jq .cohorts\n"
      "  zonefall report run.sqlite -o curve.svg\n"
      "  zonefall report *.sqlite --format csv -o tables\n"
      "  zonefall report policies.sqlite --csv views\n"
      "Expectations that failed are in the report and do not change the exit code.");
  command->callback([options, &exit_code] { exit_code = run_report(*options); });
}

}  // namespace zonefall::command
