// clonectl chain show: which backup needs which, as paths and as a tree.

import { defineCommand } from '../command.ts'

export const chainShow = defineCommand({
  name: 'chain show',
  describe: 'Show chains as trees, with what they can restore',
  options: {},
  positional: {
    name: 'id',
    describe: 'Only the chain of this backup: an id, its beginning, latest, latest-full or oldest',
  },
  connects: false,
  locks: 'none',
  examples: [
    { command: 'clonectl chain show --repo /backup/shop', about: 'Every chain' },
    { command: 'clonectl chain show latest --json', about: 'The newest one, for a program' },
  ],
  errors: ['REPOSITORY_MISSING', 'REPOSITORY_UNREADABLE', 'REPOSITORY_NEWER', 'BACKUP_UNKNOWN'],
  async run(_args, context, id) {
    const layout = await context.openRepository()
    const { narrowTo, viewRepository } = await import('../repository-view.ts')
    const { chainShowResult } = await import('../output/chain-show.ts')
    const view = await viewRepository(layout)
    return chainShowResult(id === undefined ? view : narrowTo(id, view))
  },
})
