// While GreatSQL copies a file for a compressed full, the server goes on writing to it, so a page may be
// torn in the copy. The deltas beside it hold every such page, whole (clone0copy.cc, PAGE COPY), so
// a torn page is wrong only if no delta has it.

import type { ReadingPlan } from './plan-readings.ts'
import type { ReadSubject } from './verify-deltas.ts'
import type { VerifiedFile } from './verify-file.ts'
import type { BackupScene } from './verify-scene.ts'

/** Takes away the faults of pages that are replaced. */
export const excuseReplacedPages = async (
  scene: BackupScene,
  plan: ReadingPlan,
  read: Map<string, ReadSubject>,
): Promise<void> => {
  for (const [path, subject] of read) {
    const { stored, found } = subject
    if (stored?.kind !== 'other' || (found.pages?.faulty ?? 0) === 0) continue
    const replaced = await replacedPages(scene, plan, read, stored.plainName)
    read.set(path, { ...subject, found: without(found, replaced) })
  }
}

/** In a sample the deltas may not have had their turn: they are read for this. */
const replacedPages = async (
  { pool, signal }: BackupScene,
  { subjects, jobFor }: ReadingPlan,
  read: ReadonlyMap<string, ReadSubject>,
  tablespace: string,
): Promise<ReadonlySet<number>> => {
  const replaced = new Set<number>()
  for (const subject of subjects) {
    const { stored, entry } = subject
    if (stored?.kind !== 'delta' || stored.tablespace !== tablespace) continue
    const known = read.get(entry.path)?.found
    const [found] = known === undefined ? await pool.run([jobFor(subject)], { signal }) : [known]
    for (const page of found?.pageNumbers ?? []) replaced.add(page)
  }
  return replaced
}

const without = (found: VerifiedFile, replaced: ReadonlySet<number>): VerifiedFile => {
  if (found.pages === undefined) return found
  const faults = found.pages.faults.filter(({ pageNumber }) => !replaced.has(pageNumber))
  const excused = found.pages.faults.length - faults.length
  return { ...found, pages: { ...found.pages, faults, faulty: found.pages.faulty - excused } }
}
