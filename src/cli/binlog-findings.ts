// What is wrong with the archives of binlogs, for whoever is on call and for the report.

import { continuationOf } from '../binlog/continuation.ts'
import { describeGap } from '../binlog/binlog-gap.ts'
import type { ServerRecovery } from '../binlog/server-recovery.ts'
import type { Backup } from '../chain/backup.ts'
import type { RepositoryObservation } from './observe-repository.ts'

export interface BinlogFinding {
  readonly severity: 'critical' | 'warning'
  readonly message: string
  readonly hint: string
}

/** Of the servers asked for: binlogs that are damaged, and what stands between the newest backup and now. */
export const binlogFindings = (
  { recoveries, servers }: RepositoryObservation,
  isWanted: (serverUuid: string) => boolean = () => true,
): readonly BinlogFinding[] =>
  recoveries
    .filter(({ serverUuid, archives }) => archives.length > 0 && isWanted(serverUuid))
    .flatMap((recovery) => {
      const newest = servers
        .filter(({ serverUuid }) => serverUuid === recovery.serverUuid)
        .flatMap((server) => server.newest ?? [])
        .reduce<Backup | undefined>(
          (last, backup) => (last === undefined || backup.endTime > last.endTime ? backup : last),
          undefined,
        )
      return [...damageFindings(recovery), ...breakFindings(recovery, newest)]
    })

const damageFindings = ({ archives }: ServerRecovery): readonly BinlogFinding[] => {
  const damaged = archives.flatMap((archive) => archive.damaged)
  const [first] = damaged
  if (first === undefined) return []
  const more = damaged.length === 1 ? '' : ` and ${damaged.length - 1} more`
  return [
    {
      severity: 'critical',
      message: `an archived binlog is damaged: ${first.error.message}${more}`,
      hint: 'clonectl binlog verify names each; bring them back from a copy',
    },
  ]
}

const breakFindings = (
  { serverUuid, archives }: ServerRecovery,
  newest: Backup | undefined,
): readonly BinlogFinding[] => {
  if (newest === undefined) return []
  const continuation = continuationOf(newest, archives)
  const hint = 'clonectl incr or full takes a backup that the binlogs of now continue'
  if (continuation.state === 'apart') {
    const message = `the archived binlogs of server ${serverUuid} do not continue its newest backup`
    return [{ severity: 'warning', message, hint }]
  }
  if (continuation.state !== 'gap') return []
  const message = `binlogs are missing after the newest backup: ${describeGap(continuation.gap)}`
  return [{ severity: 'warning', message, hint }]
}
