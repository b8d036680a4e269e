// What only several files together tell of the deltas: whether each has its .meta, and whether a
// tablespace's hold as many pages as were sealed.

import type { Manifest } from './manifest.ts'
import type { VerifiedFile } from './verify-file.ts'
import { type FileProblem, fileProblem, mismatch } from './verify-problem.ts'
import { deltasOf, type Subject } from './verify-subjects.ts'

/** A file that was read. */
export interface ReadSubject extends Subject {
  readonly found: VerifiedFile
}

/** A delta or a .meta that the manifest lists without the other, or without an entry of its pages. */
export const unpairedProblems = (
  subjects: readonly Subject[],
  manifest: Manifest,
): readonly FileProblem[] => {
  const having = (kind: 'delta' | 'meta'): ReadonlySet<string> =>
    new Set(
      subjects.flatMap(({ stored }) => (stored?.kind === kind ? [stored.tablespace ?? ''] : [])),
    )
  const [deltas, metas, entries] = [having('delta'), having('meta'), deltasOf(manifest)]
  return subjects.flatMap(({ entry: { path }, stored }) => {
    const { kind, tablespace = '' } = stored ?? {}
    if (kind === 'meta' && !deltas.has(tablespace))
      return [fileProblem(path, 'DELTA_UNPAIRED', 'has no .delta in the manifest')]
    if (kind !== 'delta') return []
    if (!metas.has(tablespace))
      return [fileProblem(path, 'DELTA_UNPAIRED', 'has no .meta in the manifest')]
    return entries.has(tablespace)
      ? []
      : [fileProblem(path, 'DELTA_UNPAIRED', 'has no entry in the deltas of the manifest')]
  })
}

/** Tablespaces whose deltas were all read and do not hold as many pages as were sealed. */
export const pageCountProblems = (
  subjects: readonly Subject[],
  read: ReadonlyMap<string, ReadSubject>,
  { deltas }: Pick<Manifest, 'deltas'>,
): readonly FileProblem[] => {
  const parts = new Map<string, Subject[]>()
  for (const subject of subjects) {
    if (subject.stored?.kind !== 'delta') continue
    const tablespace = subject.stored.tablespace ?? ''
    parts.set(tablespace, [...(parts.get(tablespace) ?? []), subject])
  }
  return deltas.flatMap(({ path, pages }) => {
    const own = parts.get(path) ?? []
    const summaries = own.map(({ entry }) => read.get(entry.path)?.found.delta)
    const [first] = own
    if (first === undefined || summaries.some((summary) => summary === undefined)) return []
    const found = summaries.reduce((sum, summary) => sum + (summary?.pages ?? 0), 0)
    if (found === pages) return []
    return [mismatch(first.entry.path, 'DELTA', 'and its like hold pages', [found, pages])]
  })
}
