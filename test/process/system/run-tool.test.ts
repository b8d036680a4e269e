import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { runTool, type ToolRun } from '../../../src/system/run-tool.ts'
import { failureOf } from './failure-of.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()
const node = (script: string, more: Partial<ToolRun> = {}) =>
  runTool({ file: process.execPath, args: ['-e', script], name: 'mytool', ...more })
const shell = (script: string, more: Partial<ToolRun> = {}) =>
  runTool({ file: '/bin/sh', args: ['-c', script], name: 'mytool', ...more })

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Runs a script that writes its pid to a file, and cancels it when it has. */
const cancelWhenReady = async (run: (signal: AbortSignal) => Promise<unknown>) => {
  const abort = new AbortController()
  const failure = failureOf(run(abort.signal))
  while (!existsSync(scratch('pid')) || readFileSync(scratch('pid'), 'utf8') === '') await sleep(5)
  abort.abort()
  return { failure, pid: Number(/\d+/.exec(readFileSync(scratch('pid'), 'utf8'))?.[0]) }
}

describe('a tool that does its work', () => {
  it('gives what it wrote, once it has ended, however slow', async () => {
    const result = await shell('echo one; sleep 0.2; echo two; echo warning >&2')
    expect(result).toEqual({ stdout: 'one\ntwo\n', stderr: 'warning\n' })
  })

  it('gets its arguments as they are, without a shell', async () => {
    const args = ['-c', 'printf "%s|" "$@"', 'x', '$HOME *', "it's", '']
    const { stdout } = await runTool({ file: '/bin/sh', args, name: 'mytool' })
    expect(stdout).toBe("$HOME *|it's||")
  })

  it('gets exactly the environment and the directory it is given', async () => {
    const { stdout } = await shell('pwd; /usr/bin/env', { env: { TZ: 'UTC' }, cwd: '/' })
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['/', 'TZ=UTC']))
    expect(stdout).not.toContain('HOME=')
  })

  it('reads nothing unless told otherwise', async () => {
    expect((await shell('cat | wc -c')).stdout.trim()).toBe('0')
  })

  it('reads from one file descriptor and writes to another', async () => {
    writeFileSync(scratch('in'), 'abc')
    const [stdin, stdout] = [openSync(scratch('in'), 'r'), openSync(scratch('out'), 'w')]
    const result = await shell('tr a-z A-Z', { stdin, stdout })
    closeSync(stdin)
    closeSync(stdout)
    expect(result.stdout).toBe('')
    expect(readFileSync(scratch('out'), 'utf8')).toBe('ABC')
  })

  it('reads from a stream', async () => {
    const { stdout } = await shell('cat', { stdin: Readable.from(['to be ', 'or not']) })
    expect(stdout).toBe('to be or not')
  })

  it('may end before it has read a whole stream', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65536, 'x'))
      },
    })
    const { stdout } = await shell('head -c 3', { stdin: endless })
    expect(stdout).toBe('xxx')
    expect(endless.destroyed).toBe(true)
  })

  it('may end well though its stream was all but delivered', async () => {
    const { stdout } = await shell('exec 0<&-; echo done; sleep 0.1', {
      stdin: Readable.from(['x'.repeat(10)]),
    })
    expect(stdout).toBe('done\n')
  })

  it('may flood stderr: the last 64 KiB are kept', async () => {
    const { stderr } = await shell('yes noise | head -c 5000000 >&2; echo last words >&2')
    expect(stderr).toHaveLength(65536)
    expect(stderr.endsWith('last words\n')).toBe(true)
  })
})

describe('a tool that fails', () => {
  it('is an error with exit code and last words', async () => {
    const error = await failureOf(shell('echo details >&2; echo no such table >&2; exit 3'))
    expect(error.code).toBe('PROCESS')
    expect(error.message).toBe('mytool ended with exit code 3: no such table')
    expect(error.details).toEqual({
      command: 'mytool',
      exitCode: 3,
      signal: null,
      stderrTail: 'details\nno such table',
    })
  })

  it('may say nothing at all', async () => {
    expect((await failureOf(shell('exit 1'))).message).toBe('mytool ended with exit code 1')
  })

  it('has only its last 20 lines in the error', async () => {
    const error = await failureOf(shell('seq 1 100000 >&2; exit 1'))
    const lines = (error.details['stderrTail'] as string).split('\n')
    expect(lines).toEqual(Array.from({ length: 20 }, (_, i) => String(99981 + i)))
  })

  it('is an error when a signal killed it', async () => {
    const error = await failureOf(shell('kill -KILL $$'))
    expect(error.message).toBe('mytool was killed by SIGKILL')
    expect(error.details).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  })

  it('never has its arguments or its environment in the error', async () => {
    const error = await failureOf(shell('exit 1 # sesame', { env: { KEY: 'sesame' } }))
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('sesame')
  })

  it('is stopped when it writes more than can be kept', async () => {
    const error = await failureOf(node("setInterval(() => console.log('x'.repeat(1e6)), 1)"))
    expect(error.code).toBe('PROCESS')
    expect(error.message).toBe('mytool wrote more than 16777216 bytes to stdout')
  })

  it('is stopped when the stream it reads breaks, and that is the error', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('the source broke'))
      },
    })
    const work = shell('cat; exec sleep 60', { stdin: broken })
    await expect(work).rejects.toThrow('the source broke')
  })
})

