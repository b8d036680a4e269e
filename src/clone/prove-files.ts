// Proves every file of a server-made backup, several at a time, before the backup is sealed: what
// cannot be decompressed or applied is found now and not on the day of the restore.

import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { StoredKey } from '../cipher/stored-key.ts'
import { ClonectlError } from '../errors.ts'
import { type DeltaMeta, parseMeta } from '../innodb/meta-file.ts'
import type { DeltaEntry, StoredFile } from '../repository/manifest.ts'
import { openingOf } from '../repository/opening.ts'
import type { ProvenFile } from '../repository/prove-file.ts'
import { createProvingPool } from '../repository/proving-pool.ts'
import { boundNameOf, encodingOf } from '../repository/stored-form.ts'
import type { Encoding } from '../repository/stored-content.ts'
import type { StoredPath } from '../repository/stored-kind.ts'
import type { TreeFile } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import type { CloneContext } from './context.ts'

export interface ProofRequest {
  /** The backup's data directory. */
  readonly directory: string
  readonly files: readonly TreeFile[]
  readonly stored: readonly StoredPath[]
  /** Pages of the server: a delta in any other size cannot be applied. Bytes. */
  readonly pageBytes: number
  /** Of the backup, for what is encrypted. */
  readonly id?: string
  /** What encrypted files are read with; a file that is encrypted needs it. */
  readonly key?: StoredKey | undefined
}

export interface ProvenFiles {
  /** Paths relative to the backup, sorted. */
  readonly files: readonly StoredFile[]
  /** One for each tablespace that has a delta. */
  readonly deltas: readonly DeltaEntry[]
}

type Proven = ProvenFile & StoredPath

/** Reads everything. Throws INTEGRITY naming the first file that is not whole, CANCELLED. */
export const proveFiles = async (
  { reporter, signal }: Pick<CloneContext, 'reporter' | 'signal'>,
  request: ProofRequest,
): Promise<ProvenFiles> => {
  const metas = await readMetas(request)
  const kinds = new Map(request.stored.map((stored) => [stored.path, stored]))
  const largestFirst = [...request.files].sort((a, b) => b.sizeBytes - a.sizeBytes)
  const total = largestFirst.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const parallel = availableParallelism()
  const progress = reporter.progress('prove files', total)
  await using pool = createProvingPool(parallel)
  try {
    const proven = await mapLimit(largestFirst, parallel, async ({ path, sizeBytes }) => {
      const stored = requireKnown(kinds, path)
      const meta = stored.kind === 'delta' ? metas.get(stored.tablespace ?? '') : undefined
      const file = join(request.directory, path)
      const job = { file, meta, ...encodingFor(request, stored), opening: openingOf(stored) }
      const found = await pool.run(job, { signal })
      progress.add(sizeBytes)
      return { ...stored, ...found }
    })
    const sorted = proven.sort((a, b) => (a.path < b.path ? -1 : 1))
    return { files: sorted.map(fileEntry), deltas: deltaEntries(sorted, metas) }
  } finally {
    progress.end()
  }
}

const encodingFor = (
  { id = '', key }: ProofRequest,
  { path, codec, encrypted }: StoredPath,
): Encoding =>
  encodingOf({ codec, boundName: encrypted ? boundNameOf(id, `data/${path}`) : undefined }, key)

const requireKnown = (kinds: ReadonlyMap<string, StoredPath>, path: string): StoredPath => {
  const stored = kinds.get(path)
  if (stored === undefined) throw new Error(`${path} was not looked at`)
  return stored
}

const readMetas = async ({
  directory,
  stored,
  pageBytes,
}: ProofRequest): Promise<ReadonlyMap<string, DeltaMeta>> => {
  const metas = new Map<string, DeltaMeta>()
  for (const { path, kind, tablespace = '' } of stored) {
    if (kind !== 'meta') continue
    const file = join(directory, path)
    const meta = parseMeta(await readFile(file, 'utf8'), file)
    requireApplicable(meta, file, pageBytes)
    metas.set(tablespace, meta)
  }
  return metas
}

/** clone0apply.cc writes in the server's page size, arch0apply.cc reads in that of the .meta. */
const requireApplicable = (meta: DeltaMeta, file: string, pageBytes: number): void => {
  if (meta.pageSize === pageBytes && meta.zipSize === 0) return
  const found =
    meta.zipSize === 0
      ? `pages of ${meta.pageSize} bytes, the server has ${pageBytes}`
      : 'a table with ROW_FORMAT=COMPRESSED, whose changed pages the server cannot apply'
  throw new ClonectlError('INTEGRITY', `${file} tells of ${found}`, {
    hint: 'ALTER TABLE ... ROW_FORMAT=DYNAMIC, then take the backup again',
    details: { file },
  })
}

const fileEntry = ({ path, sizeBytes, sha256, content }: Proven): StoredFile => ({
  path: `data/${path}`,
  sizeBytes,
  sha256,
  ...(content !== undefined && { content }),
})

/** Parts that several tasks wrote count together. */
const deltaEntries = (
  proven: readonly Proven[],
  metas: ReadonlyMap<string, DeltaMeta>,
): readonly DeltaEntry[] =>
  [...metas].map(([path, meta]) => ({
    path,
    spaceId: meta.spaceId,
    pageBytes: meta.pageSize,
    pages: proven.reduce(
      (sum, { kind, tablespace, delta }) =>
        kind === 'delta' && tablespace === path ? sum + (delta?.pages ?? 0) : sum,
      0,
    ),
    fresh: false,
  }))
