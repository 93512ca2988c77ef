// zonefall query: one question to one resolver of a replay, with every step explained.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "popular.h"
#include "scenario_arguments.h"
#include "usage.h"
#include "zonefall/core/spelling.h"
#include "zonefall/replay/replay.h"
#include "zonefall/scenario/build.h"

namespace zonefall::command {

namespace {

struct Arguments {
  ScenarioArguments scenario;
  std::string resolver;
  std::string at;
  std::string qname;
  std::string qtype = "A";
  bool checking_disabled = false;
  bool explain = false;
  bool cold = false;
  std::optional<std::uint64_t> popular;  // names to list; nothing is asked then
};

// "cohort" or "cohort:index".
Result<ResolverPlace> find_resolver(const replay::World& world, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  ResolverPlace place;
  const auto cohort = std::find_if(world.cohorts.begin(), world.cohorts.end(),
                                   [&](const replay::Cohort& c) { return c.name == name; });
  if (cohort == world.cohorts.end()) {
    std::vector<std::string_view> known;
    for (const replay::Cohort& c : world.cohorts) known.push_back(c.name);
    return Error{unknown_word("cohort", name, known)};
  }
  place.cohort = static_cast<std::uint32_t>(cohort - world.cohorts.begin());
  if (colon != std::string::npos) {
    const std::string index = text.substr(colon + 1);
    const bool is_number =
        !index.empty() && index.size() < 9 &&
        std::all_of(index.begin(), index.end(), [](char c) { return c >= '0' && c <= '9'; });
    place.resolver = is_number ? static_cast<std::uint32_t>(std::stoul(index)) : 0;
    if (!is_number || place.resolver >= cohort->resolvers) {
      return Error{fmt::format("'{}' is no resolver of {}: give a number below {}", index, name,
                               cohort->resolvers)};
    }
  }
  return place;
}

// All but the resolver, which takes a world to find.
Result<replay::Inquiry> read_inquiry(const Arguments& arguments) {
  const auto at = SimTime::parse(arguments.at);
  if (!at) return Error{at.error().message, "--at"};
  const auto qname = dns::Name::parse(arguments.qname);
  if (!qname) return qname.error();
  const auto qtype = dns::parse_rrtype(arguments.qtype);
  if (!qtype) return qtype.error();
  replay::Inquiry inquiry;
  inquiry.at = at.value();
  inquiry.question = {qname.value(), qtype.value(), dns::RRClass::in};
  inquiry.checking_disabled = arguments.checking_disabled;
  inquiry.from_empty_cache = arguments.cold;
  return inquiry;
}

ExitCode print_answer(const replay::InquiryResult& result, const replay::Inquiry& inquiry,
                      const Arguments& arguments) {
  resolver::ClientQuery asked;
  asked.question = inquiry.question;
  asked.dnssec_ok = true;
  asked.checking_disabled = inquiry.checking_disabled;
  return code_of(write_stdout((arguments.explain ? replay::explain(result.steps) : std::string()) +
                              dns::to_text(resolver::to_message(result.reply, asked))));
}

Result<scenario::BuiltScenario> build_from(const ScenarioArguments& arguments) {
  const auto file = load(arguments);
  if (!file) return file.error();
  auto built = scenario::build(file.value().scenario, {});
  if (!built) return Error{built.error().message, arguments.path};
  return built;
}

ExitCode list_popular(const Arguments& arguments) {
  const auto built = build_from(arguments.scenario);
  if (!built) return refuse(built.error());
  const replay::World& world = built.value().world;
  std::optional<ResolverPlace> resolver;
  if (!arguments.resolver.empty()) {
    const auto place = find_resolver(world, arguments.resolver);
    if (!place) return refuse({place.error().message, "--resolver"});
    resolver = place.value();
  }
  const auto table = popular_names(world, *arguments.popular, resolver);
  return table ? code_of(write_stdout(table.value())) : refuse(table.error());
}

ExitCode query(const Arguments& arguments) {
  auto inquiry = read_inquiry(arguments);
  if (!inquiry) return refuse(inquiry.error());
  const auto built = build_from(arguments.scenario);
  if (!built) return refuse(built.error());
  const auto place = find_resolver(built.value().world, arguments.resolver);
  if (!place) return refuse({place.error().message, "--resolver"});
  inquiry.value().cohort = place.value().cohort;
  inquiry.value().resolver = place.value().resolver;
  const auto result = replay::inquire(built.value().world, inquiry.value());
  if (!result) return refuse(result.error());
  return print_answer(result.value(), inquiry.value(), arguments);
}

}  // namespace

void add_query_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("query", "Ask one resolver of a replay, and explain its answer");
  add_scenario_arguments(*command, arguments->scenario);
  CLI::Option* qname = command->add_option("qname", arguments->qname, "The name to ask for");
  CLI::Option* qtype =
      command->add_option("qtype", arguments->qtype, "The type")->capture_default_str();
  CLI::Option* resolver = command->add_option("--resolver", arguments->resolver,
                                              "COHORT, or COHORT:NUMBER for another one");
  CLI::Option* at = command->add_option("--at", arguments->at, "When, UTC: 2026-05-05T20:00Z");
  CLI::Option* cd =
      command->add_flag("--cd", arguments->checking_disabled, "Set CD: checking disabled");
  CLI::Option* cold = command->add_flag("--cold", arguments->cold,
                                        "Ask it with an empty cache: the whole way shows");
  CLI::Option* explain =
      command->add_flag("--explain", arguments->explain, "Show every step and why");
  CLI::Option* popular =
      command
          ->add_option("--popular", arguments->popular,
                       "Ask nothing: list this many names that clients ask for most: rank, name, "
                       "per cent of lookups, TTL, and with --resolver lookups a day there")
          ->check(whole_number());
  for (CLI::Option* other : {qname, qtype, at, cd, cold, explain}) popular->excludes(other);
  command->footer(
      "Examples:\n  zonefall query scenarios/de-2026-05-05.yaml --popular 10\n"
      "  zonefall query scenarios/de-2026-05-05.yaml n7.de A --explain \\\n"
      "      --resolver isp-validating-bind --at 2026-05-05T21:00Z");
  command->callback([=, &exit_code] {
    if (arguments->popular) {
      exit_code = list_popular(*arguments);
      return;
    }
    for (const CLI::Option* needed : {qname, resolver, at}) {
      if (needed->empty()) throw CLI::RequiredError(needed->get_name());
    }
    exit_code = query(*arguments);
  });
}

}  // namespace zonefall::command
