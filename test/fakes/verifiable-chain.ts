// A repository with a full and an increment, tiny, sealed as either engine seals them, with pages whose
// checksums are right and every kind of file that a backup can hold.

import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compress } from '@mongodb-js/zstd'
import { compressFrame } from 'lz4-napi'
import type { Codec } from '../../src/codec/codec.ts'
import { encodeIndexBlock } from '../../src/innodb/delta-segment.ts'
import { formatMeta } from '../../src/innodb/meta-file.ts'
import { hashPage } from '../../src/innodb/page-hash.ts'
import type { BackupPaths, RepositoryLayout } from '../../src/repository/layout.ts'
import type { DeltaEntry, Manifest, StoredFile } from '../../src/repository/manifest.ts'
import { writeManifest } from '../../src/repository/manifest-file.ts'
import { createPageMap } from '../../src/repository/page-map-writer.ts'
import { openOrMakeRepository } from '../../src/repository/repository.ts'
import { makeManifest } from './manifest.ts'
import { P, soundPage } from './sound-page.ts'

export const FULL = 'UTC20261120T090000.000-full'
export const INCREMENT = 'UTC20261120T100000.000-incr'

/** `delta` and `meta` of the increment; the rest is there in both. */
export interface Shape {
  readonly engine: Manifest['engine']
  readonly codec: Codec | undefined
}

export interface VerifiableChain {
  readonly layout: RepositoryLayout
  readonly full: BackupPaths
  readonly increment: BackupPaths
  /** Where each compressed file's second frame begins, by its path in the repository. */
  readonly frameAt: ReadonlyMap<string, number>
}

const space = (spaceId: number, values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value, number) => soundPage(spaceId, number, value)))

const deltaOf = (spaceId: number, pages: readonly (readonly [number, number])[]): Buffer =>
  Buffer.concat([
    encodeIndexBlock(
      pages.map(([number]) => number),
      P,
      true,
    ),
    ...pages.map(([number, value]) => soundPage(spaceId, number, value)),
  ])

const metaOf = (spaceId: number): Buffer =>
  Buffer.from(formatMeta({ pageSize: P, zipSize: 0, spaceId, spaceFlags: 3 << 6 }))

const lsnsOf = (manifest: Manifest): Buffer =>
  Buffer.from(
    `start_lsn = ${manifest.startLsn}\npage_track_lsn = ${manifest.pageTrackLsn}\nend_lsn = ${manifest.endLsn}\n`,
  )

const encode = { zstd: (b: Buffer) => compress(b), lz4: (b: Buffer) => compressFrame(b) }

/** Two frames, so that a file can be cut between them. */
const framesOf = async (codec: Codec, bytes: Buffer): Promise<readonly Buffer[]> => {
  const middle = Math.floor(bytes.length / 2)
  return Promise.all([bytes.subarray(0, middle), bytes.subarray(middle)].map(encode[codec]))
}

type Files = Readonly<Record<string, Buffer>>

const digest = (bytes: Buffer) => ({ sizeBytes: bytes.length, sha256: hash('sha256', bytes) })

const put = (root: string, path: string, bytes: string | Buffer): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), bytes)
}

const around: Files = {
  '#innodb_redo/#ib_redo0': Buffer.from('redo '.repeat(500)),
  ib_buffer_pool: Buffer.from('1,2\n1,3\n'),
}
const markers: Files = { '#clone/#view_status': Buffer.from('2 1\n') }
const whole: Files = { ibdata1: space(0, [5, 6, 7]), 'shop/t.ibd': space(2, [1, 2, 0, 4]) }
const changed: Files = {
  'ibdata1.delta': Buffer.alloc(0),
  'shop/t.ibd.delta': deltaOf(2, [
    [1, 21],
    [3, 41],
  ]),
}
const metas: Files = { 'ibdata1.meta': metaOf(0), 'shop/t.ibd.meta': metaOf(2) }
/** Written by the second of two tasks. */
const numbered: Files = { 'shop/t.ibd.delta1': deltaOf(2, [[2, 33]]) }

const deltaEntries = (pages: number): DeltaEntry[] => [
  { path: 'ibdata1', spaceId: 0, pageBytes: P, pages: 0, fresh: false },
  { path: 'shop/t.ibd', spaceId: 2, pageBytes: P, pages, fresh: false },
]

