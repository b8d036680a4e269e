// A repository's state as metrics. docs/monitoring.md lists them; a name, once given, keeps its meaning.

import type { Backup } from '../../chain/backup.ts'
import type { ServerSummary } from '../../chain/server-summary.ts'
import type { RepositoryObservation } from '../observe-repository.ts'
import { failedSince } from '../failed-runs.ts'
import { judgeVerified, type VerifiedState } from '../verified-state.ts'
import type { Labels, MetricFamily, Sample } from './prometheus.ts'

/** Every family, in a fixed order; what is not known has no sample rather than a false one. */
export const repositoryMetrics = (
  observation: RepositoryObservation,
  version: string,
): readonly MetricFamily[] => [
  ...runFamilies(observation, version),
  ...repositoryFamilies(observation),
  ...serverFamilies(observation),
]

/** What is told when the repository cannot be read. */
export const downMetrics = (repo: string): readonly MetricFamily[] => [upFamily(repo, 0)]

const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
  name: `clonectl_${name}`,
  type: 'gauge',
  help,
  samples,
})

const upFamily = (repo: string, value: 0 | 1): MetricFamily =>
  gauge('up', 'Whether the repository could be read.', [{ labels: { repo }, value }])

const seconds = (time: Date): number => time.getTime() / 1000

/** One sample, or none for what is not known. */
const sample = (labels: Labels, value: number | undefined): readonly Sample[] =>
  value === undefined ? [] : [{ labels, value }]

const runFamilies = (
  { at, root: repo }: RepositoryObservation,
  version: string,
): readonly MetricFamily[] => [
  upFamily(repo, 1),
  gauge('build_info', 'The clonectl that looked.', [{ labels: { repo, version }, value: 1 }]),
  gauge('observed_timestamp_seconds', 'When the repository was looked at.', [
    { labels: { repo }, value: seconds(at) },
  ]),
]

const repositoryFamilies = (observation: RepositoryObservation): readonly MetricFamily[] => {
  const { root: repo, view, lockOwner, failedRuns, freeBytes } = observation
  const running = view.unsealed.filter(({ state }) => state === 'running').length
  const lastFailed = failedRuns.at(-1)
  return [
    gauge('repository_free_bytes', 'Bytes that can still be written to its file system.', [
      { labels: { repo }, value: freeBytes },
    ]),
    gauge('damaged_manifests', 'Backups whose manifest cannot be believed.', [
      { labels: { repo }, value: view.damaged.length },
    ]),
    gauge('unsealed_backups', 'Directories without a manifest: a run at work, or left by a dead one.', [
      { labels: { repo, state: 'running' }, value: running },
      { labels: { repo, state: 'left' }, value: view.unsealed.length - running },
    ]),
    gauge('last_run_failed', 'Whether the newest run that the repository tells of left no backup.', [
      { labels: { repo }, value: failedSince(failedRuns, observation.servers) === undefined ? 0 : 1 },
    ]),
    gauge(
      'last_failed_run_timestamp_seconds',
      'When the newest run that left no backup began; emptying the trash forgets it.',
      sample({ repo }, lastFailed && seconds(lastFailed.begun)),
    ),
    gauge(
      'locked_since_timestamp_seconds',
      'Since when a run that lives has held the lock; absent while nobody does.',
      sample({ repo }, lockOwner && Date.parse(lockOwner.since) / 1000),
    ),
  ]
}

/** A metric of one server: name, help, and its samples. */
type ServerGauge = readonly [
  name: string,
  help: string,
  of: (server: ServerSummary, labels: Labels, observation: RepositoryObservation) => readonly Sample[],
]

const serverFamilies = (observation: RepositoryObservation): readonly MetricFamily[] =>
  SERVER_GAUGES.map(([name, help, of]) =>
    gauge(
      name,
      help,
      observation.servers.flatMap((server) => {
        const { serverUuid, engine } = server
        return of(server, { repo: observation.root, server_uuid: serverUuid, engine }, observation)
      }),
    ),
  )

const verifiedOf = (
  { members }: ServerSummary,
  { view }: RepositoryObservation,
): VerifiedState => judgeVerified(members, view.verified)

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
  const { lastSuccess } = verifiedOf(server, observation)
  return [
    ...ofLast(server, labels, ({ endTime }) => seconds(endTime)),
    ...sample({ ...labels, operation: 'verify' }, lastSuccess && seconds(lastSuccess)),
  ]
}

const SERVER_GAUGES: readonly ServerGauge[] = [
  [
    'last_success_timestamp_seconds',
    'When the last usable backup ended, or the last backup was verified and found right.',
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
  ['chains', 'Fulls, each with its increments.', ({ chainCount }, labels) => sample(labels, chainCount)],
  [
    'chain_length',
    'Backups that a restore of the newest usable one takes, its full among them.',
    ({ newestLineage }, labels) => sample(labels, newestLineage.length),
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
