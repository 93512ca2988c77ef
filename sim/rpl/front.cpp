#include "rpl/front.h"

#include <array>

namespace zonefall::rpl {
namespace {

using dns::Message;
using dns::Rcode;
using dns::RRType;

constexpr std::size_t header_octets = 12;

// Of two for one block the later one.
template <typename Rule>
const Rule* longest_match(const std::vector<Rule>& rules, const dns::Address& client) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    if (!rule.block.contains(client)) continue;
    if (best == nullptr || rule.block.bits >= best->block.bits) best = &rule;
  }
  return best;
}

Access access_of(const FrontSettings& settings, const dns::Address& client) {
  const AccessRule* rule = longest_match(settings.access, client);
  return rule == nullptr ? Access::refuse : rule->access;
}

std::optional<LocalAnswer> local_answer(const FrontSettings& settings, const FrontQuery& from,
                                        const Message& query) {
  const bool dnssec_ok = query.edns && query.edns->dnssec_ok;
  const TagRule* tagged = longest_match(settings.tag_rules, from.client);
  const LocalQuery asked{*query.question, from.client, tagged == nullptr ? nullptr : &tagged->tags,
                         from.is_tcp, dnssec_ok};
  if (const ViewRule* rule = longest_match(settings.view_rules, from.client)) {
    const View& view = settings.views[rule->view];
    auto answer = view.local_zones.answer(asked);
    if (answer || !(view.falls_back || view.local_zones.empty())) return answer;
  }
  return settings.local_zones ? settings.local_zones->answer(asked) : std::nullopt;
}

// The header's bits, of a message whose rest may be anything.
struct Header {
  explicit Header(std::span<const std::uint8_t> octets)
      : is_response((octets[2] & 0x80U) != 0),
        opcode(static_cast<dns::Opcode>((octets[2] >> 3U) & 0xfU)),
        is_truncated((octets[2] & 2U) != 0),
        recursion_desired((octets[2] & 1U) != 0),
        checking_disabled((octets[3] & 0x10U) != 0) {
    for (std::size_t i = 0; i < 4; ++i) {
      counts[i] = octets[4 + 2 * i] * 256U + octets[5 + 2 * i];
    }
  }

  bool is_response = false;
  dns::Opcode opcode = dns::Opcode::query;
  bool is_truncated = false;
  bool recursion_desired = false;
  bool checking_disabled = false;
  std::array<std::size_t, 4> counts{};
};

FrontAnswer answered(Message message) {
  return {FrontAnswer::Kind::answered, std::move(message), std::nullopt};
}

// RFC 1035 4.1.1: what cannot be read comes back as a header.
FrontAnswer format_error(const Header& header) {
  Message message;
  message.flags.qr = true;
  message.flags.rd = header.recursion_desired;
  message.opcode = header.opcode;
  message.rcode = Rcode::formerr;
  return answered(std::move(message));
}

// The query itself, turned round.
FrontAnswer turned_round(Message query, Rcode rcode) {
  query.flags.qr = true;
  query.rcode = rcode;
  return answered(std::move(query));
}

Message reply_to(const Message& query, Rcode rcode) {
  Message message;
  message.id = query.id;
  message.flags.qr = message.flags.ra = true;
  message.flags.rd = query.flags.rd;
  message.flags.cd = query.flags.cd;
  message.opcode = query.opcode;
  message.rcode = rcode;
  message.question = query.question;
  if (query.edns) message.edns = dns::Edns{.dnssec_ok = query.edns->dnssec_ok};
  return message;
}

// A query has one question and at most an OPT record.
std::optional<Rcode> fault_of(const Header& header) {
  if (header.is_truncated) return Rcode::formerr;
  const bool is_notify = header.opcode == dns::Opcode::notify;
  if (header.opcode != dns::Opcode::query && !is_notify) return Rcode::notimp;
  if (header.counts[0] != 1 || header.counts[2] != 0 || header.counts[3] > 1) return Rcode::formerr;
  const bool has_answer = header.counts[1] > (is_notify ? 1U : 0U);
  return has_answer ? std::optional(Rcode::formerr) : std::nullopt;
}

