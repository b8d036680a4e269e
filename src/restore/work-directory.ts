// The directory beside a data directory where an apply by hand keeps its journal, the log and the
// option file of mysqld. It is gone when all went well; the log of a failure stays.

import { remove } from 'fs-extra/esm'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { openRunJournal, readRunJournal, type RunJournal } from '../repository/run-journal.ts'
import type { Clock } from '../system/clock.ts'
import { endProcess } from '../system/end-process.ts'
import { exists } from '../system/exists.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { isAlive, ownIdentity } from '../system/process-identity.ts'
import { INSTANCE_LOG } from './instance-files.ts'

export interface WorkDirectory {
  readonly path: string
  readonly journal: RunJournal
  /** Removes it; returns where a log was kept. */
  end(wish: { readonly keepLog: boolean }): Promise<string | undefined>
}

const JOURNAL = 'run.json'

/** Where the work on `data` is kept. */
const workPathOf = (data: string): string => `${data}.clonectl-apply`

/** Makes the directory for work on `data`; none is there (clearDeadWork). */
export const beginWork = async (
  data: string,
  owner: Owner,
  run: { readonly command: string; readonly clock: Clock },
): Promise<WorkDirectory> => {
  const path = workPathOf(data)
  await mkdir(path, { mode: 0o750 })
  const journal = openRunJournal(join(path, JOURNAL), run.command, ownIdentity(), run.clock)
  await journal.begin('begin')
  await giveTo(owner, path)
  return {
    path,
    journal,
    async end({ keepLog }) {
      const log = join(path, INSTANCE_LOG)
      const kept = keepLog && (await exists(log)) ? `${path}.log` : undefined
      if (kept !== undefined) await rename(log, kept)
      await remove(path)
      return kept
    },
  }
}

/**
 * Removes what a dead run on `data` left, and ends its mysqld. Throws LOCKED while another run works
 * on the same data directory.
 */
export const clearDeadWork = async (data: string): Promise<void> => {
  const path = workPathOf(data)
  if (!(await exists(path))) return
  const run = await readRunJournal(join(path, JOURNAL))
  if (run !== undefined && isAlive(run.owner)) {
    throw new ClonectlError('LOCKED', `another run works on it (pid ${run.owner.pid})`, {
      hint: 'wait for it to end',
      details: { path, pid: run.owner.pid, command: run.command },
    })
  }
  if (run?.mysqld) await endProcess(run.mysqld)
  await remove(path)
}
