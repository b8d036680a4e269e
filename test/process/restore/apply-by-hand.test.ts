import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { describe, expect, it, vi } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import { applyByHand, type ByHandRequest } from '../../../src/restore/apply-by-hand.ts'
import {
  bytesOfFiles,
  type MadeDirectory,
  makeDirectory,
  valuesIn,
} from '../../fakes/greatsql-directory.ts'
import { identityOf, ownIdentity } from '../../../src/system/process-identity.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
const STATE = '#clone/clonectl-applied.json'
const untouched = { spaceId: 0, pages: [] }

const full: MadeDirectory = {
  lsns: [0, 100, 120],
  spaces: { ibdata1: { spaceId: 0, pages: [1, 2] }, 't/a.ibd': { spaceId: 7, pages: [1, 2, 3] } },
}
const increment = (start: number, track: number, end: number, value: number): MadeDirectory => ({
  lsns: [start, track, end],
  redo: `redo at ${end}`,
  deltas: { ibdata1: untouched, 't/a.ibd': { spaceId: 7, pages: [[2, value]] } },
})

const makeChain = (changes: Partial<MadeDirectory> = {}): void => {
  makeDirectory(scratch('full'), { ...full, ...changes })
  makeDirectory(scratch('one'), increment(100, 200, 220, 11))
  makeDirectory(scratch('two'), increment(200, 300, 320, 22))
}

const apply = (changes: Partial<ByHandRequest> = {}) =>
  applyByHand(
    {
      reporter: recordingReporter(),
      signal: new AbortController().signal,
      clock: { now: () => new Date('2026-11-20T09:30:12.345Z') },
      command: 'clonectl apply',
      findTool: async (name) => {
        throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
      },
    },
    {
      datadir: scratch('full'),
      incrementalDir: scratch('one'),
      prepare: false,
      by: 'native',
      parallel: 2,
      mysqlUser: undefined,
      ...changes,
    },
  )
const applyFrom = (name: string) => apply({ incrementalDir: scratch(name) })
const table = () => valuesIn(scratch('full', 't/a.ibd'))

/** The work fails with the code, and nothing of either directory is changed. */
const requireRefused = async (work: () => Promise<unknown>, code: string, message: RegExp) => {
  const before = bytesOfFiles(scratch())
  const error = await failureOf(work())
  expect(error.message).toMatch(message)
  expect(error.code).toBe(code)
  expect(bytesOfFiles(scratch())).toEqual(before)
}

