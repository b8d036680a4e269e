// The files in #clone that the plugin keeps while a clone runs (clone_status.cc,
// clone_client.cc).
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatCheckpoints } from '../formats/clone-checkpoints.ts'
import { formatViewProgress } from '../formats/view-progress.ts'
import { formatViewStatus, type ViewStatus } from '../formats/view-status.ts'
import type { CloneEntry } from '../server/clone-status.ts'

const FILE_MODE = 0o640

/** Until it ends, the file says what a reader should believe if the server died now. */
const interruptedView = (status: ViewStatus): ViewStatus => ({
  ...status,
  errorNumber: 1317,
  errorMessage: 'Query execution was interrupted',
})

/** Rewrites both views; does nothing as long as there is no directory for them. */
export const writeViews = async (dir: string, entry: CloneEntry, ended: boolean): Promise<void> => {
  const clone = join(dir, '#clone')
  if (!existsSync(clone)) return
  const status = entry.status()
  const text = formatViewStatus(ended ? status : interruptedView(status))
  const progress = formatViewProgress(entry.progress.view())
  await writeFile(join(clone, '#view_status'), text, { mode: FILE_MODE })
  await writeFile(join(clone, '#view_progress'), progress, { mode: FILE_MODE })
}

/** Written last, and after a failed clone too; an existing file is left alone. */
export const writeCheckpoints = async (dir: string, entry: CloneEntry): Promise<void> => {
  const path = join(dir, '#clone', '#clone_checkpoints')
  try {
    await writeFile(path, formatCheckpoints(entry.status()), { flag: 'wx', mode: FILE_MODE })
  } catch {
    // Without the directory there is nothing to write to; the clone has failed before it was made.
  }
}
