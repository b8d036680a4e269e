// clonectl page-track start: switches page tracking on.

import { defineCommand } from '../command.ts'
import { pageTrackErrors, trackingRequestOf } from '../page-track-request.ts'

export const pageTrackStart = defineCommand({
  name: 'page-track start',
  describe: 'Switch page tracking on',
  options: {},
  connects: true,
  locks: 'none',
  examples: [{ command: 'clonectl page-track start', about: 'It stays on through restarts' }],
  errors: pageTrackErrors,
  async run(_args, context) {
    const { startTracking } = await import('../../clone/page-tracking.ts')
    const { pageTrackResult } = await import('../output/page-track-result.ts')
    await using session = await context.openSession()
    return pageTrackResult(await startTracking(await trackingRequestOf(context, session)))
  },
})
