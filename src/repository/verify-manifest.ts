// The manifest of a backup, to the byte: what was changed in it without a change of meaning was changed
// all the same. And the manifest of a backup that has lost it.

import { readdir } from 'node:fs/promises'
import type { BackupId } from '../chain/backup-id.ts'
import { ClonectlError } from '../errors.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import { readText } from './json-file.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'
import { readRunJournal } from './run-journal.ts'
import { type FileProblem, fileProblem, type VerifyProblem } from './verify-problem.ts'

/** For a manifest that could be read: whether its text is as it was written. */
export const manifestTextProblems = async (paths: BackupPaths): Promise<readonly FileProblem[]> => {
  const text = (await readText(paths.manifest)) ?? '{}'
  const written = `${JSON.stringify(JSON.parse(text), undefined, 1)}\n`
  if (text === written) return []
  const message = 'says the same as when it was sealed, in other bytes: somebody wrote it again'
  const offset = firstDifference(Buffer.from(text), Buffer.from(written))
  return [fileProblem(BACKUP_ENTRIES.manifest, 'MANIFEST_DAMAGED', message, { offset })]
}

const firstDifference = (one: Buffer, other: Buffer): number => {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

/** For a manifest that cannot be believed. Nothing else of its backup can be verified. */
export const damagedManifest = (id: BackupId, error: ClonectlError): VerifyProblem => {
  const { expected, actual } = error.details
  return {
    backup: id,
    ...fileProblem(BACKUP_ENTRIES.manifest, 'MANIFEST_DAMAGED', error.message),
    expected: typeof expected === 'string' ? expected : null,
    actual: typeof actual === 'string' ? actual : null,
  }
}

/** For a directory that nobody works on and that has no manifest, if it ever had one. */
export const lostManifest = async (
  id: BackupId,
  paths: BackupPaths,
): Promise<VerifyProblem | undefined> => {
  const names = (await readdir(paths.directory)).filter((name) => !isTemporaryName(name))
  const message = await lossOf(paths, names)
  return message === undefined
    ? undefined
    : { backup: id, ...fileProblem(BACKUP_ENTRIES.manifest, 'MANIFEST_MISSING', message) }
}

const lossOf = async (
  paths: BackupPaths,
  names: readonly string[],
): Promise<string | undefined> => {
  if (names.includes(BACKUP_ENTRIES.verified))
    return 'is missing: it was there when it was verified'
  if (!names.includes(BACKUP_ENTRIES.journal))
    return names.length === 0 ? undefined : 'is missing, and so is run.json'
  try {
    const last = (await readRunJournal(paths.journal))?.steps.at(-1)
    if (last?.step !== 'seal') return undefined
    return `is missing: it was lost, or the run died while it wrote it at ${last.at}`
  } catch (error) {
    if (error instanceof ClonectlError) return 'is missing, and run.json cannot be understood'
    throw error
  }
}
