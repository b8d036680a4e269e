// What a dead run left: recognised by its journal, ended on the server where its CLONE still
// runs, and moved to the trash. Called with the repository's lock held, so no run is at work.

import { sep } from 'node:path'
import type { Catalog } from '../repository/catalog.ts'
import { readDeadRun, tellDeadRun } from '../repository/dead-run.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { RunRecord } from '../repository/run-journal.ts'
import { removeTemporaries } from '../repository/temporaries.ts'
import { moveToTrash } from '../repository/trash.ts'
import { readCloneStatus } from '../mysql/clone-status.ts'
import type { Session } from '../mysql/session.ts'
import { setGlobals } from './clone-settings.ts'
import type { CloneContext } from './context.ts'
import { killClone } from './watch-clone.ts'

const LOOK_INTERVAL_MS = 200

/** Clears every unsealed backup, and temporary files; returns where the backups were moved. */
export const clearLeftovers = async (
  context: CloneContext,
  layout: RepositoryLayout,
  catalog: Catalog,
): Promise<readonly string[]> => {
  const moved: string[] = []
  for (const id of catalog.unsealed) {
    await endOrphanedClone(context, layout.backup(id).directory)
    const run = await readDeadRun(layout, id)
    await setGlobalsBack(context, run)
    const destination = await moveToTrash(layout, id)
    context.reporter.warn(`moved ${id} to the trash: ${tellDeadRun(run)}`, { destination })
    moved.push(destination)
  }
  for (const name of await removeTemporaries(layout, context.clock.now()))
    context.reporter.info(`removed ${name}, which a dead run left`)
  return moved
}

/** A run that was killed while the server compressed for it has left the server doing so. */
const setGlobalsBack = async (
  { session, reporter }: CloneContext,
  run: RunRecord | undefined,
): Promise<void> => {
  const globals = run?.globals ?? null
  if (globals === null) return
  if (globals.serverUuid !== (await session.value('SELECT @@GLOBAL.server_uuid'))) return
  await setGlobals(session, globals.values)
  reporter.warn("set the server's variables back, which a dead run had changed", globals.values)
}

/** A clone goes on when its client dies; it would write into the directory that is to be moved. */
const endOrphanedClone = async (context: CloneContext, directory: string): Promise<void> => {
  for (let killed = false; ; killed = true) {
    const clone = await cloneInto(context.session, directory)
    if (clone === undefined) return
    context.signal.throwIfAborted()
    if (!killed) {
      context.reporter.warn('ending the clone a dead run left on the server', { session: clone })
      await killClone(context.session, clone)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS))
  }
}

/** The session that is cloning into this directory right now. */
const cloneInto = async (session: Session, directory: string): Promise<number | undefined> => {
  const rows = await readCloneStatus(session)
  return rows.find(
    (row) => row.state === 'In Progress' && row.destination.startsWith(directory + sep),
  )?.pid
}
