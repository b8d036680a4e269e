import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { P } from '../../fakes/sound-page.ts'
import { FULL, INCREMENT, sealVerifiableChain } from '../../fakes/verifiable-chain.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { makeFakeIo } from './fake-io.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const make = () => sealVerifiableChain(scratch('repo'), { engine: 'mysql', codec: undefined })

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main([...argv, '--repo', scratch('repo')], fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

const runJson = async (...argv: readonly string[]) => {
  const { exitCode, stdout } = await run(...argv, '--json')
  return { exitCode, document: JSON.parse(stdout) }
}

/** What differs from run to run. */
const steady = (text: string): string =>
  text
    .replaceAll(/read in [\d.]+ s/g, 'read in 0.0 s')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-21T00:00:00.000Z')

const damage = (file: string, offset: number): void => {
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0xff, offset)
  writeFileSync(file, bytes)
}

describe('chain verify', () => {
  it('ends with 0 when everything is right', async () => {
    await make()
    const { exitCode, stdout, stderr } = await run('chain', 'verify')
    expect(exitCode).toBe(0)
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "BACKUP                       FILES READ  BYTES READ   OF ALL  PROBLEMS  ALL READ SINCE
      UTC20261120T090000.000-full      7 of 7    30.8 KiB  100.0 %         0  2026-11-21T00:00:00.000Z
      UTC20261120T100000.000-incr      9 of 9    15.0 KiB  100.0 %         0  2026-11-21T00:00:00.000Z

      verified:    2 backups, 45.8 KiB read in 0.0 s
      problems:    none
      not covered: run.json, verified.json, notes.json, drills
      "
    `)
    expect(stderr).toMatch(/chain verify end: complete/)
  })

  it('lists what is wrong first, and ends with 21', async () => {
    const { full, increment } = await make()
    damage(join(full.data, 'shop/t.ibd'), P + 1000)
    rmSync(join(increment.data, 'ib_buffer_pool'))
    const { exitCode, stdout, stderr } = await run('chain', 'verify', '--deep')
    expect(exitCode).toBe(21)
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "damaged   UTC20261120T090000.000-full: SHA256 data/shop/t.ibd: has the SHA-256 5ac588b0b0635c1c3411a24b76f64a8af5ef486ed60099585c097e8acac25916, expected db191d608f349850ea467102433087f0c41200fec7e0290912f5db481f7695e7
      damaged   UTC20261120T090000.000-full: PAGE data/shop/t.ibd at byte 4096: page 1 has the checksum 98293fae, its bytes give 06853410
      damaged   UTC20261120T100000.000-incr: FILE_MISSING data/ib_buffer_pool: is missing

      BACKUP                       FILES READ  BYTES READ   OF ALL  PROBLEMS  ALL READ SINCE  PAGES  EMPTY  UNCHECKED
      UTC20261120T090000.000-full      7 of 7    30.8 KiB  100.0 %         2                      6      1          0
      UTC20261120T100000.000-incr      8 of 9    15.0 KiB   99.9 %         1                      2      0          0

      verified:    2 backups, 45.8 KiB read in 0.0 s
      problems:    3
      not covered: run.json, verified.json, notes.json, drills
      "
    `)
    expect(stderr).toMatch(/chain verify end: failed/)
  })

  it('gives one document that names each problem', async () => {
    const { full } = await make()
    damage(join(full.data, 'ibdata1'), P + 1000)
    const { exitCode, document } = await runJson('chain', 'verify', '--deep')
    expect(exitCode).toBe(21)
    expect(document).toMatchObject({
      schemaVersion: 1,
      outcome: 'damaged',
      deep: true,
      samplePercent: null,
      notCovered: ['run.json', 'verified.json', 'notes.json', 'drills'],
      unsealed: [],
    })
    expect(document.problems).toEqual([
      {
        backup: FULL,
        file: 'data/ibdata1',
        offset: null,
        expected: expect.stringMatching(/^[\da-f]{64}$/),
        actual: expect.stringMatching(/^[\da-f]{64}$/),
        code: 'SHA256',
        message: expect.stringMatching(/^has the SHA-256 /),
      },
      {
        backup: FULL,
        file: 'data/ibdata1',
        offset: P,
        expected: expect.stringMatching(/^[\da-f]{8}$/),
        actual: expect.stringMatching(/^[\da-f]{8}$/),
        code: 'PAGE',
        message: expect.stringMatching(/^page 1 has the checksum/),
      },
    ])
    expect(document.backups[1]).toEqual({
      id: INCREMENT,
      outcome: 'ok',
      problems: 0,
      files: 9,
      bytes: expect.any(Number),
      filesRead: 9,
      bytesRead: document.backups[1].bytes,
      pages: {
        sound: 2,
        empty: 0,
        unchecked: { encrypted: 0, noChecksum: 0, unknownCompression: 0 },
        faulty: 0,
      },
      encryptedFiles: 0,
      completeSince: expect.stringMatching(/Z$/),
    })
  })

  it('verifies the chain of an id, or with --only the backup alone', async () => {
    await make()
    const idsOf = async (...argv: readonly string[]) => {
      const { document } = await runJson('chain', 'verify', ...argv)
      return document.backups.map(({ id }: { id: string }) => id)
    }
    expect(await idsOf('latest')).toEqual([FULL, INCREMENT])
    expect(await idsOf('latest', '--only')).toEqual([INCREMENT])
    expect(await idsOf(FULL, '--only')).toEqual([FULL])
    expect((await run('chain', 'verify', '--only')).exitCode).toBe(2)
    expect((await run('chain', 'verify', 'UTC1999')).exitCode).toBe(20)
  })

  it('tells of a manifest that cannot be believed, also by its id', async () => {
    const { full } = await make()
    damage(full.manifest, 200)
    const all = await runJson('chain', 'verify')
    expect(all.exitCode).toBe(21)
    expect(all.document.problems.map(({ code }: { code: string }) => code)).toEqual([
      'MANIFEST_DAMAGED',
      'BASE_MISSING',
    ])
    const one = await runJson('chain', 'verify', FULL, '--only')
    expect(one.exitCode).toBe(21)
    expect(one.document.problems).toHaveLength(1)
  })

  it.each(['5%', '5', '0.5 %', '100%'])('takes %s for a sample', async (sample) => {
    await make()
    const { exitCode, document } = await runJson('chain', 'verify', '--sample', sample)
    expect(exitCode).toBe(0)
    expect(document.samplePercent).toBe(Number.parseFloat(sample))
  })

  it.each(['0', '101', 'all', '-5', '5.12345%', ''])('refuses %s as a sample', async (sample) => {
    await make()
    const { exitCode } = await run('chain', 'verify', `--sample=${sample}`)
    expect(exitCode).toBe(2)
  })

  it('says that there is nothing to verify', async () => {
    const { full, increment } = await make()
    for (const { directory } of [full, increment]) rmSync(directory, { recursive: true })
    const { exitCode, stdout } = await run('chain', 'verify')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^verified: {4}0 backups/)
  })
})

describe('the listings', () => {
  it('show when a backup was last verified, and what came of it', async () => {
    const { increment } = await make()
    expect((await run('chain', 'list')).stdout).toMatch(/ok +never/)
    await run('chain', 'verify', FULL, '--only', '--deep')
    damage(join(increment.data, 'ib_buffer_pool'), 0)
    await run('chain', 'verify', INCREMENT, '--only', '--sample', '99%')
    for (const command of ['list', 'show']) {
      const { stdout } = await run('chain', command)
      expect(stdout).toMatch(/-full .*ok +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ deep +never\n/)
      expect(stdout).toMatch(/-incr .*ok +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ DAMAGED 99 % +never\n/)
    }
    const { document } = await runJson('chain', 'list')
    expect(document.backups[1].lastVerified).toEqual({
      at: expect.stringMatching(/Z$/),
      outcome: 'damaged',
      problems: 1,
      deep: false,
      samplePercent: 99,
      files: expect.any(Number),
      bytes: expect.any(Number),
      clonectlVersion: expect.stringMatching(/^\d/),
      completeSince: null,
    })
    const shown = await runJson('chain', 'show')
    expect(shown.document.chains[0].members[0].lastVerified).toMatchObject({ deep: true })
  })
})
