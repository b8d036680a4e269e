// What is made of everything that was found in a backup: a verdict to tell, and what is remembered.

import type { PageFindings } from '../innodb/page-findings.ts'
import { sumBytes } from './manifest.ts'
import type { ReadingPlan } from './plan-readings.ts'
import { rememberReads } from './remember-reads.ts'
import { type Verified, type VerifiedRun, writeVerified } from './verified-file.ts'
import type { ReadSubject } from './verify-deltas.ts'
import type { FileProblem } from './verify-problem.ts'
import { isSealedShut } from './verify-subjects.ts'
import type { BackupScene, BackupVerdict } from './verify-scene.ts'

export interface Findings {
  readonly before: Verified
  readonly plan: ReadingPlan
  /** By path. */
  readonly read: ReadonlyMap<string, ReadSubject>
  readonly problems: readonly FileProblem[]
}

/** Remembers a finished verification and tells it. */
export const keepVerdict = async (
  scene: BackupScene,
  findings: Findings,
): Promise<BackupVerdict> => {
  const { manifest, deep, samplePercent, clonectlVersion, clock } = scene
  const { plan, read, problems } = findings
  const files = [...plan.textFiles, ...[...read.values()].map(({ entry }) => entry)]
  const bytesRead = sumBytes(files)
  const verified = await keepReads(scene, findings, {
    at: clock.now().toISOString(),
    clonectlVersion,
    deep,
    samplePercent,
    files: files.length,
    bytes: bytesRead,
    problems: problems.length,
  })
  return {
    id: manifest.id,
    problems: problems.map((problem) => ({ backup: manifest.id, ...problem })),
    files: manifest.files.length,
    bytes: sumBytes(manifest.files),
    filesRead: files.length,
    bytesRead,
    pages: deep ? sumPages([...read.values()]) : null,
    encryptedFiles: [...read.values()].filter((subject) => isSealedShut(subject, scene.key)).length,
    completeSince: verified.completeSince,
  }
}

/** Remembers what was read; `run` is null for a verification that did not come to its end. */
export const keepReads = async (
  { paths, manifest, deep, clock, reporter }: BackupScene,
  { before, plan, read, problems }: Findings,
  run: VerifiedRun | null,
): Promise<Verified> => {
  const listed = manifest.files.map(({ path }) => path)
  const wrong = new Set(problems.map(({ file }) => file))
  const verified = rememberReads(before, {
    at: run?.at ?? clock.now().toISOString(),
    deep,
    sound: [...plan.texts.sound, ...read.keys()].filter((path) => !wrong.has(path)),
    faulty: listed.filter((path) => wrong.has(path)),
    listed,
    run,
  })
  try {
    await writeVerified(paths, verified)
  } catch (error) {
    // A repository may well be mounted read-only; what was found is told all the same.
    if (!(error instanceof Error && 'syscall' in error)) throw error
    reporter.warn(`the result cannot be kept in ${paths.directory}: ${error.message}`)
  }
  return verified
}

const sumPages = (read: readonly ReadSubject[]): Omit<PageFindings, 'faults'> => {
  const sum = {
    sound: 0,
    empty: 0,
    unchecked: { encrypted: 0, noChecksum: 0, unknownCompression: 0 },
    faulty: 0,
  }
  for (const { found } of read) {
    if (found.pages === undefined) continue
    const { sound, empty, faulty, unchecked } = found.pages
    sum.sound += sound
    sum.empty += empty
    sum.faulty += faulty
    sum.unchecked.encrypted += unchecked.encrypted
    sum.unchecked.noChecksum += unchecked.noChecksum
    sum.unchecked.unknownCompression += unchecked.unknownCompression
  }
  return sum
}