// RFC 6895 3.1: OPT, TSIG and the like are no types of data.
std::optional<Rcode> fault_of_type(RRType type) {
  constexpr auto opt = static_cast<std::uint16_t>(RRType::opt);
  const auto number = static_cast<std::uint16_t>(type);
  if (number == 251 || number == 252) return Rcode::refused;  // IXFR, AXFR
  const bool is_meta =
      number == opt || (number >= 128 && number <= 250) || number == 253 || number == 254;
  return is_meta ? std::optional(Rcode::formerr) : std::nullopt;
}

// A header alone. Who is to learn why gets his question back, too.
FrontAnswer refused(const FrontSettings& settings, const Header& header,
                    std::span<const std::uint8_t> octets) {
  Message message;
  message.flags = {.qr = true, .rd = header.recursion_desired, .cd = header.checking_disabled};
  message.opcode = header.opcode;
  message.rcode = Rcode::refused;
  const auto query = dns::decode(octets);
  if (settings.has_ede && query && query.value().edns) {
    message.question = query.value().question;
    message.edns = dns::Edns{.dnssec_ok = query.value().edns->dnssec_ok};
    message.edns->extended_errors.push_back({dns::EdeCode::prohibited});  // RFC 8914 4.19
  }
  return answered(std::move(message));
}

dns::Octets character_string(std::string_view text) {
  text = text.substr(0, 255);
  dns::Octets octets = {static_cast<std::uint8_t>(text.size())};
  octets.insert(octets.end(), text.begin(), text.end());
  return octets;
}

// RFC 4892, and Unbound's own list of trust anchors.
std::optional<std::vector<std::string>> chaos_text(const FrontSettings& settings,
                                                   const dns::Name& name) {
  const auto is = [&](std::string_view text) { return name == dns::Name::literal(text); };
  const std::optional<std::string>* one = nullptr;
  if (is("id.server.") || is("hostname.bind.")) one = &settings.identity;
  if (is("version.server.") || is("version.bind.")) one = &settings.version;
  if (one != nullptr && *one) return std::vector<std::string>{**one};
  if (is("trustanchor.unbound.")) return settings.trust_anchors;
  return std::nullopt;
}

std::optional<FrontAnswer> chaos(const FrontSettings& settings, const Message& query) {
  const dns::Question& question = *query.question;
  if (question.qtype != RRType::txt && question.qtype != RRType::any) return std::nullopt;
  const auto texts = chaos_text(settings, question.qname);
  if (!texts) return std::nullopt;
  Message message = reply_to(query, Rcode::noerror);
  std::vector<dns::Octets> rdatas;
  for (const std::string& text : *texts) rdatas.push_back(character_string(text));
  if (!rdatas.empty()) {
    const dns::RRset::Header header{question.qname, RRType::txt, dns::RRClass::ch, 0};
    message.answer.push_back({dns::RRset::make(header, std::move(rdatas)), {}});
  }
  return answered(std::move(message));
}

FrontAnswer local(const Message& query, LocalAnswer&& found) {
  if (found.is_dropped) return {};
  Message message = reply_to(query, found.rcode);
  message.flags.aa = true;
  message.flags.tc = found.is_truncated;
  message.answer = std::move(found.answer);
  message.authority = std::move(found.authority);
  return answered(std::move(message));
}

