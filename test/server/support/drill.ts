// What the tests of drills share: their documents, their evidence, and what they must leave behind.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { DrillRecord } from '../../../src/repository/drill-file.ts'
import { processesNaming } from './processes.ts'
import { namesIn } from './repository-look.ts'
import type { ClonectlRun } from './run-clonectl.ts'
import type { Scene } from './scene.ts'

/** What `drill` answers, as far as the tests look at it. */
export type DrillDocument = Omit<DrillRecord, 'error'> & {
  readonly schemaVersion: number
  readonly error: (NonNullable<DrillRecord['error']> & { readonly exitCode: number }) | null
  readonly evidence: string | null
  readonly kept: string | null
}

/** Drills and returns the document of a run that ended with this exit code. */
export const drillIn = async (
  scene: Scene,
  args: readonly string[],
  exitCode = 0,
): Promise<DrillDocument> => {
  const run = await scene.run('drill', '--json', ...args)
  return drillDocumentOf(run, exitCode)
}

/** The document is all there is on standard output, also when the drill failed. */
export const drillDocumentOf = (run: ClonectlRun, exitCode: number): DrillDocument => {
  expect({ code: run.code, stderr: run.code === exitCode ? '' : run.stderr }).toEqual({
    code: exitCode,
    stderr: '',
  })
  // The shape is docs/json-output.md's; what the tests look at in it they compare.
  return JSON.parse(run.stdout) as DrillDocument
}

/** Evidence of every drill of a backup, oldest first. */
export const evidenceOf = async (directory: string): Promise<readonly DrillRecord[]> => {
  const names = await namesIn(join(directory, 'drills'))
  const texts = names.map((name) => readFile(join(directory, 'drills', name), 'utf8'))
  return (await Promise.all(texts)).map((text) => JSON.parse(text) as DrillRecord)
}

/** Nothing in scratch, nothing in TMPDIR, no process. */
export const expectNothingLeft = async (scene: Scene, scratch: string): Promise<void> => {
  expect(await readdir(scratch)).toEqual([])
  expect(await readdir(scene.tmp)).toEqual([])
  expect(processesNaming(`${scratch}/`)).toEqual([])
}
