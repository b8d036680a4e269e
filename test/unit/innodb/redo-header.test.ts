import { describe, expect, it } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import { parseRedoHeader, redoFileNumber } from '../../../src/innodb/redo-header.ts'

interface Fields {
  readonly format?: number
  readonly startLsn?: bigint
  readonly checkpoints?: readonly [bigint, bigint]
}

/** Header as a MySQL 9.7 clone has it: start LSN 19464704, checkpoint 19465129. */
const makeHeader = ({
  format = 6,
  startLsn = 19464704n,
  checkpoints = [0n, 0n],
}: Fields): Buffer => {
  const header = Buffer.alloc(4096)
  header.writeUInt32BE(format, 0)
  header.writeUInt32BE(0x8b9248cb, 4)
  header.writeBigUInt64BE(startLsn, 8)
  header.write('MySQL Clone', 16, 'latin1')
  header.writeBigUInt64BE(checkpoints[0], 520)
  header.writeBigUInt64BE(checkpoints[1], 1544)
  return header
}

describe('parseRedoHeader', () => {
  it('reads format, start LSN, creator and checkpoint', () => {
    expect(parseRedoHeader(makeHeader({ checkpoints: [19465129n, 19465129n] }))).toEqual({
      format: 6,
      startLsn: 19464704n,
      creator: 'MySQL Clone',
      checkpointLsn: 19465129n,
    })
  })

  it('takes the newer of two checkpoints, whichever it is', () => {
    expect(parseRedoHeader(makeHeader({ checkpoints: [700n, 900n] })).checkpointLsn).toBe(900n)
    expect(parseRedoHeader(makeHeader({ checkpoints: [900n, 700n] })).checkpointLsn).toBe(900n)
  })

  it('gives 0 for a later file, which has no checkpoint', () => {
    expect(parseRedoHeader(makeHeader({})).checkpointLsn).toBe(0n)
  })

  it('reads a creator that fills its field', () => {
    const header = makeHeader({})
    header.write('M'.repeat(32), 16, 'latin1')
    expect(parseRedoHeader(header).creator).toBe('M'.repeat(32))
  })

  it.each([
    ['too few bytes', makeHeader({}).subarray(0, 2047), 'holds 2047 bytes'],
    ['zeros', Buffer.alloc(4096), 'redo format 0, expected 6 or later'],
    ['the format before 8.0.30', makeHeader({ format: 5 }), 'redo format 5'],
    ['a start LSN inside a block', makeHeader({ startLsn: 513n }), 'starts at LSN 513'],
    ['no start LSN', makeHeader({ startLsn: 0n }), 'starts at LSN 0'],
  ])('refuses %s and names the file', (_, bytes, problem) => {
    try {
      parseRedoHeader(bytes, '#innodb_redo/#ib_redo3')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ClonectlError)
      expect(error).toMatchObject({ code: 'INTEGRITY' })
      expect((error as Error).message).toContain(`#innodb_redo/#ib_redo3: ${problem}`)
    }
  })
})

describe('redoFileNumber', () => {
  it('reads the number of a name or a path', () => {
    expect(redoFileNumber('#ib_redo0')).toBe(0)
    expect(redoFileNumber('#innodb_redo/#ib_redo120')).toBe(120)
  })

  it.each(['#ib_redo', '#ib_redo3_tmp', '#ib_redo3.zstd', 'x#ib_redo3', 'ib_logfile0'])(
    'is undefined for %s',
    (name) => {
      expect(redoFileNumber(name)).toBeUndefined()
    },
  )
})
