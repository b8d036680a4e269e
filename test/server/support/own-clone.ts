// CLONE LOCAL without clonectl: what a backup of a quiet server must come back as, byte by byte.
import { open, readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../../bed/instance.ts'

const quietMs = 300

/** The LSN, and how many transactions are still to be purged. */
const activity = `SELECT CAST(JSON_EXTRACT(storage_engines, '$.InnoDB.LSN') AS CHAR), (
    SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len')
  FROM performance_schema.log_status`

/** Returns when nothing is left to be purged and nothing was written for a while. */
export const untilQuiet = async (instance: Instance): Promise<void> => {
  const look = async () => (await instance.sql(activity))[0] ?? []
  let last = await look()
  for (let since = Date.now(); last[1] !== '0' || Date.now() - since < quietMs;) {
    await sleep(50)
    const now = await look()
    if (now[0] !== last[0]) since = Date.now()
    last = now
  }
}

/** Clones into `directory` as clonectl does, dirty pages written first. */
export const takeOwnClone = async (instance: Instance, directory: string): Promise<void> => {
  await instance.sql(
    `SELECT innodb_redo_log_sharp_checkpoint(); CLONE LOCAL DATA DIRECTORY = '${directory}'`,
  )
}

/** The clone's own notes and its redo log, which tell when it was made. */
const tellsTime = (path: string): boolean =>
  path.startsWith('#clone') || path.startsWith('#innodb_redo')

const pageBytes = 16_384
const blockBytes = 64 * pageBytes

/**
 * Says whether two pages hold the same. CLONE stamps unused pages that it finds in memory
 * (FIL_PAGE_TYPE_ALLOCATED, 0 at offset 24) with the LSN of the moment: there the LSN and the
 * checksums at both ends do not count.
 */
const samePage = (one: Buffer, other: Buffer): boolean => {
  if (one.equals(other)) return true
  const unused = one.readUInt16BE(24) === 0 && other.readUInt16BE(24) === 0
  const parts = [
    [4, 16],
    [24, pageBytes - 8],
  ] as const
  return (
    unused && parts.every(([from, to]) => one.subarray(from, to).equals(other.subarray(from, to)))
  )
}

/** 16 KiB pages that differ between two files of one size. */
const differingPages = async (one: string, other: string): Promise<readonly number[]> => {
  await using ours = await open(one)
  await using theirs = await open(other)
  const [block, rival] = [Buffer.alloc(blockBytes), Buffer.alloc(blockBytes)]
  const found: number[] = []
  for (let position = 0; ; position += blockBytes) {
    const { bytesRead } = await ours.read(block, 0, blockBytes, position)
    await theirs.read(rival, 0, blockBytes, position)
    if (bytesRead === 0) return found
    if (block.equals(rival)) continue
    for (let at = 0; at < bytesRead; at += pageBytes) {
      const page = (buffer: Buffer) => buffer.subarray(at, at + pageBytes)
      if (!samePage(page(block), page(rival))) found.push((position + at) / pageBytes)
    }
  }
}

/** Sizes by path of all files below a directory; a directory has no size. */
const listClone = async (directory: string): Promise<ReadonlyMap<string, number | undefined>> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const sizes = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    const size = entry.isFile() ? (await stat(path)).size : undefined
    return [relative(directory, path), size] as const
  })
  return new Map(await Promise.all(sizes))
}

/**
 * What differs between two data directories as CLONE makes them, the redo log and the clone's notes
 * left out: `path page`, or `path` alone when one side lacks it or the sizes differ.
 */
export const compareClones = async (one: string, other: string): Promise<readonly string[]> => {
  const [ours, theirs] = await Promise.all([listClone(one), listClone(other)])
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].filter((path) => !tellsTime(path))
  const found: string[] = []
  for (const path of paths.sort()) {
    const size = ours.get(path)
    if (!ours.has(path) || !theirs.has(path) || size !== theirs.get(path)) found.push(path)
    else if (size !== undefined)
      for (const page of await differingPages(join(one, path), join(other, path)))
        found.push(`${path} ${page}`)
  }
  return found
}

/** Names of everything in a clone, less the redo log files: how many there are differs. */
export const clonePaths = async (directory: string): Promise<readonly string[]> =>
  [...(await listClone(directory)).keys()]
    .filter((path) => !path.startsWith('#innodb_redo/'))
    .sort()
