import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { scanAhead, signatureOf } from '../../../src/clone/scan-ahead.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()

/** Time enough for a file to be seen twice. */
const aWhileMs = 450

describe('signatureOf', () => {
  it('changes with size and with time of change', async () => {
    writeFileSync(scratch('a'), 'x')
    utimesSync(scratch('a'), 1000.25, 1000.25)
    const first = await signatureOf(scratch('a'))
    expect(first).toBe('1:1000250000000')
    utimesSync(scratch('a'), 1000.25, 1000.5)
    expect(await signatureOf(scratch('a'))).toBe('1:1000500000000')
    writeFileSync(scratch('a'), 'xy')
    utimesSync(scratch('a'), 1000.25, 1000.25)
    expect(await signatureOf(scratch('a'))).toBe('2:1000250000000')
  })

  it('is none where a change within a second would not show', async () => {
    writeFileSync(scratch('a'), 'x')
    utimesSync(scratch('a'), 1000, 1000)
    expect(await signatureOf(scratch('a'))).toBeUndefined()
  })

  it('is none while the file is empty: CLONE makes all files before it fills the first', async () => {
    writeFileSync(scratch('a'), '')
    utimesSync(scratch('a'), 1000.25, 1000.25)
    expect(await signatureOf(scratch('a'))).toBeUndefined()
  })

  it('is none where there is no file', async () => {
    expect(await signatureOf(scratch('a'))).toBeUndefined()
  })
})

describe('scanAhead', () => {
  it('hands over each tablespace once that nobody writes to any more, and nothing else', async () => {
    mkdirSync(scratch('d', 't'), { recursive: true })
    for (const name of ['ibdata1', 't/a.ibd', 'ib_buffer_pool'])
      writeFileSync(scratch('d', name), 'x')
    const found: string[] = []
    await scanAhead(scratch('d'), delay(aWhileMs * 2), (path) => found.push(path) > 0)
    expect(found.sort()).toEqual(['ibdata1', 't/a.ibd'])
  })

  it('waits for a file that is still written to', async () => {
    writeFileSync(scratch('done.ibd'), 'x')
    writeFileSync(scratch('busy.ibd'), 'x')
    const found: string[] = []
    // Written in every turn of the event loop, so that each look finds it changed, however slow.
    const write = async (): Promise<void> => {
      for (let size = 2; found.length === 0; size += 1) {
        writeFileSync(scratch('busy.ibd'), 'x'.repeat(size))
        await new Promise(setImmediate)
      }
    }
    await scanAhead(scratch(), write(), (path) => found.push(path) > 0)
    expect(found).toEqual(['done.ibd'])
  })

  it('offers a file again that nobody had a hand free for', async () => {
    writeFileSync(scratch('a.ibd'), 'x')
    let offers = 0
    await scanAhead(scratch(), delay(aWhileMs * 2), () => ++offers > 1)
    expect(offers).toBe(2)
  })

  it('does not mind a directory that is not there yet, or not any more', async () => {
    const found: string[] = []
    const work = scanAhead(scratch('d'), delay(aWhileMs * 2), (path) => found.push(path) > 0)
    mkdirSync(scratch('d'))
    writeFileSync(scratch('d', 'a.ibd'), 'x')
    await expect.poll(() => found).toEqual(['a.ibd'])
    rmSync(scratch('d'), { recursive: true })
    await expect(work).resolves.toBeUndefined()
  })

  it('ends when the clone fails, and leaves the failure to others', async () => {
    const failed = Promise.reject(new Error('CLONE failed'))
    await expect(scanAhead(scratch(), failed, () => true)).resolves.toBeUndefined()
  })
})
