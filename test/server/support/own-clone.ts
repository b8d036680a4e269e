// CLONE LOCAL without clonectl: what a backup of a quiet server must come back as, byte by byte.
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../../bed/instance.ts'
import { treeDigest } from '../../bed/compare.ts'

const historyLength = `SELECT count FROM information_schema.innodb_metrics
  WHERE name = 'trx_rseg_history_len'`

/** Returns when nothing is left to be purged: from then on an idle server changes no page. */
export const untilPurged = async (instance: Instance): Promise<void> => {
  while ((await instance.sql(historyLength))[0]?.[0] !== '0') await sleep(50)
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

async function* blocksOf(path: string): AsyncGenerator<Buffer> {
  const file: FileHandle = await open(path)
  try {
    for (let position = 0; ; position += blockBytes) {
      const block = Buffer.alloc(blockBytes)
      const { bytesRead } = await file.read(block, 0, blockBytes, position)
      if (bytesRead === 0) return
      yield block.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

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

/** 16 KiB pages of a file that differ between two directories; a missing block differs wholly. */
const differingPages = async (one: string, other: string): Promise<readonly number[]> => {
  const found: number[] = []
  const rival = blocksOf(other)
  let start = 0
  for await (const block of blocksOf(one)) {
    const { value } = (await rival.next()) as { value: Buffer | undefined }
    for (let at = 0; at < block.length; at += pageBytes) {
      const theirs = value?.subarray(at, at + pageBytes)
      const same = theirs !== undefined && samePage(block.subarray(at, at + pageBytes), theirs)
      if (!same) found.push((start + at) / pageBytes)
    }
    start += block.length
  }
  await rival.return(undefined)
  return found
}

export interface Difference {
  readonly path: string
  /** Numbers of the 16 KiB pages that differ; undefined when one side lacks the file or its size differs. */
  readonly pages: readonly number[] | undefined
}

/** Compares two data directories as CLONE makes them, redo and the clone's notes left out. */
export const compareClones = async (one: string, other: string): Promise<readonly Difference[]> => {
  const [ours, theirs] = await Promise.all([treeDigest(one), treeDigest(other)])
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].filter((path) => !tellsTime(path))
  const differing = paths.filter((path) => ours.get(path) !== theirs.get(path)).sort()
  return Promise.all(
    differing.map(async (path) => {
      const sizes = [ours, theirs].map((tree) => tree.get(path)?.split(':')[0])
      if (sizes[0] === undefined || sizes[0] !== sizes[1]) return { path, pages: undefined }
      return { path, pages: await differingPages(join(one, path), join(other, path)) }
    }),
  )
}

/** Names of everything in a clone that does not depend on when it was made. */
export const clonePaths = async (directory: string): Promise<readonly string[]> =>
  [...(await treeDigest(directory)).keys()].filter((path) => !path.startsWith('#innodb_redo/'))
