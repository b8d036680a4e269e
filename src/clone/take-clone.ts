// A CLONE into a directory of the repository, with what is known of the donor before and after.
// Whether the clone is whole is for each engine to confirm.

import { ClonectlError } from '../errors.ts'
import type { Coordinates } from '../repository/manifest.ts'
import type { CloneStatement } from './clone-statement.ts'
import { readCoordinates } from './coordinates.ts'
import { filesThroughout, readDataFiles } from './data-files.ts'
import type { EngineJob } from './engine.ts'
import { runClone } from './watch-clone.ts'

export interface TakenClone {
  readonly before: Coordinates
  readonly after: Coordinates
  /** Paths of data files that the donor had before and after, so the clone cannot lack them. */
  readonly expected: readonly string[]
}

/**
 * Runs the statement. `alongside` is begun with it, and waited for. Throws SERVER without the
 * donor's password, CANCELLED.
 */
export const takeClone = async (
  job: EngineJob,
  statement: CloneStatement,
  alongside?: (cloning: Promise<unknown>) => Promise<void>,
): Promise<TakenClone> => {
  const { context, donor, recipient, run } = job
  const { session, clock } = context
  const filesBefore = await readDataFiles(donor.session, donor.identity.datadir)
  const before = await readCoordinates(donor.session, clock)
  await run.journal.begin('clone', {
    session: { serverUuid: recipient.identity.serverUuid, connectionId: session.connectionId },
    statement: statement.masked,
  })
  context.reporter.step('clone', { statement: statement.masked })
  const cloning = runClone(context, statement.sql)
  try {
    await alongside?.(cloning)
    await cloning
  } catch (error) {
    throw withoutSecret(error, statement.secret)
  }
  const after = await readCoordinates(donor.session, clock)
  const filesAfter = await readDataFiles(donor.session, donor.identity.datadir)
  return { before, after, expected: filesThroughout(filesBefore, filesAfter) }
}

/** A server that cannot parse a statement repeats a part of it in its error. */
const withoutSecret = (error: unknown, secret: string | undefined): unknown => {
  if (!(error instanceof ClonectlError) || !secret) return error
  if (!error.message.includes(secret)) return error
  const { code, hint, details } = error
  return new ClonectlError(code, error.message.replaceAll(secret, '<secret>'), { hint, details })
}
