// The options of `restore` in the shape that the use case wants.

import { availableParallelism } from 'node:os'
import { ClonectlError } from '../errors.ts'
import type { ApplierName } from '../restore/applier.ts'
import type {
  BinlogSource,
  RestoreContext,
  RestoreRequest,
  RestoreTarget,
} from '../restore/request.ts'
import type { CommandContext } from './context.ts'
import { type KeyArguments, readKeySource } from './read-key-source.ts'
import { parseTargetTime } from './target-time.ts'

export interface RestoreArguments {
  readonly targetDir: string
  readonly backup: string | undefined
  readonly toTime: string | undefined
  readonly start: boolean
  readonly binlogDir: string | undefined
  readonly binlogServer: boolean
  readonly apply: ApplierName | undefined
  readonly parallel: number | undefined
}

/** Reads the options. Throws USAGE for a time that cannot be read. */
export const readRestoreRequest = async (
  args: RestoreArguments,
  context: CommandContext,
): Promise<RestoreRequest> => ({
  target: readTarget(args, context),
  targetDir: args.targetDir,
  binlogs: await readSource(args, context),
  apply: args.apply,
  start: args.start,
  parallel: args.parallel ?? availableParallelism(),
  mysqlUser: context.settings.mysqlUser,
})

const readTarget = (
  { backup, toTime }: RestoreArguments,
  { reporter }: CommandContext,
): RestoreTarget => {
  if (toTime === undefined) return { kind: 'backup', reference: backup ?? 'latest' }
  const { time, takenAs } = parseTargetTime(toTime)
  if (takenAs !== undefined)
    reporter.warn(`--to-time ${toTime} is taken as ${takenAs}, ${time.toISOString()}`)
  return { kind: 'time', time }
}

const readSource = async (
  { binlogDir, binlogServer, toTime }: RestoreArguments,
  context: CommandContext,
): Promise<BinlogSource | undefined> => {
  if ((binlogDir !== undefined || binlogServer) && toTime === undefined)
    throw new ClonectlError('USAGE', 'binlogs are replayed only up to a target', {
      hint: 'give --to-time as well, or leave out --binlog-dir and --binlog-server',
    })
  if (binlogServer) return { kind: 'server', connection: await context.connection() }
  return binlogDir === undefined ? undefined : { kind: 'directory', path: binlogDir }
}

/** A command's context in the shape that restoring wants. Throws CONFIG for a key command that is none. */
export const restoreContextOf = async (
  context: CommandContext,
  args: KeyArguments,
): Promise<RestoreContext> => ({
  keySource: readKeySource(args),
  repository: await context.openRepository(),
  reporter: context.reporter,
  clock: context.clock,
  signal: context.signal,
  command: context.commandLine,
  findTool: (name) => context.findTool(name),
})
