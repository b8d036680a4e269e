// What a repository holds of each server, as metrics.

import type { Backup } from '../../chain/backup.ts'
import type { ServerSummary } from '../../chain/server-summary.ts'
import { type DrilledState, judgeDrilled } from '../drilled-state.ts'
import type { RepositoryObservation } from '../observe-repository.ts'
import { judgeVerified, type VerifiedState } from '../verified-state.ts'
import { gauge, sample, seconds } from './gauge.ts'
import type { Labels, MetricFamily, Sample } from './prometheus.ts'

/** A metric of one server: name, help, and its samples. */
type ServerGauge = readonly [
  name: string,
  help: string,
  of: (
    server: ServerSummary,
    labels: Labels,
    observation: RepositoryObservation,
  ) => readonly Sample[],
]

/** Every family that is about servers, each with all of them. */
export const serverMetrics = (observation: RepositoryObservation): readonly MetricFamily[] =>
  serverGauges.map(([name, help, of]) =>
    gauge(
      name,
      help,
      observation.servers.flatMap((server) => {
        const { serverUuid, engine } = server
        return of(server, { repo: observation.root, server_uuid: serverUuid, engine }, observation)
      }),
    ),
  )

const verifiedOf = ({ members }: ServerSummary, { view }: RepositoryObservation): VerifiedState =>
  judgeVerified(members, view.verified)

const drilledOf = ({ members }: ServerSummary, { view }: RepositoryObservation): DrilledState =>
  judgeDrilled(members, view.drilled)

/** The last full and the last increment that can be restored, by what is asked of them. */
const ofLast = (
  { lastFull, lastIncrement }: ServerSummary,
  labels: Labels,
  value: (backup: Backup) => number,
): readonly Sample[] => [
  ...sample({ ...labels, operation: 'full' }, lastFull && value(lastFull)),
  ...sample({ ...labels, operation: 'increment' }, lastIncrement && value(lastIncrement)),
]

/** When each kind of work was last done with success. */
const successes = (
  server: ServerSummary,
  labels: Labels,
  observation: RepositoryObservation,
): readonly Sample[] => {
  const verified = verifiedOf(server, observation).lastSuccess
  const drill = drilledOf(server, observation).lastSuccess
  return [
    ...ofLast(server, labels, ({ endTime }) => seconds(endTime)),
    ...sample({ ...labels, operation: 'verify' }, verified && seconds(verified)),
    ...sample({ ...labels, operation: 'drill' }, drill && Date.parse(drill.endedAt) / 1000),
  ]
}

const serverGauges: readonly ServerGauge[] = [
  [
    'last_success_timestamp_seconds',
    'When the last usable backup ended, one was last verified and found right, a drill last went well.',
    successes,
  ],
  [
    'last_success_age_seconds',
    'The same as an age, at the time the repository was looked at.',
    (server, labels, observation) =>
      successes(server, labels, observation).map((success) => ({
        ...success,
        value: Math.round((seconds(observation.at) - success.value) * 1000) / 1000,
      })),
  ],
  [
    'last_duration_seconds',
    'How long the run took that made the last usable backup.',
    (server, labels, { durations }) =>
      ofLast(
        server,
        labels,
        ({ id, beginTime, endTime }) =>
          (durations.get(id) ?? endTime.getTime() - beginTime.getTime()) / 1000,
      ),
  ],
  [
    'last_drill_recovery_seconds',
    'From the beginning of the last good drill until the restored server answered.',
    (server, labels, observation) => {
      const { lastSuccess } = drilledOf(server, observation)
      const recoveryMs = lastSuccess?.recoveryMs ?? undefined
      return sample(labels, recoveryMs === undefined ? undefined : recoveryMs / 1000)
    },
  ],
  [
    'last_drill_failed',
    'Whether the newest drill failed; absent when there was none.',
    (server, labels, observation) => {
      const { last } = drilledOf(server, observation)
      return sample(labels, last && Number(last.outcome === 'failed'))
    },
  ],
  [
    'last_stored_bytes',
    'Bytes in the repository of the last usable backup.',
    (server, labels) => ofLast(server, labels, ({ storedBytes }) => storedBytes),
  ],
  [
    'last_restored_bytes',
    'Bytes of the data directory that the last usable backup restores to.',
    (server, labels) => ofLast(server, labels, ({ resultBytes }) => resultBytes),
  ],
  [
    'stored_bytes',
    'Bytes in the repository of all its backups.',
    ({ storedBytes }, labels) => sample(labels, storedBytes),
  ],
  [
    'recovery_window_start_timestamp_seconds',
    'The earliest time that can be restored.',
    ({ window }, labels) => sample(labels, window && seconds(window.from)),
  ],
  [
    'recovery_window_end_timestamp_seconds',
    'The latest time that can be restored without binlogs.',
    ({ window }, labels) => sample(labels, window && seconds(window.to)),
  ],
  [
    'chains',
    'Fulls, each with its increments.',
    ({ chains }, labels) => sample(labels, chains.length),
  ],
  [
    'chain_length',
    'Backups that a restore of the newest usable one takes, its full among them.',
    ({ newestLineage }, labels) => sample(labels, newestLineage.length),
  ],
  [
    'pinned_backups',
    'Backups whose pin holds, so that retention leaves them.',
    ({ members }, labels, { pinned }) =>
      sample(labels, members.filter(({ backup }) => pinned.has(backup.id)).length),
  ],
  [
    'backups',
    'Sealed backups; a broken one cannot be restored.',
    ({ members, broken }, labels) => [
      { labels: { ...labels, state: 'ok' }, value: members.length - broken.length },
      { labels: { ...labels, state: 'broken' }, value: broken.length },
    ],
  ],
  [
    'verified_backups',
    'Backups by what chain verify last found; damaged ones need a person.',
    (server, labels, observation) => {
      const { sound, damaged, never } = verifiedOf(server, observation)
      return [
        { labels: { ...labels, state: 'sound' }, value: sound },
        { labels: { ...labels, state: 'damaged' }, value: damaged.length },
        { labels: { ...labels, state: 'never' }, value: never },
      ]
    },
  ],
]
