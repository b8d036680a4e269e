import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { confirmServerClone, type ExpectedClone } from '../../../src/clone/confirm-server-clone.ts'
import type { Row } from '../../../src/mysql/session.ts'
import { sessionThat } from '../../fakes/clone-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const clone = (...parts: readonly string[]) => scratch('data', ...parts)

const MARKERS = ['#replace_files', '#status_fix', '#view_progress', '#view_status']
const write = (path: string, text = 'x'): void => {
  mkdirSync(dirname(clone(path)), { recursive: true })
  writeFileSync(clone(path), text)
}
const checkpoints = (start: bigint, track: bigint, end: bigint): string =>
  `start_lsn = ${start}\npage_track_lsn = ${track}\nend_lsn = ${end}\n`

beforeEach(() => {
  for (const name of MARKERS) write(`#clone/${name}`)
  write('#clone/#clone_checkpoints', checkpoints(100n, 200n, 300n))
  for (const path of ['ibdata1', 't/a.ibd']) {
    write(`${path}.delta`)
    write(`${path}.meta`)
  }
  write('#innodb_redo/#ib_redo3')
})

const ROW: Row = {
  ID: '5',
  PID: '41',
  CLONE_TYPE: 'increment clone',
  STATE: 'Completed',
  BEGIN_TIME: '2026-11-20 09:30:12.345',
  END_TIME: '2026-11-20 09:30:48.000',
  SOURCE: 'LOCAL INSTANCE',
  DESTINATION: '',
  ERROR_NO: '0',
  ERROR_MESSAGE: '',
  START_LSN: '100',
  PAGE_TRACK_LSN: '200',
  END_LSN: '300',
}
const rowOf = (changes: Row = {}): Row => ({ ...ROW, DESTINATION: `${clone()}/`, ...changes })

const confirm = (rows = [rowOf()], changes: Partial<ExpectedClone> = {}) =>
  confirmServerClone(
    sessionThat(() => rows),
    {
      directory: clone(),
      type: 'increment',
      startLsn: 150n,
      pageTrack: true,
      codec: undefined,
      encrypted: false,
      connectionId: 41,
      dataFiles: ['ibdata1', 't/a.ibd'],
      ...changes,
    },
  )

const problemsOf = async (...args: Parameters<typeof confirm>): Promise<string> => {
  const { code, message } = await failureOf(confirm(...args))
  expect(code).toBe('INTEGRITY')
  return message
}

describe('confirmServerClone', () => {
  it('P-33, U-05: finds its row among others, by session and directory', async () => {
    const others = [rowOf({ PID: '40' }), rowOf({ DESTINATION: '/elsewhere/' })]
    const { row, beginTime } = await confirm([rowOf({ STATE: 'Failed' }), rowOf(), ...others])
    expect(row).toMatchObject({ id: '5', startLsn: 100n })
    expect(beginTime).toEqual(new Date('2026-11-20T09:30:12.345Z'))
  })

  it.each<[string, Row, string]>([
    ['a full, made without a word', { CLONE_TYPE: 'full clone' }, 'made a "full clone"'],
    ['a failure', { STATE: 'Failed' }, 'its state is Failed'],
    ['an error', { ERROR_NO: '1026', ERROR_MESSAGE: 'no space' }, 'error 1026: no space'],
    ['other LSNs', { END_LSN: '301' }, 'has the LSNs 100, 200, 301, #clone/#clone_checkpoints'],
    ['times that are not known', { END_TIME: null }, 'its times are not known'],
  ])('refuses %s', async (_what, changes, problem) => {
    expect(await problemsOf([rowOf(changes)])).toContain(problem)
  })

  it('U-03: refuses a clone that left no row', async () => {
    expect(await problemsOf([])).toContain('mysql.clone_history has no row of it')
  })

  it.each<[string, readonly [bigint, bigint, bigint], RegExp]>([
    ['starts after what was asked for', [160n, 200n, 300n], /starts at LSN 160, after 150/],
    ['starts at 0', [0n, 200n, 300n], /an increment that starts at LSN 0/],
    ['was not tracked', [100n, 0n, 300n], /do not follow each other: 100, 0, 300/],
    ['has no end', [0n, 0n, 0n], /it has no end LSN/],
  ])('refuses one that %s', async (_what, [start, track, end], problem) => {
    write('#clone/#clone_checkpoints', checkpoints(start, track, end))
    const lsns = { START_LSN: `${start}`, PAGE_TRACK_LSN: `${track}`, END_LSN: `${end}` }
    expect(await problemsOf([rowOf(lsns)])).toMatch(problem)
  })

  it.each<[string, () => void, RegExp]>([
    [
      'says that it has not ended',
      () => write('#clone/#status_in_progress'),
      /should not be there/,
    ],
    ['lacks a marker', () => rmSync(clone('#clone/#status_fix')), /#status_fix is missing/],
    ['lacks its LSNs', () => rmSync(clone('#clone/#clone_checkpoints')), /checkpoints is missing/],
    ['lacks a meta', () => rmSync(clone('t/a.ibd.meta')), /t\/a\.ibd lacks its \.meta/],
    ['lacks a delta', () => rmSync(clone('t/a.ibd.delta')), /a \.meta and no \.delta/],
    ['lacks its redo', () => rmSync(clone('#innodb_redo/#ib_redo3')), /holds no redo log/],
    ['holds whole files', () => write('t/b.ibd'), /t\/b\.ibd should not be in an increment/],
    [
      'is compressed in part',
      () => renameSync(clone('t/a.ibd.delta'), clone('t/a.ibd.delta.zstd')),
      /1 files are not plain, such as t\/a\.ibd\.delta\.zstd/,
    ],
    [
      'is encrypted',
      () => renameSync(clone('t/a.ibd.delta'), clone('t/a.ibd.delta.xbcrypt')),
      /1 files are not plain/,
    ],
  ])('refuses one that %s', async (_what, spoil, problem) => {
    spoil()
    expect(await problemsOf()).toMatch(problem)
  })

  it('takes a plain delta in a compressed clone: of a table that was created meanwhile', async () => {
    for (const path of ['ibdata1.delta', '#innodb_redo/#ib_redo3'])
      renameSync(clone(path), clone(`${path}.zstd`))
    await expect(confirm([rowOf()], { codec: 'zstd' })).resolves.toBeDefined()
  })

  it('refuses a full with deltas, and one without a table', async () => {
    const full = { type: 'full', startLsn: 0n } as const
    const row = rowOf({ CLONE_TYPE: 'full clone' })
    const message = await problemsOf([row], full)
    expect(message).toMatch(/ibdata1, t\/a\.ibd is missing.*has a \.delta in a plain full/)
  })
})
