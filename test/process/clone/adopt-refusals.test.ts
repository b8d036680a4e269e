import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { DonorSource } from '../../../src/clone/adopted-donor.ts'
import { ClonectlError } from '../../../src/errors.ts'
import type { Row } from '../../../src/mysql/session.ts'
import { readServerFile } from '../../../src/repository/server-file.ts'
import { SERVER_UUID } from '../../fakes/backup.ts'
import { sessionThat } from '../../fakes/clone-context.ts'
import { ADOPTED_IDS, type MadeName, viewStatus } from '../../fakes/hand-made-clone.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { failureOf } from '../system/failure-of.ts'
import { useAdoptionScene } from './adoption-scene.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const { path, layout, makeClone, adopt, refusal } = useAdoptionScene()

describe('what is refused', () => {
  const write = (path: string, text: string) => (directory: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  const remove = (path: string) => (directory: string) => rmSync(join(directory, path))
  const rename = (from: string, to: string) => (directory: string) =>
    renameSync(join(directory, from), join(directory, to))

  it.each<[string, MadeName, (directory: string) => void, string, string]>([
    [
      'a clone that did not end',
      'full',
      write('#clone/#status_in_progress', ''),
      'INTEGRITY',
      'did not end',
    ],
    [
      'a clone that has lost its LSNs',
      'full',
      remove('#clone/#clone_checkpoints'),
      'INTEGRITY',
      '#clone/#view_status: its sixth line holds three LSNs',
    ],
    [
      'a missing marker',
      'full',
      remove('#clone/#replace_files'),
      'INTEGRITY',
      '#clone/#replace_files is missing',
    ],
    [
      'a data directory that was started',
      'full',
      write('auto.cnf', '[auto]'),
      'INTEGRITY',
      'a mysqld was started on it, for it holds auto.cnf',
    ],
    [
      'a clone half decompressed by hand',
      'full',
      rename('t/a.ibd', 't/a.ibd.zstd'),
      'INTEGRITY',
      'files are not zstd, such as #innodb_redo/#ib_redo0',
    ],
    [
      'a compressed full decompressed by hand, with its deltas',
      'full',
      write('t/a.ibd.delta', ''),
      'INTEGRITY',
      't/a.ibd has a .delta in a plain full',
    ],
    [
      'an encrypted clone',
      'full',
      rename('t/a.ibd', 't/a.ibd.xbcrypt'),
      'INTEGRITY',
      'such as t/a.ibd.xbcrypt',
    ],
    [
      'a full without the dictionary',
      'full',
      remove('mysql.ibd'),
      'INTEGRITY',
      'mysql.ibd is missing',
    ],
    [
      'a delta without its .meta',
      'first',
      remove('t/a.ibd.meta'),
      'INTEGRITY',
      't/a.ibd lacks its .meta',
    ],
    [
      'an increment that says it is a full',
      'first',
      (directory) => {
        const lsns = [0, 1000, 2000] as const
        write('#clone/#view_status', viewStatus('first', lsns))(directory)
        const text = 'start_lsn = 0\npage_track_lsn = 1000\nend_lsn = 2000\n'
        write('#clone/#clone_checkpoints', text)(directory)
      },
      'INTEGRITY',
      'its files are those of a increment, and its start LSN is 0',
    ],
    [
      'a clone that failed',
      'full',
      write('#clone/#view_status', viewStatus('full').replace(/^2/, '3')),
      'INTEGRITY',
      'the clone is failed',
    ],
    [
      'two files that do not agree',
      'full',
      write('#clone/#view_status', viewStatus('full', [0, 1000, 1101])),
      'INTEGRITY',
      '#clone/#view_status has the LSNs 0, 1000, 1101, #clone/#clone_checkpoints 0, 1000, 1100',
    ],
    ['a delta that is cut', 'first', write('t/a.ibd.delta', 'cut'), 'INTEGRITY', 't/a.ibd.delta'],
  ])('is %s', async (_what, name, harm, code, message) => {
    await adopt(makeClone('full', { lsns: [0, 1000, 1099] }))
    const source = makeClone(name)
    harm(source)
    const failure = await refusal(source, () => adopt(source))
    expect({ code: failure.code, message: failure.message }).toEqual({
      code,
      message: expect.stringContaining(message) as unknown,
    })
  })

  it('is a clone in the repository, or a repository in the clone', async () => {
    const inside = makeClone('full')
    const context = { repository: join(inside, 'repo') }
    const failure = await refusal(inside, () => adopt(inside, {}, context))
    expect(failure.code).toBe('PATH_FORBIDDEN')
    await adopt(makeClone('full'))
    const sealed = layout().backup(ADOPTED_IDS.full).data
    expect((await refusal(sealed, () => adopt(sealed))).code).toBe('PATH_FORBIDDEN')
  })

  it('is what is not there', async () => {
    expect(await failureOf(adopt(path('nowhere')))).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('there is no directory '),
    })
  })

  it('is everything once the user has cancelled', async () => {
    const source = makeClone('full')
    const signal = AbortSignal.abort(new ClonectlError('CANCELLED', 'cancelled'))
    const failure = await refusal(source, () => adopt(source, {}, { signal }))
    expect(failure.code).toBe('CANCELLED')
    expect(readdirSync(layout().trash)).toEqual([ADOPTED_IDS.full])
  })
})

