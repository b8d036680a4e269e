// Backups that GreatSQL makes: the statements it is sent, and what is believed of its answers.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { loadTables } from '../../bed/load.ts'
import { killAt, runToDeath } from '../support/killing.ts'
import { failureOf } from '../support/run-clonectl.ts'
import type { BackupDocument } from '../support/scene.ts'
import { describeEmulator, useGreatSql } from './scene.ts'

const manifestOf = async ({ directory }: BackupDocument): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest

describeServer('backups that GreatSQL makes', () => {
  const stage = useGreatSql()
  const globals = async () =>
    Object.fromEntries(await stage.server.sql("SHOW GLOBAL VARIABLES LIKE 'clone_file_compress%'"))

  it('become a chain whose increments start where the base ends', async () => {
    const { scene, server } = stage
    await loadTables(server, { bytes: 2_000_000, tables: 2 })
    const full = await scene.backup('full')
    await server.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id < 50')
    const incr = await scene.backup('incr')
    const [base, manifest] = await Promise.all([full, incr].map(manifestOf))
    expect(base).toMatchObject({ type: 'full', engine: 'greatsql', startLsn: '0', deltas: [] })
    expect(base?.history?.cloneType).toBe('full clone')
    expect(base?.result?.files.length).toBe(
      base?.files.filter((f) => f.path !== 'server.json').length,
    )
    expect(manifest).toMatchObject({
      type: 'increment',
      base: full.id,
      result: null,
      history: { cloneType: 'increment clone', source: 'LOCAL INSTANCE' },
    })
    expect(BigInt(manifest?.startLsn ?? 0)).toBeLessThanOrEqual(BigInt(base?.pageTrackLsn ?? 0))
    const changed = manifest?.deltas.find(({ path }) => path === 'shop/orders_1.ibd')
    expect(changed?.pages).toBeGreaterThan(0)
  })

  it.each(['zstd', 'lz4'] as const)('are compressed with %s, every file known', async (codec) => {
    const { scene, server } = stage
    const before = await globals()
    const size = ['--compress-chunk-size', '131072', '--compress-threads', '2']
    const full = await manifestOf(await scene.backup('full', `--compress=${codec}`, ...size))
    await server.sql('DELETE FROM shop.orders_2 WHERE id MOD 7 = 0')
    const incr = await manifestOf(await scene.backup('incr', '--compress', codec))
    expect(await globals()).toEqual(before)
    for (const { compression, files, result } of [full, incr]) {
      expect({ compression, result }).toEqual({ compression: codec, result: null })
      const plain = /\.meta$|#clone|server\.json$/
      for (const { path, content } of files.filter((file) => !plain.test(file.path))) {
        expect(path).toMatch(new RegExp(`\\.${codec}\\d*$`))
        expect(content).toBeDefined()
      }
    }
    const [table] = full.files.filter(({ path }) => path === `data/shop/orders_1.ibd.${codec}`)
    expect(table?.content?.sizeBytes).toBeGreaterThan(table?.sizeBytes ?? 0)
  })

  it('fall back to a full when tracking began anew, and fail without one', async () => {
    const { scene, server } = stage
    await server.sql('SELECT mysqlbackup_page_track_set(0)')
    const failure = failureOf(await scene.run('incr', '--no-fallback', '--no-page-track', '--json'))
    expect(failure).toMatchObject({
      code: 'BASE_UNUSABLE',
      exitCode: 20,
      details: { reason: 'TRACKING_CHANGED' },
    })
    const full = await scene.backup('incr')
    expect(full).toMatchObject({ type: 'full', decision: { code: 'TRACKING_CHANGED' } })
    const untracked = await scene.backup('full', '--no-page-track')
    const next = await scene.backup('incr', '--base', untracked.id)
    expect(next).toMatchObject({ type: 'full', decision: { code: 'NOT_TRACKED' } })
  })

  it('are refused with the names of tables that GreatSQL would destroy', async () => {
    const { scene, server } = stage
    await server.sql('CREATE TABLE shop.zip (id INT PRIMARY KEY) ROW_FORMAT=COMPRESSED')
    onTestFinished(async () => {
      await server.sql('DROP TABLE shop.zip')
    })
    const failure = failureOf(await scene.run('full', '--json'))
    expect(failure).toMatchObject({ code: 'PREFLIGHT', exitCode: 31 })
    expect(failure.message).toContain('ROW_FORMAT=COMPRESSED: shop/zip')
    const byClonectl = await scene.backup('full', '--engine', 'mysql')
    expect(await manifestOf(byClonectl)).toMatchObject({ engine: 'mysql' })
  })

  it('are refused while clones would be encrypted', async () => {
    const { scene, server } = stage
    await server.sql("SET GLOBAL clone_encrypt_key_path = '/no/key'")
    onTestFinished(async () => {
      await server.sql('SET GLOBAL clone_encrypt_key_path = NULL')
    })
    const failure = failureOf(await scene.run('full', '--compress', '--json'))
    expect(failure.message).toMatch(/clone_encrypt_key_path is set.*cannot compress/)
  })
})

