// clonectl page-track purge: removes page-tracking data from the server.

import { parseLsn } from '../../chain/lsn.ts'
import { ClonectlError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { requireConfirmation } from '../confirmation.ts'
import { pageTrackErrors } from './page-track-errors.ts'

export const pageTrackPurge = defineCommand({
  name: 'page-track purge',
  describe: 'Remove page-tracking data that no backup needs',
  options: {
    'up-to': {
      kind: 'string',
      value: 'LSN',
      required: true,
      describe: 'Remove the data up to this LSN; max means everything',
    },
    force: {
      kind: 'boolean',
      describe: 'Remove also what the newest base needs; the next backup must then be a full',
    },
  },
  connects: true,
  locks: 'none',
  examples: [
    {
      command: 'clonectl page-track purge --up-to max --yes',
      about: 'Everything; tracking that is on is stopped and started for it',
    },
  ],
  errors: ['REPOSITORY_MISSING', 'PAGE_TRACK_NEEDED', ...pageTrackErrors],
  async run(args, context) {
    const upTo = parseUpTo(args.upTo)
    const confirm = () =>
      requireConfirmation(context, `Remove page-tracking data up to LSN ${args.upTo}?`)
    const { purgePages } = await import('../track-pages.ts')
    return purgePages(context, { upTo, force: args.force, confirm })
  },
})

const parseUpTo = (text: string): bigint | 'max' => {
  if (text === 'max') return text
  const lsn = parseLsn(text)
  if (lsn !== undefined) return lsn
  throw new ClonectlError('USAGE', `--up-to ${text} is no LSN`, {
    hint: 'give a decimal LSN, as clonectl chain list shows them, or max',
  })
}
