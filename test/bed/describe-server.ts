// The frame of every test that needs a real server.
import { describe, inject } from 'vitest'

/** Starting servers and copying data takes seconds, more so on a busy machine. */
const timeoutMs = 120_000

/** `describe`, skipped where no MySQL server can be had (see global-setup.ts). */
export const describeServer = (name: string, fn: () => void): void => {
  describe.skipIf(!inject('serverAvailable'))(name, { timeout: timeoutMs }, fn)
}
