// A server that knows of the donor only by its binlogs: it says what the donor's tables held when a
// certain set of transactions, and no other, had been committed. No backup has a part in it.
import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gtidExecuted, tableChecksums } from '../../bed/compare.ts'
import type { Instance } from '../../bed/instance.ts'
import type { GreatSqlServer } from './scene.ts'

export type State = ReadonlyMap<string, string>

export interface Reference {
  /**
   * The tables' checksums when the donor had executed `gtids` and no more. It cannot go back: ask
   * for earlier sets first; what was asked once is known.
   */
  stateAt(gtids: string): Promise<State>
}

/** `reference` holds what the donor held before its first binlog. */
export const makeReference = (reference: Instance, donor: GreatSqlServer): Reference => {
  const known = new Map<string, State>()
  return {
    stateAt: async (gtids) => {
      const state = known.get(gtids) ?? (await bringOn(reference, donor, gtids))
      known.set(gtids, state)
      return state
    },
  }
}

const bringOn = async (
  reference: Instance,
  donor: GreatSqlServer,
  gtids: string,
): Promise<State> => {
  const names = (await readdir(donor.datadir)).filter((name) => /^binlog\.\d+$/.test(name)).sort()
  const { mysql } = reference.basedir
  // No arguments are quoted: the paths come from this project.
  const reader = [
    join(mysql, '..', 'mysqlbinlog'),
    `--include-gtids=${gtids}`,
    // It would pass over them by itself, one after the other.
    `--exclude-gtids=${await gtidExecuted(reference)}`,
    ...names.map((name) => join(donor.datadir, name)),
  ]
  const writer = [mysql, '--no-defaults', '--user=root', `--socket=${reference.socket}`]
  await shell(`set -o pipefail; ${reader.join(' ')} | ${writer.join(' ')}`)
  return tableChecksums(reference)
}

const shell = (command: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`the reference could not be brought on: ${said}`))
    })
  })
