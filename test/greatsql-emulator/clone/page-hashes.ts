// What every page of every tablespace was at one moment, as hashes: two moments compared give the
// pages of an increment.
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { CloneTree, TablespaceFile } from './clone-tree.ts'

const HASH_BYTES = 16
const PAGES_AT_ONCE = 256

/** Hashes of one tablespace, page after page; a page of zeros has a hash of zeros. */
export type SpaceHashes = Buffer

/** By space id: a tablespace keeps it when it is renamed. */
export type PageHashes = ReadonlyMap<number, SpaceHashes>

const zeroHash = Buffer.alloc(HASH_BYTES)
const zeroPage = Buffer.alloc(65_536)

const hashPage = (page: Buffer): Buffer =>
  page.equals(zeroPage.subarray(0, page.length))
    ? zeroHash
    : createHash('sha256').update(page).digest().subarray(0, HASH_BYTES)

const hashSpace = async (dir: string, space: TablespaceFile): Promise<SpaceHashes> => {
  const { pageSize } = space
  const file = await open(join(dir, space.path))
  const hashes: Buffer[] = []
  try {
    const chunk = Buffer.alloc(PAGES_AT_ONCE * pageSize)
    for (let at = 0; ; at += chunk.length) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
      for (let page = 0; page < bytesRead; page += pageSize) {
        hashes.push(hashPage(chunk.subarray(page, Math.min(page + pageSize, bytesRead))))
      }
      if (bytesRead < chunk.length) return Buffer.concat(hashes)
    }
  } finally {
    await file.close()
  }
}

export const hashPages = async ({ dir, tablespaces }: CloneTree): Promise<PageHashes> => {
  const hashes = new Map<number, SpaceHashes>()
  for (const space of tablespaces) hashes.set(space.spaceId, await hashSpace(dir, space))
  return hashes
}

/** How many pages a tablespace had; 0 when there was none of this id. */
export const pageCount = (hashes: PageHashes, spaceId: number): number =>
  (hashes.get(spaceId)?.length ?? 0) / HASH_BYTES

const hashAt = (hashes: SpaceHashes, page: number): Buffer =>
  hashes.subarray(page * HASH_BYTES, (page + 1) * HASH_BYTES)

/** Numbers of the pages of a tablespace that differ now from one of the earlier moments. */
const changedPages = (
  now: SpaceHashes,
  earlier: readonly (SpaceHashes | undefined)[],
): number[] => {
  const changed: number[] = []
  for (let page = 0; page * HASH_BYTES < now.length; page += 1) {
    const hash = hashAt(now, page)
    const same = earlier.every((hashes) => {
      const before = hashes && hashAt(hashes, page)
      // Beyond the end of what was, only the size counts for a page of zeros.
      return before?.length === HASH_BYTES ? before.equals(hash) : hash.equals(zeroHash)
    })
    if (!same) changed.push(page)
  }
  return changed
}

/**
 * The pages that differ from any of these moments, by space id, in order. With no moment at all:
 * every page that is not zero, because nothing is known of what was.
 */
export const comparePages = (
  now: PageHashes,
  moments: readonly PageHashes[],
): ReadonlyMap<number, readonly number[]> =>
  new Map(
    [...now].map(([spaceId, hashes]) => {
      const earlier =
        moments.length === 0 ? [undefined] : moments.map((moment) => moment.get(spaceId))
      return [spaceId, changedPages(hashes, earlier)]
    }),
  )

/** For a file of JSON. */
export const pageHashesToJson = (hashes: PageHashes): unknown =>
  [...hashes].map(([spaceId, bytes]) => [spaceId, bytes.toString('base64')])

/** Reads what pageHashesToJson made; only the emulator writes such files, so they are trusted. */
export const pageHashesFromJson = (json: unknown): PageHashes =>
  new Map(
    (json as [number, string][]).map(([spaceId, text]) => [spaceId, Buffer.from(text, 'base64')]),
  )
