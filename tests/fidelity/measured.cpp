#include "measured.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "lab_runs.h"
#include "tsv.h"

namespace zonefall::fidelity {
namespace {

constexpr std::string_view header =
    "table\tt\tstate\tqname\tqtype\tcd\trcode\tad\tede\tttl\tup_root\tup_tld\tup_child\tpolled_s\t"
    "varies\tcause\talso";

std::set<int> ede_codes(const std::string& text) {
  std::set<int> codes;
  for (const std::string& code : split(text, ',')) codes.insert(std::atoi(code.c_str()));
  return codes;
}

std::uint32_t count(const std::string& text) {
  return static_cast<std::uint32_t>(std::atoi(text.c_str()));
}

/// "ede,upstream"; `upstream` is the three counts.
Result<std::set<Column>> varying_columns(const TsvLine& line) {
  std::set<Column> columns;
  for (const std::string& name : split(line.fields[14], ',')) {
    if (name == "upstream") {
      columns.insert({Column::up_tld, Column::up_child, Column::up_root});
    } else if (const auto column = column_named(name)) {
      columns.insert(*column);
    } else {
      return Error{"varies: no column is called " + name, line.where};
    }
  }
  if (columns.empty() != line.fields[15].empty()) {
    return Error{"a cell that varies needs a cause, others have none", line.where};
  }
  return columns;
}

/// "SERVFAIL/0/6;TIMEOUT/0/"
Result<std::vector<Seen>> others_seen(const TsvLine& line) {
  std::vector<Seen> all;
  for (const std::string& text : split(line.fields[16], ';')) {
    const std::vector<std::string> parts = split(text, '/');
    if (parts.size() != 2 && parts.size() != 3) {
      return Error{"`also` is not rcode/ad/ede", line.where};
    }
    all.push_back({parts[0], parts[1] == "1", ede_codes(parts.size() == 3 ? parts[2] : "")});
  }
  return all;
}

bool varies_for_clients(const MeasuredCell& cell) {
  const auto seen_by_clients = {Column::rcode, Column::ad, Column::ede, Column::stale};
  return std::any_of(seen_by_clients.begin(), seen_by_clients.end(),
                     [&cell](Column column) { return cell.varies.contains(column); });
}

Result<MeasuredCell> read_cell(const TsvLine& line) {
  const std::vector<std::string>& f = line.fields;
  MeasuredCell cell;
  cell.table = f[0];
  cell.asked_at_s = std::atof(f[1].c_str());
  cell.state = f[2];
  cell.qname = f[3];
  cell.qtype = f[4];
  cell.checking_disabled = f[5] == "1";
  cell.seen = {f[6], f[7] == "1", ede_codes(f[8])};
  if (!f[9].empty()) cell.ttl_s = count(f[9]);
  cell.upstream = {count(f[10]), count(f[11]), count(f[12]), ""};
  if (!f[13].empty()) cell.polled_s = std::atof(f[13].c_str());
  auto varies = varying_columns(line);
  if (!varies.ok()) return varies.error();
  cell.varies = std::move(varies).value();
  auto also = others_seen(line);
  if (!also.ok()) return also.error();
  cell.also = std::move(also).value();
  if (varies_for_clients(cell) == cell.also.empty()) {
    return Error{"`also` says what other runs gave where rcode, ad, ede or stale varies",
                 line.where};
  }
  return cell;
}

Result<Instance> load_instance(const std::filesystem::path& path) {
  auto table = read_tsv(path.string(), header);
  if (!table.ok()) return table.error();
  std::map<std::string, std::string> head(table.value().head.begin(), table.value().head.end());
  for (const auto* key : {"resolver", "profile", "fault_at_s", "repaired_at_s"}) {
    if (head[key].empty()) return Error{fmt::format("no line \"# {}: ...\"", key), path.string()};
  }
  const std::string run = path.parent_path().lexically_relative(cells_folder()).string();
  Instance instance{
      path.stem().string(), run == "." ? "" : run, head["resolver"], head["profile"], {}, {}};
  instance.times = {at_s(0), at_s(std::atof(head["fault_at_s"].c_str())),
                    at_s(std::atof(head["repaired_at_s"].c_str()))};
  for (const TsvLine& line : table.value().lines) {
    auto cell = read_cell(line);
    if (!cell.ok()) return cell.error();
    instance.cells.push_back(std::move(cell).value());
  }
  return instance;
}

}  // namespace

std::string to_text(const Seen& seen) {
  std::string text = seen.rcode;
  if (seen.authentic_data) text += "+AD";
  for (const int code : seen.ede_codes) text += fmt::format(" e{}", code);
  return text;
}

std::vector<MeasuredCell> Instance::cells_of(const std::string& table) const {
  std::vector<MeasuredCell> some;
  std::copy_if(cells.begin(), cells.end(), std::back_inserter(some),
               [&table](const MeasuredCell& cell) { return cell.table == table; });
  return some;
}

std::string cells_folder() {
  const char* other = std::getenv("ZONEFALL_FIDELITY_CELLS");
  return other == nullptr ? std::string(own_cells_folder) : std::string(other);
}

Result<std::vector<Instance>> load_instances() {
  std::vector<Instance> instances;
  std::error_code problem;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(cells_folder(), problem)) {
    if (entry.path().extension() != ".tsv" || entry.path().filename() == "tables.tsv") continue;
    auto instance = load_instance(entry.path());
    if (!instance.ok()) return instance.error();
    instances.push_back(std::move(instance).value());
  }
  if (problem) return Error{problem.message(), cells_folder()};
  // Folders have no order of their own.
  std::sort(instances.begin(), instances.end(), [](const Instance& a, const Instance& b) {
    return std::tie(a.name, a.run) < std::tie(b.name, b.run);
  });
  return instances;
}

const Instance* find_instance(const std::vector<Instance>& instances, const std::string& name) {
  const auto found = std::find_if(instances.begin(), instances.end(),
                                  [&name](const Instance& one) { return one.name == name; });
  return found == instances.end() ? nullptr : &*found;
}

}  // namespace zonefall::fidelity
