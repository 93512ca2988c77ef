# Functions that the shell scripts of tools/ and .ci/ share. Sourced, not run.

# step WORDS...: a line that says what begins now, with the seconds since the script began.
step() {
  printf '\n==> [%4ds] %s\n' "$SECONDS" "$*"
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

# build PRESET [TARGETS...]: configures when needed, then builds. The output of the configuration
# shows only if it fails.
build() {
  local preset=$1 log
  shift
  if [[ ! -f build/$preset/build.ninja ]]; then
    mkdir -p "build/$preset"
    log=build/$preset/configure.log
    if ! cmake --preset "$preset" >"$log" 2>&1; then
      cat "$log" >&2
      return 1
    fi
  fi
  cmake --build --preset "$preset" ${@+--target "$@"}
}
