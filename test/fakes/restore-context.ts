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

export const restoreContext = (repository = '/repo'): FakeRestoreContext => ({
  repository: layoutOf(repository),
  reporter: recordingReporter(),
  clock: { now: () => new Date('2026-11-20T09:30:12.345Z') },
  signal: new AbortController().signal,
  command: 'clonectl restore',
  findTool: () => Promise.reject(new Error('no tool is needed here')),
})
