import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRunJournal, type RunRecord } from '../../../src/repository/run-journal.ts'
import {
  beginDrillPlace,
  clearDeadDrills,
  newDrillPaths,
  removeDrillPlace,
  requireScratch,
} from '../../../src/restore/drill-place.ts'
import {
  identityOf,
  ownIdentity,
  type ProcessIdentity,
} from '../../../src/system/process-identity.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const NAME = 'clonectl-drill-0123abcd'

/** This very pid, but of a process that began earlier. */
const dead: ProcessIdentity = { ...ownIdentity(), startTime: '1' }

const leave = async (
  owner: ProcessIdentity,
  facts: Partial<Pick<RunRecord, 'mysqld'>> = {},
): Promise<void> => {
  mkdirSync(scratch(NAME, 'data', 'mysql'), { recursive: true })
  const clock = { now: () => new Date('2026-11-20T09:00:05.000Z') }
  const journal = openRunJournal(scratch(NAME, 'run.json'), 'clonectl drill', owner, clock)
  await journal.begin('mysqld', facts)
}

const clear = async (): Promise<readonly string[]> => {
  const context = restoreContext()
  await clearDeadDrills(context, scratch())
  return context.reporter.lines
}

describe('the place of a drill', () => {
  it('is made and removed', async () => {
    const paths = newDrillPaths(scratch())
    const place = await beginDrillPlace(restoreContext(), paths)
    expect(place.runJournal.record.steps).toHaveLength(1)
    mkdirSync(paths.data)
    expect(await clear()).toEqual([])
    expect(readdirSync(paths.directory).sort()).toEqual(['data', 'run.json'])
    await removeDrillPlace(paths, { keep: false, keepLogs: true })
    expect(readdirSync(scratch())).toEqual([])
    await removeDrillPlace(paths, { keep: true, keepLogs: true })
  })

  it.each([
    [{ keep: true, keepLogs: false }, ['data', 'x.log']],
    [{ keep: false, keepLogs: true }, ['x.log']],
  ])('keeps what is wanted, and forgets that it was a drill: %j', async (leftovers, names) => {
    await leave(ownIdentity())
    writeFileSync(scratch(NAME, 'x.log'), '')
    const directory = scratch(NAME)
    const paths = { directory, journal: join(directory, 'run.json'), data: join(directory, 'data') }
    await removeDrillPlace(paths, leftovers)
    expect(readdirSync(directory).sort()).toEqual(names)
    expect(await clear()).toEqual([])
    expect(readdirSync(directory).sort()).toEqual(names)
  })

  it('needs a scratch directory that is there', async () => {
    writeFileSync(scratch('file'), '')
    expect(await requireScratch(scratch('.'))).toBe(scratch())
    for (const path of [scratch('missing'), scratch('file'), scratch('file', 'below')]) {
      expect(await failureOf(requireScratch(path))).toMatchObject({
        code: 'CONFIG',
        message: `--scratch-dir: there is no directory ${path}`,
      })
    }
  })
})

describe('what a dead drill left', () => {
  it('is removed, and its server ended', async () => {
    const orphan = spawn('sleep', ['60'], { stdio: 'ignore' })
    const ended = once(orphan, 'exit')
    await leave(dead, { mysqld: identityOf(orphan.pid ?? 0) })
    mkdirSync(scratch(NAME, 'data.clonectl-stage'))
    expect(await clear()).toEqual([
      `warn: removing what a dead drill left in ${scratch(NAME)}: its last step was "mysqld"`,
      expect.stringContaining('removing what a dead restore left'),
    ])
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(readdirSync(scratch())).toEqual([])
  })

  it.each([
    ['of this host', ownIdentity()],
    ['of another host, of which it cannot be told', { ...dead, host: 'another.example' }],
  ])('is let be while the drill lives: %s', async (_, owner) => {
    await leave(owner)
    expect(await clear()).toEqual([])
    expect(readdirSync(scratch())).toEqual([NAME])
  })

  it('is removed without a journal only when it is empty and old', async () => {
    mkdirSync(scratch(NAME))
    expect(await clear()).toEqual([])
    const hourAgo = new Date(Date.now() - 3_600_000)
    utimesSync(scratch(NAME), hourAgo, hourAgo)
    expect(await clear()).toHaveLength(1)
    expect(readdirSync(scratch())).toEqual([])
  })

  it('does not stop the next one when it cannot be understood', async () => {
    mkdirSync(scratch(NAME))
    writeFileSync(scratch(NAME, 'run.json'), '{')
    expect(await clear()).toEqual([expect.stringContaining(`cannot clear up ${scratch(NAME)}`)])
    expect(readdirSync(scratch())).toEqual([NAME])
  })

  it('is not taken for what somebody else has there', async () => {
    const names = ['clonectl-drill-notes', 'clonectl-drill-0123abcd.txt', 'mysql']
    for (const name of names) mkdirSync(scratch(name))
    expect(await clear()).toEqual([])
    expect(readdirSync(scratch())).toEqual([...names].sort())
  })
})
