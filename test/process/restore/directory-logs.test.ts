import { rmSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { directoryLogs } from '../../../src/restore/replay/directory-logs.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const names = ['binlog.000001', 'binlog.000002', 'binlog.000003'] as const
beforeEach(() => {
  for (const name of names) writeFileSync(scratch(name), 'x'.repeat(100))
})

const logsFrom = (file: string, position = 4) =>
  directoryLogs(scratch(), { file, position, gtidExecuted: '' })

describe('the binlogs of a directory', () => {
  it('are those from the start on; only the last may still be written to', async () => {
    const { logs, startPosition } = await logsFrom(names[1], 27)
    expect(startPosition).toBe(27)
    expect(logs).toEqual([
      expect.objectContaining({ name: names[1], path: scratch(names[1]), isOpen: false }),
      expect.objectContaining({ name: names[2], sizeBytes: 100, isOpen: true }),
    ])
  })

  it('may lack files before the start', async () => {
    rmSync(scratch(names[1]))
    expect((await logsFrom(names[2])).logs).toHaveLength(1)
  })

  it('are those of the name that the donor gives, whatever else lies there', async () => {
    writeFileSync(scratch('other.000004'), '')
    expect((await logsFrom(names[0])).logs.map(({ name }) => name)).toEqual(names)
  })

  it('are refused without the file the backup ends in', async () => {
    rmSync(scratch(names[0]))
    expect(await failureOf(logsFrom(names[0]))).toMatchObject({
      code: 'BINLOG_GAP',
      message:
        'the backup ends in binlog.000001, which is not among the binlogs (binlog.000002 to binlog.000003)',
    })
    for (const name of names.slice(1)) rmSync(scratch(name))
    expect((await failureOf(logsFrom(names[0]))).message).toContain('not among the binlogs (none)')
  })

  it('are refused when they end before the backup does', async () => {
    expect((await logsFrom(names[0], 100)).startPosition).toBe(100)
    expect(await failureOf(logsFrom(names[0], 101))).toMatchObject({
      code: 'BINLOG_GAP',
      message: 'the backup ends at position 101 of binlog.000001, which has only 100 bytes',
    })
  })

  it('are refused when a file in between is missing', async () => {
    rmSync(scratch(names[1]))
    expect(await failureOf(logsFrom(names[0]))).toMatchObject({
      code: 'BINLOG_GAP',
      message: 'binlogs are missing between binlog.000001 and binlog.000003',
    })
  })
})
