// The half of judge_messages.py that runs our codec. One message a line, fields apart by tabs:
//   judge_messages write COUNT SEED   "<octets max>\t<wire>\t<JSON of what was encoded>"
//   judge_messages read < WIRES       "<wire encoded again>\t<JSON of what was decoded>"
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "message_json.h"
#include "message_samples.h"
#include "zonefall/core/rng.h"
#include "zonefall/dns/message.h"

namespace {

using namespace zonefall::dns;

struct WriteOptions {
  std::uint64_t count = 0;
  std::uint64_t seed = 0;
};

void write_line(const Message& message, std::size_t octets_max) {
  const Encoded encoded = encode(message, octets_max);
  std::cout << fmt::format("{}\t{}\t{}\n", octets_max, testing::to_hex(encoded.octets),
                           testing::message_json(message));
}

void write_messages(const WriteOptions& options) {
  zonefall::Rng rng({options.seed, 0, zonefall::purpose("judged messages")});
  for (std::uint64_t i = 0; i < options.count; ++i) {
    // Some beyond 16 KiB, where compression pointers no longer reach.
    const bool large = i % 50 == 49;
    const testing::SampleShape shape{.rrsets_max = large ? 60U : 6U, .rdatas_max = large ? 9U : 4U};
    const Message message = testing::random_message(rng, shape);
    write_line(message, 65535);
    write_line(message, 512 + rng.below(1500));
  }
  write_line(testing::nsec3_referral("example.de.", 4), 65535);
  write_line(testing::nsec3_referral("example.de.", 40), 1232);
}

int read_messages() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto message = decode(testing::from_hex(line));
    if (!message.ok()) {
      std::cerr << message.error().to_text() << ": " << line << '\n';
      return 1;
    }
    std::cout << fmt::format("{}\t{}\n", testing::to_hex(encode(message.value()).octets),
                             testing::message_json(message.value()));
  }
  return 0;
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  WriteOptions options;
  if (command == "write" && argc == 4 && parse_number(argv[2], options.count) &&
      parse_number(argv[3], options.seed)) {
    write_messages(options);
    return 0;
  }
  if (command == "read" && argc == 2) return read_messages();
  std::cerr << "usage: judge_messages write COUNT SEED | judge_messages read < WIRES\n";
  return 2;
}
