// Removes for good what lies in the trash long enough. Only what clonectl put there, and under the
// repository's lock, because a backup that fails puts something there.

import { remove } from 'fs-extra/esm'
import type { Reporter } from '../report/reporter.ts'
import { acquireLock } from '../system/lock-file.ts'
import type { ExpireContext } from './expire.ts'
import type { RepositoryLayout } from './layout.ts'
import { readTrash, type TrashEntry } from './trash-entries.ts'

export interface EmptyOutcome {
  /** What was removed, or would be. */
  readonly chosen: readonly TrashEntry[]
  /** What has not lain there long enough. */
  readonly younger: readonly TrashEntry[]
  readonly strangers: readonly string[]
  /** What could not be removed, and why. */
  readonly failed: readonly { readonly name: string; readonly message: string }[]
}

/** Chooses, and changes nothing: what was put there at `before` or earlier. */
export const previewEmptying = async (
  layout: RepositoryLayout,
  before: Date,
): Promise<EmptyOutcome> => {
  const { entries, strangers } = await readTrash(layout)
  return {
    chosen: entries.filter(({ since }) => since <= before),
    younger: entries.filter(({ since }) => since > before),
    strangers,
    failed: [],
  }
}

/** Removes. Throws LOCKED, or CANCELLED between two; what cannot be removed is in the outcome. */
export const emptyTrash = async (
  { reporter, clock, signal, command }: ExpireContext,
  layout: RepositoryLayout,
  before: Date,
): Promise<EmptyOutcome> => {
  await using _lock = await acquireLock(layout.lock, { command, now: clock.now() })
  const outcome = await previewEmptying(layout, before)
  const failed: { name: string; message: string }[] = []
  for (const { name, path } of outcome.chosen) {
    signal.throwIfAborted()
    const message = await removeOne(path, reporter)
    if (message !== undefined) failed.push({ name, message })
  }
  const lost = new Set(failed.map(({ name }) => name))
  return { ...outcome, chosen: outcome.chosen.filter(({ name }) => !lost.has(name)), failed }
}

/** Says why it could not be removed. */
const removeOne = async (path: string, reporter: Reporter): Promise<string | undefined> => {
  try {
    await remove(path)
    reporter.info(`removed ${path}`)
    return undefined
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error.message
    throw error
  }
}
