import { mkdirSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { readRedoExtent } from '../../../src/clone/redo-extent.ts'
import { listTree } from '../../../src/system/file-tree.ts'
import { fullRedoFile, redoFile } from '../../fakes/redo-file.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const BLOCK = 512
const put = (number: number, bytes: Buffer): void =>
  writeFileSync(scratch('#innodb_redo', `#ib_redo${number}`), bytes)
const read = async () => readRedoExtent(scratch(), await listTree(scratch()))

beforeEach(() => {
  mkdirSync(scratch('#innodb_redo'))
})

const START = 45_262_848n

describe('readRedoExtent', () => {
  it('reaches from the newer checkpoint to the last byte of log', async () => {
    put(
      0,
      redoFile({ startLsn: START, blocks: 3, last: 100, checkpoints: [START + 10n, START + 20n] }),
    )
    expect(await read()).toEqual({ checkpointLsn: START + 20n, endLsn: START + 1636n })
  })

  it('goes on in the next file, in the order of the numbers and not of the names', async () => {
    put(9, fullRedoFile({ startLsn: START, blocks: 4, checkpoints: [START + 30n, START] }))
    put(
      10,
      redoFile({ startLsn: START + 2048n, blocks: 1, last: 50, checkpoints: [0n, START + 1000n] }),
    )
    expect(await read()).toEqual({ checkpointLsn: START + 30n, endLsn: START + 2610n })
  })

  it('reads logs longer than what is read at once', async () => {
    const blocks = 5000
    put(0, redoFile({ startLsn: START, blocks, last: 12, checkpoints: [START, START] }))
    expect((await read()).endLsn).toBe(START + BigInt(blocks * BLOCK + 12))
  })

  it('does not count files that were made beforehand, behind the end of the log', async () => {
    put(0, redoFile({ startLsn: START, blocks: 1, last: 50, checkpoints: [START, 0n] }))
    put(1, redoFile({ startLsn: START + 4096n, blocks: 2 }))
    expect((await read()).endLsn).toBe(START + 562n)
  })

  it('is refused without a redo log', async () => {
    writeFileSync(scratch('ibdata1'), 'x')
    expect(await failureOf(read())).toMatchObject({
      code: 'INTEGRITY',
      message: `the redo log in ${scratch()} reaches from nowhere to nowhere`,
    })
  })

  it('is refused when it ends before its checkpoint', async () => {
    put(0, redoFile({ startLsn: START, blocks: 1, checkpoints: [START + 5000n, 0n] }))
    expect((await failureOf(read())).message).toContain(
      `reaches from ${START + 5000n} to ${START + 512n}`,
    )
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['shorter than its header', redoFile({ startLsn: START, blocks: 1 }).subarray(0, 16)],
    ['no redo file', Buffer.alloc(8192, 7)],
  ])('is refused when a file is %s', async (_, bytes) => {
    put(0, bytes)
    expect((await failureOf(read())).code).toBe('INTEGRITY')
  })
})