describeEmulator('the statements', () => {
  describeServer('that GreatSQL is sent', () => {
    const stage = useGreatSql()
    const cloned = () => stage.emulator.heard.filter((text) => text.startsWith('CLONE'))
    const set = () => stage.emulator.heard.filter((text) => /^SET GLOBAL/i.test(text))

    it('are the contract’s, digit by digit', async () => {
      const { scene, emulator } = stage
      const full = await scene.backup('full')
      const incr = await scene.backup('incr')
      const { pageTrackLsn } = await manifestOf(full)
      expect(cloned()).toEqual([
        `CLONE LOCAL DATA DIRECTORY = '${full.directory}/data' ENABLE PAGE TRACK`,
        `CLONE LOCAL DATA DIRECTORY = '${incr.directory}/data' ENABLE PAGE TRACK START_LSN = ${pageTrackLsn}`,
      ])
      expect(set()).toEqual([])
      await scene.backup('full', '--compress=zstd', '--compress-level=3', '--no-page-track')
      expect(cloned().at(-1)).toMatch(/^CLONE LOCAL DATA DIRECTORY = '[^']*'$/)
      expect(set()).toEqual([
        "SET GLOBAL clone_file_compress = 'CLONE_FILE_COMPRESS_ZSTD'",
        'SET GLOBAL clone_file_compress_zstd_level = 3',
        "SET GLOBAL clone_file_compress = 'CLONE_FILE_COMPRESS_NONE'",
        'SET GLOBAL clone_file_compress_zstd_level = 1',
      ])
      expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
    })

    it('are followed by those that set the variables back when the clone fails', async () => {
      const { scene, emulator } = stage
      emulator.tuning.fault = { stage: 'PAGE COPY', errno: 1026, message: 'no space left' }
      const failure = failureOf(await scene.run('full', '--compress=lz4', '--json'))
      expect(failure).toMatchObject({ code: 'SERVER', exitCode: 30 })
      const [[, value] = []] = await emulator.sql("SHOW VARIABLES LIKE 'clone_file_compress'")
      expect(value).toBe('CLONE_FILE_COMPRESS_NONE')
    })
  })
})

describeEmulator('a run that is killed', () => {
  describeServer('while GreatSQL compresses for it', () => {
    const stage = useGreatSql()

    it('has its variables set back by the next one', async () => {
      const { scene, emulator } = stage
      await runToDeath(scene, ['full', '--compress'], [killAt('journal clone', 'after')])
      const compress = async () =>
        (await emulator.sql("SHOW VARIABLES LIKE 'clone_file_compress'"))[0]?.[1]
      expect(await compress()).toBe('CLONE_FILE_COMPRESS_ZSTD')
      const full = await scene.backup('full')
      expect(full.cleaned).toHaveLength(1)
      expect(await compress()).toBe('CLONE_FILE_COMPRESS_NONE')
      expect(await manifestOf(full)).toMatchObject({ compression: 'none' })
    })
  })
})
