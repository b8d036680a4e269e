// clonectl page-track stop: switches page tracking off.

import { defineCommand } from '../command.ts'
import { pageTrackErrors } from './page-track-errors.ts'

export const pageTrackStop = defineCommand({
  name: 'page-track stop',
  describe: 'Switch page tracking off',
  options: {},
  connects: true,
  locks: 'none',
  examples: [
    {
      command: 'clonectl page-track stop --repo /backup/shop',
      about: 'Names the base that is lost',
    },
  ],
  errors: pageTrackErrors,
  async run(_args, context) {
    const { trackPages } = await import('../track-pages.ts')
    return trackPages(context, 'stop')
  },
})
