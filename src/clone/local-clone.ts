// A plain CLONE LOCAL of the donor into a directory of the repository, confirmed.

import type { Coordinates } from '../repository/manifest.ts'
import { cloneLocalStatement } from './clone-statement.ts'
import { type ConfirmedClone, confirmClone } from './confirm.ts'
import { readCoordinates } from './coordinates.ts'
import { filesThroughout, readDataFiles } from './data-files.ts'
import type { EngineJob } from './engine.ts'
import { type RedoExtent, readRedoExtent } from './redo-extent.ts'
import { runClone } from './watch-clone.ts'

export interface LocalClone extends ConfirmedClone, RedoExtent {
  readonly before: Coordinates
  readonly after: Coordinates
}

/**
 * Clones into `directory`, which must not exist, and checks what came of it. `alongside` is begun
 * with the statement, and waited for.
 */
export const takeLocalClone = async (
  job: EngineJob,
  directory: string,
  alongside: (cloning: Promise<unknown>) => Promise<void>,
): Promise<LocalClone> => {
  const { context, donor, run } = job
  const { session, clock } = context
  // Without this the clone carries all redo since the last checkpoint: hundreds of megabytes after a load.
  if (donor.capabilities.sharpCheckpoint) {
    await session.query('SELECT innodb_redo_log_sharp_checkpoint()')
  }
  const filesBefore = await readDataFiles(session, donor.identity.datadir)
  const before = await readCoordinates(session, clock)
  const statement = cloneLocalStatement(directory)
  await run.journal.begin('clone', {
    session: { serverUuid: donor.identity.serverUuid, connectionId: session.connectionId },
    statement,
  })
  context.reporter.step('clone', { directory })
  const cloning = runClone(context, statement)
  await alongside(cloning)
  await cloning
  await run.journal.begin('confirm')
  const after = await readCoordinates(session, clock)
  const filesAfter = await readDataFiles(session, donor.identity.datadir)
  const expected = filesThroughout(filesBefore, filesAfter)
  const confirmed = await confirmClone(session, directory, expected)
  return { ...confirmed, ...(await readRedoExtent(directory, confirmed.tree)), before, after }
}
