// Where page tracking stands. Never a reason to refuse: a backup that wants it switches it on.

import { pageTrackingStart } from '../../mysql/page-track.ts'
import type { Check } from '../check.ts'

export const pageTracking: Check = {
  name: 'page-tracking',
  run: async ({ session, capabilities, pageTrack }) => {
    if (!capabilities.mysqlbackupComponent)
      return { state: 'ok', message: 'page tracking is off, as its component is not installed' }
    const since = await pageTrackingStart(session)
    if (since !== 0n) return { state: 'ok', message: `page tracking is on since LSN ${since}` }
    const next = pageTrack ? '; the next backup switches it on' : ', and was not asked for'
    return { state: 'ok', message: `page tracking is off${next}` }
  },
}
