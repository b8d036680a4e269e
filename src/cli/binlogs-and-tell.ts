// What `binlog list` and `binlog verify` do: read the archive, look at it, and tell.

import type { BinlogArchive } from '../binlog/binlog-archive.ts'
import { readArchives } from '../binlog/read-archive.ts'
import { serverRecoveries } from '../binlog/server-recovery.ts'
import { sampleOf, verifyArchives } from '../binlog/verify-archive.ts'
import { usableBackups } from '../chain/chains.ts'
import { ClonectlError } from '../errors.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { binlogListResult } from './output/binlog-list.ts'
import { binlogVerifyResult } from './output/binlog-verify.ts'
import { readPercent } from './read-percent.ts'
import { viewRepository } from './repository-view.ts'

export interface ListBinlogsArguments {
  readonly serverUuid: string | undefined
}

/** Never fails because of what is wrong with the archive: that is in the result. */
export const listBinlogs = async (
  context: CommandContext,
  { serverUuid }: ListBinlogsArguments,
): Promise<CommandResult> => {
  const layout = await context.openRepository()
  const archives = await readArchives(layout)
  requireServer(archives, serverUuid)
  const usable = usableBackups(await viewRepository(layout))
  const servers = serverRecoveries(usable, archives)
  return binlogListResult(servers.filter((server) => isWanted(server, serverUuid)))
}

export interface VerifyBinlogsArguments extends ListBinlogsArguments {
  readonly quick: boolean
  readonly sample: string | undefined
}

/** Throws USAGE, CANCELLED; what is wrong with the archive is in the result. */
export const verifyBinlogs = async (
  context: CommandContext,
  { serverUuid, quick, sample }: VerifyBinlogsArguments,
): Promise<CommandResult> => {
  const { reporter, signal, clock } = context
  const samplePercent = readPercent(sample)
  const archives = await readArchives(await context.openRepository())
  requireServer(archives, serverUuid)
  const verdicts = await verifyArchives(
    { reporter, signal },
    {
      archives: archives.filter((archive) => isWanted(archive, serverUuid)),
      isChosen: quick ? () => false : sampleOf(samplePercent ?? 100, clock.now()),
    },
  )
  return binlogVerifyResult(verdicts, { quick, samplePercent, durationMs: context.elapsedMs() })
}

/** Whether an archive is of the server that was asked for, if one was. */
export const isWanted = (
  one: { readonly serverUuid: string },
  wanted: string | undefined,
): boolean => wanted === undefined || one.serverUuid === wanted.toLowerCase()

/** Throws USAGE when none of the archives is of the server that was asked for. */
export const requireServer = (
  archives: readonly BinlogArchive[],
  wanted: string | undefined,
): void => {
  if (archives.some((archive) => isWanted(archive, wanted)) || wanted === undefined) return
  const known = [...new Set(archives.map(({ serverUuid }) => serverUuid))]
  throw new ClonectlError('USAGE', `no binlogs of server ${wanted} are archived`, {
    hint:
      known.length === 0 ? 'clonectl binlog pull archives them' : `there are: ${known.join(', ')}`,
  })
}
