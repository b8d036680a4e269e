// The deltas of a directory, found, read to their end, and one for each tablespace: ready to be
// applied by whoever does it.

import { remove } from 'fs-extra/esm'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeltaSummary } from '../innodb/delta-check.ts'
import type { DeltaMeta } from '../innodb/meta-file.ts'
import { createProvingPool } from '../repository/proving-pool.ts'
import { isTemporaryName, temporaryNameFor } from '../system/atomic-file.ts'
import { listTree } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { type DeltaFiles, type DirectoryRequest, findDeltas } from './delta-files.ts'
import { mergeDeltas } from './merge-deltas.ts'

/** The delta of one tablespace, whole and its own. */
export interface CheckedDelta {
  /** The tablespace file, relative to the data directory. */
  readonly tablespace: string
  readonly meta: DeltaMeta
  /** Absolute path. */
  readonly file: string
  readonly summary: DeltaSummary
}

export interface CheckRequest extends DirectoryRequest {
  /** Whom a merged delta is given to. */
  readonly owner: Owner
  /** Files worked on at once. */
  readonly parallel: number
  readonly signal: AbortSignal
}

/**
 * Checks every delta, and makes one of those that belong to one tablespace. Throws INTEGRITY for
 * whatever could not be applied whole.
 */
export const checkDeltas = async (request: CheckRequest): Promise<readonly CheckedDelta[]> => {
  await removeHalfMerged(request)
  const found = await findDeltas(request)
  await using pool = createProvingPool(request.parallel)
  return await mapLimit(found, request.parallel, async (delta) =>
    makeOne(request, delta, await checkParts(pool, request, delta)),
  )
}

/** A merge that was killed leaves what it had not finished. */
const removeHalfMerged = async ({ directory }: CheckRequest): Promise<void> => {
  for (const { path } of (await listTree(directory)).files) {
    if (isTemporaryName(path) && path.includes('.delta.')) await remove(join(directory, path))
  }
}

interface CheckedPart {
  readonly file: string
  readonly summary: DeltaSummary
}

const checkParts = (
  pool: ReturnType<typeof createProvingPool>,
  { directory, signal }: CheckRequest,
  { parts, meta }: DeltaFiles,
): Promise<readonly CheckedPart[]> =>
  Promise.all(
    parts.map(async (part) => {
      const file = join(directory, part)
      const { delta } = await pool.run({ file, codec: undefined, meta }, { signal })
      if (delta === undefined) throw new Error('a delta was looked at as another file')
      return { file, summary: delta }
    }),
  )

/** A part that is no delta but raw pages is passed over by the server, so it is left out here too. */
const makeOne = async (
  request: CheckRequest,
  { tablespace, meta }: DeltaFiles,
  parts: readonly CheckedPart[],
): Promise<CheckedDelta> => {
  const file = join(request.directory, `${tablespace}.delta`)
  const filled = parts.filter(({ summary }) => summary.pages > 0)
  const chosen = filled[0] ?? parts.find(({ summary }) => summary.raw) ?? parts[0]
  if (chosen === undefined) throw new Error('a tablespace without a delta')
  const [only] = parts
  if (parts.length === 1 && only?.file === file) return { tablespace, meta, ...only }
  const summary =
    filled.length > 1 ? await merge(request, meta, filled, file) : await keep(chosen, file)
  for (const part of parts) if (part.file !== file) await remove(part.file)
  return { tablespace, meta, file, summary }
}

const keep = async (chosen: CheckedPart, file: string): Promise<DeltaSummary> => {
  if (chosen.file !== file) await rename(chosen.file, file)
  return chosen.summary
}

const merge = async (
  { owner }: CheckRequest,
  meta: DeltaMeta,
  parts: readonly CheckedPart[],
  file: string,
): Promise<DeltaSummary> => {
  const destination = temporaryNameFor(file)
  const endPage = Math.max(...parts.map(({ summary }) => summary.endPage))
  try {
    const pages = await mergeDeltas({
      parts: parts.map((part) => part.file),
      destination,
      pageBytes: meta.pageSize,
      endPage,
    })
    await giveTo(owner, destination)
    await rename(destination, file)
    return { pages, endPage, raw: false }
  } catch (error) {
    await remove(destination)
    throw error
  }
}
