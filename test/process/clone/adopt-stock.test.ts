import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { DonorSource } from '../../../src/clone/adopted-donor.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { readManifest } from '../../../src/repository/manifest-file.ts'
import { readPageMapIndex } from '../../../src/repository/page-map-reader.ts'
import { readServerFile } from '../../../src/repository/server-file.ts'
import { verifyPageMap } from '../../../src/repository/verify-page-map.ts'
import { SERVER_UUID } from '../../fakes/backup.ts'
import { sessionThat } from '../../fakes/clone-context.ts'
import { bytesOfFiles } from '../../fakes/greatsql-directory.ts'
import { toldDonor, viewStatus } from '../../fakes/hand-made-clone.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import {
  makeStockClone,
  STOCK_BYTES,
  STOCK_ID,
  STOCK_LSNS,
  stockViewStatus,
} from '../../fakes/stock-clone.ts'
import { useAdoptionScene } from './adoption-scene.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const { path, layout, adopt, refusal } = useAdoptionScene()
const told = toldDonor({ version: '8.4.6' })

const makeClone = (files: Readonly<Record<string, string>> = {}): string => {
  makeStockClone(path('clone'), files)
  return path('clone')
}

describe('a clone of stock MySQL', () => {
  it('becomes a full that increments can be compared with, and stays as it is', async () => {
    const source = makeClone()
    const before = bytesOfFiles(source)
    const { manifest } = await adopt(source, { donor: told, label: 'by hand' })
    const paths = layout().backup(STOCK_ID)
    expect(bytesOfFiles(source)).toEqual(before)
    expect(bytesOfFiles(paths.data)).toEqual(before)
    expect(await readManifest(paths)).toEqual(manifest)
    expect(manifest).toMatchObject({
      id: STOCK_ID,
      type: 'full',
      engine: 'mysql',
      base: null,
      label: 'by hand',
      decision: { asked: 'full', code: 'ADOPTED', reason: `adopted from ${source}` },
      donor: { serverUuid: SERVER_UUID, version: '8.4.6', flavour: 'MySQL' },
      history: null,
      startLsn: '0',
      pageTrackLsn: String(STOCK_LSNS.checkpoint),
      endLsn: String(STOCK_LSNS.end),
      trackedSince: null,
      beginTime: '2026-11-20T01:00:00.123Z',
      endTime: '2026-11-20T01:00:05.123Z',
      compression: 'none',
      deltas: [],
      restoredBytes: STOCK_BYTES,
    })
  })

  it('is restored to the same files, and has a hash of every page', async () => {
    const source = makeClone()
    const { manifest } = await adopt(source, { donor: told })
    const paths = layout().backup(STOCK_ID)
    const { result, files } = manifest
    expect(result?.files.map((file) => file.path)).toEqual(Object.keys(bytesOfFiles(source)))
    expect(result?.emptyDirectories).toEqual(['mysql'])
    expect(files).toEqual(
      expect.arrayContaining(
        result?.files.map((file) => ({ ...file, path: `data/${file.path}` })) ?? [],
      ),
    )
    const index = await readPageMapIndex(paths.pagemap)
    const spaces = [...index].map(([name, { spaceId, pages }]) => [name, spaceId, pages])
    expect(spaces.sort()).toEqual([
      ['mysql.ibd', 4, 2],
      ['t/a.ibd', 7, 3],
    ])
    expect(await verifyPageMap(paths, manifest)).toEqual([])
    expect((await readServerFile(paths))?.variables).toEqual({
      innodb_data_file_path: 'ibdata1:2M:autoextend',
      innodb_page_size: '4096',
      lower_case_table_names: '1',
      server_uuid: SERVER_UUID,
      version: '8.4.6',
    })
  })

  it('is moved when told to', async () => {
    const source = makeClone()
    const before = bytesOfFiles(source)
    await adopt(source, { donor: told, move: true })
    expect(existsSync(source)).toBe(false)
    expect(bytesOfFiles(layout().backup(STOCK_ID).data)).toEqual(before)
  })

  it('stays where it is when the user cancels', async () => {
    const source = makeClone()
    const signal = AbortSignal.abort(new ClonectlError('CANCELLED', 'cancelled'))
    const work = () => adopt(source, { donor: told, move: true }, { signal })
    expect((await refusal(source, work)).code).toBe('CANCELLED')
    expect(readdirSync(layout().trash)).toEqual([STOCK_ID])
    expect(readdirSync(join(layout().trash, STOCK_ID))).toEqual(['run.json'])
  })

  it('is refused a second time', async () => {
    const source = makeClone()
    await adopt(source, { donor: told })
    const failure = await refusal(source, () => adopt(source, { donor: told }))
    expect(failure).toMatchObject({ code: 'USAGE', details: { backup: STOCK_ID } })
  })
})

