// Looks at the data of a restored directory with a server on it: every table, then the probes.

import { ClonectlError } from '../errors.ts'
import { readLogTail } from '../mysql/log-tail.ts'
import { openSession, type Session } from '../mysql/session.ts'
import { readServerFile, type ServerSettings } from '../repository/server-file.ts'
import type { BackupPaths } from '../repository/layout.ts'
import { ownerOf } from '../system/owner.ts'
import { checkTables } from './check-tables.ts'
import { counted } from './counted.ts'
import type { DrillFindings } from './drill-findings.ts'
import type { DrillPlace } from './drill-place.ts'
import type { DrillContext, DrillRequest } from './drill-request.ts'
import { type DrillServer, withDrillServer } from './drill-server.ts'
import { listDrillTables } from './drill-tables.ts'
import { runProbes } from './run-probes.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface Inspection {
  readonly place: DrillPlace
  /** The backup that was restored. */
  readonly backup: BackupPaths
  readonly stopwatch: Stopwatch
  readonly findings: DrillFindings
}

/**
 * Notes everything in `findings`; what is wrong with the data is a problem there. Throws PROCESS when the
 * server does not start or dies, SERVER, CANCELLED.
 */
export const inspectRestored = async (
  context: DrillContext,
  request: DrillRequest,
  { place, backup, stopwatch, findings }: Inspection,
): Promise<void> => {
  const settings = await settingsOf(backup)
  const owner = await ownerOf(place.data)
  const { keep } = request
  stopwatch.begin('start')
  await withDrillServer(
    context,
    { place, settings, owner, keep, busy: () => [...findings.busy] },
    async (server) => {
      await using session = await openSession(server.login)
      findings.recoveryMs = stopwatch.elapsedMs()
      await describeServer(session, findings)
      warnOfOtherVersion(context, settings, findings)
      stopwatch.begin('check')
      await inspectTables(context, request, { server, session, settings, findings })
      if (request.probes.length > 0) stopwatch.begin('probes')
      await inspectByProbes(context, request, session, findings)
      stopwatch.pause()
      if (findings.problems.length > 0)
        findings.logErrors = (await readLogTail(server.logFile)).errors
    },
  )
}

const settingsOf = async (backup: BackupPaths): Promise<ServerSettings> => {
  const settings = await readServerFile(backup)
  if (settings !== undefined) return settings
  throw new ClonectlError('INTEGRITY', `${backup.directory} has lost its server.json`)
}

const describeServer = async (session: Session, findings: DrillFindings): Promise<void> => {
  // Nothing that is asked from here on may change the data.
  await session.query('SET GLOBAL super_read_only = ON')
  findings.mysqldVersion = (await session.value('SELECT @@version')) ?? undefined
  const gtids = await session.value('SELECT @@GLOBAL.gtid_executed')
  findings.gtidExecuted = (gtids ?? '').replaceAll(/\s/g, '')
}

/** A newer server changes the data as it starts, which takes time and proves less. */
const warnOfOtherVersion = (
  { reporter }: DrillContext,
  { variables }: ServerSettings,
  { mysqldVersion = '' }: DrillFindings,
): void => {
  const donor = variables['version']
  if (donor === undefined || donor === mysqldVersion) return
  reporter.warn(`the donor was mysqld ${donor}, this is ${mysqldVersion}: see --basedir`)
}

interface TableInspection {
  readonly server: DrillServer
  readonly session: Session
  readonly settings: ServerSettings
  readonly findings: DrillFindings
}

const inspectTables = async (
  { reporter, monotonicMs }: DrillContext,
  { tables: patterns, checkLevel, parallel }: DrillRequest,
  { server, session, settings, findings }: TableInspection,
): Promise<void> => {
  const ignoresCase = settings.variables['lower_case_table_names'] !== '0'
  const listed = await listDrillTables(session, patterns, ignoresCase)
  findings.otherTables = listed.others
  for (const { text } of listed.unmatched)
    findings.problems.push({ kind: 'pattern', name: text, message: 'no table matches' })
  // Of the server's own tables only the trees are of interest.
  const tables = listed.tables.filter(({ system }) => !system || checkLevel !== undefined)
  reporter.step('check', { tables: tables.length, level: checkLevel ?? 'none' })
  const progress = reporter.progress('check', sumBytes(tables))
  const sessions = await openSessions(server, Math.min(parallel, tables.length))
  try {
    await checkTables({
      ...{ sessions, tables, level: checkLevel, monotonicMs },
      onBegin: ({ name }) => findings.busy.add(name),
      onResult: ({ name, bytes }, result, problem) => {
        findings.busy.delete(name)
        findings.tables.push(result)
        progress.add(bytes)
        if (problem !== undefined) findings.problems.push({ kind: 'table', name, message: problem })
      },
    })
  } finally {
    progress.end()
    for (const each of sessions) await each.close()
  }
  findings.tables.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const sumBytes = (tables: readonly { readonly bytes: number }[]): number =>
  tables.reduce((sum, { bytes }) => sum + bytes, 0)

const openSessions = async ({ login }: DrillServer, count: number): Promise<readonly Session[]> => {
  const sessions: Session[] = []
  // A failure ends the server, and with it those that are open.
  while (sessions.length < count) sessions.push(await openSession(login))
  return sessions
}

const inspectByProbes = async (
  { reporter, monotonicMs }: DrillContext,
  { probes }: DrillRequest,
  session: Session,
  findings: DrillFindings,
): Promise<void> => {
  if (probes.length === 0) return
  reporter.step('probes', { statements: probes.length })
  findings.busy.add(counted(probes.length, 'probe'))
  await runProbes({
    ...{ session, probes, monotonicMs },
    onResult: (result) => {
      findings.probes.push(result)
      const { line, message } = result
      if (message !== null) findings.problems.push({ kind: 'probe', name: `line ${line}`, message })
    },
  })
  findings.busy.clear()
}
