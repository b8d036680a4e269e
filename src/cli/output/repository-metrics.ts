// A repository's state as metrics. docs/monitoring.md lists them; a name, once given, keeps its meaning.

import type { RepositoryObservation } from '../observe-repository.ts'
import { failedSince } from '../failed-runs.ts'
import { binlogMetrics } from './binlog-metrics.ts'
import { gauge, sample, seconds } from './gauge.ts'
import type { MetricFamily } from './prometheus.ts'
import { serverMetrics } from './server-metrics.ts'

/** Every family, in a fixed order; what is not known has no sample rather than a false one. */
export const repositoryMetrics = (
  observation: RepositoryObservation,
  version: string,
): readonly MetricFamily[] => [
  ...runFamilies(observation, version),
  ...repositoryFamilies(observation),
  ...serverMetrics(observation),
  ...binlogMetrics(observation),
]

/** What is told when the repository cannot be read. */
export const downMetrics = (repo: string): readonly MetricFamily[] => [upFamily(repo, 0)]

const upFamily = (repo: string, value: 0 | 1): MetricFamily =>
  gauge('up', 'Whether the repository could be read.', [{ labels: { repo }, value }])

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
    gauge(
      'unsealed_backups',
      'Directories without a manifest: a run at work, or left by a dead one.',
      [
        { labels: { repo, state: 'running' }, value: running },
        { labels: { repo, state: 'left' }, value: view.unsealed.length - running },
      ],
    ),
    gauge(
      'last_run_failed',
      'Whether the newest run that the repository tells of left no backup.',
      [
        {
          labels: { repo },
          value: failedSince(failedRuns, observation.servers) === undefined ? 0 : 1,
        },
      ],
    ),
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
