// The shell scripts of an emulated basedir. Whatever becomes another program does so with exec, so
// that pid, signals and exit codes are that program's own.
import { idForZero } from './first-clone.ts'

/** A word for the shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Runs a bundled program under Node with these first arguments. */
export const nodeScript = (node: string, program: string, ...first: readonly string[]): string =>
  `#!/bin/sh\nexec ${[node, program, ...first].map(quote).join(' ')} "$@"\n`

export const execScript = (program: string): string => `#!/bin/sh\nexec ${quote(program)} "$@"\n`

export interface MysqldScript {
  readonly node: string
  readonly basedir: string
  /** The bundled programs: who applies, and who decides when that is not plain to see. */
  readonly applyProgram: string
  readonly planProgram: string
  /** Programs of the real installation. */
  readonly mysqld: string
  readonly myPrintDefaults: string
  /** What --version prints behind the program's name. */
  readonly versionText: string
  /** Options of GreatSQL or of 8.0 that the real server refuses, as basic regular expressions. */
  readonly foreignOptions: readonly string[]
}

/**
 * bin/mysqld. An ordinary start costs no Node: the command line and the option files that it names
 * are searched for words, and the plan is made by Node only when there is one. (An option file that
 * is included by another, or found in /etc, is not searched.)
 */
export const mysqldScript = (script: MysqldScript): string => {
  const { node, basedir, applyProgram, planProgram, mysqld, myPrintDefaults } = script
  const { versionText, foreignOptions } = script
  const words = foreignOptions.join(String.raw`\|`)
  const inCase = foreignOptions.map((word) => `--*${word}*`).join(' | ')
  return `#!/bin/sh
# Made by the GreatSQL emulator: applies increments itself, and is the real mysqld for all else.
plan=no
datadir=
# Shows the clone that a data directory was restored from, even when its ID is 0 (first-clone.ts).
become_mysqld() {
  if test -e "$datadir/#clone/#replace_files"; then
    sed -i '1s/^\\([0-9] \\)0$/\\1${idForZero}/' "$datadir/#clone/#view_status"
    sed -i '1s/^0$/${idForZero}/' "$datadir/#clone/#view_progress"
  fi
  exec ${quote(mysqld)} "$@"
}
for arg; do
  case "$arg" in
  --version | -V)
    printf '%s  %s\\n' "$0" ${quote(versionText)}
    exit 0
    ;;
  --clone[-_]incremental[-_]dir=?*) exec ${[node, applyProgram, basedir].map(quote).join(' ')} "$0" "$@" ;;
  ${inCase}) plan=yes ;;
  --datadir=*) datadir="\${arg#*=}" ;;
  --defaults-file=* | --defaults-extra-file=*)
    grep -q ${quote(words)} "\${arg#*=}" 2>/dev/null && plan=yes
    ;;
  esac
done
if test $plan = no && test -z "$datadir"; then
  case "$1" in --defaults-file=* | --defaults-extra-file=*) files=$1 ;; *) files=--no-defaults ;; esac
  datadir=$(${quote(myPrintDefaults)} "$files" mysqld server | sed -n 's/^--datadir=//p' | tail -n 1)
fi
test $plan = no && become_mysqld "$@"
commands=$(${[node, planProgram, basedir].map(quote).join(' ')} "$0" "$@") || exit
eval "$commands"
`
}
