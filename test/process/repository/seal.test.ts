import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { seal } from '../../../src/repository/seal.ts'
import { digestFile } from '../../../src/repository/file-digest.ts'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { readManifest } from '../../../src/repository/manifest-file.ts'
import { openRunJournal, readRunJournal } from '../../../src/repository/run-journal.ts'
import { ownerOf } from '../../../src/system/owner.ts'
import { ownIdentity } from '../../../src/system/process-identity.ts'
import { makeManifest } from '../../fakes/manifest.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const ID = 'UTC20261120T093012.345-full'
const scratch = useScratchDir()
const paths = () => backupPathsAt(scratch(ID))

const write = (name: string, text: string): void => writeFileSync(scratch(ID, name), text)

beforeEach(() => {
  mkdirSync(scratch(ID, 'data', 't'), { recursive: true })
  mkdirSync(scratch(ID, 'data', 'deep', 'mysql'), { recursive: true })
  write('data/ibdata1', 'pages')
  write('data/t/a.ibd', 'more pages')
  write('pagemap', 'hashes')
  write('server.json', '{}')
})

const sealIt = async () => {
  const clock = { now: () => new Date('2026-11-20T09:31:00.000Z') }
  const journal = openRunJournal(paths().journal, 'clonectl full', ownIdentity(), clock)
  await journal.begin('hash')
  const listed = ['data/ibdata1', 'data/t/a.ibd'].map(async (path) => ({
    path,
    ...(await digestFile(scratch(ID, path))),
  }))
  const dataFiles = await Promise.all(listed)
  const owner = await ownerOf(scratch(ID))
  return {
    journal,
    seal: () => seal({ id: ID, paths: paths(), journal, owner }, makeManifest(ID), dataFiles),
  }
}

describe('seal', () => {
  it('lists everything that is stored, with size and hash, and writes the manifest last', async () => {
    const run = await sealIt()
    const manifest = await run.seal()
    expect(await readManifest(paths())).toEqual(manifest)
    expect(manifest.files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['server.json', 2],
      ['pagemap', 6],
      ['data/ibdata1', 5],
      ['data/t/a.ibd', 10],
    ])
    expect(manifest.files[1]).toMatchObject(await digestFile(paths().pagemap))
    expect(manifest.emptyDirectories).toEqual(['data/deep/mysql'])
    const steps = (await readRunJournal(paths().journal))?.steps.map(({ step }) => step)
    expect(steps).toEqual(['hash', 'seal'])
  })

  it.each<[string, () => void, string]>([
    ['appeared', () => write('data/t/b.ibd', 'x'), 'data/t/b.ibd'],
    ['vanished', () => rmSync(scratch(ID, 'data/t/a.ibd')), 'data/t/a.ibd'],
    ['grew', () => write('data/ibdata1', 'pages and more'), 'data/ibdata1'],
    ['appeared beside the data', () => write('notes.txt', 'x'), 'notes.txt'],
  ])('vouches for nothing when a file %s meanwhile, and names it', async (_, happen, path) => {
    const run = await sealIt()
    happen()
    expect(await failureOf(run.seal())).toMatchObject({
      code: 'INTEGRITY',
      message: `files changed while the backup was being made: ${path}`,
    })
    expect(await readManifest(paths())).toBeUndefined()
  })
})
