// Sees whether a follower still gets what the server writes: a connection can be dead without anybody
// being told.

import { ClonectlError } from '../errors.ts'
import { binlogsIn } from './archive-files.ts'
import type { Pulling } from './pulling.ts'

/** How often the server is asked, and how long nothing may arrive while it has more. */
const ASK_MS = 15_000
const STALLED_MS = 60_000

/** To be called often; throws SERVER when the server has had more for a minute and nothing came. */
export const newStallWatch = ({ source, archive, context }: Pulling): (() => Promise<void>) => {
  let askedAt = context.clock.now().getTime()
  let arrived = -1
  let arrivedAt = askedAt
  return async () => {
    const now = context.clock.now().getTime()
    if (now - askedAt < ASK_MS) return
    askedAt = now
    const newest = (await source.list()).at(-1)
    const files = await binlogsIn(archive.paths.incoming)
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const file = files.at(-1)
    const isComplete =
      file?.name === newest?.name && (file?.sizeBytes ?? 0) >= (newest?.sizeBytes ?? 0)
    if (isComplete || bytes !== arrived) arrivedAt = now
    arrived = bytes
    if (now - arrivedAt < STALLED_MS) return
    throw new ClonectlError('SERVER', 'the server has more, but nothing arrives any more', {
      hint: 'check the network between here and the server',
      details: { driverCode: 'ETIMEDOUT' },
    })
  }
}
