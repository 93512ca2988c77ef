// Pieces of scripts, for the tests of this module.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/rpl/play.h"

namespace zonefall::rpl {

/// Of a script up to its SCENARIO_END.
inline std::vector<PlayResult> played(const std::string& text) {
  const auto script = parse_script(text + "\nSCENARIO_END\n", {"test.rpl", std::nullopt});
  INFO((script ? std::string() : script.error().to_text()));
  REQUIRE(script.ok());
  return play(script.value(), {});
}

inline std::string entry(const std::string& lines) {
  return "ENTRY_BEGIN\n" + lines + "ENTRY_END\n";
}

inline std::string question(const std::string& name) {
  return "SECTION QUESTION\n" + name + " IN A\n";
}

inline std::string answer(const std::string& name, const std::string& address) {
  return question(name) + "SECTION ANSWER\n" + name + " 60 IN A " + address + "\n";
}

inline std::string range(const std::string& steps, const std::string& address,
                         const std::string& entries) {
  return "RANGE_BEGIN " + steps + "\nADDRESS " + address + "\n" + entries + "RANGE_END\n";
}

inline std::string reply(const std::string& name, const std::string& address) {
  return entry("MATCH opcode qname qtype\nADJUST copy_id\nREPLY QR AA NOERROR\n" +
               answer(name, address));
}

inline std::string query(const std::string& number, const std::string& name) {
  return "STEP " + number + " QUERY\n" + entry("REPLY RD\n" + question(name));
}

inline std::string check(const std::string& number, const std::string& match,
                         const std::string& reply, const std::string& sections) {
  return "STEP " + number + " CHECK_ANSWER\n" +
         entry("MATCH " + match + "\nREPLY " + reply + "\n" + sections);
}

/// A script of testbound with these options, in which everything is asked of 192.0.2.1.
inline std::string forwarding(const std::string& options, const std::string& rest) {
  return "server:\n qname-minimisation: no\n" + options +
         "forward-zone:\n name: \".\"\n forward-addr: 192.0.2.1\nCONFIG_END\n"
         "SCENARIO_BEGIN title\n" +
         rest;
}

/// "", or what is wrong.
inline std::string faults(const std::string& text) {
  std::string out;
  for (const PlayResult& result : played(text)) {
    for (const Mismatch& one : result.mismatches) {
      out += std::to_string(one.line) + " " + one.what + "\n" + one.expected + "got\n" + one.got;
    }
  }
  return out;
}

}  // namespace zonefall::rpl
