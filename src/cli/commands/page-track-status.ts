// clonectl page-track status: where page tracking stands.

import { defineCommand } from '../command.ts'
import { pageTrackErrors } from './page-track-errors.ts'

export const pageTrackStatus = defineCommand({
  name: 'page-track status',
  describe: 'Show since when pages are tracked and which backup needs it',
  options: {},
  connects: true,
  locks: 'none',
  examples: [
    { command: 'clonectl page-track status --repo /backup/shop', about: 'With what needs it' },
  ],
  errors: pageTrackErrors,
  async run(_args, context) {
    const { trackPages } = await import('../track-pages.ts')
    return trackPages(context, 'status')
  },
})
