// clonectl chain unpin: the rules of expiry apply to a backup again.

import { defineCommand } from '../command.ts'
import { notesErrors, whichBackup } from './notes-errors.ts'

export const chainUnpin = defineCommand({
  name: 'chain unpin',
  describe: 'Let a pinned backup be expired again',
  options: {},
  positional: whichBackup,
  connects: false,
  locks: 'write',
  examples: [{ command: 'clonectl chain unpin latest', about: 'The rules apply to it again' }],
  errors: notesErrors,
  async run(_args, context, id) {
    const { unpinAndTell } = await import('../annotate-and-tell.ts')
    return unpinAndTell(context, id)
  },
})