describe('applying by hand', () => {
  it('applies one increment after the other', async () => {
    makeChain()
    const outcome = await apply()
    expect(outcome).toEqual({
      datadir: scratch('full'),
      by: 'native',
      steps: [{ step: 'apply', directory: scratch('one'), tablespaces: 2, pages: 1, gone: [] }],
    })
    expect(table()).toEqual([1, 2, 11])
    await applyFrom('two')
    expect(table()).toEqual([1, 2, 22])
    expect(readFileSync(scratch('full/#innodb_redo/#ib_redo0'), 'utf8')).toBe('redo at 320')
    expect(JSON.parse(readFileSync(scratch('full', STATE), 'utf8'))).toEqual({
      format: 1,
      state: 'applied',
      backups: [
        { startLsn: '0', pageTrackLsn: '100', endLsn: '120' },
        { startLsn: '100', pageTrackLsn: '200', endLsn: '220' },
        { startLsn: '200', pageTrackLsn: '300', endLsn: '320' },
      ],
    })
    expect(readdirSync(scratch()).sort()).toEqual(['full', 'one', 'two'])
  })

  it('refuses the same increment twice', async () => {
    makeChain()
    await apply()
    await requireRefused(apply, 'CHAIN_BROKEN', /has been applied already/)
  })

  it('P-06: refuses increments out of order', async () => {
    makeChain()
    await requireRefused(
      () => applyFrom('two'),
      'CHAIN_BROKEN',
      /begins at LSN 200, the data directory reaches 100/,
    )
    makeDirectory(scratch('older'), increment(100, 150, 170, 5))
    await apply()
    await requireRefused(
      () => applyFrom('older'),
      'CHAIN_BROKEN',
      /ends at LSN 170, the data directory is at 220 already/,
    )
  })

  it('refuses a full as an increment, and an increment of another chain', async () => {
    makeChain()
    makeDirectory(scratch('other'), increment(5000, 5100, 5200, 5))
    await requireRefused(() => applyFrom('other'), 'CHAIN_BROKEN', /begins at LSN 5000/)
    cpSync(scratch('full'), scratch('again'), { recursive: true })
    await requireRefused(() => applyFrom('again'), 'CHAIN_BROKEN', /it is a full/)
  })

  it('refuses an increment that cannot be applied whole, and does not mark the full for it', async () => {
    makeChain()
    rmSync(scratch('one/t/a.ibd.delta'))
    await requireRefused(apply, 'INTEGRITY', /t\/a\.ibd\.delta is missing/)
  })

  it('P-03: prepares a compressed full, with or without an increment after it', async () => {
    const deltas = { ibdata1: untouched, 't/a.ibd': { spaceId: 7, pages: [[1, 9]] as const } }
    makeChain({ deltas })
    await requireRefused(apply, 'CHAIN_BROKEN', /still holds the deltas of a compressed full/)
    const { steps } = await apply({ prepare: true })
    expect(steps.map(({ step }) => step)).toEqual(['prepare', 'apply'])
    expect(table()).toEqual([1, 9, 11])
    await requireRefused(
      () => apply({ prepare: true, incrementalDir: undefined }),
      'CHAIN_BROKEN',
      /holds no deltas of its own/,
    )
    makeDirectory(scratch('alone'), { ...full, deltas })
    const alone = { datadir: scratch('alone'), prepare: true, incrementalDir: undefined }
    expect((await apply(alone)).steps).toHaveLength(1)
    expect(existsSync(scratch('alone/t/a.ibd.delta'))).toBe(false)
    await apply({ datadir: scratch('alone') })
    expect(valuesIn(scratch('alone/t/a.ibd'))).toEqual([1, 9, 11])
  })

  it('knows a directory behind any spelling of its name', async () => {
    makeChain({ deltas: { ibdata1: untouched } })
    symlinkSync(scratch('full'), scratch('link'))
    for (const spelling of [scratch('link'), `${scratch('one')}/../full/`, scratch('full')]) {
      await requireRefused(
        () => apply({ incrementalDir: spelling }),
        'CHAIN_BROKEN',
        /--incremental-dir is the data directory itself/,
      )
    }
    const outcome = await apply({ datadir: scratch('link'), prepare: true })
    expect(outcome.datadir).toBe(scratch('full'))
  })

  it.each([
    [
      'a data directory in a repository',
      'PATH_FORBIDDEN',
      () => writeFileSync(scratch('full/manifest.json'), '{}'),
    ],
    [
      'an increment in a repository',
      'PATH_FORBIDDEN',
      () => writeFileSync(scratch('one/repository.json'), '{}'),
    ],
    [
      'a server that was started',
      'PATH_FORBIDDEN',
      () => writeFileSync(scratch('full/auto.cnf'), ''),
    ],
    [
      'an unfinished increment',
      'INTEGRITY',
      () => writeFileSync(scratch('one/#clone/#status_in_progress'), ''),
    ],
    [
      'a full without its LSNs',
      'INTEGRITY',
      () => writeFileSync(scratch('full/#clone/#clone_checkpoints'), 'x'),
    ],
    [
      'a directory that is no clone',
      'INTEGRITY',
      () => rmSync(scratch('one/#clone/#clone_checkpoints')),
    ],
    ['a full without a system tablespace', 'INTEGRITY', () => rmSync(scratch('full/ibdata1'))],
  ])('P-01: refuses %s', async (_, code, make) => {
    makeChain()
    make()
    await requireRefused(apply, code, /./)
  })

  it('refuses to work without anything to apply, or in one another', async () => {
    makeChain()
    await requireRefused(() => apply({ incrementalDir: undefined }), 'USAGE', /nothing was named/)
    await requireRefused(() => apply({ by: 'mysqld' }), 'TOOL_MISSING', /mysqld was not found/)
    cpSync(scratch('one'), scratch('full/inside'), { recursive: true })
    await requireRefused(() => applyFrom('full/inside'), 'PATH_FORBIDDEN', /lie in each other/)
  })

  it('P-02: marks a data directory in which it failed, and refuses it from then on', async () => {
    makeChain()
    // The table's file cannot be opened for writing: a directory has its name.
    rmSync(scratch('full/t/a.ibd'))
    mkdirSync(scratch('full/t/a.ibd/x'), { recursive: true })
    await expect(apply()).rejects.toThrow()
    expect(readFileSync(scratch('full', STATE), 'utf8')).toContain('"applying"')
    expect(readdirSync(scratch()).sort()).toEqual(['full', 'one', 'two'])
    await requireRefused(apply, 'INTEGRITY', /an earlier apply to .* failed/)
  })

  it('takes over from a run that was killed, and refuses what that one left', async () => {
    makeChain()
    mkdirSync(scratch('full.clonectl-apply'))
    const owner = { pid: 1, startTime: '1', host: hostname() }
    const dead = {
      format: 1,
      command: 'x',
      owner,
      session: null,
      statement: null,
      mysqld: null,
      steps: [],
    }
    writeFileSync(scratch('full.clonectl-apply/run.json'), JSON.stringify(dead))
    await apply()
    expect(readdirSync(scratch()).sort()).toEqual(['full', 'one', 'two'])
    mkdirSync(scratch('full.clonectl-apply'))
    const live = { ...dead, owner: ownIdentity() }
    writeFileSync(scratch('full.clonectl-apply/run.json'), JSON.stringify(live))
    await requireRefused(() => applyFrom('two'), 'LOCKED', /another run works on it/)
  })

  it('ends the mysqld of a run that was killed, and says that its work is of no use', async () => {
    makeChain()
    const orphan = spawn('sleep', ['60'], { stdio: 'ignore' })
    const gone = new Promise((resolve) => orphan.once('exit', (_, signal) => resolve(signal)))
    const owner = { ...identityOf(orphan.pid ?? 0), startTime: '1' }
    const mysqld = identityOf(orphan.pid ?? 0)
    const dead = {
      format: 1,
      command: 'x',
      owner,
      session: null,
      statement: null,
      mysqld,
      steps: [],
    }
    mkdirSync(scratch('full.clonectl-apply'))
    writeFileSync(scratch('full.clonectl-apply/run.json'), JSON.stringify(dead))
    writeFileSync(scratch('full/auto.cnf'), 'of that mysqld')
    writeFileSync(scratch('full', STATE), '{"format":1,"state":"applying","backups":[]}')
    expect((await failureOf(apply())).message).toMatch(/an earlier apply to .* failed/)
    expect(await gone).toBe('SIGKILL')
    expect(existsSync(scratch('full.clonectl-apply'))).toBe(false)
  })
})
