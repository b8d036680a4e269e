import { describe, expect, it } from 'vitest'
import { continuationOf } from '../../../src/binlog/continuation.ts'
import { atHour, makeFull } from '../../fakes/backup.ts'
import { binlogArchive, factsInARow, serverUuid } from '../../fakes/binlog-facts.ts'

const backupIn = (binlogFile: string, last: number) =>
  makeFull(1, {
    serverUuid,
    before: {
      at: atHour(1),
      binlogFile,
      binlogPosition: 157,
      gtidExecuted: `${serverUuid}:1-${last}`,
    },
  })

describe('from a backup on, the archive', () => {
  const facts = factsInARow([5, 5, 5, 5, 5])
  const archive = binlogArchive(facts.filter(({ name }) => name !== 'binlog.000003'))

  it('is whole when every gap lies before it', () => {
    expect(continuationOf(backupIn('binlog.000004', 17), [archive])).toEqual({ state: 'whole' })
  })

  it('has the first gap after it', () => {
    expect(continuationOf(backupIn('binlog.000001', 2), [archive])).toMatchObject({
      state: 'gap',
      gap: { after: 'binlog.000002', before: 'binlog.000004', archive: serverUuid },
    })
  })

  it('is apart when it does not reach back so far, and none when there is none', () => {
    const late = binlogArchive(facts.slice(2))
    expect(continuationOf(backupIn('binlog.000001', 2), [late])).toEqual({ state: 'apart' })
    expect(continuationOf(backupIn('binlog.000001', 2), [])).toEqual({ state: 'none' })
    const ended = { ...archive, endedAt: '2026-11-20T09:00:00.000Z' }
    expect(continuationOf(backupIn('binlog.000001', 2), [ended])).toEqual({ state: 'none' })
  })
})
