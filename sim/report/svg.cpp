#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "report/analysis.h"
#include "report/axes.h"
#include "report/run_data.h"
#include "report/text.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

// Units are pixels at the picture's natural size.
constexpr double width = 960;
constexpr double plot_left = 64;
constexpr double plot_right = width - 16;
constexpr double plot_top = 64;
constexpr double plot_height = 280;
constexpr double plot_bottom = plot_top + plot_height;
constexpr double line_height = 18;
constexpr std::size_t points_max = 400;
constexpr std::size_t marks_max = 8;
constexpr std::size_t legend_columns = 3;
constexpr std::size_t time_labels_max = 12;

// Middle tones: readable on white and on black. Cohorts past the eighth are dashed.
constexpr std::array<std::string_view, 8> colours = {"#3b82c4", "#d9822b", "#2a9d74", "#c2504a",
                                                     "#9467bd", "#8c7a5b", "#c77cab", "#5aa0a8"};
constexpr std::string_view ink = "#767d86";

std::string style_of(std::size_t cohort) {
  const std::string_view dash = cohort / colours.size() == 0   ? ""
                                : cohort / colours.size() == 1 ? "6 3"
                                                               : "2 3";
  return fmt::format("stroke=\"{}\"{}", colours[cohort % colours.size()],
                     dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", dash));
}

class Picture {
 public:
  Picture(const RunData& run, const Analysis& analysis)
      : run_(run), analysis_(analysis), columns_(columns_of(run, points_max)) {
    std::vector<std::optional<double>> shares;
    for (const auto& by_bin : run.counts) {
      const auto of_cohort = failed_shares(by_bin, columns_);
      shares.insert(shares.end(), of_cohort.begin(), of_cohort.end());
    }
    axis_ = share_axis(shares);
    if (!run.bins.empty()) span_ = {run.bins.front().from, run.bins.back().until};
  }

  std::string draw() {
    const std::string title = shorten(clean_line(run_.about("scenario_title")), 100);
    text(width / 2, 22, "middle", title, "font-size=\"16\" font-weight=\"600\"");
    text(plot_left, 42, "start",
         "share of each cohort's lookups that failed (SERVFAIL or no reply)", "");
    draw_share_axis();
    if (!run_.bins.empty()) {
      draw_time_axis();
      draw_events();
      for (std::size_t cohort = 0; cohort < run_.cohorts.size(); ++cohort) draw_curve(cohort);
    }
    y_ = plot_bottom + 58;
    draw_legend();
    draw_event_key();
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
        "width=\"{0:.0f}\" height=\"{1:.0f}\" role=\"img\" font-family=\"system-ui, sans-serif\" "
        "font-size=\"12\" fill=\"{2}\">\n<title>{3}</title>\n{4}</svg>\n",
        width, y_, ink, escape_xml("Share of failed lookups: " + title), body_);
  }

 private:
  [[nodiscard]] double x_of(SimTime at) const {
    const double part = seconds_between(span_.from, at) / seconds_between(span_.from, span_.until);
    return plot_left + part * (plot_right - plot_left);
  }
  [[nodiscard]] double y_of(double share) const {
    return plot_bottom - std::clamp(share / axis_.top, 0.0, 1.0) * plot_height;
  }

  void text(double x, double y, std::string_view anchor, std::string_view words,
            std::string_view attributes) {
    body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}{}>{}</text>\n", x, y,
                         anchor, attributes.empty() ? "" : " ", attributes, escape_xml(words));
  }
  void line(double x1, double y1, double x2, double y2, std::string_view attributes) {
    body_ +=
        fmt::format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" {}/>\n", x1, y1, x2, y2, attributes);
  }

  void draw_share_axis() {
    for (int step = 0; step <= axis_.steps; ++step) {
      const double share = axis_.top * step / axis_.steps;
      const double y = y_of(share);
      line(plot_left, y, plot_right, y,
           fmt::format("stroke=\"{}\" stroke-opacity=\"{}\"", ink, step == 0 ? "1" : "0.25"));
      text(plot_left - 8, y + 4, "end", fmt::format("{:.3g} %", share * 100), "");
    }
  }

  void draw_time_axis() {
    std::string day;
    for (const SimTime tick : time_ticks(span_, time_labels_max)) {
      const double x = x_of(tick);
      line(x, plot_bottom, x, plot_bottom + 5, fmt::format("stroke=\"{}\"", ink));
      text(x, plot_bottom + 18, "middle", clock_time(tick), "");
      const std::string date = long_time(tick).substr(0, 10);
      if (date != day) text(x, plot_bottom + 33, "middle", date, "");
      day = date;
    }
    text(plot_right, plot_bottom + 33, "end", "UTC", "");
  }

  /// Points in the middle of their bins; gaps where nobody asked.
  void draw_curve(std::size_t cohort) {
    const auto shares = failed_shares(run_.counts[cohort], columns_);
    std::string path;
    bool is_open = false;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!shares[i]) {
        is_open = false;
        continue;
      }
      const SimTime from = run_.bins[columns_[i].first_bin].from;
      const SimTime until = run_.bins[columns_[i].first_bin + columns_[i].bins - 1].until;
      const double x = (x_of(from) + x_of(until)) / 2;
      // A stroke of no length with round ends is a dot: so a lone point shows.
      path += fmt::format("{}{:.1f} {:.1f}{}", is_open ? "L" : "M", x, y_of(*shares[i]),
                          is_open ? "" : "h0");
      is_open = true;
    }
    if (path.empty()) return;
    body_ += fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\" "
        "stroke-linecap=\"round\" {}/>\n",
        path, style_of(cohort));
  }

  /// Events so near to each other that their numbers would overlap share one mark.
  void draw_events() {
    double distance = 18;
    do {
      marks_.clear();
      for (const EventGroup& group : analysis_.events) {
        if (group.event.at < span_.from || group.event.at >= span_.until) continue;
        const double x = x_of(group.event.at);
        if (!marks_.empty() && x - marks_.back().x < distance) {
          marks_.back().others += 1;
        } else {
          marks_.push_back({x, &group.event, 0});
        }
      }
      distance *= 1.5;
    } while (marks_.size() > marks_max);
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      line(marks_[i].x, plot_top - 4, marks_[i].x, plot_bottom,
           fmt::format("stroke=\"{}\" stroke-opacity=\"0.7\" stroke-dasharray=\"1 3\"", ink));
      text(marks_[i].x, plot_top - 7, "middle", fmt::format("{}", i + 1), "font-size=\"11\"");
    }
  }

  void draw_legend() {
    constexpr double column_width = (plot_right - plot_left) / legend_columns;
    for (std::size_t cohort = 0; cohort < run_.cohorts.size(); ++cohort) {
      const double x = plot_left + column_width * static_cast<double>(cohort % legend_columns);
      if (cohort > 0 && cohort % legend_columns == 0) y_ += line_height;
      line(x, y_ - 4, x + 24, y_ - 4, "stroke-width=\"3\" " + style_of(cohort));
      text(x + 32, y_, "start", shorten(clean_line(run_.cohorts[cohort].name), 34), "");
    }
    y_ += line_height * 1.5;
  }

  void draw_event_key() {
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      const Mark& mark = marks_[i];
      std::string words =
          shorten(fmt::format("{}  {}  {}: {}", i + 1, clock_time(mark.event->at),
                              clean_line(mark.event->actor), clean_line(mark.event->what)),
                  110);
      if (mark.others > 0) words += fmt::format(" (and {} more)", mark.others);
      text(plot_left, y_, "start", words, "");
      y_ += line_height;
    }
  }

  struct Mark {
    double x = 0;
    const Event* event = nullptr;
    std::size_t others = 0;
  };

  const RunData& run_;
  const Analysis& analysis_;
  std::vector<Column> columns_;
  ShareAxis axis_;
  TimeSpan span_;
  std::vector<Mark> marks_;
  std::string body_;
  double y_ = 0;  // where the next line below the plot goes
};

}  // namespace

Result<std::string> svg_curve(const std::string& path) {
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  const Analysis analysis = analyse(run.value());
  return Picture(run.value(), analysis).draw();
}

}  // namespace zonefall::report
