// clonectl page-track stop: switches page tracking off.

import { defineCommand } from '../command.ts'
import { pageTrackErrors, trackingRequestOf } from '../page-track-request.ts'

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
    const { stopTracking } = await import('../../clone/page-tracking.ts')
    const { pageTrackResult } = await import('../output/page-track-result.ts')
    await using session = await context.openSession()
    return pageTrackResult(await stopTracking(await trackingRequestOf(context, session)))
  },
})
