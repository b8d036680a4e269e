// clonectl doctor: the checks that are made before a backup, by themselves.

import { defineCommand } from '../command.ts'

export const doctor = defineCommand({
  name: 'doctor',
  describe: 'Check whether backups of this server can be taken',
  options: {
    fix: { kind: 'boolean', describe: 'Run the statements that the failed checks name' },
    nagios: {
      kind: 'boolean',
      excludes: ['fix'],
      describe: 'Answer in one line for Nagios, and end with 0, 1, 2 or 3 as its plugins do',
    },
    'warn-age': {
      kind: 'string',
      value: 'AGE',
      default: '26h',
      describe: 'With --nagios: a newest backup older than this is a WARNING',
    },
    'crit-age': {
      kind: 'string',
      value: 'AGE',
      default: '50h',
      describe: 'With --nagios: a newest backup older than this is CRITICAL',
    },
    'warn-verify-age': {
      kind: 'string',
      value: 'AGE',
      describe: 'With --nagios: no backup verified for so long is a WARNING',
    },
    'server-uuid': {
      kind: 'string',
      value: 'UUID',
      describe: 'With --nagios: judge the backups of this server alone',
    },
    'time-limit': {
      kind: 'string',
      value: 'TIME',
      default: '10s',
      describe: 'With --nagios: what takes longer is UNKNOWN',
    },
  },
  connects: true,
  locks: 'none',
  examples: [
    { command: 'clonectl doctor --repo /backup/shop', about: 'Server and repository' },
    { command: 'clonectl doctor --fix', about: 'Install the plugin and the component, too' },
    { command: 'clonectl doctor --nagios --repo /backup/shop', about: 'For monitoring' },
  ],
  errors: ['CONFIG', 'SERVER', 'PREFLIGHT'],
  async run(args, context) {
    if (args.nagios) {
      const { checkForNagios } = await import('../nagios-check.ts')
      return checkForNagios(context, args)
    }
    const { examineServer } = await import('../examine-server.ts')
    return examineServer(context, args)
  },
})
