// A repository without data: manifests alone, which is all that the chain commands read.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { writeManifest } from '../../../src/repository/manifest-file.ts'
import { openOrMakeRepository } from '../../../src/repository/repository.ts'

export interface RepositoryFixture extends AsyncDisposable {
  readonly layout: RepositoryLayout
}

export const SERVER_UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const MIB = 1024 * 1024
const SHA256 = 'a'.repeat(64)

/** Makes an empty repository in a directory of its own. */
export const makeRepository = async (
  ...manifests: readonly Manifest[]
): Promise<RepositoryFixture> => {
  const root = await mkdtemp(join(tmpdir(), 'clonectl-cli-'))
  const clock = { now: () => new Date('2026-11-20T09:00:00.000Z') }
  const { layout } = await openOrMakeRepository(root, clock)
  for (const manifest of manifests) {
    const paths = layout.backup(manifest.id)
    await mkdir(paths.directory)
    await writeManifest(paths, manifest)
  }
  return { layout, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}

const file = (path: string, sizeBytes: number) => ({ path, sizeBytes, sha256: SHA256 })

const coordinates = (at: string, lsn: string) => ({
  at,
  lsn,
  checkpointLsn: lsn,
  binlogFile: 'binlog.000002',
  binlogPosition: '4711',
  gtidExecuted: `${SERVER_UUID}:1-100`,
})

/** A manifest of 10 MiB of data, of which `storedBytes` are stored. */
export const makeManifest = (
  facts: Pick<Manifest, 'id' | 'type' | 'base' | 'startLsn' | 'endLsn'> &
    Partial<Manifest> & { readonly storedBytes?: number },
): Manifest => {
  const { storedBytes = 10 * MIB, ...own } = facts
  const [, day = '', time = ''] = /^UTC(\d{8})T(\d{6}\.\d{3})/.exec(facts.id) ?? []
  const date = day.replace(/(....)(..)(..)/, '$1-$2-$3')
  const at = (suffix: string) => `${date}T${time.replace(/(..)(..)(..)\..*/, `$1:$2:${suffix}`)}Z`
  const [begin, end] = [at('12.345'), at('48.000')]
  return {
    format: 1,
    engine: 'mysql',
    encryption: null,
    label: null,
    clonectlVersion: '0.1.0',
    donor: {
      serverUuid: SERVER_UUID,
      version: '9.7.4',
      versionComment: 'MySQL Community Server - GPL',
      flavour: 'MySQL',
      hostname: 'db1',
      datadir: '/var/lib/mysql/',
    },
    recipient: null,
    history: null,
    pageTrackLsn: facts.endLsn,
    trackedSince: '1000',
    beginTime: begin,
    endTime: end,
    before: coordinates(begin, facts.startLsn),
    after: coordinates(end, facts.endLsn),
    compression: 'none',
    decision: { asked: facts.type, code: 'ASKED', reason: 'it was asked for' },
    files: [file('data/ibdata1', storedBytes)],
    emptyDirectories: [],
    deltas: [],
    result: { files: [file('ibdata1', 10 * MIB)], emptyDirectories: ['mysql'] },
    restoredBytes: 10 * MIB,
    ...own,
  }
}

export const FULL = 'UTC20261120T093012.345-full'
export const FIRST = 'UTC20261120T103012.345-incr'
export const SECOND = 'UTC20261120T113012.345-incr'
export const FORK = 'UTC20261120T123012.345-incr'

export const fullManifest = makeManifest({
  id: FULL,
  type: 'full',
  base: null,
  startLsn: '0',
  endLsn: '2000',
  label: 'before the release',
})

/** An increment that fits on `base`. */
export const increment = (
  id: string,
  base: string,
  startLsn: string,
  endLsn: string,
  facts: Partial<Manifest> = {},
): Manifest =>
  makeManifest({ id, type: 'increment', base, startLsn, endLsn, storedBytes: MIB / 2, ...facts })

/** A full, two increments in a row, and a third one beside the second. */
export const forkedChain: readonly Manifest[] = [
  fullManifest,
  increment(FIRST, FULL, '2000', '3000'),
  increment(SECOND, FIRST, '3000', '9007199254740993'),
  increment(FORK, FIRST, '3000', '4500'),
]