// Who may not have anything resolved, once it is clear that it must be.
std::optional<FrontAnswer> not_for_him(const FrontSettings& settings, Access access,
                                       const FrontQuery& from, Message& query) {
  if (access == Access::deny_non_local) return FrontAnswer();
  if (access == Access::refuse_non_local)
    return refused(settings, Header(from.octets), from.octets);
  if (access == Access::allow_setrd) query.flags.rd = true;
  if (query.flags.rd || access == Access::allow_snoop) return std::nullopt;
  Message message = reply_to(query, Rcode::refused);
  if (message.edns && settings.has_ede) {
    message.edns->extended_errors.push_back({dns::EdeCode::not_authoritative});  // RFC 8914 4.21
  }
  return answered(std::move(message));
}

// Who has no cookie may come again over TCP.
FrontAnswer needs_tcp(const Message& query) {
  Message message;
  message.flags = query.flags;
  message.flags.qr = message.flags.tc = true;
  message.rcode = Rcode::refused;
  return answered(std::move(message));
}

// RFC 7873 5.2: what is wrong with a cookie, or with having none.
std::optional<FrontAnswer> refused_for_cookie(const FrontSettings& settings, Access access,
                                              const FrontQuery& from, const Message& query) {
  if (from.is_tcp) return std::nullopt;
  const dns::EdnsOption* cookie = cookie_in(query.edns);
  const bool is_needed = access == Access::allow_cookie;
  if (cookie == nullptr || !settings.cookie_secret) {
    return is_needed ? std::optional(needs_tcp(query)) : std::nullopt;
  }
  if (!has_cookie_size(*cookie)) return answered(reply_to(query, Rcode::formerr));
  const CookieOwner owner{from.client, from.now_s};
  if (!is_needed || is_valid_cookie(*cookie, *settings.cookie_secret, owner)) return std::nullopt;
  constexpr auto bad_cookie = static_cast<Rcode>(23);
  return answered(reply_to(query, bad_cookie));
}

// Of a message that is a query.
FrontAnswer handle(const FrontSettings& settings, Access access, const FrontQuery& from,
                   Message query) {
  const dns::Question& question = *query.question;
  if (const auto fault = fault_of_type(question.qtype)) return turned_round(query, *fault);
  if (query.edns && query.edns->version != 0) return answered(reply_to(query, Rcode::badvers));
  if (auto answer = refused_for_cookie(settings, access, from, query)) return std::move(*answer);
  if (question.qclass == dns::RRClass::ch) {
    if (auto answer = chaos(settings, query)) return std::move(*answer);
  }
  // Nobody here is a secondary server that waits for one (RFC 1996).
  if (query.opcode == dns::Opcode::notify) return answered(reply_to(query, Rcode::refused));
  std::optional<LocalAnswer> found = local_answer(settings, from, query);
  if (found && !found->leads_to) return local(query, std::move(*found));
  if (auto answer = not_for_him(settings, access, from, query)) return std::move(*answer);
  // There are no servers to start from in other classes.
  const bool is_resolved =
      question.qclass == dns::RRClass::in || question.qclass == dns::RRClass::any;
  if (!is_resolved) return answered(reply_to(query, Rcode::refused));
  FrontAnswer answer{FrontAnswer::Kind::resolved, std::move(query), std::nullopt};
  if (found) {
    answer.alias = found->answer.front();
    answer.message.question->qname = *found->leads_to;
  }
  return answer;
}

}  // namespace

FrontAnswer handle_query(const FrontSettings& settings, const FrontQuery& query) {
  if (query.octets.size() < header_octets) return {};
  const Header header(query.octets);
  if (header.is_response) return {};
  const Access access = access_of(settings, query.client);
  if (access == Access::deny) return {};
  if (access == Access::refuse) return refused(settings, header, query.octets);
  auto message = dns::decode(query.octets);
  if (const auto fault = fault_of(header)) {
    if (message) return turned_round(std::move(message).value(), *fault);
    FrontAnswer answer = format_error(header);
    answer.message.rcode = *fault;
    return answer;
  }
  if (!message || !message.value().question) return format_error(header);
  return handle(settings, access, query, std::move(message).value());
}

}  // namespace zonefall::rpl
