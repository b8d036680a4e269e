// How much the stage of a restore holds at most.

import { parseDeltaName } from '../codec/names.ts'
import type { SealedBackup } from './layers.ts'
import type { Selection } from './select-chain.ts'
import { stagedFiles } from './stage-content.ts'

/** Bytes of a backup's files once they are decompressed. */
export const contentBytes = (backup: SealedBackup): number =>
  stagedFiles(backup).reduce((sum, { content }) => sum + content.sizeBytes, 0)

/** Bytes of the pages in its deltas. */
export const deltaBytes = ({ manifest }: SealedBackup): number =>
  manifest.deltas.reduce((sum, { pages, pageBytes }) => sum + pages * pageBytes, 0)

/** Whether a full has to be prepared with deltas of its own. */
export const holdsDeltas = (backup: SealedBackup): boolean =>
  stagedFiles(backup).some(({ path }) => parseDeltaName(path) !== undefined)

/**
 * Bytes needed for the data directory and what lies beside it: the largest of the increments, of
 * which only one at a time is there. Deltas of one tablespace that several tasks wrote are merged
 * beside themselves, which takes at most as much again.
 */
export const stageBytes = ({ tip, lineage, recipes }: Selection): number => {
  if (recipes !== undefined) return tip.resultBytes
  const [full, ...increments] = lineage
  const largest = Math.max(0, ...increments.map(contentBytes))
  const merging = Math.max(0, ...lineage.map(numberedBytes))
  return Math.max(full === undefined ? 0 : contentBytes(full), tip.resultBytes) + largest + merging
}

const numberedBytes = (backup: SealedBackup): number => {
  const deltas = stagedFiles(backup).flatMap(({ path, content }) => {
    const name = parseDeltaName(path)
    return name === undefined ? [] : [{ ...name, sizeBytes: content.sizeBytes }]
  })
  const numbered = new Set(deltas.filter(({ writer }) => writer !== '').map((d) => d.tablespace))
  return deltas
    .filter(({ tablespace }) => numbered.has(tablespace))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
