// Sees whether a follower still gets what the server writes: a connection can be dead without anybody
// being told. When it has all, that is noted.

import { ClonectlError } from '../errors.ts'
import { binlogsIn } from './archive-files.ts'
import type { Pulling } from './pulling.ts'
import { writeSeen } from './seen-file.ts'

/** How often the server is asked, and how long nothing may arrive while it has more. */
const ASK_MS = 15_000
const STALLED_MS = 60_000

/** To be called often; throws SERVER when the server has had more for a minute and nothing came. */
export const newStallWatch = (pulling: Pulling): (() => Promise<void>) => {
  const { clock } = pulling.context
  let askedAt = clock.now().getTime()
  let arrived = -1
  let arrivedAt = askedAt
  return async () => {
    const now = clock.now().getTime()
    if (now - askedAt < ASK_MS) return
    askedAt = now
    const { bytes, isComplete } = await lookForRest(pulling)
    if (isComplete || bytes !== arrived) arrivedAt = now
    arrived = bytes
    if (now - arrivedAt >= STALLED_MS) throw stalled()
  }
}

/** How much has arrived, and whether that is all there is. */
const lookForRest = async ({ source, archive }: Pulling) => {
  const newest = await source.look()
  const files = await binlogsIn(archive.paths.incoming)
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const last = files.at(-1)
  const isComplete =
    newest !== undefined && last?.name === newest.name && last.sizeBytes >= newest.sizeBytes
  if (isComplete) await writeSeen(archive.paths.directory, newest, archive.owner)
  return { bytes, isComplete }
}

const stalled = (): ClonectlError =>
  new ClonectlError('SERVER', 'the server has more, but nothing arrives any more', {
    hint: 'check the network between here and the server',
    details: { driverCode: 'ETIMEDOUT' },
  })
