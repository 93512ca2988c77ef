# Completion of `zonefall` for bash: source this file, or install it as
# share/bash-completion/completions/zonefall. Needs bash 4, nothing else.

# The options of `zonefall` itself (-) and of each subcommand, and the values of those options that
# take one of a fixed set.
declare -gA _zonefall_options=(
  [-]="-h --help --version"
  [check]="-h --help --set --print"
  [compare]="-h --help --set --policy --vary --classes --seeds --scale -o --output --overwrite --threads"
  [ensemble]="-h --help --set --policy --seeds --scale -o --output --overwrite --threads --members"
  [query]="-h --help --set --resolver --at --cd --cold --explain --popular"
  [report]="-h --help -f --format -o --output --json --csv --overwrite --schema"
  [rpl]="-h --help --list --trace --junit"
  [run]="-h --help --set -o --output --overwrite --seed --scale --threads --crypto --every-query --counterfactual"
  [schema]="-h --help --profile"
  [zone]="-h --help --set --at --now-shift --verdicts"
)
declare -gA _zonefall_values=(
  [report:-f]="md html json csv svg"
  [report:--format]="md html json csv svg"
  [run:--crypto]="identity real"
)
# Options whose value is a file name.
declare -gA _zonefall_files=(
  [compare:-o]=1
  [compare:--output]=1
  [ensemble:-o]=1
  [ensemble:--output]=1
  [report:--csv]=1
  [report:-o]=1
  [report:--output]=1
  [rpl:--junit]=1
  [run:-o]=1
  [run:--output]=1
)

_zonefall() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
  local command=- i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} != -* ]]; then
      command="${COMP_WORDS[i]}"
      break
    fi
  done
  # bash splits --option=value at the equals sign.
  if [[ $word == "=" ]]; then
    word=""
  elif [[ $before == "=" ]]; then
    before="${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  COMPREPLY=()
  if [[ -n ${_zonefall_values[$command:$before]-} ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${_zonefall_values[$command:$before]}" -- "$word")
  elif [[ -n ${_zonefall_files[$command:$before]-} ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${_zonefall_options[$command]-}" -- "$word")
  elif [[ $command == - ]]; then
    local commands="${!_zonefall_options[*]}"
    mapfile -t COMPREPLY < <(compgen -W "${commands/-/}" -- "$word")
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}

complete -F _zonefall zonefall
