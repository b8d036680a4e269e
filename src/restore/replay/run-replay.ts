// Runs the transactions of a range: puts the binlogs on the stage, and gives each part of them to whoever has to
// run it.

import type { Session } from '../../mysql/session.ts'
import type { Owner } from '../../system/owner.ts'
import { type ClientWork, findClientWork } from './client-work.ts'
import { giveEventsToTheirDefiners } from './event-definers.ts'
import { type LogStretch, stretchBytes } from './log-stretch.ts'
import { placeLogs } from './place-logs.ts'
import { replayByApplier } from './replay-by-applier.ts'
import { replayByClient } from './replay-by-client.ts'
import type { ReplayRange } from './replay-range.ts'
import type { RestoreContext } from '../request.ts'
import { skipTransactions } from './skip-transactions.ts'
import { type ReplayPart, splitStretch } from './split-stretch.ts'
import type { Stage } from '../stage.ts'
import type { ReplayWay } from '../target.ts'

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
  const work = await findClientWork(stretch)
  const progress = reporter.progress('replay', stretchBytes(stretch))
  try {
    for (const { by, stretch: part } of partsOf(stretch, way, work)) {
      if (by === 'applier')
        await replayByApplier({ session, stretch: part, owner, progress, signal })
      else {
        await replayByClient(context, { stretch: part, login, directory: stage.directory })
        progress.add(stretchBytes(part))
      }
    }
  } finally {
    progress.end()
  }
  await giveEventsToTheirDefiners(session, work.takenOver, reporter)
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

const partsOf = (
  stretch: LogStretch,
  way: ReplayWay,
  { singledOut }: ClientWork,
): readonly ReplayPart[] =>
  way === 'applier' ? splitStretch(stretch, singledOut) : [{ by: way, stretch }]
