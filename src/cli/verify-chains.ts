// What `chain verify` does: chooses the backups and has them verified.

import { availableParallelism } from 'node:os'
import { findBackup } from '../chain/find-backup.ts'
import { ClonectlError } from '../errors.ts'
import { verify } from '../repository/verify.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { verifyResult } from './output/chain-verify.ts'
import { type KeyArguments, readKeySource } from './read-key-source.ts'
import { readPercent } from './read-percent.ts'
import { membersOf, narrowTo, type RepositoryView, viewRepository } from './repository-view.ts'

export interface VerifyArguments extends KeyArguments {
  readonly id: string | undefined
  readonly only: boolean
  readonly deep: boolean
  readonly sample: string | undefined
  readonly parallel: number | undefined
}

/** Throws USAGE, BACKUP_UNKNOWN, CANCELLED; what is wrong with the backups is in the result. */
export const verifyChains = async (
  context: CommandContext,
  args: VerifyArguments,
): Promise<CommandResult> => {
  const { deep } = args
  const samplePercent = readPercent(args.sample)
  const keySource = readKeySource(args)
  const layout = await context.openRepository()
  const view = chosenBy(args, await viewRepository(layout))
  const { reporter, clock, signal, version: clonectlVersion } = context
  const outcome = await verify(
    { reporter, clock, signal, clonectlVersion, keySource },
    {
      layout,
      members: membersOf(view),
      damaged: view.damaged,
      abandoned: view.unsealed.filter(({ state }) => state === 'left').map(({ id }) => id),
      deep,
      samplePercent,
      parallel: args.parallel ?? availableParallelism(),
    },
  )
  const facts = { deep, samplePercent, unsealed: view.unsealed, durationMs: context.elapsedMs() }
  return verifyResult(outcome, facts)
}

const chosenBy = ({ id, only }: VerifyArguments, view: RepositoryView): RepositoryView => {
  if (id === undefined) {
    if (!only) return view
    throw new ClonectlError('USAGE', '--only needs an ID', {
      hint: 'clonectl chain verify ID --only verifies that backup alone',
    })
  }
  const chain = narrowTo(id, view)
  if (!only || membersOf(chain).length === 0) return chain
  const members = membersOf(view)
  const { id: whole } = findBackup(
    id,
    members.map(({ backup }) => backup),
  )
  const orphans = members.filter(({ backup }) => backup.id === whole)
  return { ...chain, chains: [], orphans }
}
