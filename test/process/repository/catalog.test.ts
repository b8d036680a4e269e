import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { layoutOf, type RepositoryLayout } from '../../../src/repository/layout.ts'
import { writeManifest } from '../../../src/repository/manifest-file.ts'
import { makeManifest } from '../../fakes/manifest.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
let layout: RepositoryLayout
beforeEach(() => {
  layout = layoutOf(scratch())
})

const FULL = 'UTC20261120T090000.000-full'
const INCREMENT = 'UTC20261120T100000.000-incr'
const LATER = 'UTC20261120T110000.000-incr'

const seal = async (id: string): Promise<void> => {
  mkdirSync(layout.backup(id).directory)
  await writeManifest(layout.backup(id), makeManifest(id))
}

describe('the catalog', () => {
  it('of a new repository is empty', async () => {
    expect(await readCatalog(layout)).toEqual({ backups: [], damaged: [], unsealed: [] })
  })

  it('is what the directories say, in the order of their names', async () => {
    for (const id of [LATER, FULL]) await seal(id)
    mkdirSync(layout.backup(INCREMENT).data, { recursive: true })
    const { backups, damaged, unsealed } = await readCatalog(layout)
    expect(backups.map(({ id, type }) => [id, type])).toEqual([
      [FULL, 'full'],
      [LATER, 'increment'],
    ])
    expect(backups[0]).toMatchObject({ endLsn: 9_007_199_254_741_000n })
    expect(unsealed).toEqual([INCREMENT])
    expect(damaged).toEqual([])
  })

  it('tells of each damaged backup, and of all the others besides', async () => {
    for (const id of [FULL, INCREMENT, LATER]) await seal(id)
    writeFileSync(layout.backup(FULL).manifest, '{')
    writeFileSync(layout.backup(LATER).manifest, '{"format":2}')
    const { backups, damaged, unsealed } = await readCatalog(layout)
    expect(backups.map(({ id }) => id)).toEqual([INCREMENT])
    expect(damaged.map(({ id, error }) => [id, error.code])).toEqual([
      [FULL, 'REPOSITORY_UNREADABLE'],
      [LATER, 'REPOSITORY_NEWER'],
    ])
    expect(unsealed).toEqual([])
  })

  it('tells of a backup under a name that is not its own', async () => {
    await seal(INCREMENT)
    renameSync(layout.backup(INCREMENT).directory, layout.backup(LATER).directory)
    const { damaged } = await readCatalog(layout)
    expect(damaged.map(({ id, error }) => [id, error.code])).toEqual([[LATER, 'INTEGRITY']])
  })

  it('takes a file with the name of a backup for a damaged one: the others are not hidden by it', async () => {
    await seal(FULL)
    writeFileSync(layout.backup(LATER).directory, '')
    const { backups, damaged, unsealed } = await readCatalog(layout)
    expect(backups.map(({ id }) => id)).toEqual([FULL])
    expect(damaged.map(({ id }) => id)).toEqual([LATER])
    expect(unsealed).toEqual([])
  })

  it('passes over what was not made here, and leaves it alone', async () => {
    const strangers = [
      'lost+found',
      'UTC20261120T090000.000-full.bak',
      'UTC20260230T090000.000-full',
    ]
    for (const name of strangers) {
      mkdirSync(scratch(name))
      writeFileSync(scratch(name, 'manifest.json'), '{')
    }
    writeFileSync(scratch('repository.json'), '{}')
    expect(await readCatalog(layout)).toEqual({ backups: [], damaged: [], unsealed: [] })
    expect(readdirSync(scratch()).sort()).toEqual([...strangers, 'repository.json'].sort())
    for (const name of strangers) expect(readdirSync(scratch(name))).toEqual(['manifest.json'])
  })
})
