// clonectl chain label: another note on a backup than it was made with.

import { defineCommand } from '../command.ts'
import { notesErrors, whichBackup } from './notes-errors.ts'

export const chainLabel = defineCommand({
  name: 'chain label',
  describe: 'Give a backup another label',
  options: {},
  positional: whichBackup,
  second: { name: 'text', describe: "The label; '' takes it away" },
  connects: false,
  locks: 'write',
  examples: [
    { command: "clonectl chain label latest 'release 7'", about: 'For --keep-label and people' },
  ],
  errors: notesErrors,
  async run(_args, context, id, text) {
    const { labelAndTell } = await import('../annotate-and-tell.ts')
    return labelAndTell(context, id, text)
  },
})
