# shellcheck shell=bash
# Functions that the shell scripts of tools/ and .ci/ share. Sourced, not run.

step_began=0

# step WORDS...: says how long the step before took, and what begins now.
step() {
  ((SECONDS == step_began)) || printf '    took %d s\n' "$((SECONDS - step_began))"
  step_began=$SECONDS
  printf '\n==> %s\n' "$*"
}

# die STATUS WORDS...: says on stderr why the script cannot go on, and ends it.
die() {
  local status=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$status"
}

# usage: prints the comment block at the top of the calling script, which is its help.
usage() {
  sed -n -e '1d' -e '/^#/!q' -e 's/^# \{0,1\}//p' "$0"
}

# build PRESET [TARGET]: configures and builds. The output of the configuration shows only if it
# fails.
build() {
  local log
  if ! log=$(cmake --preset "$1" 2>&1); then
    printf '%s\n' "$log" >&2
    return 1
  fi
  cmake --build --preset "$1" ${2+--target "$2"}
}

# set_sanitized: sets `sanitized` to the words that go before a command built with sanitizers. Those
# of clang 14 cannot place their shadow memory where the kernel randomises addresses by more than 28
# bits.
set_sanitized() {
  sanitized=()
  if (($(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0) > 28)) &&
    setarch -R true 2>/dev/null; then
    # shellcheck disable=SC2034  # for the script that sources this
    sanitized=(setarch -R)
  fi
}
