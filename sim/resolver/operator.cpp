// Operators' actions and the resolver's own timers.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

void Resolver::State::operate(const OperatorAction& action, SimTime now, Actions& actions) {
  begin_call(now, actions);
  if (const auto* install = std::get_if<InstallNta>(&action)) install_nta(*install);
  if (const auto* remove = std::get_if<RemoveNta>(&action)) remove_nta(remove->name);
  if (const auto* what = std::get_if<Flush>(&action)) flush(*what);
  if (const auto* watch = std::get_if<NtaWatch>(&action)) start_watch(*watch);
  if (const auto* what = std::get_if<ExpireAnswer>(&action)) expire_answer(*what);
  end_call();
}

void Resolver::State::install_nta(const InstallNta& install) {
  const NtaSettings& settings = profile().nta;
  const Duration lifetime = install.lifetime.value_or(settings.lifetime);
  Nta nta;
  nta.name = install.name;
  nta.recheck = install.recheck.value_or(settings.recheck);
  if (lifetime > Duration()) nta.until = now_ + lifetime;
  // RFC 7646 2: a recheck makes no sense for an NTA that ends before it.
  if (nta.recheck > Duration() && (lifetime == Duration() || lifetime > nta.recheck)) {
    nta.recheck_at = now_ + nta.recheck;
  }
  anchors_.install(nta);
  if (settings.flushes_on_install) flush_subtree(install.name);
}

void Resolver::State::remove_nta(const dns::Name& name) {
  if (!anchors_.remove(name)) return;
  if (profile().nta.flushes_on_install) flush_subtree(name);
  const ZoneEntry* zone = zones_.find({name});
  const bool has_keys = zone != nullptr && zone->keys && now_ < zone->keys_expire_at;
  if (profile().nta.delegations_stay_insecure && !has_keys) keep_insecure_below(name);
}

void Resolver::State::keep_insecure_below(const dns::Name& name) {
  const auto verdict = std::make_shared<const dnssec::Verdict>(
      dnssec::Verdict::of(dnssec::Reason::negative_trust_anchor, name, dns::RRType::ds));
  zones_.erase_if([&](const NameKey& key, ZoneEntry& zone) {
    if (key.name.is_below(name) && zone.ns && now_ < zone.ns_expires_at) {
      zone.ds_state = DsState::insecure;
      zone.ds_verdict = verdict;
      zone.ds_expires_at = zone.ns_expires_at;
    }
    return false;
  });
}

void Resolver::State::flush(const Flush& what) {
  switch (what.what) {
    case Flush::What::name:
      answers_.erase_if(
          [&](const AnswerKey& key, const AnswerEntry&) { return key.name == what.name; });
      denied_names_.erase_if([&](const NameKey& key, const AnswerEntry&) {
        return what.name.is_at_or_below(key.name);
      });
      forget_denials(what.name);
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

// What denies a name may stand at another name of its zone.
void Resolver::State::forget_denials(const dns::Name& name) {
  denials_.erase_if([&](const NameKey& key, const ZoneDenials&) {
    return key.name.is_at_or_below(name) || name.is_at_or_below(key.name);
  });
}

void Resolver::State::flush_subtree(const dns::Name& name) {
  const auto below = [&](const auto& key, const auto&) { return key.name.is_at_or_below(name); };
  answers_.erase_if(below);
  denied_names_.erase_if([&](const NameKey& key, const AnswerEntry&) {
    return key.name.is_at_or_below(name) || name.is_at_or_below(key.name);
  });
  zones_.erase_if(below);
  spans_.erase_if(below);
  forget_denials(name);
  lame_.erase_if(below);
  proofs_.erase_if(below);
}

void Resolver::State::expire_answer(const ExpireAnswer& what) {
  const AnswerView key = key_for(what.question, false);
  if (!what.ago) {
    answers_.erase_if([&](const AnswerKey& one, const auto&) { return one.view() == key; });
    return;
  }
  AnswerEntry* entry = answers_.find(key);
  if (entry == nullptr) return;
  entry->expires_at = second() - *what.ago;
  entry->usable_until = entry->expires_at + profile().serve_stale.max_stale;
  entry->refresh_from = SimTime::max();
}

void Resolver::State::run_timers() {
  if (now_ < wake_at_) return;
  while (anchors_.take_expired(now_)) {
    // What was cached under the NTA lives out its TTL; the rest is validated again.
  }
  look_at_watched();
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

void Resolver::State::start_watch(const NtaWatch& watch) {
  std::erase_if(watched_, [&](const WatchedName& w) { return w.watch().name == watch.name; });
  watched_.emplace_back(watch, now_);
}

// An operator's statistics: what clients asked for, and what refreshes it. A bound on validations
// that threw is a failed validation to him; a server that is silent is none.
void Resolver::State::count_watched(const Task& task, FetchResult result) {
  if (watched_.empty() || task.depth > 0 || task.ignores_ntas) return;
  if (result == FetchResult::unvalidated) return;
  const bool failed = result == FetchResult::bogus || result == FetchResult::limit_reached;
  for (WatchedName& watched : watched_) {
    if (task.question.qname.is_at_or_below(watched.watch().name)) watched.count(failed);
  }
}

void Resolver::State::look_at_watched() {
  for (WatchedName& watched : watched_) {
    const NtaWatch& watch = watched.watch();
    const bool stands = anchors_.nta_for(watch.name).has_value();
    watched.look(stands, now_);
    if (!watched.take_installation(now_) || stands) continue;
    install_nta({watch.name, watch.lifetime, watch.probe});
    if (watch.flush == NtaFlush::bogus) flush({Flush::What::bogus, watch.name});
    if (watch.flush == NtaFlush::subtree) flush_subtree(watch.name);
  }
}

void Resolver::State::recheck_ntas() {
  for (Nta& nta : anchors_.ntas()) {
    if (nta.recheck_at > now_) continue;
    nta.recheck_at = now_ + nta.recheck;
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
