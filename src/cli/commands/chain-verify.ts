// clonectl chain verify: whether what is stored is what was sealed.

import { defineCommand } from '../command.ts'
import { keyOptions } from './key-options.ts'

export const chainVerify = defineCommand({
  name: 'chain verify',
  describe: 'Prove that backups are what they were when they were sealed',
  options: {
    only: {
      kind: 'boolean',
      describe: 'Verify the backup with this ID alone, not its whole chain',
    },
    deep: {
      kind: 'boolean',
      describe: "Check the checksum of every InnoDB page too, as the server's innochecksum does",
    },
    sample: {
      kind: 'string',
      value: 'PERCENT',
      describe: 'Read so much of each backup, what was not read for the longest first',
    },
    ...keyOptions,
    parallel: {
      kind: 'number',
      min: 1,
      max: 64,
      value: 'N',
      describe: 'Files at once [default: one per processor]',
    },
  },
  positional: {
    name: 'id',
    describe: 'Only the chain of this backup: an id, its beginning, latest, latest-full or oldest',
  },
  connects: false,
  locks: 'read',
  examples: [
    { command: 'clonectl chain verify --repo /backup/shop', about: 'Every file of every backup' },
    { command: 'clonectl chain verify latest --deep', about: 'The newest chain, and each page' },
    { command: 'clonectl chain verify --sample 5%', about: 'Nightly: everything in 20 nights' },
  ],
  errors: [
    'CONFIG',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'BACKUP_UNKNOWN',
    'INTEGRITY',
    'PROCESS',
    'CANCELLED',
  ],
  async run(args, context, id) {
    const { verifyChains } = await import('../verify-chains.ts')
    return verifyChains(context, { ...args, id })
  },
})
