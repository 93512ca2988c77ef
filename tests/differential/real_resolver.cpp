#include "real_resolver.h"

#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <signal.h>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sockets.h"

namespace zonefall::differential {
namespace {

// BIND waits for itself for 12 s where a denial is bogus: the proof that it is, is made of the same
// records.
constexpr int client_timeout_s = 20;
constexpr int ready_tries = 100;
constexpr auto ready_pause = std::chrono::milliseconds(100);

std::uint16_t port_of(Implementation implementation) {
  return implementation == Implementation::unbound ? 5301 : 5302;
}

const char* program_of(Implementation implementation) {
  return implementation == Implementation::unbound ? "/usr/sbin/unbound" : "/usr/sbin/named";
}

// Only async-signal-safe calls between fork() and exec: other threads may hold locks.
pid_t start(const std::vector<std::string>& command, const std::string& folder) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string log = folder + "/output";
  const pid_t child = fork();
  if (child != 0) return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int input = open("/dev/null", O_RDONLY);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (chdir(folder.c_str()) == 0) execv(arguments.front(), arguments.data());
  _exit(127);
}

}  // namespace

bool is_installed(Implementation implementation) {
  return access(program_of(implementation), X_OK) == 0;
}

RealResolver::RealResolver(Implementation implementation, const Internet& internet,
                           std::string folder)
    : implementation_(implementation), folder_(std::move(folder)) {
  write("hints", Internet::root_hints_text());
  std::vector<std::string> command = {program_of(implementation)};
  if (implementation == Implementation::unbound) {
    configure_unbound(internet);
    command.insert(command.end(), {"-d", "-c", "unbound.conf"});
  } else {
    configure_bind(internet);
    command.insert(command.end(), {"-f", "-4", "-n", "1", "-c", "named.conf"});
  }
  process_ = start(command, folder_);
}

RealResolver::~RealResolver() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);  // it has nothing to save
  waitpid(process_, nullptr, 0);
}

void RealResolver::write(const std::string& name, const std::string& text) const {
  std::ofstream file(folder_ + "/" + name);
  file << text;
}

// Aggressive use of cached denials is off, here and in BIND: with it an answer depends on the
// questions before it, and most faults would not be seen.
void RealResolver::configure_unbound(const Internet& internet) const {
  write("anchor", ". IN DNSKEY " + internet.anchor_text() + "\n");
  write("unbound.conf", fmt::format(R"(server:
 directory: "."
 chroot: ""
 username: ""
 pidfile: ""
 do-daemonize: no
 use-syslog: no
 logfile: "log"
 verbosity: 1
 val-log-level: 2
 interface: 127.0.0.1@{}
 do-not-query-localhost: no
 do-ip6: no
 incoming-num-tcp: 200
 root-hints: "hints"
 trust-anchor-file: "anchor"
 aggressive-nsec: no
remote-control:
 control-enable: no
)",
                                    port_of(implementation_)));
}

void RealResolver::configure_bind(const Internet& internet) const {
  const std::string key = internet.anchor_text();
  std::size_t at = 0;
  for (int field = 0; field < 3; ++field) at = key.find(' ', at) + 1;
  write("named.conf", fmt::format(R"(trust-anchors {{ . static-key {}"{}"; }};
zone "." {{ type hint; file "hints"; }};
options {{
 directory "."; pid-file none; session-keyfile none; lock-file none;
 listen-on port {} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
 tcp-clients 400; recursion yes; dnssec-validation yes; empty-zones-enable no; synth-from-dnssec no;
}};
controls {{ }};
logging {{
 channel f {{ file "log"; severity info; }};
 category default {{ f; }}; category dnssec {{ f; }};
}};
)",
                                  key.substr(0, at), key.substr(at), port_of(implementation_)));
}

bool RealResolver::is_ready() const {
  for (int i = 0; i < ready_tries; ++i) {
    if (process_ <= 0 || waitpid(process_, nullptr, WNOHANG) != 0) return false;
    const auto answer = ask({dns::Name(), dns::RRType::soa, dns::RRClass::in});
    if (answer) return answer->rcode == dns::Rcode::noerror && answer->flags.ad;
    std::this_thread::sleep_for(ready_pause);
  }
  return false;
}

std::optional<dns::Message> RealResolver::ask(const dns::Question& question) const {
  const Socket connection = connect_tcp(port_of(implementation_), client_timeout_s);
  if (!connection.is_open()) return std::nullopt;
  dns::Flags flags;
  flags.rd = true;
  flags.ad = true;
  const dns::Message query = dns::make_query(question, {.dnssec_ok = true}, flags);
  if (!write_message(connection, dns::encode(query).octets)) return std::nullopt;
  const auto octets = read_message(connection);
  if (!octets) return std::nullopt;
  auto message = dns::decode(*octets);
  if (!message) return std::nullopt;
  return std::move(message).value();
}

}  // namespace zonefall::differential
