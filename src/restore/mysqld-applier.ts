// Applies increments with GreatSQL's own mysqld, the way its manual shows: started once for each
// with --clone_incremental_dir, it applies and ends.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { logSize } from '../mysql/log-tail.ts'
import type { Reporter } from '../report/reporter.ts'
import { listTree } from '../system/file-tree.ts'
import { giveTo, type Owner, runAs } from '../system/owner.ts'
import type { ProcessIdentity } from '../system/process-identity.ts'
import type { Applier, ApplyJob } from './applier.ts'
import { expectedLog, readApplyLog } from './apply-log.ts'
import { INSTANCE_LOG } from './instance-files.ts'
import { renderTemplate } from './option-file.ts'
import { type PlaceRequest, renameContested } from './place-tablespaces.ts'
import { runApply } from './run-apply.ts'
import { requireSafePath } from './safe-path.ts'

/** What decides how mysqld reads the files. */
export interface ServerLayout {
  readonly lower_case_table_names: string
  readonly innodb_page_size: string
  readonly innodb_data_file_path: string
}

export interface MysqldSetup {
  /** Path of the program, one that knows --clone_incremental_dir. */
  readonly mysqld: string
  /** Where option file and log go: outside of the data directory. */
  readonly workDirectory: string
  readonly layout: ServerLayout
  /** Whom the data belongs to, and mysqld runs as. */
  readonly owner: Owner
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly onSpawn: (step: string, identity: ProcessIdentity) => Promise<void>
  /** How long one run may take; by the size of what is applied without it. */
  readonly timeoutMs?: number | undefined
}

/** Relative to the data directory, so that no path is too long for it. */
const SOCKET = 'clonectl-apply.sock'

export const mysqldApplier = (setup: MysqldSetup): Applier => ({
  name: 'mysqld',
  async apply(job) {
    const { data, directory, step } = job
    for (const path of [data, directory]) requireSafePath(path)
    if (await renameContested(await placeRequest(setup, job)))
      setup.reporter.debug('renamed tables whose names were taken, which mysqld would lose')
    const logFile = join(setup.workDirectory, INSTANCE_LOG)
    const logStart = await logSize(logFile)
    const configFile = await writeOptionFile(setup, job)
    setup.reporter.debug(`mysqld --clone_incremental_dir=${directory}`, { log: logFile })
    await runApply({
      mysqld: setup.mysqld,
      configFile,
      logFile,
      data,
      directory,
      socket: join(data, SOCKET),
      timeoutMs: setup.timeoutMs ?? patience(job),
      signal: setup.signal,
      onSpawn: (identity) => setup.onSpawn(step, identity),
    })
    requireGoodLog(job, logFile, await readApplyLog(logFile, logStart, expectedLog(job)))
  },
})

const placeRequest = async ({ owner }: MysqldSetup, job: ApplyJob): Promise<PlaceRequest> => ({
  ...job,
  paths: (await listTree(job.data)).files.map(({ path }) => path),
  owner,
})

const writeOptionFile = async (
  { workDirectory, owner, layout }: MysqldSetup,
  { data }: ApplyJob,
): Promise<string> => {
  const configFile = join(workDirectory, 'clonectl-apply.cnf')
  const user = runAs(owner)
  const text = await renderTemplate('apply.cnf', {
    ...layout,
    datadir: data,
    socket: SOCKET,
    pid_file: join(workDirectory, 'clonectl-apply.pid'),
    user_line: user === undefined ? '' : `user = ${user}`,
  })
  await writeFile(configFile, text, { mode: 0o640 })
  await giveTo(owner, configFile)
  return configFile
}

const HOUR_MS = 3_600_000
const SLOWEST_BYTES_PER_MS = 1024

/** An hour, and more when there is so much that a slow disk would take longer. */
const patience = ({ deltas }: ApplyJob): number => {
  const bytes = deltas.reduce((sum, { summary, meta }) => sum + summary.pages * meta.pageSize, 0)
  return HOUR_MS + bytes / SLOWEST_BYTES_PER_MS
}

const requireGoodLog = (job: ApplyJob, logFile: string, problems: readonly string[]): void => {
  if (problems.length === 0) return
  throw new ClonectlError(
    'INTEGRITY',
    `${job.step}: mysqld ended as if all were well, and it is not: ${problems.slice(0, 3).join('; ')}`,
    {
      hint: `the data directory is of no use any more; the log says more: ${logFile}`,
      details: { directory: job.directory, logFile, problems },
    },
  )
}