const storedName = (path: string, codec: Codec): string =>
  path.replace(/(\.delta)?(\d*)$/, (_all, delta: string | undefined, digits: string) =>
    delta === undefined ? `${digits}.${codec}` : `.delta.${codec}${digits}`,
  )

const seal = async (
  paths: BackupPaths,
  shape: Shape,
  manifest: Manifest,
  [packed, plain]: readonly [Files, Files],
  frameAt: Map<string, number>,
): Promise<void> => {
  const files: StoredFile[] = []
  const keep = (path: string, bytes: Buffer, content?: Buffer): void => {
    put(paths.directory, path, bytes)
    files.push({ path, ...digest(bytes), ...(content && { content: digest(content) }) })
  }
  keep('server.json', Buffer.from(serverText))
  if (shape.engine === 'mysql') keep('pagemap', await pageMap(paths))
  for (const [path, bytes] of Object.entries(packed)) {
    if (shape.codec === undefined) {
      keep(`data/${path}`, bytes)
      continue
    }
    const frames = bytes.length === 0 ? [] : await framesOf(shape.codec, bytes)
    const name = `data/${storedName(path, shape.codec)}`
    keep(name, Buffer.concat(frames), bytes)
    frameAt.set(join(paths.directory, name), frames[0]?.length ?? 0)
  }
  for (const [path, bytes] of Object.entries(plain)) keep(`data/${path}`, bytes)
  mkdirSync(join(paths.data, 'mysql'))
  put(paths.directory, 'run.json', '{}')
  const result = shape.engine === 'mysql' ? { files: results, emptyDirectories: ['mysql'] } : null
  await writeManifest(paths, { ...manifest, files, emptyDirectories: ['data/mysql'], result })
}

const results = Object.entries(whole).map(([path, bytes]) => ({ path, ...digest(bytes) }))

const serverText = JSON.stringify({
  format: 1,
  variables: { innodb_page_size: String(P) },
  plugins: [],
  components: null,
})

const pageMap = async (paths: BackupPaths): Promise<Buffer> => {
  mkdirSync(paths.directory, { recursive: true })
  await using map = await createPageMap(paths.pagemap)
  const spaces = Object.entries(whole).map(([path, bytes], index) => {
    const pages = bytes.length / P
    const hashes = Array.from({ length: pages }, (_, n) =>
      hashPage(bytes.subarray(n * P, (n + 1) * P)),
    )
    return { path, spaceId: index * 2, pageBytes: P, pages, hashes }
  })
  for (const { path, hashes } of spaces) map.add(path, await compress(Buffer.concat(hashes)))
  await map.finish(spaces.map(({ hashes: _, ...rest }) => rest))
  return readFileSync(paths.pagemap)
}

/** Seals both backups below `root`. */
export const sealVerifiableChain = async (root: string, shape: Shape): Promise<VerifiableChain> => {
  const clock = { now: () => new Date('2026-11-20T00:00:00.000Z') }
  const { layout } = await openOrMakeRepository(root, clock)
  const [full, increment] = [layout.backup(FULL), layout.backup(INCREMENT)]
  const frameAt = new Map<string, number>()
  const facts = {
    engine: shape.engine,
    compression: shape.codec ?? ('none' as const),
    trackedSince: '10',
  }
  const first = makeManifest(FULL, { ...facts, pageTrackLsn: '100', endLsn: '200' })
  const second = makeManifest(INCREMENT, {
    ...{ ...facts, base: FULL, startLsn: '100', pageTrackLsn: '300', endLsn: '400' },
  })
  const notes = (manifest: Manifest): Files =>
    shape.engine === 'mysql'
      ? markers
      : { ...markers, '#clone/#clone_checkpoints': lsnsOf(manifest) }
  const withDeltas = shape.engine === 'greatsql' && shape.codec !== undefined
  const fullDeltas = withDeltas ? deltaEntries(3) : []
  await seal(
    full,
    shape,
    { ...first, deltas: fullDeltas },
    [
      { ...whole, ...around, ...(withDeltas ? { ...changed, ...numbered } : {}) },
      { ...notes(first), ...(withDeltas ? metas : {}) },
    ],
    frameAt,
  )
  await seal(
    increment,
    shape,
    { ...second, deltas: deltaEntries(2) },
    [
      { ...changed, ...around },
      { ...notes(second), ...metas },
    ],
    frameAt,
  )
  return { layout, full, increment, frameAt }
}
