import { existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chooseDecoder } from '../../../src/codec/choose-decoder.ts'
import type { Codec } from '../../../src/codec/codec.ts'
import { programDecoder } from '../../../src/codec/program-decoder.ts'
import type { ProgramRun, Programs, RunProgram } from '../../../src/codec/programs.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { lz4Frame, sampleContent, zstdFrame } from '../../unit/codec/frame-bytes.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const content = sampleContent(100_000)
const programs = { lz4: '/opt/lz4/bin/lz4' }

const decodeBy = (run: RunProgram, file = lz4Frame(content)) => {
  const source = scratch('t.ibd.lz4')
  writeFileSync(source, file)
  const job = { source, destination: scratch('t.ibd'), codec: 'lz4' } as const
  return programDecoder({ programs, run }).decodeFile(job)
}

const endsWith =
  (details: Readonly<Record<string, unknown>>): RunProgram =>
  async ({ name }) => {
    throw new ClonectlError('PROCESS', `${name} ended badly`, { details })
  }

describe('the decoder that runs programs', () => {
  it('asks for decoding from descriptor to descriptor, without a name of a file', async () => {
    const runs: ProgramRun[] = []
    await decodeBy(async (run) => {
      runs.push(run)
      writeSync(run.stdout, content)
    })
    expect(runs).toEqual([
      {
        file: '/opt/lz4/bin/lz4',
        args: ['-q', '-d', '-c'],
        name: 'lz4',
        stdin: expect.any(Number) as number,
        stdout: expect.any(Number) as number,
        signal: undefined,
      },
    ])
  })

  it('runs nothing for an empty file', async () => {
    const result = await decodeBy(() => Promise.reject(new Error('was run')), Buffer.alloc(0))
    expect(result.bytes).toBe(0)
  })

  it.each([true, false])(
    'runs nothing for a file that cannot hold what is expected (size declared: %s)',
    async (declared) => {
      const source = scratch('t.ibd.lz4')
      writeFileSync(source, lz4Frame(content, { declared }))
      const run = () => Promise.reject(new Error('was run'))
      const job = { source, destination: scratch('t.ibd'), codec: 'lz4' } as const
      const work = programDecoder({ programs, run }).decodeFile({ ...job, expectedBytes: 131_073 })
      expect((await failureOf(work)).message).toMatch(/frames for .* expected 131073 bytes$/)
    },
  )

  it.each([0, 99_999, 100_001])(
    'does not believe exit code 0 when %i bytes came out of 100000',
    async (bytes) => {
      const work = decodeBy(async ({ stdout }) => writeSync(stdout, Buffer.alloc(bytes)))
      const error = await failureOf(work)
      expect(error.message).toContain(`holds ${bytes} bytes of content, expected 100000 bytes`)
      expect(existsSync(scratch('t.ibd'))).toBe(false)
    },
  )

  it('does not believe more than the blocks can hold, where no size is declared', async () => {
    const file = lz4Frame(content, { declared: false })
    const work = decodeBy(async ({ stdout }) => writeSync(stdout, Buffer.alloc(131_073)), file)
    expect((await failureOf(work)).message).toContain(
      '131073 bytes of content, expected at most 131072',
    )
  })

  it('blames the file for an exit code, and keeps what the program said', async () => {
    const details = { exitCode: 66, signal: null, stderrTail: 'Error 66 : Decompression error' }
    const error = await failureOf(decodeBy(endsWith(details)))
    expect(error).toMatchObject({
      code: 'INTEGRITY',
      message: `${scratch('t.ibd.lz4')}: the program lz4 cannot decode it: lz4 ended badly`,
      cause: { details },
    })
    expect(existsSync(scratch('t.ibd'))).toBe(false)
  })

  it.each([
    ['a full disk', { exitCode: 70, stderrTail: 'Error 70 : Write error : cannot write' }],
    ['a lack of memory', { exitCode: 1, stderrTail: 'zstd: Allocation error : not enough memory' }],
    ['a signal', { exitCode: null, signal: 'SIGKILL', stderrTail: '' }],
  ])('does not blame the file for %s', async (_, details) => {
    const error = await failureOf(decodeBy(endsWith(details)))
    expect(error).toMatchObject({ code: 'PROCESS', details })
    expect(existsSync(scratch('t.ibd'))).toBe(false)
  })

  it('says which program is missing', async () => {
    const run: RunProgram = () => Promise.reject(new Error('was run'))
    const decoder = programDecoder({ programs: {}, run })
    writeFileSync(scratch('a.lz4'), lz4Frame(content))
    const job = { source: scratch('a.lz4'), destination: scratch('a'), codec: 'lz4' } as const
    expect(await failureOf(decoder.decodeFile(job))).toMatchObject({
      code: 'TOOL_MISSING',
      message: 'the program lz4 is needed and was not found',
    })
  })
})

describe('the choice of a decoder', () => {
  const large = sampleContent(16_000_000)
  const byAddons: RunProgram = () => Promise.reject(new Error('a program was run'))
  const byProgram: RunProgram = async ({ stdout }) => writeSync(stdout, large)

  const decodeBoth = async (
    run: RunProgram,
    codec: Codec,
    file: Buffer,
    found: Programs = { zstd: '/x/zstd', lz4: '/x/lz4' },
  ) => {
    writeFileSync(scratch('large'), file)
    const job = { source: scratch('large'), destination: scratch('out'), codec }
    await chooseDecoder({ programs: found, run }).decodeFile(job)
    expect(readFileSync(scratch('out')).length).toBeGreaterThan(0)
  }
  const pieces = [0, 1, 2, 3].map((n) => large.subarray(n * 4_000_000, (n + 1) * 4_000_000))

  it('takes the program for a large file of zstd, and the addon for a small one', async () => {
    const raw = await Promise.all(pieces.map((piece) => zstdFrame(piece, { blocks: 'raw' })))
    await decodeBoth(byProgram, 'zstd', Buffer.concat(raw))
    rmSync(scratch('out'))
    await decodeBoth(byAddons, 'zstd', await zstdFrame(content))
  })

  it('takes the addon for lz4, except for large frames', async () => {
    await decodeBoth(byAddons, 'lz4', Buffer.concat(pieces.map((piece) => lz4Frame(piece))))
    rmSync(scratch('out'))
    await decodeBoth(byProgram, 'lz4', lz4Frame(large))
  })

  it('takes the addons for everything where the program is not installed', async () => {
    await decodeBoth(byAddons, 'lz4', lz4Frame(large), { zstd: '/x/zstd' })
  })

  it('takes the addons for an empty file', async () => {
    writeFileSync(scratch('empty'), '')
    const decoder = chooseDecoder({ programs, run: byAddons })
    const job = { source: scratch('empty'), destination: scratch('out'), codec: 'lz4' } as const
    expect(await decoder.decodeFile(job)).toMatchObject({ bytes: 0 })
  })
})