describe('a stream that was given up before it was read', () => {
  it('is an error: the tool would have taken half for the whole', async () => {
    const stdin = new Readable({ read() {} })
    stdin.push('half')
    setTimeout(() => stdin.destroy(), 50)
    await expect(shell('cat', { stdin })).rejects.toMatchObject({
      code: 'ERR_STREAM_PREMATURE_CLOSE',
    })
  })
})

describe('a tool that cannot be started', () => {
  it('is missing, and the error says where it was looked for', async () => {
    const error = await failureOf(runTool({ file: '/no/such/tool', args: [], name: 'mytool' }))
    expect(error.code).toBe('TOOL_MISSING')
    expect(error.message).toBe('mytool was looked for at /no/such/tool: there is no such program')
  })

  it('may be there and not executable', async () => {
    writeFileSync(scratch('tool'), '#!/bin/sh\n')
    chmodSync(scratch('tool'), 0o644)
    const error = await failureOf(runTool({ file: scratch('tool'), args: [], name: 'mytool' }))
    expect(error.code).toBe('TOOL_MISSING')
    expect(error.message).toContain('it may not be executed')
  })

  it('may be there without the directory it should run in', async () => {
    const error = await failureOf(shell('true', { cwd: '/no/such/dir' }))
    expect(error.message).toContain('or no directory /no/such/dir')
  })

  it('does not leave the stream it should read open', async () => {
    const stdin = Readable.from(['x'])
    await failureOf(runTool({ file: '/no/such/tool', args: [], name: 'mytool', stdin }))
    expect(stdin.destroyed).toBe(true)
  })
})

describe('a cancelled tool', () => {
  it('is not started when the signal has fired before', async () => {
    const work = shell(`touch ${scratch('trace')}`, { signal: AbortSignal.abort() })
    expect((await failureOf(work)).code).toBe('CANCELLED')
    expect(existsSync(scratch('trace'))).toBe(false)
  })

  it('gets SIGTERM and is gone when the error comes', async () => {
    const script = `trap 'sleep 0.2; exit 0' TERM; echo $$ > ${scratch('pid')}; while :; do sleep 0.05; done`
    const { failure, pid } = await cancelWhenReady((signal) => shell(script, { signal }))
    expect((await failure).code).toBe('CANCELLED')
    expect((await failure).message).toContain('mytool was stopped')
    expect(lives(pid)).toBe(false)
  })

  it('gets SIGKILL after 10 seconds when it ignores SIGTERM', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const args = [join(import.meta.dirname, 'fixtures', 'stubborn.mjs')]
    const log = openSync(scratch('pid'), 'w')
    const { failure, pid } = await cancelWhenReady((signal) =>
      runTool({
        file: '/bin/sh',
        args: ['-c', 'exec "$0" "$@" 2>&1', process.execPath, ...args],
        stdout: log,
        name: 'mytool',
        signal,
      }),
    )
    vi.advanceTimersByTime(9_999)
    await sleep(100)
    expect(lives(pid)).toBe(true)
    vi.advanceTimersByTime(1)
    vi.useRealTimers()
    expect((await failure).code).toBe('CANCELLED')
    expect(lives(pid)).toBe(false)
    closeSync(log)
  })

  it('is not waited for through a grandchild that holds its pipes', async () => {
    const script = `sleep 5 & echo $! > ${scratch('pid')}; wait`
    const begun = Date.now()
    const { failure, pid } = await cancelWhenReady((signal) => shell(script, { signal }))
    expect((await failure).code).toBe('CANCELLED')
    expect(Date.now() - begun).toBeLessThan(4000)
    process.kill(pid, 'SIGKILL')
  })
})