describe('a server that is asked of a stock clone', () => {
  const server = (lsn: bigint): DonorSource => ({
    kind: 'server',
    session: sessionThat((sql) => {
      if (sql.includes('clone_history')) throw new Error('stock MySQL has no such table')
      if (sql.includes('log_status')) return [{ lsn: String(lsn), checkpointLsn: String(lsn) }]
      if (sql.startsWith('SHOW GLOBAL VARIABLES'))
        return [{ Variable_name: 'innodb_page_size', Value: '4096' }]
      if (!sql.includes('@@GLOBAL.version_comment')) return []
      const names = { hostname: 'db1', datadir: '/var/lib/mysql/' }
      const version = { version: '8.4.6-6', versionComment: 'Percona Server (GPL)' }
      return [{ serverUuid: SERVER_UUID, ...version, ...names }]
    }),
  })

  it('says who it is, and is not asked for a history', async () => {
    const reporter = recordingReporter()
    const { manifest } = await adopt(makeClone(), { donor: server(STOCK_LSNS.end) }, { reporter })
    expect(manifest).toMatchObject({
      donor: { version: '8.4.6-6', flavour: 'Percona', hostname: 'db1' },
      history: null,
    })
    expect(reporter.lines.filter((line) => line.startsWith('warn'))).toEqual([])
  })

  it('is refused when its log is not as far as the clone', async () => {
    const source = makeClone()
    const donor = server(STOCK_LSNS.end - 1n)
    expect(await refusal(source, () => adopt(source, { donor }))).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('the server that was asked is not the one') as unknown,
    })
  })
})

describe('what is no whole clone of stock MySQL', () => {
  const write = (name: string, text: string) => (directory: string) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  const remove = (name: string) => (directory: string) => rmSync(join(directory, name))
  const VIEW_STATUS = '#clone/#view_status'

  it.each<[string, (directory: string) => void, string, string]>([
    ['did not end', write('#clone/#status_in_progress', ''), 'INTEGRITY', 'did not end'],
    ['failed', write(VIEW_STATUS, stockViewStatus.replace('2', '3')), 'INTEGRITY', 'is failed'],
    ['was started', write('auto.cnf', '[auto]'), 'INTEGRITY', 'a mysqld was started on it'],
    [
      'was started and tidied up',
      (directory) =>
        renameSync(
          join(directory, '#clone/#status_fix'),
          join(directory, '#clone/#status_recovery'),
        ),
      'INTEGRITY',
      '#clone/#status_fix is missing',
    ],
    ['lacks the dictionary', remove('mysql.ibd'), 'INTEGRITY', 'mysql.ibd is missing'],
    ['lacks its redo log', remove('#innodb_redo/#ib_redo0'), 'INTEGRITY', 'holds no redo log'],
    ['has another redo log', write('#innodb_redo/#ib_redo0', 'x'), 'INTEGRITY', '#ib_redo0: holds'],
    ['has lost its status', write(VIEW_STATUS, ''), 'INTEGRITY', 'expected lines of state and id'],
    [
      'is a full of GreatSQL without its LSNs',
      write(VIEW_STATUS, viewStatus('full')),
      'INTEGRITY',
      'three LSNs, which stock MySQL does not write',
    ],
    ['holds deltas', write('t/a.ibd.delta', ''), 'INTEGRITY', 'no such files as t/a.ibd.delta'],
    ['holds a .meta', write('t/a.ibd.meta', ''), 'INTEGRITY', 'no such files as t/a.ibd.meta'],
    [
      'was compressed by hand',
      (directory) => renameSync(join(directory, 't/a.ibd'), join(directory, 't/a.ibd.zstd')),
      'INTEGRITY',
      'no such files as t/a.ibd.zstd',
    ],
    [
      'is any directory',
      (directory) => rmSync(join(directory, '#clone'), { recursive: true }),
      'USAGE',
      'holds no clone',
    ],
  ])('%s', async (_what, harm, code, message) => {
    const source = makeClone()
    harm(source)
    const failure = await refusal(source, () => adopt(source, { donor: told }))
    expect({ code: failure.code, message: failure.message }).toEqual({
      code,
      message: expect.stringContaining(message) as unknown,
    })
  })
})
