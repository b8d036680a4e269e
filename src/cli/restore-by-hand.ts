// What `decompress` and `apply` do: single steps of a restore, on directories that the user made.

import { availableParallelism } from 'node:os'
import { ClonectlError } from '../errors.ts'
import type { ApplierName } from '../restore/applier.ts'
import { applyByHand } from '../restore/apply-by-hand.ts'
import { decompress } from '../restore/decompress.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import type { KeyArguments } from './read-key-source.ts'
import { applyResult, decompressResult } from './output/by-hand-result.ts'

export interface DecompressArguments extends Pick<KeyArguments, 'encryptKeyFile'> {
  readonly directory: string | undefined
  readonly parallel: number | undefined
}

/** Throws USAGE without a directory, and what `decompress` of src/restore does. */
export const decompressByHand = async (
  context: CommandContext,
  { directory, parallel, encryptKeyFile: file }: DecompressArguments,
): Promise<CommandResult> => {
  if (directory === undefined) {
    throw new ClonectlError('USAGE', 'no directory was named', {
      hint: 'clonectl decompress DIR, a copy of the data directory of a backup',
    })
  }
  const keySource = file === undefined ? undefined : { file }
  const request = { directory, keySource, parallel: parallel ?? availableParallelism() }
  return decompressResult(await decompress(toolsOf(context), request), context.elapsedMs())
}

export interface ApplyArguments {
  readonly datadir: string
  readonly incrementalDir: string | undefined
  readonly prepare: boolean
  readonly apply: ApplierName
  readonly parallel: number | undefined
}

/** Throws what `applyByHand` of src/restore does. */
export const applyStep = async (
  context: CommandContext,
  { datadir, incrementalDir, prepare, apply, parallel }: ApplyArguments,
): Promise<CommandResult> => {
  const outcome = await applyByHand(
    { ...toolsOf(context), clock: context.clock, command: context.commandLine },
    {
      datadir,
      incrementalDir,
      prepare,
      by: apply,
      parallel: parallel ?? availableParallelism(),
      mysqlUser: context.settings.mysqlUser,
    },
  )
  return applyResult(outcome, context.elapsedMs())
}

const toolsOf = (
  context: CommandContext,
): Pick<CommandContext, 'reporter' | 'signal' | 'findTool'> => ({
  reporter: context.reporter,
  signal: context.signal,
  findTool: (name) => context.findTool(name),
})
