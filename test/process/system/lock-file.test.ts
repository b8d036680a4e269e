import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireLock } from '../../../src/system/lock-file.ts'
import { ownIdentity } from '../../../src/system/process-identity.ts'
import { failureOf } from './failure-of.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()
const now = new Date('2026-11-20T10:00:00.000Z')
const take = (command = 'backup') => acquireLock(scratch('lock'), { command, now })

const startFixture = (name: string, args: readonly string[]): ChildProcess =>
  spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'fixtures', name), ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )

const startHolder = async (): Promise<ChildProcess> => {
  const holder = startFixture('lock-holder.ts', [scratch('lock'), 'restore'])
  await once(holder.stdout!, 'data')
  return holder
}

const end = async (child: ChildProcess, signal?: NodeJS.Signals): Promise<void> => {
  const exit = once(child, 'exit')
  if (signal === undefined) child.stdin?.end()
  else child.kill(signal)
  await exit
}

/** A lock as a process would leave that died; the pid is beyond what Linux gives. */
const leaveDeadLock = (name = 'lock', pid = 4194305, startTime: string | null = '1'): void => {
  const owner = { pid, startTime, host: hostname(), command: 'prune', since: 'long ago' }
  writeFileSync(scratch(name), JSON.stringify(owner))
}

describe('a lock', () => {
  it('says who holds it, and is gone when released', async () => {
    const lock = await take()
    expect(JSON.parse(readFileSync(scratch('lock'), 'utf8'))).toEqual({
      ...ownIdentity(),
      command: 'backup',
      since: '2026-11-20T10:00:00.000Z',
    })
    expect(readdirSync(scratch())).toEqual(['lock'])
    expect(lock.tookOverFrom).toBeUndefined()
    await lock.release()
    await lock.release()
    expect(readdirSync(scratch())).toEqual([])
  })

  it('is released at the end of its scope, also by an error', async () => {
    const work = async (): Promise<void> => {
      await using lock = await take()
      throw new Error(`had ${lock.path}`)
    }
    await expect(work()).rejects.toThrow('had ')
    expect(readdirSync(scratch())).toEqual([])
  })

  it('cannot be taken twice, not even by one process', async () => {
    await using lock = await take()
    expect((await failureOf(take())).code).toBe('LOCKED')
    expect(lock.path).toBe(scratch('lock'))
  })

  it('is refused while another process holds it, who is named', async () => {
    const holder = await startHolder()
    const error = await failureOf(take())
    expect(error.code).toBe('LOCKED')
    expect(error.message).toContain(`"restore", process ${holder.pid} on ${hostname()}`)
    expect(error.hint).toContain(scratch('lock'))
    expect(error.details).toMatchObject({
      path: scratch('lock'),
      pid: holder.pid,
      host: hostname(),
      command: 'restore',
      since: '2026-11-20T09:30:12.345Z',
    })
    await end(holder)
    expect(readdirSync(scratch())).toEqual([])
    await (await take()).release()
  })

  it('fails when its directory is not there', async () => {
    const work = acquireLock(scratch('no', 'lock'), { command: 'backup', now })
    await expect(work).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a lock that was left behind', () => {
  it('is taken over when its holder was killed', async () => {
    const holder = await startHolder()
    await end(holder, 'SIGKILL')
    await using lock = await take()
    expect(lock.tookOverFrom).toMatchObject({ pid: holder.pid, command: 'restore' })
    expect(readdirSync(scratch())).toEqual(['lock'])
    expect(readFileSync(scratch('lock'), 'utf8')).toContain('"command": "backup"')
  })

  it('is taken over when its pid belongs to a later process', async () => {
    const startTime = String(Number(ownIdentity().startTime) - 1)
    leaveDeadLock('lock', process.pid, startTime)
    await using lock = await take()
    expect(lock.tookOverFrom).toMatchObject({ pid: process.pid, startTime })
  })

  it('is taken over although one died while taking it over', async () => {
    leaveDeadLock('lock')
    leaveDeadLock('lock.takeover')
    leaveDeadLock('lock.takeover.takeover')
    const lock = await take()
    expect(lock.tookOverFrom).toMatchObject({ command: 'prune' })
    expect(readdirSync(scratch())).toEqual(['lock'])
    await lock.release()
    expect(readdirSync(scratch())).toEqual([])
  })

  it('is left alone when its holder was on another host', async () => {
    const owner = { ...ownIdentity(), host: 'db2.example', command: 'backup', since: 'x' }
    writeFileSync(scratch('lock'), JSON.stringify({ ...owner, pid: 4194305 }))
    const error = await failureOf(take())
    expect(error.code).toBe('LOCKED')
    expect(error.message).toContain('on db2.example')
  })

  it.each(['', '{"pid": 12', 'garbage'])('is left alone when it says %j', async (text) => {
    writeFileSync(scratch('lock'), text)
    const error = await failureOf(take())
    expect(error.code).toBe('LOCKED')
    expect(error.message).toContain('does not say whose lock it is')
    expect(error.hint).toContain(`remove ${scratch('lock')}`)
    expect(readFileSync(scratch('lock'), 'utf8')).toBe(text)
    expect(readdirSync(scratch())).toEqual(['lock'])
  })
})

describe('releasing', () => {
  it("removes only one's own lock", async () => {
    const lock = await take()
    rmSync(scratch('lock'))
    leaveDeadLock()
    await lock.release()
    expect(readFileSync(scratch('lock'), 'utf8')).toContain('prune')
  })
})

describe('many who want one lock', () => {
  it('get it one at a time, though each dies with it in its hands', async () => {
    leaveDeadLock()
    const args = ['lock', 'marker', 'winners'].map((name) => scratch(name))
    const racers = Array.from({ length: 20 }, () => startFixture('lock-racer.ts', args))
    const ends = await Promise.all(racers.map((racer) => once(racer, 'exit')))
    expect(ends).toEqual(racers.map(() => [null, 'SIGKILL']))
    const winners = readFileSync(scratch('winners'), 'utf8').trim().split('\n').map(Number)
    const pids = racers.map((racer) => racer.pid)
    expect(winners.toSorted((a, b) => a - b)).toEqual(pids.toSorted((a, b) => a! - b!))
    await using lock = await take()
    expect(lock.tookOverFrom?.pid).toBe(winners.at(-1))
    expect(readdirSync(scratch()).toSorted()).toEqual(['lock', 'winners'])
  }, 60_000)

  it('are refused but for one, in one process too', async () => {
    leaveDeadLock()
    const tries = await Promise.allSettled(Array.from({ length: 30 }, () => take()))
    const won = tries.filter((attempt) => attempt.status === 'fulfilled')
    const reasons = tries.flatMap((attempt) =>
      attempt.status === 'rejected' ? [(attempt.reason as { code: unknown }).code] : [],
    )
    expect(won).toHaveLength(1)
    expect(new Set(reasons)).toEqual(new Set(['LOCKED']))
  })
})
