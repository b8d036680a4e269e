// A repository with a full and two increments of a small data directory, sealed as real ones are.

import type { Coordinates } from '../../src/repository/manifest.ts'
import type { RepositoryLayout } from '../../src/repository/layout.ts'
import { writeManifest } from '../../src/repository/manifest-file.ts'
import { digestFile } from '../../src/repository/file-digest.ts'
import { type ServerSettings, writeServerFile } from '../../src/repository/server-file.ts'
import { openOrMakeRepository } from '../../src/repository/repository.ts'
import type { SealedBackup } from '../../src/restore/layers.ts'
import { takeSeries } from './backup-series.ts'
import type { DataDirectory } from './data-directory-history.ts'

export interface SealedRepository {
  readonly layout: RepositoryLayout
  /** The full, then each increment. */
  readonly backups: readonly SealedBackup[]
}

const state = (value: number): DataDirectory =>
  new Map([
    ['ibdata1', { spaceId: 0, pageBytes: 1024, pages: [1, value, 3], tail: 0 }],
    ['ib_buffer_pool', { spaceId: 0, pageBytes: 1024, pages: [value], tail: 0 }],
  ])

const settings: ServerSettings = {
  variables: { innodb_page_size: '1024' },
  plugins: [],
  components: null,
}

/** Seals a backup that was taken, with its settings and its page hashes. */
export const sealTaken = async ({ paths, manifest }: SealedBackup): Promise<SealedBackup> => {
  await writeServerFile(paths, settings)
  const server = { path: 'server.json', ...(await digestFile(paths.server)) }
  const pagemap = { path: 'pagemap', ...(await digestFile(paths.pagemap)) }
  const sealed = {
    ...manifest,
    files: [server, pagemap, ...manifest.files],
    emptyDirectories: ['data/mysql'],
  }
  await writeManifest(paths, sealed)
  return { paths, manifest: sealed }
}

/** `before` says where in its binlogs the donor stood before each backup. */
export const sealRepository = async (
  path: string,
  before: Partial<Coordinates> = {},
): Promise<SealedRepository> => {
  const clock = { now: () => new Date('2026-11-19T00:00:00.000Z') }
  const { layout } = await openOrMakeRepository(path, clock)
  const backups = await takeSeries(layout.root, [state(1), state(2), state(3)])
  const sealed: SealedBackup[] = []
  for (const { paths, manifest } of backups) {
    await writeServerFile(paths, settings)
    const server = { path: 'server.json', ...(await digestFile(paths.server)) }
    const files = [server, ...manifest.files]
    const whole = { ...manifest, files, before: { ...manifest.before, ...before } }
    await writeManifest(paths, whole)
    sealed.push({ paths, manifest: whole })
  }
  return { layout, backups: sealed }
}
