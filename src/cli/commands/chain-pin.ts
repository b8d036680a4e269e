// clonectl chain pin: a backup stays, whatever the rules of expiry say.

import { defineCommand } from '../command.ts'
import { notesErrors, whichBackup } from './notes-errors.ts'

export const chainPin = defineCommand({
  name: 'chain pin',
  describe: 'Keep a backup, and all it sits on, from being expired',
  options: {
    reason: { kind: 'string', value: 'TEXT', describe: 'Why, for whoever finds it later' },
    until: {
      kind: 'string',
      value: 'TIME',
      describe: 'The pin holds until this instant (RFC 3339); otherwise until chain unpin',
    },
  },
  positional: whichBackup,
  connects: false,
  locks: 'write',
  examples: [
    {
      command: "clonectl chain pin latest --reason 'before the migration'",
      about: 'Everything that a restore of it needs stays, too',
    },
  ],
  errors: notesErrors,
  async run(args, context, id) {
    const { pinAndTell } = await import('../annotate-and-tell.ts')
    return pinAndTell(context, { ...args, id })
  },
})
