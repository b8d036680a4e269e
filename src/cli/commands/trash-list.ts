// clonectl trash list: what was moved aside.

import { defineCommand } from '../command.ts'

export const trashList = defineCommand({
  name: 'trash list',
  describe: 'List what lies in the trash, since when, and why',
  options: {},
  connects: false,
  locks: 'none',
  examples: [{ command: 'clonectl trash list --repo /backup/shop', about: 'No server is needed' }],
  errors: ['REPOSITORY_MISSING', 'REPOSITORY_UNREADABLE', 'REPOSITORY_NEWER', 'PATH_FORBIDDEN'],
  async run(_args, context) {
    const { listTrash } = await import('../trash-and-tell.ts')
    return listTrash(context)
  },
})
