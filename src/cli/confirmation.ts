// Asks before something is removed. Where nobody can answer, silence is a no.

import { ClonectlError } from '../errors.ts'
import type { CommandContext } from './context.ts'

/** Returns when the user agrees: by --yes, or at the terminal. Throws USAGE, or CANCELLED at a no. */
export const requireConfirmation = async (
  { settings, terminal }: CommandContext,
  question: string,
): Promise<void> => {
  if (settings.yes) return
  if (terminal === undefined)
    throw new ClonectlError('USAGE', `${question} Nobody can answer here`, {
      hint: 'give --yes to agree beforehand',
    })
  const answer = await terminal.ask(`${question} [y/N] `)
  if (/^y(es)?$/i.test(answer.trim())) return
  throw new ClonectlError('CANCELLED', 'not confirmed', { hint: 'nothing was changed' })
}
