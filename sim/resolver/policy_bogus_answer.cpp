// Whether a client is given an answer that failed validation.
//
// RFC 4035 5.5 wants SERVFAIL, and the answer if and only if the query had CD set. Permissive
// validation knowingly departs from that. It is modelled on Unbound's val-permissive-mode
// (unbound.conf(5); validator.c, processFinished()): a bogus answer is tried at other servers, and
// then kept for val-bogus-ttl as "indeterminate": given to clients with its own RCODE, without AD
// and without an extended error, also in place of expired data. An alias that fails is given as it
// is, and not followed.
#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

BogusAnswerRule decide_bogus_answer(const ResolverProfile& profile, bool checking_disabled) {
  if (checking_disabled) {
    return {BogusAnswer::asked_for, profile.ede_on_cd_answers,
            "validation failed, but the client set CD"};
  }
  if (profile.permissive) {
    return {BogusAnswer::permitted, profile.ede_on_permissive_answers,
            "validation failed, but this resolver is permissive"};
  }
  return {BogusAnswer::withheld, false, "validation failed"};
}

}  // namespace zonefall::resolver
