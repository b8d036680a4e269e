import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DonorState } from '../../../src/chain/choose-base.ts'
import { decide } from '../../../src/clone/decide.ts'
import type { BackupRequest } from '../../../src/clone/request.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { digestFile } from '../../../src/repository/file-digest.ts'
import { layoutOf } from '../../../src/repository/layout.ts'
import { writeManifest } from '../../../src/repository/manifest-file.ts'
import { SERVER_UUID } from '../../fakes/backup.ts'
import { makeManifest } from '../../fakes/manifest.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const FULL = 'UTC20261120T080000.000-full'
const INCREMENT = 'UTC20261120T090000.000-incr'
const scratch = useScratchDir()
const layout = () => layoutOf(scratch())

const seal = async (id: string, base: string | null): Promise<void> => {
  const paths = layout().backup(id)
  mkdirSync(paths.data, { recursive: true })
  writeFileSync(paths.pagemap, `hashes of ${id}`)
  writeFileSync(`${paths.data}/ibdata1`, 'pages')
  const entry = async (path: string) => ({ path, ...(await digestFile(scratch(id, path))) })
  const files = [await entry('pagemap'), await entry('data/ibdata1')]
  const startLsn = base === null ? '0' : '9007199254740993'
  await writeManifest(paths, makeManifest(id, { base, files, startLsn }))
}

beforeEach(async () => {
  await seal(FULL, null)
  await seal(INCREMENT, FULL)
})

const increment: BackupRequest = {
  type: 'increment',
  base: 'latest',
  fallback: true,
  pageTrack: true,
  label: undefined,
}
const donor: DonorState = {
  engine: 'mysql',
  serverUuid: SERVER_UUID,
  version: '9.7.4',
  lsn: 9_007_199_254_745_000n,
  now: new Date('2030-01-01T00:00:00Z'),
  trackedSince: undefined,
}

const ask = async (changes: Partial<BackupRequest> = {}, state = donor) =>
  decide({ ...increment, ...changes }, layout(), (await readCatalog(layout())).backups, state)

describe('decide', () => {
  it.each([
    ['latest', INCREMENT],
    ['latest-full', FULL],
    [FULL, FULL],
  ])('makes an increment on %s when the files of its chain are there', async (base, id) => {
    expect(await ask({ base })).toMatchObject({ type: 'increment', base: { id } })
  })

  it('takes a full that was asked for, whatever there is', async () => {
    expect(await ask({ type: 'full' })).toEqual({
      type: 'full',
      code: 'FULL_ASKED',
      reason: 'a full was asked for',
    })
  })

  it.each<[string, () => void, string]>([
    [
      'a file of the base is missing',
      () => rmSync(scratch(INCREMENT, 'data/ibdata1')),
      `${INCREMENT} is damaged: data/ibdata1 is missing`,
    ],
    [
      'a file of the full below has another size',
      () => truncateSync(scratch(FULL, 'data/ibdata1'), 4),
      `${FULL} is damaged: data/ibdata1 has 4 bytes, expected 5`,
    ],
    [
      'the pagemap of the base has another byte',
      () => writeFileSync(scratch(INCREMENT, 'pagemap'), `hashes of ${INCREMENT.slice(0, -1)}R`),
      `${INCREMENT} is damaged: its pagemap was changed`,
    ],
  ])('takes a full when %s', async (_, happen, reason) => {
    happen()
    expect(await ask()).toEqual({ type: 'full', code: 'BASE_DAMAGED', reason })
  })

  it('does not mind what lies beside the chain of the base', async () => {
    rmSync(scratch(INCREMENT, 'data/ibdata1'))
    expect(await ask({ base: 'latest-full' })).toMatchObject({ type: 'increment' })
  })

  it('takes a full when no backup is usable, for lack of its full', async () => {
    rmSync(scratch(FULL), { recursive: true })
    expect(await ask()).toMatchObject({ type: 'full', code: 'NO_BASE' })
  })

  it('fails instead when a full was ruled out, and says why', async () => {
    const work = ask({ fallback: false }, { ...donor, version: '9.8.0' })
    expect(await failureOf(work)).toMatchObject({
      code: 'BASE_UNUSABLE',
      message: `no increment can be made: ${INCREMENT} was taken from version 9.7.4, the server now is 9.8.0`,
      details: { reason: 'VERSION_CHANGED' },
    })
  })

  it('fails for a base that is not there, full or not', async () => {
    expect((await failureOf(ask({ base: 'UTC1999' }))).code).toBe('BACKUP_UNKNOWN')
  })
})
