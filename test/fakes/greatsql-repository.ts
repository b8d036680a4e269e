// A repository with backups as the engine `greatsql` seals them, made of directories by hand.

import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { compress } from '@mongodb-js/zstd'
import { compressFrame } from 'lz4-napi'
import type { Codec } from '../../src/codec/codec.ts'
import { formatStoredName } from '../../src/codec/names.ts'
import type { RepositoryLayout } from '../../src/repository/layout.ts'
import type { Manifest, StoredFile } from '../../src/repository/manifest.ts'
import { writeManifest } from '../../src/repository/manifest-file.ts'
import { openOrMakeRepository } from '../../src/repository/repository.ts'
import { writeServerFile } from '../../src/repository/server-file.ts'
import { type MadeDirectory, makeDirectory, PAGE_BYTES } from './greatsql-directory.ts'
import { makeManifest } from './manifest.ts'

/** One backup: what its data directory holds, and how that is compressed. */
export interface MadeBackup extends MadeDirectory {
  readonly id: string
  readonly base?: string
  readonly codec?: Codec
  readonly lsns: readonly [start: number, pageTrack: number, end: number]
}

const digest = (bytes: Buffer) => ({ sizeBytes: bytes.length, sha256: hash('sha256', bytes) })

const encode = async (codec: Codec, bytes: Buffer): Promise<Buffer> => {
  if (bytes.length === 0) return bytes
  // Several frames, as GreatSQL writes them.
  const frames = [bytes.subarray(0, 5000), bytes.subarray(5000)].filter(({ length }) => length > 0)
  const pack = codec === 'zstd' ? compress : compressFrame
  return Buffer.concat(await Promise.all(frames.map((frame) => pack(frame))))
}

const isStoredPlain = (path: string): boolean =>
  path.startsWith('#clone/') || path.endsWith('.meta')

const storeFile = async (data: string, path: string, codec?: Codec): Promise<StoredFile> => {
  const content = readFileSync(join(data, path))
  if (codec === undefined || isStoredPlain(path))
    return { path: `data/${path}`, ...digest(content) }
  const stored = formatStoredName({ plainName: path, codec, encrypted: false })
  const bytes = await encode(codec, content)
  renameSync(join(data, path), join(data, stored))
  writeFileSync(join(data, stored), bytes)
  return { path: `data/${stored}`, ...digest(bytes), content: digest(content) }
}

const filesBelow = (data: string): readonly string[] =>
  readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(data, path)).isFile())
    .sort()

const deltasOf = ({ deltas = {} }: MadeDirectory): Manifest['deltas'] =>
  Object.entries(deltas).map(([path, { spaceId, pages, parts = {} }]) => ({
    path,
    spaceId,
    pageBytes: PAGE_BYTES,
    pages: pages.length + Object.values(parts).flat().length,
    fresh: false,
  }))

/** Seals the backups in their order. */
export const sealGreatsql = async (
  path: string,
  ...backups: readonly MadeBackup[]
): Promise<RepositoryLayout> => {
  const clock = { now: () => new Date('2026-11-19T00:00:00.000Z') }
  const { layout } = await openOrMakeRepository(path, clock)
  for (const made of backups) {
    const { id, base, codec, lsns } = made
    const paths = layout.backup(id)
    makeDirectory(paths.data, made)
    const files: StoredFile[] = []
    for (const file of filesBelow(paths.data)) files.push(await storeFile(paths.data, file, codec))
    await writeServerFile(paths, {
      variables: {
        innodb_page_size: String(PAGE_BYTES),
        lower_case_table_names: '0',
        innodb_data_file_path: 'ibdata1:12M:autoextend',
      },
      plugins: [],
      components: null,
    })
    files.unshift({ path: 'server.json', ...digest(readFileSync(paths.server)) })
    const isPlainFull = base === undefined && codec === undefined
    await writeManifest(
      paths,
      makeManifest(id, {
        engine: 'greatsql',
        base: base ?? null,
        startLsn: String(lsns[0]),
        pageTrackLsn: String(lsns[1]),
        endLsn: String(lsns[2]),
        compression: codec ?? 'none',
        files,
        emptyDirectories: ['data/mysql'],
        deltas: deltasOf(made),
        result: isPlainFull
          ? {
              files: files.slice(1).map(({ path: stored, sizeBytes, sha256 }) => ({
                path: stored.slice('data/'.length),
                sizeBytes,
                sha256,
              })),
              emptyDirectories: ['mysql'],
            }
          : null,
        restoredBytes: 50_000,
      }),
    )
  }
  return layout
}
