// What a repository's state means to whoever is on call: a list of findings, each as bad as it is.

import type { BackupId } from '../chain/backup-id.ts'
import type { Backup } from '../chain/backup.ts'
import type { ServerSummary } from '../chain/server-summary.ts'
import { binlogFindings } from './binlog-findings.ts'
import { judgeDrilled } from './drilled-state.ts'
import { failedSince } from './failed-runs.ts'
import type { RepositoryObservation } from './observe-repository.ts'
import { formatAge } from './output/duration.ts'
import type { NagiosFinding, PerfDatum } from './output/nagios-result.ts'
import { judgeVerified } from './verified-state.ts'

/** Milliseconds. */
export interface AgeLimits {
  readonly warnAge: number
  readonly critAge: number
  /** Undefined where it is nobody's worry when backups were verified. */
  readonly warnVerifyAge: number | undefined
}

export interface RepositoryJudgement {
  /** What is wrong; empty when nothing is. */
  readonly findings: readonly NagiosFinding[]
  /** What there is to say when nothing is wrong. */
  readonly summary: string
  readonly perfData: readonly PerfDatum[]
}

/** Judges the backups of `serverUuid` alone, or of every server in the repository. */
export const judgeRepository = (
  observation: RepositoryObservation,
  limits: AgeLimits,
  serverUuid: string | undefined,
): RepositoryJudgement => {
  const servers = observation.servers.filter(
    (server) => serverUuid === undefined || server.serverUuid === serverUuid,
  )
  const ages = newestOfEach(servers).map((newest) => ageOf(newest, observation.at))
  return {
    findings: [
      ...ageFindings(servers, observation.at, limits, serverUuid),
      ...damageFindings(servers, observation),
      ...drillFindings(servers, observation),
      ...verifyAgeFindings(servers, observation, limits.warnVerifyAge),
      ...archiveFindings(observation, serverUuid),
      ...runFindings(observation),
    ],
    summary: summaryOf(servers, observation, Math.max(...ages, 0)),
    perfData: perfDataOf(servers, observation, ages, limits),
  }
}

const ageOf = ({ endTime }: Backup, at: Date): number =>
  Math.max(0, at.getTime() - endTime.getTime())

/** The newest usable backup of each server, whichever engine made it. */
const newestOfEach = (servers: readonly ServerSummary[]): readonly Backup[] => {
  const newest = new Map<string, Backup>()
  for (const { serverUuid, newest: backup } of servers) {
    const best = newest.get(serverUuid)
    if (backup !== undefined && (best === undefined || backup.endTime > best.endTime))
      newest.set(serverUuid, backup)
  }
  return [...newest.values()]
}

const ageFindings = (
  servers: readonly ServerSummary[],
  at: Date,
  { warnAge, critAge }: AgeLimits,
  serverUuid: string | undefined,
): readonly NagiosFinding[] => {
  const newest = newestOfEach(servers)
  const known = new Set(newest.map((backup) => backup.serverUuid))
  const wanted =
    serverUuid === undefined ? servers.map((server) => server.serverUuid) : [serverUuid]
  const without = [...new Set(wanted)].filter((uuid) => !known.has(uuid))
  const ofWhom = (uuid: string) =>
    wanted.length > 1 || serverUuid !== undefined ? ` of server ${uuid}` : ''
  return [
    ...(wanted.length === 0 ? [critical('there is no usable backup')] : []),
    ...without.map((uuid) => critical(`there is no usable backup${ofWhom(uuid)}`)),
    ...newest.flatMap((backup) => {
      const age = ageOf(backup, at)
      if (age <= warnAge) return []
      const message = `the newest usable backup${ofWhom(backup.serverUuid)} is ${formatAge(age)} old`
      return [age > critAge ? critical(message) : warning(message)]
    }),
  ]
}

const damageFindings = (
  servers: readonly ServerSummary[],
  { view }: RepositoryObservation,
): readonly NagiosFinding[] => {
  const damaged = servers.flatMap(({ members }) => judgeVerified(members, view.verified).damaged)
  const broken = servers.flatMap((server) => server.broken.map(({ backup }) => backup.id))
  const unreadable = view.damaged.map(({ id }) => id)
  return [
    ...namedFinding(critical, damaged, 'found damaged by verify'),
    ...namedFinding(critical, unreadable, 'with a damaged manifest'),
    ...namedFinding(warning, broken, 'broken'),
  ]
}

