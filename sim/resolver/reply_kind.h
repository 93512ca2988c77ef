// What a response means to who asked a server of a zone (RFC 1034 5.3.3 4): a pure function.
#pragma once

#include <cstdint>

#include "zonefall/dns/message.h"

namespace zonefall::resolver {

enum class ReplyKind : std::uint8_t {
  broken,    // not to this question, or an error of the server
  answer,    // what was asked for, an alias, or that there is no such thing
  referral,  // the servers of a zone closer to the name
  lame,      // other servers, which are no closer: above, aside, or of the same zone
  cached,    // as answer, but of a server that resolves for others and was not asked to
  empty,     // nothing at all
};

struct ReplyReading {
  ReplyKind kind = ReplyKind::broken;
  const dns::RRset* ns = nullptr;  // of a referral
};

/// What was asked, and of whom.
struct Exchanged {
  const dns::Question& asked;
  const dns::Name& zone;  // whose servers were asked
  bool recursion_desired = false;
  bool is_forwarder = false;     // who resolves for us, not one that was found to be a cache
  bool is_hidden_label = false;  // not all of the name yet (RFC 9156)
};

ReplyReading read_reply(const dns::Message& message, const Exchanged& exchanged);

/// True if it has an RRset that was asked for, or an alias instead.
bool answers_question(const dns::Message& message, const Exchanged& exchanged);

/// Whether RCODE says that the name whose RRset was asked for and stands there does not exist. With
/// an alias NXDOMAIN is about where it leads (RFC 6604 3).
bool denies_own_answer(const dns::Message& message, const dns::Question& asked);

/// Whether a denial of a DS RRset comes from the child's side of the zone cut, where nothing is
/// known of it (RFC 4035 3.1.4.1).
bool is_from_below_cut(const dns::Message& message, const dns::Question& asked);

/// The answer to the question for the DS RRset of a delegation, taken from the referral that came
/// instead: the DS RRset, or what proves that there is none (RFC 4035 3.1.4).
dns::MessagePtr ds_answer_of(const dns::Message& referral, const dns::Name& cut);

}  // namespace zonefall::resolver
