// What `trash list` and `trash empty` do.

import { emptyTrash, previewEmptying } from '../repository/empty-trash.ts'
import { readTrash } from '../repository/trash-entries.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { trashEmptyResult, trashListResult } from './output/trash-result.ts'
import { readDuration } from './read-duration.ts'

export const listTrash = async (context: CommandContext): Promise<CommandResult> =>
  trashListResult(await readTrash(await context.openRepository()))

export interface EmptyArguments {
  readonly olderThan: string | undefined
  readonly confirm: boolean
}

/** Throws USAGE, LOCKED, CANCELLED; what could not be removed is in the result. */
export const emptyAndTell = async (
  context: CommandContext,
  { olderThan, confirm }: EmptyArguments,
): Promise<CommandResult> => {
  const { clock, reporter, signal, commandLine: command } = context
  const age = olderThan === undefined ? 0 : readDuration(olderThan, '--older-than')
  const before = new Date(clock.now().getTime() - age)
  const layout = await context.openRepository()
  const outcome = confirm
    ? await emptyTrash({ clock, reporter, signal, command }, layout, before)
    : await previewEmptying(layout, before)
  return trashEmptyResult(outcome, confirm)
}
