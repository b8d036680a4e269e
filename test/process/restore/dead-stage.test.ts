import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { openRunJournal, type RunRecord } from '../../../src/repository/run-journal.ts'
import { clearDeadStage } from '../../../src/restore/dead-stage.ts'
import {
  identityOf,
  isAlive,
  ownIdentity,
  type ProcessIdentity,
} from '../../../src/system/process-identity.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const target = () => scratch('target')
const stage = (...parts: readonly string[]) => scratch('target.clonectl-stage', ...parts)

/** This very pid, but of a process that began earlier. */
const dead: ProcessIdentity = { ...ownIdentity(), startTime: '1' }

const leaveStage = async (
  owner: ProcessIdentity,
  steps: readonly string[],
  facts: Partial<Pick<RunRecord, 'mysqld'>> = {},
): Promise<void> => {
  mkdirSync(stage('data', 'mysql'), { recursive: true })
  writeFileSync(stage('data', 'ibdata1'), 'pages')
  const clock = { now: () => new Date('2026-11-20T09:00:05.000Z') }
  const journal = openRunJournal(stage('run.json'), 'clonectl restore --latest', owner, clock)
  for (const step of steps) await journal.begin(step, facts)
}

const clear = async (path = target()): Promise<readonly string[]> => {
  const context = restoreContext()
  await clearDeadStage(context, path)
  return context.reporter.lines
}

describe('clearDeadStage', () => {
  it('does nothing where no stage is', async () => {
    expect(await clear()).toEqual([])
    expect(await clear(scratch('not', 'yet', 'there'))).toEqual([])
  })

  it('removes the stage of a dead restore, and says how far that had come', async () => {
    await leaveStage(dead, ['begin', 'stage'])
    expect(await clear()).toEqual([
      `warn: removing what a dead restore left in ${stage()}: its last step was "stage"`,
    ])
    expect(readdirSync(scratch())).toEqual([])
  })

  it('finds it through a link to the target', async () => {
    mkdirSync(target())
    symlinkSync(target(), scratch('link'))
    await leaveStage(dead, ['begin'])
    expect(await clear(scratch('link'))).toHaveLength(1)
    expect(readdirSync(scratch()).sort()).toEqual(['link', 'target'])
  })

  it('says so when the restore died after it had made its target', async () => {
    mkdirSync(target())
    mkdirSync(stage())
    const clock = { now: () => new Date('2026-11-20T09:00:05.000Z') }
    await openRunJournal(stage('run.json'), 'clonectl restore', dead, clock).begin('publish')
    expect(await clear()).toEqual([
      `warn: removing what a dead restore left in ${stage()}: it had made ${target()}, which is whole`,
    ])
    expect(readdirSync(scratch())).toEqual(['target'])
  })

  it.each([
    ['empty', []],
    ['with half a journal', ['run.json.0b6b2c1e-9f6e-4d0c-8a51-0e6f1c2d3e4f.tmp']],
  ])('removes a stage that had only begun: %s', async (_, names) => {
    mkdirSync(stage())
    for (const name of names) writeFileSync(stage(name), '{')
    expect(await clear()).toEqual([
      `warn: removing what a dead restore left in ${stage()}: it holds nothing of worth`,
    ])
    expect(existsSync(stage())).toBe(false)
  })

  it.each([
    ['of this host', ownIdentity()],
    ['of another host, of which it cannot be told', { ...dead, host: 'another.example' }],
  ])('is refused while the restore lives: %s', async (_, owner) => {
    await leaveStage(owner, ['begin', 'stage'])
    expect(await failureOf(clear())).toMatchObject({
      code: 'LOCKED',
      message: `a restore into this target is at work (pid ${owner.pid} on ${owner.host})`,
      details: { pid: owner.pid, command: 'clonectl restore --latest' },
    })
    expect(existsSync(stage('data', 'ibdata1'))).toBe(true)
  })

  it('touches no directory of somebody else', async () => {
    mkdirSync(stage())
    writeFileSync(stage('precious'), '')
    expect(await failureOf(clear())).toMatchObject({
      code: 'PATH_NOT_EMPTY',
      message: `${stage()} exists and is no stage of clonectl's`,
    })
    expect(readdirSync(stage())).toEqual(['precious'])
  })

  it('does not guess from a journal it cannot read', async () => {
    mkdirSync(stage())
    writeFileSync(stage('run.json'), '{')
    expect((await failureOf(clear())).code).toBe('REPOSITORY_UNREADABLE')
    expect(existsSync(stage())).toBe(true)
  })

  it('ends the mysqld that the dead restore left', async () => {
    const orphan = spawn('sleep', ['60'], { stdio: 'ignore' })
    const ended = once(orphan, 'exit')
    const mysqld = identityOf(orphan.pid ?? 0)
    await leaveStage(dead, ['begin', 'mysqld'], { mysqld })
    await clear()
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(isAlive(mysqld)).toBe(false)
    expect(existsSync(stage())).toBe(false)
  })

  it('ends no process that only has the pid of that mysqld', async () => {
    const other = spawn('sleep', ['60'], { stdio: 'ignore' })
    const ended = once(other, 'exit')
    const mysqld = { pid: other.pid ?? 0, startTime: '1', host: hostname() }
    await leaveStage(dead, ['begin', 'mysqld'], { mysqld })
    await clear()
    expect(isAlive(identityOf(mysqld.pid))).toBe(true)
    other.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  })
})
