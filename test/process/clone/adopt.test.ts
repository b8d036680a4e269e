import { compress } from '@mongodb-js/zstd'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { buildChains } from '../../../src/chain/chains.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { readManifest } from '../../../src/repository/manifest-file.ts'
import { readServerFile } from '../../../src/repository/server-file.ts'
import { SERVER_UUID } from '../../fakes/backup.ts'
import { cloneContext } from '../../fakes/clone-context.ts'
import { bytesOfFiles, PAGE_BYTES } from '../../fakes/greatsql-directory.ts'
import { ADOPTED_IDS, SYSTEM_BYTES, toldDonor } from '../../fakes/hand-made-clone.ts'
import { useAdoptionScene } from './adoption-scene.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const { layout, makeClone, adopt, refusal } = useAdoptionScene()

const chainsNow = async () =>
  buildChains((await readCatalog(layout())).backups).chains.map(({ members }) =>
    members.map(({ backup, base, alsoOn, problems }) => [backup.id, base, alsoOn, problems]),
  )

describe('adoptClone', () => {
  it('makes a chain of clones made by hand, and leaves them as they are', async () => {
    const sources = [makeClone('full'), makeClone('first'), makeClone('second')]
    const before = sources.map(bytesOfFiles)
    for (const source of sources) await adopt(source)
    expect(await chainsNow()).toEqual([
      [
        [ADOPTED_IDS.full, undefined, [], []],
        [ADOPTED_IDS.first, ADOPTED_IDS.full, [], []],
        [ADOPTED_IDS.second, ADOPTED_IDS.first, [ADOPTED_IDS.full], []],
      ],
    ])
    expect(sources.map(bytesOfFiles)).toEqual(before)
    expect(bytesOfFiles(layout().backup(ADOPTED_IDS.full).data)).toEqual(before[0])
  })

  it('writes down what the files say, and what was told', async () => {
    await adopt(makeClone('full'), { label: 'by hand' })
    const source = makeClone('first')
    const { manifest } = await adopt(source)
    expect(await readManifest(layout().backup(ADOPTED_IDS.first))).toEqual(manifest)
    const { files, decision, ...rest } = manifest
    expect(decision).toEqual({
      asked: 'increment',
      code: 'ADOPTED',
      reason: `adopted from ${source}`,
    })
    expect(rest).toMatchInlineSnapshot(`
      {
        "after": {
          "at": "2026-11-20T02:00:05.123Z",
          "binlogFile": null,
          "binlogPosition": null,
          "checkpointLsn": "2000",
          "gtidExecuted": "",
          "lsn": "2000",
        },
        "base": "UTC20261120T010000.123-full",
        "before": {
          "at": "2026-11-20T02:00:00.123Z",
          "binlogFile": null,
          "binlogPosition": null,
          "checkpointLsn": "2000",
          "gtidExecuted": "",
          "lsn": "2000",
        },
        "beginTime": "2026-11-20T02:00:00.123Z",
        "clonectlVersion": "0.1.0",
        "compression": "none",
        "deltas": [
          {
            "fresh": false,
            "pageBytes": 4096,
            "pages": 0,
            "path": "mysql.ibd",
            "spaceId": 4,
          },
          {
            "fresh": false,
            "pageBytes": 4096,
            "pages": 1,
            "path": "t/a.ibd",
            "spaceId": 7,
          },
        ],
        "donor": {
          "datadir": "",
          "flavour": "GreatSQL",
          "hostname": "",
          "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
          "version": "8.0.32-26",
          "versionComment": "",
        },
        "emptyDirectories": [
          "data/mysql",
        ],
        "encryption": null,
        "endLsn": "2000",
        "endTime": "2026-11-20T02:00:05.123Z",
        "engine": "greatsql",
        "format": 1,
        "history": null,
        "id": "UTC20261120T020000.123-incr",
        "label": null,
        "pageTrackLsn": "1000",
        "recipient": null,
        "restoredBytes": 3166212,
        "result": null,
        "startLsn": "1000",
        "trackedSince": null,
        "type": "increment",
      }
    `)
    expect(files.map(({ path }) => path)).toContain('data/t/a.ibd.delta')
    const full = await readManifest(layout().backup(ADOPTED_IDS.full))
    expect(full).toMatchObject({ label: 'by hand', base: null, startLsn: '0' })
    expect(full?.result?.emptyDirectories).toEqual(['mysql'])
    expect(full?.restoredBytes).toBe(SYSTEM_BYTES + 5 * PAGE_BYTES + 'redo'.length)
    const variables = {
      innodb_data_file_path: 'ibdata1:3M:autoextend',
      innodb_page_size: '4096',
      lower_case_table_names: '1',
      server_uuid: SERVER_UUID,
      version: '8.0.32-26',
    }
    for (const id of [ADOPTED_IDS.full, ADOPTED_IDS.first])
      expect(await readServerFile(layout().backup(id))).toMatchObject({ variables, plugins: [] })
  })

  it('takes a compressed one, and knows what is in it', async () => {
    const source = makeClone('full', {
      deltas: { 't/a.ibd': { spaceId: 7, pages: [[1, 9]], parts: { 2: [[2, 9]] } } },
    })
    for (const entry of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      const path = join(source, entry)
      if (!statSync(path).isFile() || /\.meta$|#clone\//.test(path)) continue
      const bytes = readFileSync(path)
      const name = path.replace(/(\.delta)?(\d*)$/, (_, delta = '', task = '') =>
        delta === '' ? `${task}.zstd` : `${delta}.zstd${task}`,
      )
      writeFileSync(name, bytes.length === 0 ? bytes : await compress(bytes))
      rmSync(path)
    }
    const { manifest } = await adopt(source)
    expect(manifest).toMatchObject({
      compression: 'zstd',
      result: null,
      deltas: [{ path: 't/a.ibd', pages: 2 }],
      restoredBytes: SYSTEM_BYTES + 5 * PAGE_BYTES + 'redo'.length,
    })
    const server = await readServerFile(layout().backup(ADOPTED_IDS.full))
    expect(server?.variables).toMatchObject({
      innodb_page_size: '4096',
      innodb_data_file_path: 'ibdata1:3M:autoextend',
    })
  })

  it('moves it when told to', async () => {
    const source = makeClone('full')
    const before = bytesOfFiles(source)
    await adopt(source, { move: true })
    expect(existsSync(source)).toBe(false)
    expect(bytesOfFiles(layout().backup(ADOPTED_IDS.full).data)).toEqual(before)
  })

  it('moves it back when it cannot be sealed', async () => {
    const source = makeClone('full')
    const { reporter } = cloneContext()
    const step = (name: string): void => {
      // Something else writes into the repository just before the sealing.
      if (name === 'seal')
        writeFileSync(join(layout().backup(ADOPTED_IDS.full).directory, 'x'), 'x')
    }
    const context = { reporter: { ...reporter, step } }
    const failure = await refusal(source, () => adopt(source, { move: true }, context))
    expect(failure).toMatchObject({ code: 'INTEGRITY', message: expect.stringContaining(': x') })
    expect(readdirSync(layout().trash)).toEqual([ADOPTED_IDS.full])
  })

  it('takes the next millisecond when a name is taken', async () => {
    await adopt(makeClone('full'))
    const { manifest } = await adopt(makeClone('full', { lsns: [0, 1000, 1101] }))
    expect(manifest.id).toBe('UTC20261120T010000.124-full')
  })

  it('refuses the same clone a second time', async () => {
    await adopt(makeClone('full'))
    const failure = await refusal(makeClone('full'), () => adopt(makeClone('full')))
    expect(failure).toMatchObject({
      code: 'USAGE',
      message: `this clone is in the repository already, as ${ADOPTED_IDS.full}`,
    })
  })
})

describe('the base of an adopted increment', () => {
  it('may be named', async () => {
    for (const name of ['full', 'first'] as const) await adopt(makeClone(name))
    const { manifest } = await adopt(makeClone('second'), { base: 'latest-full' })
    expect(manifest.base).toBe(ADOPTED_IDS.full)
  })

  it('must be there', async () => {
    const source = makeClone('first')
    expect(await refusal(source, () => adopt(source))).toMatchObject({
      code: 'BASE_UNUSABLE',
      message: expect.stringContaining(
        `one of server ${SERVER_UUID} was looked for with a page-track LSN of 1000 or more and an end LSN of 2000 or less`,
      ),
    })
  })

  it('must be of the same server', async () => {
    await adopt(makeClone('full'))
    const other = toldDonor({ serverUuid: SERVER_UUID.replace('3e', '4e') })
    const source = makeClone('first')
    const byItself = await refusal(source, () => adopt(source, { donor: other }))
    expect(byItself.code).toBe('BASE_UNUSABLE')
    const named = await refusal(source, () =>
      adopt(source, { donor: other, base: ADOPTED_IDS.full }),
    )
    expect(named.message).toContain(`it does not fit on ${ADOPTED_IDS.full}: taken from server 4e`)
  })

  it('must be older', async () => {
    await adopt(makeClone('full'))
    await adopt(makeClone('second'))
    const source = makeClone('first')
    const failure = await refusal(source, () => adopt(source, { base: ADOPTED_IDS.second }))
    expect(failure.message).toContain(`${ADOPTED_IDS.second} was begun later`)
  })
})
