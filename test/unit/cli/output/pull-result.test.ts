import { describe, expect, it } from 'vitest'
import type { PullOutcome } from '../../../../src/binlog/pull-request.ts'
import { pullResult } from '../../../../src/cli/output/pull-result.ts'

const outcome: PullOutcome = {
  serverUuid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001',
  serverVersion: '9.7.4',
  directory: '/repo/binlog/dcd69b6a-e4c8-11f1-8a0d-02fc00000001',
  sealed: {
    ...{ files: 2, sizeBytes: 4096, storedBytes: 1024 },
    ...{ first: 'binlog.000007', last: 'binlog.000008' },
  },
  tail: { name: 'binlog.000009', sizeBytes: 512 },
  gaps: [
    {
      kind: 'files',
      after: 'binlog.000003',
      before: 'binlog.000007',
      afterEnd: 'ends at 2026-11-20T09:30:12.345678Z',
      beforeStart: 'begins at 2026-11-20T09:41:00.000000Z',
      missingFiles: { first: 'binlog.000004', last: 'binlog.000006' },
    },
  ],
  reachMicros: '1795167012345678',
  setAside: null,
  reconnects: 0,
}

describe('what binlog pull answers', () => {
  it('is what was archived, the gaps, and how far the archive reaches', () => {
    const { document, text } = pullResult(outcome, 1234.5)
    expect(document).toMatchObject({ reach: '2026-11-20T09:30:12.345678Z', durationMs: 1235 })
    expect(document).not.toHaveProperty('reachMicros')
    expect(text).toBe(`server:     dcd69b6a-e4c8-11f1-8a0d-02fc00000001
archived:   binlog.000007 to binlog.000008: 4.00 KiB, stored in 1.00 KiB
open:       binlog.000009, 512 B
reaches:    2026-11-20T09:30:12.345678Z
gap:        binlog.000004 to binlog.000006 missing between binlog.000003 and binlog.000007: binlog.000003 ends at 2026-11-20T09:30:12.345678Z; binlog.000007 begins at 2026-11-20T09:41:00.000000Z
directory:  /repo/binlog/dcd69b6a-e4c8-11f1-8a0d-02fc00000001
took:       1.2 s
`)
  })

  it('says so when nothing is there', () => {
    const sealed = { files: 0, sizeBytes: 0, storedBytes: 0, first: null, last: null }
    const nothing = { ...outcome, sealed, tail: null, gaps: [], reachMicros: null }
    expect(pullResult({ ...nothing, setAside: '/old' }, 0).text).toMatch(
      /^archived: {3}no binlog was closed since\nreaches: {4}nothing\nset aside: {2}\/old\n/mu,
    )
  })
})
