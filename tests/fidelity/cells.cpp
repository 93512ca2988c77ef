#include "cells.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace zonefall::fidelity {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

struct Line {
  std::string where;
  std::vector<std::string> fields;
};

/// The lines after the header; each must have as many fields as the header.
Result<std::vector<Line>> read_table(const std::string& path, std::string_view header) {
  std::ifstream file(path);
  std::string text;
  if (!std::getline(file, text)) return Error{"cannot read the table", path};
  if (text != header) return Error{"unexpected header: " + text, path + ":1"};
  const std::size_t columns = split(header, '\t').size();
  std::vector<Line> lines;
  for (int number = 2; std::getline(file, text); ++number) {
    Line line{fmt::format("{}:{}", path, number), split(text, '\t')};
    if (line.fields.size() != columns) {
      return Error{fmt::format("{} fields instead of {}", line.fields.size(), columns), line.where};
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::set<int> ede_codes(const std::string& text) {
  std::set<int> codes;
  if (text.empty()) return codes;
  for (const std::string& code : split(text, ',')) codes.insert(std::atoi(code.c_str()));
  return codes;
}

std::uint32_t count(const std::string& text) {
  return static_cast<std::uint32_t>(std::atoi(text.c_str()));
}

bool counts_close(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t larger = std::max(a, b);
  const std::uint32_t difference = larger - std::min(a, b);
  return difference <= 1 || difference * 100 <= larger * 15;
}

std::string side_text(const Seen& seen, std::optional<std::uint32_t> ttl_s,
                      const UpstreamCounts& upstream) {
  return fmt::format("{:<16} {:>6} / T{} C{} R{}", to_text(seen),
                     ttl_s ? fmt::format("t{}", *ttl_s) : "", upstream.tld, upstream.child,
                     upstream.root);
}

std::string percent(std::size_t part, std::size_t whole) {
  const std::size_t tenths = whole == 0 ? 0 : part * 1000 / whole;
  return fmt::format("{:>3}.{} %", tenths / 10, tenths % 10);
}

}  // namespace

std::string to_text(const Seen& seen) {
  std::string text = seen.rcode;
  if (seen.authentic_data) text += "+AD";
  for (const int code : seen.ede_codes) text += fmt::format(" e{}", code);
  return text;
}

Result<std::vector<MeasuredCell>> load_cells(const std::string& path) {
  auto lines = read_table(path,
                          "run\tinst\tt\tstate\tqname\tqtype\tcd\trcode\tad\tede\tttl\tup_root\t"
                          "up_tld\tup_child\tpolled_s\talso");
  if (!lines.ok()) return lines.error();
  std::vector<MeasuredCell> cells;
  for (const Line& line : lines.value()) {
    const std::vector<std::string>& f = line.fields;
    MeasuredCell cell;
    cell.run = f[0];
    cell.instance = f[1];
    cell.asked_at_s = std::atof(f[2].c_str());
    cell.state = f[3];
    cell.qname = f[4];
    cell.qtype = f[5];
    cell.checking_disabled = f[6] == "1";
    cell.seen = {f[7], f[8] == "1", ede_codes(f[9])};
    if (!f[10].empty()) cell.ttl_s = count(f[10]);
    cell.upstream = {count(f[11]), count(f[12]), count(f[13]), ""};
    if (!f[14].empty()) cell.polled_s = std::atof(f[14].c_str());
    if (!f[15].empty()) {
      const auto parts = split(f[15], '/');
      if (parts.size() != 3) return Error{"`also` is not rcode/ad/ede", line.where};
      cell.also.push_back({parts[0], parts[1] == "1", ede_codes(parts[2])});
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

Seen Comparison::seen() const {
  return {simulated.rcode, simulated.authentic_data, simulated.ede_codes};
}

bool Comparison::rcode_and_ad_agree() const {
  const auto same = [this](const Seen& one) {
    return one.rcode == simulated.rcode && one.authentic_data == simulated.authentic_data;
  };
  return same(measured.seen) || std::any_of(measured.also.begin(), measured.also.end(), same);
}

bool Comparison::ede_agrees() const {
  const auto same = [this](const Seen& one) { return one.ede_codes == simulated.ede_codes; };
  return same(measured.seen) || std::any_of(measured.also.begin(), measured.also.end(), same);
}

bool Comparison::recovery_agrees() const {
  if (!measured.polled_s || !simulated.polled) return true;
  const double simulated_s = static_cast<double>(simulated.polled->to_milliseconds()) / 1000;
  return simulated_s - *measured.polled_s <= 5 && *measured.polled_s - simulated_s <= 5;
}

bool Comparison::counts_agree() const {
  return counts_close(measured.upstream.root, simulated.upstream.root) &&
         counts_close(measured.upstream.tld, simulated.upstream.tld) &&
         counts_close(measured.upstream.child, simulated.upstream.child);
}

bool Comparison::ttl_agrees() const {
  if (!measured.ttl_s || !simulated.ttl_s) return measured.ttl_s == simulated.ttl_s;
  const std::uint32_t larger = std::max(*measured.ttl_s, *simulated.ttl_s);
  return larger - std::min(*measured.ttl_s, *simulated.ttl_s) <= 2;
}

bool Comparison::is_warm_up() const {
  return measured.state.starts_with("warm");
}

Result<KnownDifferences> KnownDifferences::load(const std::string& path) {
  auto lines = read_table(path, "table\tinst\tstate\tqname\treason");
  if (!lines.ok()) return lines.error();
  KnownDifferences known;
  for (const Line& line : lines.value()) {
    const auto& f = line.fields;
    if (f[4].empty()) return Error{"a known difference needs a reason", line.where};
    if (!known.reasons_.emplace(Key{f[0], f[1], f[2], f[3]}, f[4]).second) {
      return Error{"this cell is listed twice", line.where};
    }
  }
  return known;
}

const std::string* KnownDifferences::find(const Key& key) const {
  const auto found = reasons_.find(key);
  return found == reasons_.end() ? nullptr : &found->second;
}

void Shares::add(const Comparison& comparison) {
  cells += 1;
  rcode_and_ad += comparison.rcode_and_ad_agree() ? 1 : 0;
  ede += comparison.ede_agrees() ? 1 : 0;
  counts += comparison.counts_agree() ? 1 : 0;
  ttl += comparison.ttl_agrees() ? 1 : 0;
  everything += comparison.agrees() && comparison.counts_agree() ? 1 : 0;
}

void Shares::add(const Shares& other) {
  cells += other.cells;
  rcode_and_ad += other.rcode_and_ad;
  ede += other.ede;
  counts += other.counts;
  ttl += other.ttl;
  everything += other.everything;
}

std::string Shares::to_text() const {
  return fmt::format("{:>4} cells  rcode+AD {}  EDE {}  upstream counts {}  TTL {}", cells,
                     percent(rcode_and_ad, cells), percent(ede, cells), percent(counts, cells),
                     percent(ttl, cells));
}

bool Shares::reach_thresholds() const {
  return cells > 0 && rcode_and_ad * 100 >= cells * 95 && ede * 100 >= cells * 85;
}

std::string to_text(const Comparison& comparison) {
  const MeasuredCell& m = comparison.measured;
  return fmt::format(
      "{:<42} {:<11} {} | {}{}", m.state, m.qname, side_text(m.seen, m.ttl_s, m.upstream),
      side_text(comparison.seen(), comparison.simulated.ttl_s, comparison.simulated.upstream),
      comparison.simulated.polled && m.polled_s
          ? fmt::format("  polled {} s / {}", *m.polled_s, comparison.simulated.polled->to_text())
          : "");
}

}  // namespace zonefall::fidelity
