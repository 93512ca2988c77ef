// Operators' actions and the resolver's own timers.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

void Resolver::State::operate(const OperatorAction& action, SimTime now, Actions& actions) {
  begin_call(now, actions);
  if (const auto* install = std::get_if<InstallNta>(&action)) install_nta(*install);
  if (const auto* remove = std::get_if<RemoveNta>(&action)) remove_nta(remove->name);
  if (const auto* what = std::get_if<Flush>(&action)) flush(*what);
  end_call();
}

void Resolver::State::install_nta(const InstallNta& install) {
  const NtaSettings& settings = profile().nta;
  const Duration lifetime = install.lifetime.value_or(settings.lifetime);
  Nta nta;
  nta.name = install.name;
  if (lifetime > Duration()) nta.until = now_ + lifetime;
  // RFC 7646 2: a recheck makes no sense for an NTA that ends before it.
  if (settings.recheck > Duration() && (lifetime == Duration() || lifetime > settings.recheck)) {
    nta.recheck_at = now_ + settings.recheck;
  }
  anchors_.install(nta);
  if (settings.flushes_on_install) flush_subtree(install.name);
}

void Resolver::State::remove_nta(const dns::Name& name) {
  if (anchors_.remove(name) && profile().nta.flushes_on_install) flush_subtree(name);
}

void Resolver::State::flush(const Flush& what) {
  switch (what.what) {
    case Flush::What::name:
      answers_.erase_if(
          [&](const AnswerKey& key, const AnswerEntry&) { return key.name == what.name; });
      break;
    case Flush::What::subtree: flush_subtree(what.name); break;
    case Flush::What::bogus:
      answers_.erase_if([](const AnswerKey&, const AnswerEntry& entry) {
        return entry.failure && entry.result != FetchResult::unreachable;
      });
      zones_.erase_if([](const NameKey&, ZoneEntry& zone) {
        zone.failure = nullptr;
        zone.failed_until = SimTime::min();
        return false;
      });
      break;
    case Flush::What::everything: flush_subtree(dns::Name()); break;
  }
}

void Resolver::State::flush_subtree(const dns::Name& name) {
  const auto below = [&](const auto& key, const auto&) { return key.name.is_at_or_below(name); };
  answers_.erase_if(below);
  zones_.erase_if(below);
  spans_.erase_if(below);
  proofs_.erase_if(below);
}

void Resolver::State::run_timers() {
  if (now_ < wake_at_) return;
  while (anchors_.take_expired(now_)) {
    // What was cached under the NTA lives out its TTL; the rest is validated again.
  }
  recheck_ntas();
  // By index, because concluding one task may start others.
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < tasks_.slots().size(); ++i) {
    Task& task = tasks_.slots()[i];
    if (task.id == 0) continue;
    if (task.client_timer_at <= now_) serve_stale_to_clients(task);
    if (task.deadline <= now_) conclude(task, FetchResult::unreachable, nullptr, false);
  }
}

void Resolver::State::recheck_ntas() {
  for (Nta& nta : anchors_.ntas()) {
    if (nta.recheck_at > now_) continue;
    nta.recheck_at = now_ + profile().nta.recheck;
    // BIND asks for NSEC, which no NSEC3 zone has: the apex denial must validate as well.
    Task& task = start_task({nta.name, dns::RRType::nsec, dns::RRClass::in}, false, 0);
    task.ignores_ntas = true;
  }
}

// RFC 8767 5: the client response timer has run out while the fetch goes on.
void Resolver::State::serve_stale_to_clients(Task& task) {
  task.client_timer_at = SimTime::max();
  const AnswerEntry* entry = answers_.find(lookup_key(task.question, task.checking_disabled));
  if (entry == nullptr || !is_stale_candidate(*entry)) return;
  for (ClientWaiter& waiter : task.clients) {
    if (waiter.replied) continue;
    waiter.replied = true;
    reply_stale_entry(*entry, waiter.query, "the client timer has run out", std::nullopt);
  }
}

}  // namespace zonefall::resolver