describe('a server that is asked', () => {
  const row: Row = {
    ID: '3',
    PID: '11',
    CLONE_TYPE: 'full clone',
    STATE: 'Completed',
    SOURCE: 'LOCAL INSTANCE',
    DESTINATION: '/gone/',
    START_LSN: '0',
    PAGE_TRACK_LSN: '1000',
    END_LSN: '1100',
  }
  const identity: Row = {
    serverUuid: SERVER_UUID,
    version: '8.0.32-27',
    versionComment: 'GreatSQL, Release 27',
    hostname: 'db1',
    datadir: '/var/lib/mysql/',
  }

  /** A server that answers about itself. */
  const server = (
    facts: { lsn?: string; pageSize?: string; history?: readonly Row[] | number } = {},
  ): DonorSource => ({
    kind: 'server',
    session: sessionThat((sql) => {
      const { lsn = '5000', pageSize = '4096', history = [row] } = facts
      if (sql.includes('@@GLOBAL.version_comment')) return [identity]
      if (sql.includes('log_status')) return [{ lsn, checkpointLsn: lsn }]
      if (sql.startsWith('SHOW GLOBAL VARIABLES'))
        return [{ Variable_name: 'innodb_page_size', Value: pageSize }]
      if (!sql.includes('clone_history')) return []
      if (typeof history !== 'number') return history
      throw new ClonectlError('SERVER', 'no table', { details: { errno: history } })
    }),
  })

  it('says who it is, how it is set up, and that it made the clone', async () => {
    const { manifest } = await adopt(makeClone('full'), { donor: server() })
    expect(manifest).toMatchObject({
      donor: { serverUuid: SERVER_UUID, flavour: 'GreatSQL', hostname: 'db1' },
      history: { id: '3', pid: '11', cloneType: 'full clone', destination: '/gone' },
    })
    const settings = await readServerFile(layout().backup(ADOPTED_IDS.full))
    expect(settings?.variables).toEqual({ innodb_page_size: '4096' })
  })

  it('need not remember the clone, but then the user is warned', async () => {
    const reporter = recordingReporter()
    const history = [
      { ...row, END_LSN: '1101' },
      { ...row, STATE: 'Failed' },
    ]
    const { manifest } = await adopt(
      makeClone('full'),
      { donor: server({ history }) },
      { reporter },
    )
    expect(manifest.history).toBeNull()
    expect(reporter.lines).toContain(
      'warn: mysql.clone_history of the server that was asked has no row of this clone',
    )
  })

  it.each<[string, Parameters<typeof server>[0], string]>([
    ['its log is not as far', { lsn: '1099' }, 'it is at LSN 1099, and the clone in'],
    [
      'it has other pages',
      { pageSize: '16384' },
      'tells of pages of 4096 bytes, the server has pages of 16384',
    ],
    ['it makes no such clones', { history: 1146 }, 'it has no mysql.clone_history'],
  ])('is refused when %s', async (_why, facts, message) => {
    const source = makeClone('full')
    const failure = await refusal(source, () => adopt(source, { donor: server(facts) }))
    expect(failure).toMatchObject({ code: 'INTEGRITY', message: expect.stringContaining(message) })
  })
})
