// The archive of binlogs as metrics, for each server that has one.

import type { ServerRecovery } from '../../binlog/server-recovery.ts'
import type { RepositoryObservation } from '../observe-repository.ts'
import { archiveBytes } from './binlog-fields.ts'
import { gauge, sample, seconds } from './gauge.ts'
import type { MetricFamily } from './prometheus.ts'

type ArchiveGauge = readonly [
  name: string,
  help: string,
  of: (server: ServerRecovery) => number | undefined,
]

/** Every family that is about archives; without one they have no samples. */
export const binlogMetrics = ({
  root: repo,
  recoveries,
}: RepositoryObservation): readonly MetricFamily[] =>
  archiveGauges.map(([name, help, of]) =>
    gauge(
      name,
      help,
      recoveries
        .filter(({ archives }) => archives.length > 0)
        .flatMap((server) => sample({ repo, server_uuid: server.serverUuid }, of(server))),
    ),
  )

const sum = (
  { archives }: ServerRecovery,
  of: (archive: ServerRecovery['archives'][number]) => number,
): number => archives.reduce((total, archive) => total + of(archive), 0)

const archiveGauges: readonly ArchiveGauge[] = [
  [
    'binlog_recovery_window_start_timestamp_seconds',
    'From when on every time can be restored up to the end of the newest window.',
    ({ windows }) => optionalSeconds(windows.at(-1)?.from),
  ],
  [
    'binlog_recovery_window_end_timestamp_seconds',
    'The latest time that can be restored with the archived binlogs.',
    ({ windows }) => optionalSeconds(windows.at(-1)?.to),
  ],
  [
    'binlog_archive_gaps',
    'Places in the archive that recovery cannot cross.',
    ({ gaps }) => gaps.length,
  ],
  [
    'binlog_archive_damaged',
    'Archived binlogs that are missing or not what was sealed, without reading them.',
    (server) => sum(server, ({ damaged }) => damaged.length),
  ],
  [
    'binlog_archive_last_event_timestamp_seconds',
    'When the last transaction in the archive was committed.',
    (server) => {
      const times = server.archives.flatMap(({ members }) =>
        members.flatMap(({ facts: { lastTimeMicros } }) => lastTimeMicros ?? []),
      )
      const latest = times.reduce((last, time) => Math.max(last, Number(time)), 0)
      return latest === 0 ? undefined : latest / 1_000_000
    },
  ],
  [
    'binlog_archive_binlogs',
    'Archived binlogs, open ones among them.',
    (server) => sum(server, ({ members }) => members.length),
  ],
  [
    'binlog_archive_bytes',
    'Bytes of the archived binlogs in the repository.',
    (server) => sum(server, archiveBytes),
  ],
]

const optionalSeconds = (time: Date | undefined): number | undefined => time && seconds(time)
