// clonectl chain list: every backup on a line.

import { defineCommand } from '../command.ts'

export const chainList = defineCommand({
  name: 'chain list',
  describe: 'List the backups of the repository',
  options: {},
  connects: false,
  locks: 'none',
  examples: [{ command: 'clonectl chain list --repo /backup/shop', about: 'No server is needed' }],
  errors: ['REPOSITORY_MISSING', 'REPOSITORY_UNREADABLE', 'REPOSITORY_NEWER'],
  async run(_args, context) {
    const layout = await context.openRepository()
    const { viewRepository } = await import('../repository-view.ts')
    const { chainListResult } = await import('../output/chain-list.ts')
    return chainListResult(await viewRepository(layout))
  },
})
