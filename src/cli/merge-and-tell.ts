// What `chain merge` does: merges, and tells what came of it.

import { availableParallelism } from 'node:os'
import { mergeChain, type MergeRequest } from '../restore/merge-chain.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { mergeResult } from './output/merge-result.ts'
import type { KeyArguments } from './read-key-source.ts'
import { restoreContextOf } from './restore-request.ts'

export interface MergeArguments extends KeyArguments {
  readonly id: string | undefined
  readonly label: string | undefined
  readonly keepCodec: boolean
  readonly compress: 'zstd' | 'lz4' | undefined
  readonly parallel: number | undefined
}

export const mergeAndTell = async (
  context: CommandContext,
  args: MergeArguments,
): Promise<CommandResult> => {
  const merge = { ...(await restoreContextOf(context, args)), clonectlVersion: context.version }
  const outcome = await mergeChain(merge, {
    reference: args.id ?? 'latest',
    label: args.label,
    compression: compressionOf(args),
    parallel: args.parallel ?? availableParallelism(),
  })
  return mergeResult(outcome, context.elapsedMs())
}

const compressionOf = ({ keepCodec, compress }: MergeArguments): MergeRequest['compression'] => {
  if (keepCodec) return 'as-tip'
  return compress === undefined ? undefined : { codec: compress }
}
