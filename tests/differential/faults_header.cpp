// Headers and questions that are not those of a response to the query (RFC 1035 4.1.1 and 7.3,
// RFC 5452 9.1).
#include <array>

#include "server_world.h"

namespace zonefall::differential {
namespace {

using dns::Message;
using Detail = std::optional<std::string>;

Detail question_other(ServerWorld& world, Rng& rng) {
  const dns::Name other = world.zones.front().making.apex.prepend("other").value();
  return misbehave_one(world, rng, [other](Message& message, const AskedOfServer&) {
    message.question->qname = other;
    return true;
  });
}

Detail question_other_type(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message& message, const AskedOfServer& asked) {
    const bool is_txt = asked.question.qtype == dns::RRType::txt;
    message.question->qtype = is_txt ? dns::RRType::a : dns::RRType::txt;
    return true;
  });
}

Detail question_missing(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message& message, const AskedOfServer&) {
    message.question.reset();
    return true;
  });
}

Detail id_wrong(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message& message, const AskedOfServer&) {
    message.id = 1;
    return true;
  });
}

Detail qr_clear(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.qr = false;
    return true;
  });
}

Detail opcode_other(ServerWorld& world, Rng& rng) {
  return misbehave_one(world, rng, [](Message& message, const AskedOfServer&) {
    message.opcode = dns::Opcode::notify;
    return true;
  });
}

Detail rcode_unknown(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    message.rcode = dns::Rcode{11};
    return true;
  });
}

Detail flag_ra(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.ra = true;
    return true;
  });
}

Detail flag_ad(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.ad = true;
    return true;
  });
}

Detail aa_in_referrals(ServerWorld& world, Rng& rng) {
  return misbehave(world, rng, [](Message& message, const AskedOfServer&) {
    message.flags.aa = true;
    return true;
  });
}

constexpr std::array faults = {
    ServerFault{"question-other", "another QNAME in responses", contested, question_other},
    ServerFault{"question-other-type", "another QTYPE in responses", contested,
                question_other_type},
    ServerFault{"question-missing", "no question in responses", contested, question_missing},
    ServerFault{"id-wrong", "another ID", contested, id_wrong},
    ServerFault{"qr-clear", "responses look like queries", contested, qr_clear},
    ServerFault{"opcode-other", "responses are NOTIFY", contested, opcode_other},
    ServerFault{"rcode-unknown", "an RCODE that nobody knows", usual, rcode_unknown},
    ServerFault{"flag-ra", "RA beside AA", usual, flag_ra},
    ServerFault{"flag-ad", "AD in authoritative answers", usual, flag_ad},
    ServerFault{"flag-aa", "AA in referrals, too", usual, aa_in_referrals},
};

}  // namespace

std::span<const ServerFault> header_faults() {
  return faults;
}

}  // namespace zonefall::differential
