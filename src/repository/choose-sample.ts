// Which files a sample reads: those that were not read for the longest, so that samples taken one after
// the other go through the whole backup.

import type { StoredFile } from './manifest.ts'
import type { Verified } from './verified-file.ts'

export interface SampleRequest {
  readonly files: readonly StoredFile[]
  /** Of the bytes; null means everything. */
  readonly percent: number | null
  /** Whether only deep readings count. */
  readonly deep: boolean
  readonly verified: Verified
}

/** When each file was last read and found right, as UTC text. */
export const lastReads = (
  { reads }: Pick<Verified, 'reads'>,
  deepOnly: boolean,
): ReadonlyMap<string, string> => {
  const latest = new Map<string, string>()
  for (const { at, deep, files } of reads) {
    if (deepOnly && !deep) continue
    for (const file of files) if ((latest.get(file) ?? '') < at) latest.set(file, at)
  }
  return latest
}

/**
 * At least so many percent of the bytes, never less than one file, and always what was found wrong the
 * last time: it must not be forgotten because it is not its turn.
 */
export const chooseSample = (request: SampleRequest): readonly StoredFile[] => {
  const { files, percent, deep, verified } = request
  if (percent === null) return files
  const latest = lastReads(verified, deep)
  const faulty = new Set(verified.faulty)
  const turnOf = ({ path }: StoredFile): string => latest.get(path) ?? ''
  const inTurn = files
    .filter(({ path }) => !faulty.has(path))
    .sort((a, b) => compare(turnOf(a), turnOf(b)) || compare(a.path, b.path))
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const chosen: StoredFile[] = []
  let bytes = 0
  for (const file of inTurn) {
    if (chosen.length > 0 && bytes * 100 >= total * percent) break
    chosen.push(file)
    bytes += file.sizeBytes
  }
  return [...files.filter(({ path }) => faulty.has(path)), ...chosen]
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
