// A restore's surroundings, for tests that need none of them to do anything.

import { layoutOf } from '../../src/repository/layout.ts'
import type { RestoreContext } from '../../src/restore/request.ts'
import type { Owner } from '../../src/system/owner.ts'
import { recordingReporter, type RecordingReporter } from './recording-reporter.ts'

/** Whoever runs the tests. */
export const SELF: Owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

export interface FakeRestoreContext extends RestoreContext {
  readonly reporter: RecordingReporter
}

/** Every tool is there, though nothing runs one. */
const findTool = async (name: string): Promise<string> => `/usr/sbin/${name}`

export const restoreContext = (
  repository = '/repo',
  changes: Partial<RestoreContext> = {},
): FakeRestoreContext => ({
  repository: layoutOf(repository),
  clock: { now: () => new Date('2026-11-20T09:30:12.345Z') },
  signal: new AbortController().signal,
  command: 'clonectl restore',
  findTool,
  ...changes,
  reporter: recordingReporter(),
})
