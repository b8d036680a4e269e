// Everything that is wrong in a repository, worst first, each with what to do about it.

import type { BackupId } from '../../chain/backup-id.ts'
import type { Member } from '../../chain/chains.ts'
import { isBreaking, type Problem } from '../../chain/problem.ts'
import type { ServerSummary } from '../../chain/server-summary.ts'
import { binlogFindings } from '../binlog-findings.ts'
import { judgeDrilled } from '../drilled-state.ts'
import { failedSince } from '../failed-runs.ts'
import type { RepositoryObservation } from '../observe-repository.ts'
import { lostBaseOf } from '../output/backup-fields.ts'
import { formatAge } from '../output/duration.ts'
import { judgeVerified } from '../verified-state.ts'

export interface ReportProblem {
  readonly severity: 'critical' | 'warning'
  /** The backup it is about; undefined when it is about the whole. */
  readonly backup?: string
  readonly message: string
  readonly hint: string
}

/** `warnAgeMs` is how old the newest backup of a server may be. */
export const reportProblems = (
  observation: RepositoryObservation,
  warnAgeMs: number,
): readonly ReportProblem[] => {
  const { servers } = observation
  const problems = [
    ...(servers.length === 0 ? [nothingThere] : []),
    ...observation.view.damaged.map(damagedManifest),
    ...servers.flatMap((server) => serverProblems(server, observation, warnAgeMs)),
    ...observation.view.unsealed.filter(({ state }) => state === 'left').map(leftover),
    ...failedRun(observation),
    ...binlogFindings(observation),
  ]
  const of = (wanted: ReportProblem['severity']) =>
    problems.filter(({ severity }) => severity === wanted)
  return [...of('critical'), ...of('warning')]
}

const nothingThere: ReportProblem = {
  severity: 'critical',
  message: 'the repository holds no backup that could be read',
  hint: 'clonectl full takes one',
}

const damagedManifest = ({
  id,
  error,
}: RepositoryObservation['view']['damaged'][number]): ReportProblem => ({
  severity: 'critical',
  backup: id,
  message: error.message,
  hint: error.hint ?? 'restore the file from a copy of the repository',
})

const leftover = ({
  id,
  message,
}: RepositoryObservation['view']['unsealed'][number]): ReportProblem => ({
  severity: 'warning',
  backup: id,
  message: 'was begun and never sealed',
  hint: message,
})

const failedRun = ({ failedRuns, servers }: RepositoryObservation): readonly ReportProblem[] => {
  const failed = failedSince(failedRuns, servers)
  if (failed === undefined) return []
  const where = failed.step === undefined ? '' : ` in step ${failed.step}`
  return [
    {
      severity: 'warning',
      backup: failed.id,
      message: `the last run failed${where}, and no backup was taken since`,
      hint: 'its run.json in the trash says how far it came; clonectl doctor says what stands in the way',
    },
  ]
}

const serverProblems = (
  server: ServerSummary,
  observation: RepositoryObservation,
  warnAgeMs: number,
): readonly ReportProblem[] => [
  ...ageProblems(server, observation, warnAgeMs),
  ...damageProblems(server, observation),
  ...drillProblems(server, observation),
  ...linkProblems(server),
  ...unreadableNotes(server, observation),
]

const ageProblems = (
  { serverUuid, newest }: ServerSummary,
  { at, servers }: RepositoryObservation,
  warnAgeMs: number,
): readonly ReportProblem[] => {
  // The other engine may have made a newer one of the same server.
  const times = servers
    .filter((server) => server.serverUuid === serverUuid)
    .flatMap((server) => (server.newest === undefined ? [] : [server.newest.endTime.getTime()]))
  if (newest === undefined) {
    if (times.length > 0) return []
    const message = `no backup of server ${serverUuid} can be restored`
    return [{ severity: 'critical', message, hint: 'clonectl full takes one' }]
  }
  const age = at.getTime() - newest.endTime.getTime()
  if (age <= warnAgeMs || newest.endTime.getTime() < Math.max(...times)) return []
  return [
    {
      severity: 'warning',
      message: `the newest usable backup of server ${serverUuid} is ${formatAge(age)} old`,
      hint: 'look at what should take them: cron, the timer, its log',
    },
  ]
}

const damageProblems = (
  { members }: ServerSummary,
  { view }: RepositoryObservation,
): readonly ReportProblem[] =>
  judgeVerified(members, view.verified).damaged.map((backup) => ({
    severity: 'critical',
    backup,
    message: 'was found damaged when it was verified',
    hint: `clonectl chain verify ${backup} names each file; bring it back from a copy`,
  }))

const drillProblems = (
  { members }: ServerSummary,
  { view }: RepositoryObservation,
): readonly ReportProblem[] => {
  const { last } = judgeDrilled(members, view.drilled)
  if (last?.outcome !== 'failed') return []
  const why = last.code ?? `problems in what was restored (${last.problems})`
  return [
    {
      severity: 'critical',
      backup: last.id,
      message: `failed in the last drill: ${why}`,
      hint: 'the evidence is in drills/ of the backup',
    },
  ]
}

/** Who cannot read the notes cannot say whether the backup is pinned. */
const unreadableNotes = (
  { members }: ServerSummary,
  { view }: RepositoryObservation,
): readonly ReportProblem[] =>
  members.flatMap(({ backup: { id } }) => {
    const problem = view.notes.get(id)?.problem
    if (problem === undefined) return []
    const hint = problem.hint ?? 'bring the file back from a copy of the repository'
    return [{ severity: 'warning', backup: id, message: problem.message, hint }]
  })

/** What only sits on something broken is counted: there may be many, and one thing breaks them all. */
const linkProblems = ({ members }: ServerSummary): readonly ReportProblem[] => {
  const isConsequence = ({ problems }: Member) =>
    problems.some(({ code }) => code === 'BASE_BROKEN')
  const told = members.filter((member) => !isConsequence(member))
  return [
    ...told.flatMap(({ backup, problems }) => problems.map((one) => linkProblem(backup.id, one))),
    ...consequences(members.filter(isConsequence)),
    ...told.flatMap((member) => lostBase(member, members)),
  ]
}

const consequences = (members: readonly Member[]): readonly ReportProblem[] => {
  const count = members.length
  if (count === 0) return []
  const message =
    count === 1
      ? 'one more increment cannot be restored, because what it sits on cannot'
      : `${count} more increments cannot be restored, because what they sit on cannot`
  return [{ severity: 'critical', message, hint: 'the tables below name them' }]
}

const linkProblem = (backup: BackupId, problem: Problem): ReportProblem =>
  isBreaking(problem)
    ? {
        severity: 'critical',
        backup,
        message: `cannot be restored: ${problem.message}`,
        hint: 'clonectl full begins a new chain, which needs nothing of this one',
      }
    : { severity: 'warning', backup, message: problem.message, hint: 'it can be restored' }

const lostBase = (member: Member, members: readonly Member[]): readonly ReportProblem[] => {
  const { backup, base = '', problems } = member
  const lost = lostBaseOf(member, members)
  if (lost === undefined || problems.length > 0) return []
  return [
    {
      severity: 'warning',
      backup: backup.id,
      message: `was made on ${lost}, which is lost; it sits on ${base} as well`,
      hint: 'nothing has to be done: a restore does it by itself',
    },
  ]
}
