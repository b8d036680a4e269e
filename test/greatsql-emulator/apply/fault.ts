// Misbehaviour on demand, for what no input provokes. The lines of the file `emulator-fault` in the
// basedir, or of the environment variable GREATSQL_EMULATOR_FAULT (which wins), each one of:
//
//   exit-zero-at-once     says that InnoDB starts, does nothing, exits with 0
//   exit-one              the same, and exits with 1 without a line of [ERROR]
//   kill-in-the-middle    SIGKILL to itself when half of the deltas are applied
//   skip-delta NAME       leaves out the pages of this delta (t/a.ibd.delta), says nothing
//   wrong-page NAME       writes this delta's last page with other bytes in it, says nothing
//   keep-running          does everything, and then neither ends nor heeds SIGTERM
//   order sorted          takes the deltas in the order of their names
//   order reversed        in the opposite order; without it, as readdir(3) has them, like mysqld
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Fault {
  readonly exitAtOnce: number | undefined
  readonly killInTheMiddle: boolean
  readonly skipped: ReadonlySet<string>
  readonly spoiled: ReadonlySet<string>
  readonly keepRunning: boolean
  readonly order: 'directory' | 'sorted' | 'reversed'
}

/** The name of the file in the basedir. */
export const faultFile = 'emulator-fault'

const textOf = (basedir: string): string => {
  const given = process.env['GREATSQL_EMULATOR_FAULT']
  if (given !== undefined) return given
  try {
    return readFileSync(join(basedir, faultFile), 'utf8')
  } catch {
    return '' // No file, no fault.
  }
}

const known =
  /^(?:exit-zero-at-once|exit-one|kill-in-the-middle|keep-running|(?:skip-delta|wrong-page) .+|order (?:sorted|reversed))$/

/** @throws Error for a line that is none of these: a misspelled fault would prove nothing. */
export const parseFault = (text: string): Fault => {
  const lines = text.split('\n').filter((line) => line !== '')
  const wrong = lines.find((line) => !known.test(line))
  if (wrong !== undefined) throw new Error(`${faultFile}: ${wrong} is no fault`)
  const argumentsOf = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const [order] = argumentsOf('order')
  return {
    exitAtOnce: lines.includes('exit-zero-at-once')
      ? 0
      : lines.includes('exit-one')
        ? 1
        : undefined,
    killInTheMiddle: lines.includes('kill-in-the-middle'),
    skipped: new Set(argumentsOf('skip-delta')),
    spoiled: new Set(argumentsOf('wrong-page')),
    keepRunning: lines.includes('keep-running'),
    order: order === 'sorted' || order === 'reversed' ? order : 'directory',
  }
}

export const readFault = (basedir: string): Fault => parseFault(textOf(basedir))