const verifyAgeFindings = (
  servers: readonly ServerSummary[],
  { view, at }: RepositoryObservation,
  warnVerifyAge: number | undefined,
): readonly NagiosFinding[] => {
  if (warnVerifyAge === undefined) return []
  return servers.flatMap(({ members, serverUuid }) => {
    const { lastSuccess } = judgeVerified(members, view.verified)
    if (lastSuccess === undefined)
      return [warning(`no backup of server ${serverUuid} was verified`)]
    const age = at.getTime() - lastSuccess.getTime()
    if (age <= warnVerifyAge) return []
    return [warning(`backups of server ${serverUuid} were last verified ${formatAge(age)} ago`)]
  })
}

const drillFindings = (
  servers: readonly ServerSummary[],
  { view }: RepositoryObservation,
): readonly NagiosFinding[] =>
  servers.flatMap(({ members }) => {
    const { last } = judgeDrilled(members, view.drilled)
    return last?.outcome === 'failed' ? [critical(`the last drill failed: ${last.id}`)] : []
  })

const archiveFindings = (
  observation: RepositoryObservation,
  serverUuid: string | undefined,
): readonly NagiosFinding[] =>
  binlogFindings(observation, (uuid) => serverUuid === undefined || uuid === serverUuid).map(
    ({ severity, message }) => (severity === 'critical' ? critical(message) : warning(message)),
  )

const runFindings = ({ failedRuns, servers }: RepositoryObservation): readonly NagiosFinding[] => {
  const failed = failedSince(failedRuns, servers)
  if (failed === undefined) return []
  const where = failed.step === undefined ? '' : ` in step ${failed.step}`
  return [warning(`the last run failed${where}: ${failed.id}`)]
}

const critical = (message: string): NagiosFinding => ({ state: 'CRITICAL', message })
const warning = (message: string): NagiosFinding => ({ state: 'WARNING', message })

const namedFinding = (
  make: (message: string) => NagiosFinding,
  ids: readonly BackupId[],
  what: string,
): readonly NagiosFinding[] => {
  const [first] = ids
  if (first === undefined) return []
  const more = ids.length === 1 ? '' : ` and ${ids.length - 1} more`
  return [
    make(`${ids.length === 1 ? '1 backup' : `${ids.length} backups`} ${what}: ${first}${more}`),
  ]
}

const countMembers = (servers: readonly ServerSummary[]): number =>
  servers.reduce((sum, { members }) => sum + members.length, 0)

const summaryOf = (
  servers: readonly ServerSummary[],
  { view }: RepositoryObservation,
  age: number,
): string => {
  const chains = servers.flatMap((server) => server.chains).length
  const states = servers.map(({ members }) => judgeVerified(members, view.verified))
  const sound = states.reduce((sum, state) => sum + state.sound, 0)
  const backups = countMembers(servers)
  return [
    `newest backup ${formatAge(age)} old`,
    `${backups} in ${chains === 1 ? '1 chain' : `${chains} chains`}`,
    `${sound} of them verified`,
  ].join(', ')
}

const perfDataOf = (
  servers: readonly ServerSummary[],
  { view, freeBytes }: RepositoryObservation,
  ages: readonly number[],
  { warnAge, critAge }: AgeLimits,
): readonly PerfDatum[] => {
  const broken = servers.reduce((sum, server) => sum + server.broken.length, 0)
  const stored = servers.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
  const damaged = servers.flatMap(({ members }) => judgeVerified(members, view.verified).damaged)
  const seconds = (ms: number): number => Math.round(ms / 1000)
  const limits = { warn: seconds(warnAge), crit: seconds(critAge) }
  return [
    ...(ages.length === 0
      ? []
      : [{ label: 'age', value: seconds(Math.max(...ages)), unit: 's', ...limits } as const]),
    { label: 'backups', value: countMembers(servers), unit: '' },
    { label: 'broken', value: broken, unit: '' },
    { label: 'damaged', value: damaged.length + view.damaged.length, unit: '' },
    { label: 'stored', value: stored, unit: 'B' },
    { label: 'free', value: freeBytes, unit: 'B' },
  ]
}
