// clonectl doctor: the checks that are made before a backup, by themselves.

import { defineCommand } from '../command.ts'

export const doctor = defineCommand({
  name: 'doctor',
  describe: 'Check whether backups of this server can be taken',
  options: {
    fix: { kind: 'boolean', describe: 'Run the statements that the failed checks name' },
  },
  connects: true,
  locks: 'none',
  examples: [
    { command: 'clonectl doctor --repo /backup/shop', about: 'Server and repository' },
    { command: 'clonectl doctor --fix', about: 'Install the plugin and the component, too' },
  ],
  errors: ['CONFIG', 'SERVER', 'PREFLIGHT'],
  async run(args, context) {
    const { examineServer } = await import('../examine-server.ts')
    return examineServer(context, args)
  },
})
