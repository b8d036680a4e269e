// clonectl history: every clone that a GreatSQL server remembers.

import { defineCommand } from '../command.ts'

export const history = defineCommand({
  name: 'history',
  describe: 'List the clones that a GreatSQL server has recorded',
  options: {},
  connects: true,
  locks: 'none',
  examples: [
    { command: 'clonectl history', about: 'All of mysql.clone_history, times in UTC' },
    { command: 'clonectl history --json', about: 'For a program; LSNs are exact' },
  ],
  errors: ['CONFIG', 'SERVER'],
  async run(_args, context) {
    const { listServerHistory } = await import('../list-server-history.ts')
    return listServerHistory(context)
  },
})
