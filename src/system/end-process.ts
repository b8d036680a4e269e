// Ends a process that nobody needs any more.

import { isAlive, type ProcessIdentity } from './process-identity.ts'

const POLL_MS = 20

/** Kills it and waits until it is gone: it gets no chance to write anything more. */
export const endProcess = async (identity: ProcessIdentity): Promise<void> => {
  while (isAlive(identity)) {
    process.kill(identity.pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
