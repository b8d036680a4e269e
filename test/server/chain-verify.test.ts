// chain verify on backups of real servers, by the built program and its threads: what is whole is whole
// to the last page, and what is damaged is found and refused by a restore as well.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import { loadTables } from '../bed/load.ts'
import { useGreatSql } from './greatsql/scene.ts'
import { documentOf, failureOf } from './support/run-clonectl.ts'
import { type BackupDocument, makeScene, type Scene } from './support/scene.ts'

interface Verification {
  readonly outcome: string
  readonly problems: readonly { readonly file: string; readonly code: string }[]
  readonly backups: readonly {
    readonly pages: { readonly sound: number; readonly faulty: number } | null
  }[]
}

const verify = async (scene: Scene, ...args: readonly string[]) => {
  const ran = await scene.run('chain', 'verify', '--json', ...args)
  return { exitCode: ran.code, document: JSON.parse(ran.stdout) as Verification }
}

const expectWhole = async (scene: Scene): Promise<void> => {
  const { exitCode, document } = await verify(scene, '--deep')
  expect(document.problems).toEqual([])
  expect(exitCode).toBe(0)
  for (const { pages } of document.backups) {
    expect(pages?.sound).toBeGreaterThan(0)
    expect(pages?.faulty).toBe(0)
  }
}

/** Changes a byte in the middle of the file of the backup whose name ends so. */
const damage = async ({ directory }: BackupDocument, ending: string): Promise<string> => {
  const data = join(directory, 'data')
  const names = await readdir(data, { recursive: true })
  const name = names.find((path) => path.endsWith(ending)) ?? ''
  const bytes = await readFile(join(data, name))
  const offset = Math.floor(bytes.length / 2)
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0xff, offset)
  await writeFile(join(data, name), bytes)
  return `data/${name}`
}

const expectFound = async (scene: Scene, file: string, target: string): Promise<void> => {
  const { exitCode, document } = await verify(scene)
  expect(exitCode).toBe(21)
  expect([...new Set(document.problems.map((problem) => problem.file))]).toEqual([file])
  const refusal = await scene.run('restore', '--target-dir', scene.path(target), '--json')
  expect(failureOf(refusal)).toMatchObject({ code: 'INTEGRITY', exitCode: 21 })
}

describeServer('chain verify', () => {
  it('judges a chain of stock MySQL', async () => {
    await using scene = await makeScene()
    const donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 4_000_000, tables: 2 })
    await donor.sql('CREATE TABLE shop.zipped (id INT PRIMARY KEY) ROW_FORMAT=COMPRESSED')
    await donor.sql("CREATE TABLE shop.packed (id INT PRIMARY KEY, v TEXT) COMPRESSION='zlib'")
    await donor.sql("INSERT INTO shop.packed VALUES (1, REPEAT('x', 9000))")
    await scene.backup('full')
    await donor.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id < 50')
    await donor.sql('INSERT INTO shop.zipped VALUES (1), (2)')
    const incr = await scene.backup('incr', '--no-fallback')
    await expectWhole(scene)
    const list = documentOf(await scene.run('chain', 'list', '--json'))
    expect(list).toMatchObject({
      backups: [0, 1].map(() => ({ lastVerified: { outcome: 'ok', deep: true } })),
    })
    await expectFound(scene, await damage(incr, 'orders_1.ibd.delta'), 'target')
  })
})

describeServer('chain verify', () => {
  const stage = useGreatSql()

  it('judges a compressed chain of GreatSQL', async () => {
    const { scene, server } = stage
    await loadTables(server, { bytes: 2_000_000, tables: 2 })
    const full = await scene.backup('full', '--compress=lz4')
    await server.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id < 50')
    await scene.backup('incr', '--compress=zstd', '--no-fallback')
    await expectWhole(scene)
    await expectFound(scene, await damage(full, 'orders_2.ibd.lz4'), 'target')
  })
})
