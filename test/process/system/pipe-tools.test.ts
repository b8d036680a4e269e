import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { pipeTools, type PipeReader } from '../../../src/system/pipe-tools.ts'
import { failureOf } from './failure-of.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()
const tool = (name: string, script: string) => ({ file: '/bin/sh', args: ['-c', script], name })
const pipe = (writer: string, reader: string, more: Partial<PipeReader> = {}) =>
  pipeTools(tool('writer', writer), { ...tool('reader', reader), ...more })

const waitAtMost = 20_000

describe('a writer and a reader', () => {
  it('pass every byte on', async () => {
    const result = await pipe('seq 1 100000; echo w >&2', 'sha256sum; echo r >&2')
    const { stdout } = await pipe('true', 'seq 1 100000 | sha256sum')
    expect(result).toEqual({ stdout, stderr: 'r\n', writerStderr: 'w\n' })
  })

  it('pass nothing on when nothing is written', async () => {
    expect((await pipe('true', 'wc -c')).stdout.trim()).toBe('0')
  })

  it('lose nothing when the reader is slow to begin', async () => {
    expect((await pipe('echo early', 'sleep 0.3; cat')).stdout).toBe('early\n')
  })

  it('pass 100 MB on while this process does nothing at all', async () => {
    const stdout = openSync(scratch('out'), 'w')
    const work = pipe('head -c 104857600 /dev/zero', 'wc -c', { stdout })
    // The event loop stands still until the reader has seen all of it.
    const idle = new Int32Array(new SharedArrayBuffer(4))
    const begun = Date.now()
    while (readFileSync(scratch('out'), 'utf8') === '' && Date.now() - begun < waitAtMost) {
      Atomics.wait(idle, 0, 0, 20)
    }
    expect(readFileSync(scratch('out'), 'utf8').trim()).toBe('104857600')
    await work
    closeSync(stdout)
  })

  it('take the input of the writer from a file descriptor', async () => {
    const stdin = openSync(import.meta.filename, 'r')
    const { stdout } = await pipeTools({ ...tool('writer', 'cat'), stdin }, tool('reader', 'cat'))
    closeSync(stdin)
    expect(stdout).toBe(readFileSync(import.meta.filename, 'utf8'))
  })
})

describe('a pipe that fails', () => {
  it('reports the reader, of which the end of the writer is a consequence', async () => {
    const error = await failureOf(
      pipe('yes', 'head -c 5 >&2; echo >&2; echo bad event >&2; exit 4'),
    )
    expect(error.code).toBe('PROCESS')
    expect(error.message).toBe('reader ended with exit code 4: bad event')
    expect(error.details).toMatchObject({ command: 'reader', exitCode: 4 })
    expect(error.details['writer']).toMatchObject({ command: 'writer' })
  })

  it('reports the writer when the reader ended well on half of the data', async () => {
    const error = await failureOf(pipe('echo half; echo lost connection >&2; exit 2', 'cat'))
    expect(error.message).toBe('writer ended with exit code 2: lost connection')
    expect(error.details).toMatchObject({ command: 'writer', exitCode: 2, signal: null })
  })

  it('reports the writer when the reader ended well without having read all', async () => {
    const error = await failureOf(pipe('exec yes', 'head -c 10'))
    expect(error.code).toBe('PROCESS')
    expect(error.details).toMatchObject({ command: 'writer' })
  })

  it('says both when both failed', async () => {
    const error = await failureOf(pipe('echo x; exit 2', 'cat; echo truncated >&2; exit 1'))
    expect(error.message).toBe('reader ended with exit code 1: truncated')
    expect(error.details['writer']).toMatchObject({ command: 'writer', exitCode: 2 })
  })

  it('does not wait for a writer that has nothing to write when the reader is gone', async () => {
    const begun = Date.now()
    const error = await failureOf(pipe('exec sleep 20', 'exit 5'))
    expect(error.message).toBe('reader ended with exit code 5')
    expect(Date.now() - begun).toBeLessThan(8000)
  })

  it('reports the side that cannot be started', async () => {
    const missing = { file: '/no/such/tool', args: [], name: 'missing' }
    const noWriter = await failureOf(pipeTools(missing, tool('reader', 'cat')))
    const noReader = await failureOf(pipeTools(tool('writer', 'exec sleep 20'), missing))
    for (const error of [noWriter, noReader]) {
      expect(error.code).toBe('TOOL_MISSING')
      expect(error.message).toContain('missing was looked for at /no/such/tool')
    }
  })
})

describe('a cancelled pipe', () => {
  it('is stopped on both sides, and over when the error comes', async () => {
    const abort = new AbortController()
    const writer = tool('writer', `echo $$ > ${scratch('w')}; exec sleep 60`)
    const reader = tool('reader', `echo $$ > ${scratch('r')}; exec cat`)
    const failure = failureOf(pipeTools(writer, reader, abort.signal))
    while (!existsSync(scratch('w')) || !existsSync(scratch('r'))) await sleep(5)
    await sleep(50)
    abort.abort()
    expect((await failure).code).toBe('CANCELLED')
    expect((await failure).message).toContain('writer | reader')
    for (const name of ['w', 'r']) {
      const pid = Number(readFileSync(scratch(name), 'utf8'))
      expect(existsSync(`/proc/${pid}`)).toBe(false)
    }
  })

  it('is not started when the signal has fired before', async () => {
    const work = pipeTools(
      tool('w', `touch ${scratch('x')}`),
      tool('r', 'cat'),
      AbortSignal.abort(),
    )
    expect((await failureOf(work)).code).toBe('CANCELLED')
    expect(existsSync(scratch('x'))).toBe(false)
  })
})
