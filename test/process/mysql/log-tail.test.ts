import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logSize, readLogTail } from '../../../src/mysql/log-tail.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let path: string

beforeAll(async () => {
  scratch = await makeScratchDirectory()
  path = join(scratch.path, 'log')
})
afterAll(() => scratch[Symbol.asyncDispose]())

describe('readLogTail', () => {
  it('gives the last 20 lines and the first errors', async () => {
    const lines = Array.from({ length: 50 }, (_, index) =>
      index % 7 === 0 ? `t 0 [ERROR] [MY-${index}] broken` : `line ${index}`,
    )
    await writeFile(path, `${lines.join('\n')}\n`)
    const tail = await readLogTail(path)
    expect(tail.lines).toBe(lines.slice(30).join('\n'))
    expect(tail.errors).toEqual([0, 7, 14, 21, 28].map((index) => `[MY-${index}] broken`))
  })

  it('reads no more than the end of a long log, and nothing from before the start', async () => {
    await writeFile(path, `[ERROR] old\n${'x'.repeat(100_000)}\nlast\n`)
    expect(await readLogTail(path)).toMatchObject({ errors: [] })
    await writeFile(path, 'old\nnew\n')
    expect((await readLogTail(path, 4)).lines).toBe('new')
    expect((await readLogTail(path, 400)).lines).toBe('')
  })

  it('does without a log', async () => {
    expect(await readLogTail(join(scratch.path, 'nowhere'))).toEqual({ lines: '', errors: [] })
    expect(await logSize(join(scratch.path, 'nowhere'))).toBe(0)
  })
})
