// What `binlog find` does: reads what is looked for, looks, and tells it.

import { findTransactions } from '../binlog/find-transactions.ts'
import { readArchives } from '../binlog/read-archive.ts'
import { archivedBinlogs, binlogsInDirectory } from '../binlog/searched-binlogs.ts'
import type {
  DamagedSearch,
  SearchedBinlog,
  TransactionSearch,
} from '../binlog/transaction-search.ts'
import { microsOfDate } from '../mysql/commit-time.ts'
import type { ChangeType } from '../mysql/change-type.ts'
import { readTablePatterns } from '../mysql/table-pattern.ts'
import { isWanted, requireServer } from './binlogs-and-tell.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { findResult } from './output/find-result.ts'
import { readGtids } from './recovery-target.ts'
import { parseTargetTime } from './target-time.ts'

export interface FindArguments {
  readonly table: string | undefined
  readonly type: ChangeType | 'any'
  readonly from: string | undefined
  readonly to: string | undefined
  readonly gtid: string | undefined
  readonly binlogDir: string | undefined
  readonly serverUuid: string | undefined
  readonly limit: number | undefined
}

const DEFAULT_LIMIT = 100

type Context = Pick<CommandContext, 'openRepository' | 'reporter' | 'signal'>

/** Throws USAGE, CONFIG, BINLOG_GAP, and what reading the repository throws. */
export const findAndTell = async (
  context: Context,
  args: FindArguments,
): Promise<CommandResult> => {
  const search = readSearch(args, context)
  const { binlogs, damaged } = await binlogsFor(args, context)
  const outcome = await findTransactions(binlogs, search)
  return findResult({ ...outcome, damaged: [...damaged, ...outcome.damaged] }, search.limit)
}

const readSearch = (args: FindArguments, { reporter, signal }: Context): TransactionSearch => ({
  tables: args.table === undefined ? [] : readTablePatterns(args.table, 'table'),
  type: args.type === 'any' ? undefined : args.type,
  from: readInstant('from', args.from, reporter),
  to: readInstant('to', args.to, reporter),
  gtids: args.gtid === undefined ? undefined : readGtids('gtid', args.gtid),
  limit: args.limit ?? DEFAULT_LIMIT,
  signal,
})

const readInstant = (
  option: string,
  text: string | undefined,
  reporter: Context['reporter'],
): bigint | undefined => {
  if (text === undefined) return undefined
  const { time, micros, takenAs } = parseTargetTime(text, option)
  if (takenAs !== undefined)
    reporter.warn(`--${option} ${text} is taken as ${takenAs}, ${time.toISOString()}`)
  return microsOfDate(time) + BigInt(micros)
}

/** What is to be looked through, and what cannot be. */
const binlogsFor = async (
  { binlogDir, serverUuid }: FindArguments,
  { openRepository }: Context,
): Promise<{
  readonly binlogs: readonly SearchedBinlog[]
  readonly damaged: readonly DamagedSearch[]
}> => {
  if (binlogDir !== undefined) return { binlogs: await binlogsInDirectory(binlogDir), damaged: [] }
  const archives = await readArchives(await openRepository())
  requireServer(archives, serverUuid)
  const wanted = archives.filter((archive) => isWanted(archive, serverUuid))
  return {
    binlogs: wanted.flatMap(archivedBinlogs),
    damaged: wanted.flatMap(({ damaged }) =>
      damaged.map(({ path, error }) => ({ path, message: error.message })),
    ),
  }
}
