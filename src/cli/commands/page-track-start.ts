// clonectl page-track start: switches page tracking on.

import { defineCommand } from '../command.ts'
import { pageTrackErrors } from './page-track-errors.ts'

export const pageTrackStart = defineCommand({
  name: 'page-track start',
  describe: 'Switch page tracking on',
  options: {},
  connects: true,
  locks: 'none',
  examples: [{ command: 'clonectl page-track start', about: 'It stays on through restarts' }],
  errors: pageTrackErrors,
  async run(_args, context) {
    const { trackPages } = await import('../track-pages.ts')
    return trackPages(context, 'start')
  },
})
