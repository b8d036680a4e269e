import { mkdirSync, writeFileSync } from 'node:fs'
import { compress } from '@mongodb-js/zstd'
import { describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { makeDirectory, valuesIn } from '../../fakes/greatsql-directory.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { makeFakeIo } from './fake-io.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

describe('clonectl decompress', () => {
  it('names every file and its bytes', async () => {
    mkdirSync(scratch('stage'))
    writeFileSync(scratch('stage/ibdata1.zstd'), await compress(Buffer.alloc(5000)))
    writeFileSync(scratch('stage/undo_001.delta.zstd'), '')
    const { exitCode, stdout } = await run('decompress', scratch('stage'), '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      directory: scratch('stage'),
      files: [
        { from: 'ibdata1.zstd', to: 'ibdata1', codec: 'zstd', bytes: 5000 },
        {
          from: 'undo_001.delta.zstd',
          to: 'undo_001.delta',
          codec: 'zstd',
          storedBytes: 0,
          bytes: 0,
        },
      ],
      bytes: 5000,
    })
    expect((await run('decompress', scratch('stage'))).stdout).toBe(
      `nothing in ${scratch('stage')} is compressed\n`,
    )
  })

  it('wants a directory', async () => {
    const { exitCode, stderr } = await run('decompress')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('no directory was named')
  })
})

describe('clonectl apply', () => {
  const make = (): void => {
    const system = { spaceId: 0, pages: [1, 2] }
    makeDirectory(scratch('full'), { lsns: [0, 100, 120], spaces: { ibdata1: system } })
    const deltas = { ibdata1: { spaceId: 0, pages: [[1, 9]] as const } }
    makeDirectory(scratch('one'), { lsns: [100, 200, 220], deltas })
  }
  const where = () => ['--datadir', scratch('full'), '--incremental-dir', scratch('one')]

  it('says what was applied', async () => {
    make()
    const { exitCode, stdout } = await run('apply', ...where(), '--apply', 'native', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      datadir: scratch('full'),
      appliedBy: 'native',
      steps: [{ step: 'apply', directory: scratch('one'), tablespaces: 1, pages: 1, gone: [] }],
    })
    expect(valuesIn(scratch('full/ibdata1'))).toEqual([1, 9])
  })

  it('says it in words, too', async () => {
    make()
    const { stdout } = await run('apply', ...where(), '--apply', 'native')
    expect(stdout).toContain(`apply:      1 pages of 1 tablespaces from ${scratch('one')}\n`)
  })

  it('ends with 20 for an increment that does not fit', async () => {
    make()
    await run('apply', ...where(), '--apply', 'native')
    const { exitCode, stderr } = await run('apply', ...where(), '--apply', 'native')
    expect(exitCode).toBe(20)
    expect(stderr).toContain('has been applied already')
  })
})
