// What `binlog pull` does: pulls or follows, and tells how far the archive reaches then.

import { followArchive } from '../binlog/follow.ts'
import { pullArchive } from '../binlog/pull.ts'
import { ClonectlError } from '../errors.ts'
import { openOrMakeRepository } from '../repository/repository.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { pullResult } from './output/pull-result.ts'

export interface PullArguments {
  readonly follow: boolean
  readonly from: string | undefined
  readonly afterReset: boolean
  readonly compress: 'zstd' | undefined
  readonly compressLevel: number | undefined
}

export const pullAndTell = async (
  context: CommandContext,
  { follow, from, afterReset, compress: codec, compressLevel: level }: PullArguments,
): Promise<CommandResult> => {
  if (codec === undefined && level !== undefined)
    throw new ClonectlError('USAGE', '--compress-level needs --compress')
  const path = context.repositoryPath()
  const { reporter, clock, signal, commandLine: command } = context
  const connection = await context.connection()
  const { layout, made } = await openOrMakeRepository(path, clock)
  if (made) reporter.info(`made a repository at ${layout.root}`)
  const pulling = { reporter, clock, signal, command, findTool: context.findTool.bind(context) }
  const compression = codec && { codec, level }
  const pull = follow ? followArchive : pullArchive
  const outcome = await pull(pulling, { layout, connection, compression, from, afterReset })
  return pullResult(outcome, context.elapsedMs())
}
