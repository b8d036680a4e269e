// Finds what of a stretch the applier must not run: the transactions that make or change an event, and with them
// everything that uses a temporary table there is at that time, because it cannot be handed over.

import { type BinlogEvent, eventType } from '../../mysql/binlog-event.ts'
import { scanBinlog } from '../../mysql/binlog-file.ts'
import { type BinlogTransaction, transactionsOf } from '../../mysql/binlog-transactions.ts'
import { parseFormatDescription } from '../../mysql/format-description.ts'
import { parseQueryEvent } from '../../mysql/query-event.ts'
import { type Invoker, parseStatementOrigin } from '../../mysql/statement-origin.ts'
import { readEventStatement } from './event-statements.ts'
import type { LogStretch } from './log-stretch.ts'
import type { Place, SingledOut } from './split-stretch.ts'
import { newTemporaryTables } from './temporary-tables.ts'

/** An event that was given to whoever altered it. */
export interface TakenOver {
  readonly schema: string
  readonly name: string
  readonly by: Invoker
}

export interface ClientWork {
  readonly singledOut: readonly SingledOut[]
  /** In the order of the statements. */
  readonly takenOver: readonly TakenOver[]
}

/** The beginning of a statement, behind the variables that stand before it, is within these bytes. */
const LOOK_BYTES = 4096

const bodyBytes = (type: number): number => (type === eventType.query ? LOOK_BYTES : 0)

/** Reads the binlogs of a stretch. Throws INTEGRITY for what is no binlog. */
export const findClientWork = async ({
  logs,
  startPosition,
  endPosition,
}: LogStretch): Promise<ClientWork> => {
  const notes = newNotes()
  const singling = newSingling({ log: 0, position: startPosition })
  for (const [log, { path }] of logs.entries()) {
    const isInside = ({ position, endPosition: end }: BinlogTransaction): boolean =>
      (log > 0 || position >= startPosition) && (log < logs.length - 1 || end <= endPosition)
    const watched = async function* (): AsyncGenerator<BinlogEvent> {
      for await (const event of scanBinlog(path, { open: true, bodyBytes })) {
        notes.take(event)
        yield event
      }
    }
    // A transaction is told when the next one has begun, whose statements are not read yet by then.
    for await (const transaction of transactionsOf(watched())) {
      const noted = notes.finish(isInside(transaction))
      if (isInside(transaction)) singling.take(log, transaction, noted)
    }
  }
  return { singledOut: singling.finish(), takenOver: notes.takenOver }
}

/** What the statements of one transaction do. */
interface Noted {
  readonly isAboutEvent: boolean
  /** Whether there is a temporary table when it has ended. */
  readonly leavesTemporary: boolean
}

const newNotes = () => {
  const temporary = newTemporaryTables()
  const takenOver: TakenOver[] = []
  let noted: TakenOver[] = []
  let isAboutEvent = false
  const takeStatement = (type: number, body: Buffer): void => {
    const statement = parseQueryEvent(type, body)
    if (statement === undefined) return
    const { thread, invoker } = parseStatementOrigin(body)
    temporary.take(statement, thread)
    const event = readEventStatement(statement)
    if (event === undefined) return
    isAboutEvent = true
    const { schema, name, takesOver } = event
    if (takesOver && invoker !== undefined) noted.push({ schema, name, by: invoker })
  }
  return {
    takenOver,
    take({ type, body }: BinlogEvent): void {
      if (body === undefined) return
      if (type === eventType.query) takeStatement(type, body)
      // Those of a server that died end without a word.
      else if (type === eventType.formatDescription && startsServer(body)) temporary.clear()
    },
    /** What was noted since the last time. */
    finish(isInside: boolean): Noted {
      if (isInside) takenOver.push(...noted)
      // What was made before the stretch is not there.
      else temporary.clear()
      const result = { isAboutEvent, leavesTemporary: !temporary.isEmpty }
      noted = []
      isAboutEvent = false
      return result
    },
  }
}

const startsServer = (body: Buffer): boolean =>
  (parseFormatDescription(body)?.createdSeconds ?? 0) > 0

/** Transactions are taken one by one, or together as long as there is a temporary table. */
const newSingling = (start: Place) => {
  const singledOut: SingledOut[] = []
  let after = start
  let group: (SingledOut & { readonly isWanted: boolean }) | undefined
  const close = (): void => {
    if (group?.isWanted === true)
      singledOut.push({ after: group.after, from: group.from, to: group.to })
    group = undefined
  }
  return {
    take(log: number, { position, endPosition }: BinlogTransaction, noted: Noted): void {
      const { isAboutEvent, leavesTemporary } = noted
      const to = { log, position: endPosition }
      const isWanted = group?.isWanted === true || isAboutEvent
      group = { ...(group ?? { after, from: { log, position } }), to, isWanted }
      if (!leavesTemporary) close()
      after = to
    },
    finish(): readonly SingledOut[] {
      close()
      return singledOut
    },
  }
}
