// The page tracker: reset points, what an increment can start at, and the functions of the component.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { parseCheckpoints } from '../../greatsql-emulator/formats/clone-checkpoints.ts'
import { failureOf } from './support/sql-failure.ts'
import { useEmulator } from './support/stage.ts'

const off = '3803 HY000 Tracking was not enabled for the LSN range specified'
const noPoint =
  "1815 HY000 Internal error: page_archiver Can't set postion - No matching reset point."

describeServer('page tracking', () => {
  const stage = useEmulator()
  const clone = (name: string, tail: string): string =>
    `CLONE LOCAL DATA DIRECTORY = '${stage.path(name)}' ${tail}`
  const lsns = async (name: string) => {
    const file = join(stage.path(name), '#clone', '#clone_checkpoints')
    const parsed = parseCheckpoints(await readFile(file, 'utf8'))
    if (parsed === undefined) throw new Error(`${file} has no LSNs`)
    return parsed
  }
  const startLsn = async (): Promise<string> => {
    const [[lsn = ''] = []] = await stage.emulator.sql(
      'SELECT mysqlbackup_page_track_get_start_lsn()',
    )
    return lsn
  }

  it('is off at first: an increment has nothing to start at', async () => {
    const { emulator } = stage
    expect(await startLsn()).toBe('0')
    expect(await failureOf(emulator, clone('a', 'START_LSN = 5'))).toBe(off)
    expect(await readdir(stage.path('a'))).toEqual(['#clone', 'mysql'])
    expect(await startLsn()).toBe('0')
    // With ENABLE PAGE TRACK it is started first, and has no point that low.
    expect(await failureOf(emulator, clone('b', 'ENABLE PAGE TRACK START_LSN = 5'))).toBe(noPoint)
    expect(BigInt(await startLsn())).toBeGreaterThan(0n)
  })

  it('makes a silent full on a base that was taken without it', async () => {
    const { emulator, path } = stage
    await emulator.sql(clone('untracked', ''))
    expect((await lsns('untracked')).pageTrackLsn).toBe(0n)
    await emulator.sql(
      clone('silent', `ENABLE PAGE TRACK INCREMENT BASED DIRECTORY '${path('untracked')}'`),
    )
    expect(
      await emulator.sql(
        `SELECT CLONE_TYPE, START_LSN FROM mysql.clone_history
         WHERE DESTINATION = '${path('silent')}/'`,
      ),
    ).toEqual([['full clone', '0']])
    expect(await readdir(path('silent'))).toContain('ibdata1')
  })

  it('refuses a base whose LSNs do not fit together', async () => {
    const { emulator, path } = stage
    await emulator.sql(clone('last', `START_LSN = ${(await lsns('silent')).pageTrackLsn}`))
    const last = await lsns('last')
    expect(last.pageTrackLsn).toBe(0n)
    expect(last.startLsn).toBeGreaterThan(0n)
    expect(
      await failureOf(
        emulator,
        clone('x', `ENABLE PAGE TRACK INCREMENT BASED DIRECTORY '${path('last')}'`),
      ),
    ).toMatch(/^1024 HY000 Error reading file 'the lsn failed to reach the required standard: /)
  })

  it('starts an increment at the nearest reset point below what was asked', async () => {
    const { emulator, path } = stage
    const { pageTrackLsn } = await lsns('silent')
    await emulator.sql(clone('near', `ENABLE PAGE TRACK START_LSN = ${pageTrackLsn + 7n}`))
    expect((await lsns('near')).startLsn).toBe(pageTrackLsn)
    expect(path('near')).not.toBe('')
  })

  it('makes a reset point for every backup when told not to attach', async () => {
    const { emulator } = stage
    emulator.tuning.attach = 'never'
    await emulator.sql('CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)')
    await emulator.sql(clone('n0', 'ENABLE PAGE TRACK'))
    await emulator.sql('INSERT INTO t.a VALUES (1)')
    const first = await lsns('n0')
    await emulator.sql(clone('n1', `ENABLE PAGE TRACK START_LSN = ${first.pageTrackLsn}`))
    await emulator.sql('INSERT INTO t.a VALUES (2)')
    const second = await lsns('n1')
    expect(second.startLsn).toBe(first.pageTrackLsn)
    expect(second.pageTrackLsn).toBeGreaterThan(first.pageTrackLsn)
    expect(second.pageTrackLsn).toBeLessThanOrEqual(second.endLsn)
    await emulator.sql(clone('n2', `ENABLE PAGE TRACK START_LSN = ${second.pageTrackLsn}`))
    expect((await lsns('n2')).startLsn).toBe(second.pageTrackLsn)

    emulator.tuning.attach = 'always'
    const last = await lsns('n2')
    await emulator.sql('INSERT INTO t.a VALUES (3)')
    await emulator.sql(clone('n3', `ENABLE PAGE TRACK START_LSN = ${last.pageTrackLsn}`))
    expect((await lsns('n3')).pageTrackLsn).toBe(last.pageTrackLsn)
    emulator.tuning.attach = 'server'
  })

  it('survives a restart and a crash, while clone_status does not', async () => {
    const { emulator } = stage
    const before = await startLsn()
    const { pageTrackLsn } = await lsns('n3')
    for (const [name, crash] of [
      ['clean', false],
      ['crashed', true],
    ] as const) {
      await emulator.restart({ crash })
      expect(await startLsn()).toBe(before)
      expect(await emulator.sql('SELECT * FROM performance_schema.clone_status')).toEqual([])
      await emulator.sql(clone(name, `ENABLE PAGE TRACK START_LSN = ${pageTrackLsn}`))
      expect((await lsns(name)).startLsn).toBe(pageTrackLsn)
    }
  })

  it('is started and stopped by the functions, which need BACKUP_ADMIN', async () => {
    const { emulator } = stage
    await emulator.sql('CREATE USER plain')
    const denied = await failureOf(emulator, 'SELECT mysqlbackup_page_track_set(true)', {
      user: 'plain',
    })
    expect(denied).toMatch(/^1227 42000 .*BACKUP_ADMIN/)
    const [[stopped = ''] = []] = await emulator.sql('SELECT mysqlbackup_page_track_set(false)')
    expect(BigInt(stopped)).toBeGreaterThan(0n)
    expect(await startLsn()).toBe('0')
    const { pageTrackLsn } = await lsns('crashed')
    expect(await failureOf(emulator, clone('s1', `START_LSN = ${pageTrackLsn}`))).toBe(off)
    const [[started = ''] = []] = await emulator.sql('SELECT mysqlbackup_page_track_set(1) AS lsn')
    expect(await startLsn()).toBe(started)
    // Started again, and still nothing that low: the base is of no use any more.
    expect(await failureOf(emulator, clone('s2', `START_LSN = ${pageTrackLsn}`))).toBe(noPoint)
    await emulator.sql(clone('s3', `START_LSN = ${started}`))
    expect((await lsns('s3')).startLsn).toBe(BigInt(started))
  })

  it('is purged when it is stopped', async () => {
    const { emulator } = stage
    const all = 'SELECT mysqlbackup_page_track_purge_up_to(9223372036854775807)'
    await emulator.sql('SELECT mysqlbackup_page_track_set(false)')
    await emulator.sql(all)
    expect(await emulator.sql(all)).toEqual([['9223372036854775807']])
  })

  it('needs no component for CLONE, only for the functions', async () => {
    const { emulator } = stage
    await emulator.sql("UNINSTALL COMPONENT 'file://component_mysqlbackup'")
    expect(await failureOf(emulator, 'SELECT mysqlbackup_page_track_set(true)')).toMatch(
      /^(?:1305 42000|1046 3D000) /,
    )
    await emulator.sql(clone('bare', 'ENABLE PAGE TRACK'))
    expect((await lsns('bare')).pageTrackLsn).toBeGreaterThan(0n)
    expect(await emulator.sql('SELECT COUNT(*) FROM mysql.component')).toEqual([['0']])
    await emulator.sql("INSTALL COMPONENT 'file://component_mysqlbackup'")
    expect(await startLsn()).not.toBe('0')
  })
})
