// clonectl chain adopt: a clone made by hand becomes a backup of the repository.

import { defineCommand } from '../command.ts'

const BY_HAND = ['server-uuid', 'server-version', 'lower-case-table-names'] as const

export const chainAdopt = defineCommand({
  name: 'chain adopt',
  describe: 'Take a clone that was made by hand into the repository',
  options: {
    base: {
      kind: 'string',
      value: 'ID',
      describe: 'What an increment is to sit on; otherwise the latest backup that its LSNs fit',
    },
    label: { kind: 'string', value: 'TEXT', describe: 'A note to keep with the backup' },
    move: { kind: 'boolean', describe: 'Rename the directory instead of copying it' },
    'ask-server': {
      kind: 'boolean',
      describe: 'Ask the server that was cloned, which the connection options name, who it is',
      excludes: BY_HAND,
    },
    'server-uuid': {
      kind: 'string',
      value: 'UUID',
      describe: '@@server_uuid of the server that was cloned',
    },
    'server-version': { kind: 'string', value: 'V', describe: 'Its @@version' },
    'lower-case-table-names': {
      kind: 'number',
      min: 0,
      max: 2,
      value: 'N',
      describe: 'Its @@lower_case_table_names',
    },
  },
  positional: { name: 'dir', describe: 'DATA DIRECTORY of the CLONE statement' },
  connects: true,
  locks: 'write',
  examples: [
    {
      command: 'clonectl chain adopt /data/backup/20240618 --ask-server --repo /backup/shop',
      about: 'The server knows who it is',
    },
    {
      command:
        'clonectl chain adopt /data/backup/20240618 --server-uuid 3e11fa47-71ca-11e1-9e33-c80aa9429562 --server-version 8.0.32-26 --lower-case-table-names 0',
      about: 'When it is gone',
    },
  ],
  errors: [
    'CONFIG',
    'LOCKED',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'PATH_FORBIDDEN',
    'BACKUP_UNKNOWN',
    'BASE_UNUSABLE',
    'INTEGRITY',
    'SERVER',
    'SPACE',
    'CANCELLED',
  ],
  async run(args, context, dir) {
    const { adoptAndTell } = await import('../adopt-and-tell.ts')
    return adoptAndTell(context, { ...args, dir })
  },
})
