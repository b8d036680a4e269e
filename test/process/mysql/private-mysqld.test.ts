// The hard ways of a mysqld, played by scripts; the real one is met in test/server/mysql.
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPrivateMysqld } from '../../../src/mysql/private-mysqld.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
const pids: number[] = []

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A program that plays mysqld; it notes its pid. */
const plan = async (script: string) => {
  const path = (name: string) => join(scratch.path, name)
  await writeFile(path('mysqld'), `#!/bin/sh\necho $$ > '${path('pid')}'\n${script}\n`)
  await chmod(path('mysqld'), 0o755)
  await writeFile(path('log'), 'an old [ERROR] of an earlier run\n')
  return {
    mysqld: path('mysqld'),
    datadir: path('data'),
    configFile: path('my.cnf'),
    socket: path('sock'),
    logFile: path('log'),
    startTimeoutMs: 400,
    stopTimeoutMs: 400,
  }
}

const notedPid = async (): Promise<number> => {
  const pid = Number(await readFile(join(scratch.path, 'pid'), 'utf8'))
  pids.push(pid)
  return pid
}

beforeAll(async () => {
  scratch = await makeScratchDirectory()
})
afterEach(() => {
  for (const pid of pids.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
})
afterAll(() => scratch[Symbol.asyncDispose]())

const forever = 'while :; do sleep 0.05; done'

describe('startPrivateMysqld', () => {
  it('tells why mysqld ended early, from this run’s part of the log', async () => {
    const options = await plan(
      'echo "2026-11-20T10:17:07Z 0 [ERROR] [MY-000067] [Server] unknown variable \'x=1\'." >&2\n' +
        'echo "0 [System] Shutdown complete" >&2\nexit 7',
    )
    const failure = startPrivateMysqld({ ...options, startTimeoutMs: 10_000 })
    await expect(failure).rejects.toMatchObject({
      code: 'PROCESS',
      message:
        "mysqld ended before it answered: exit code 7: [MY-000067] [Server] unknown variable 'x=1'.",
      hint: `See its log: ${options.logFile}`,
      details: {
        exitCode: 7,
        signal: null,
        logFile: options.logFile,
        logTail: expect.not.stringContaining('earlier run'),
      },
    })
  })

  it('tells which signal ended it', async () => {
    await expect(startPrivateMysqld(await plan('kill -9 $$'))).rejects.toMatchObject({
      message: expect.stringContaining('signal SIGKILL'),
      details: { signal: 'SIGKILL' },
    })
  })

  it('gives up waiting, and stops what it started', async () => {
    await expect(startPrivateMysqld(await plan(forever))).rejects.toMatchObject({
      code: 'PROCESS',
      message: 'mysqld did not answer within 0.4 s',
    })
    expect(isRunning(await notedPid())).toBe(false)
  })

  it('never kills one that does not heed SIGTERM', async () => {
    const failure = startPrivateMysqld(await plan(`trap '' TERM\n${forever}`))
    await expect(failure).rejects.toMatchObject({ code: 'PROCESS' })
    expect(isRunning(await notedPid())).toBe(true)
  })

  it('stops at once when it is cancelled', async () => {
    const options = await plan(forever)
    const signal = AbortSignal.timeout(150)
    await expect(
      startPrivateMysqld({ ...options, startTimeoutMs: 60_000, signal }),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(isRunning(await notedPid())).toBe(false)
  })

  it('says where it looked for the program', async () => {
    const options = { ...(await plan('')), mysqld: '/nowhere/mysqld' }
    await expect(startPrivateMysqld(options)).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('/nowhere/mysqld'),
    })
  })

  it('refuses a socket path the system cannot hold', async () => {
    const socket = `/tmp/${'é'.repeat(52)}`
    await expect(startPrivateMysqld({ ...(await plan('')), socket })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('109 bytes, at most 107'),
    })
  })
})
