// clonectl page-track status: where page tracking stands.

import { defineCommand } from '../command.ts'
import { pageTrackErrors, trackingRequestOf } from '../page-track-request.ts'

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
    const { pageTrackingStatus } = await import('../../clone/page-tracking.ts')
    const { pageTrackResult } = await import('../output/page-track-result.ts')
    await using session = await context.openSession()
    return pageTrackResult(await pageTrackingStatus(await trackingRequestOf(context, session)))
  },
})
