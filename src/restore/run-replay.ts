// Runs the transactions of a range: puts the binlogs on the stage, and gives each part of them to whoever has to
// run it.

import type { Session } from '../mysql/session.ts'
import type { Owner } from '../system/owner.ts'
import { findEventStatements } from './event-statements.ts'
import { type LogStretch, stretchBytes } from './log-stretch.ts'
import { placeLogs } from './place-logs.ts'
import { replayByApplier } from './replay-by-applier.ts'
import { replayByClient } from './replay-by-client.ts'
import type { ReplayRange } from './replay-range.ts'
import type { RestoreContext } from './request.ts'
import { skipTransactions } from './skip-transactions.ts'
import { type ReplayPart, splitStretch } from './split-stretch.ts'
import type { Stage } from './stage.ts'
import type { ReplayWay } from './target.ts'

export interface ReplayRun {
  readonly range: ReplayRange
  readonly way: ReplayWay
  readonly skipGtids: string | undefined
  readonly stage: Pick<Stage, 'directory' | 'relay'>
  readonly owner: Owner
  /** On the restored instance. */
  readonly session: Session
  readonly login: { readonly socket: string; readonly user: string; readonly password: string }
}

/** Throws INTEGRITY for a binlog that is not what was archived, PROCESS, SERVER, CANCELLED. */
export const runReplay = async (context: RestoreContext, run: ReplayRun): Promise<void> => {
  const { way, skipGtids, session, owner, stage, login } = run
  const { reporter, signal } = context
  const stretch = await place(context, run)
  if (skipGtids !== undefined) await skipTransactions(session, skipGtids)
  const progress = reporter.progress('replay', stretchBytes(stretch))
  try {
    for (const { by, stretch: part } of await partsOf(stretch, way)) {
      if (by === 'applier')
        await replayByApplier({ session, stretch: part, owner, progress, signal })
      else await replayByClient(context, { stretch: part, login, directory: stage.directory })
    }
  } finally {
    progress.end()
  }
}

const place = async (
  { reporter, signal }: RestoreContext,
  { range, stage, owner }: ReplayRun,
): Promise<LogStretch> => {
  const bytes = range.logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const progress = reporter.progress('place', bytes)
  try {
    return await placeLogs({ directory: stage.relay, range, owner, progress, signal })
  } finally {
    progress.end()
  }
}

const partsOf = async (stretch: LogStretch, way: ReplayWay): Promise<readonly ReplayPart[]> =>
  way === 'applier'
    ? splitStretch(stretch, await findEventStatements(stretch))
    : [{ by: way, stretch }]
