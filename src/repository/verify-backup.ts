// Verifies one backup: what lies in its directory, the files of text, then every other file by worker
// threads, and what only several files together tell.

import { compareTree } from './compare-tree.ts'
import { judgeFile } from './judge-file.ts'
import { keepReads, keepVerdict } from './keep-verdict.ts'
import { BACKUP_ENTRIES } from './layout.ts'
import { planReadings, type ReadingPlan } from './plan-readings.ts'
import { excuseReplacedPages } from './replaced-pages.ts'
import { readVerified } from './verified-file.ts'
import { pageCountProblems, type ReadSubject, unpairedProblems } from './verify-deltas.ts'
import { manifestTextProblems } from './verify-manifest.ts'
import { verifyPageMap } from './verify-page-map.ts'
import type { FileProblem } from './verify-problem.ts'
import type { BackupScene, BackupVerdict } from './verify-scene.ts'
import { readAll } from './verifying-pool.ts'

/** Verifies and remembers. Throws CANCELLED, after what was read so far is remembered. */
export const verifyBackup = async (scene: BackupScene): Promise<BackupVerdict> => {
  const { paths, manifest } = scene
  const before = await readVerified(paths)
  const { present, problems: outer } = await compareTree(paths, manifest)
  const plan = await planReadings(scene, present, before)
  const read = new Map<string, ReadSubject>()
  try {
    await readAll(scene.pool, plan.readings, scene, ({ entry, stored, form }, found) => {
      read.set(entry.path, { entry, stored, form, found })
    })
    await excuseReplacedPages(scene, plan, read)
  } catch (error) {
    const problems = [...outer, ...plan.texts.problems, ...fileProblems(plan, read)]
    await keepReads(scene, { before, plan, read, problems }, null)
    throw error
  }
  const problems = [
    ...scene.chainProblems,
    ...(await manifestTextProblems(paths)),
    ...outer,
    ...unpairedProblems(plan.subjects, manifest),
    ...plan.texts.problems,
    ...fileProblems(plan, read),
    ...pageCountProblems(plan.subjects, read, manifest),
    ...(await pageMapProblems(scene, read)),
  ]
  return keepVerdict(scene, { before, plan, read, problems })
}

/** In the order of the manifest, whatever was read first. */
const fileProblems = (
  { readings, ownerOf }: ReadingPlan,
  read: ReadonlyMap<string, ReadSubject>,
): readonly FileProblem[] =>
  readings.flatMap(({ entry, job }) => {
    const found = read.get(entry.path)?.found
    return found === undefined ? [] : judgeFile(entry, found, job.file, ownerOf)
  })

/** Of a pagemap with other bytes than were sealed there is nothing more to say. */
const pageMapProblems = async (
  { paths, manifest }: BackupScene,
  read: ReadonlyMap<string, ReadSubject>,
): Promise<readonly FileProblem[]> => {
  const subject = read.get(BACKUP_ENTRIES.pagemap)
  if (subject === undefined || subject.found.stored?.sha256 !== subject.entry.sha256) return []
  return verifyPageMap(paths, manifest)
}
