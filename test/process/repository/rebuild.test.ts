import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { previewRebuild, rebuild } from '../../../src/repository/rebuild.ts'
import { temporaryNameFor } from '../../../src/system/atomic-file.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import {
  FIRST,
  forkedChain,
  FORK,
  FULL,
  increment,
  makeRepository,
  SECOND,
} from '../cli/repository-fixture.ts'

/** Later than the files of these tests by more than any run is at work on one. */
const clock = { now: () => new Date(Date.now() + 3_600_000) }

const contextOf = () => ({
  reporter: recordingReporter(),
  clock,
  command: 'clonectl chain rebuild --confirm',
})

const found = async (root: string) => {
  const { survey } = await previewRebuild(root)
  return survey.findings.map(({ code, path, repair }) => [code, path, repair?.kind ?? null])
}

describe('chain rebuild', () => {
  it('finds nothing in a repository that is right', async () => {
    await using fixture = await makeRepository(...forkedChain)
    await mkdir(fixture.layout.trash)
    await writeFile(fixture.layout.lock, '')
    await mkdir(join(fixture.layout.root, 'binlog'))
    expect(await found(fixture.layout.root)).toEqual([])
  })

  it('writes repository.json anew when it was lost, but only once that is confirmed', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, header } = fixture.layout
    await rm(header)
    expect(await found(root)).toEqual([['HEADER_MISSING', 'repository.json', 'write-header']])
    expect(await readdir(root)).not.toContain('repository.json')
    const context = contextOf()
    const { repairs, survey } = await rebuild(context, root)
    expect(repairs.map(({ code }) => code)).toEqual(['HEADER_MISSING'])
    expect(survey.findings).toEqual([])
    expect(JSON.parse(await readFile(header, 'utf8'))).toMatchObject({ format: 1 })
    expect(context.reporter.lines).toEqual(['info: mended repository.json, which is missing'])
    expect(await readdir(root)).not.toContain('lock')
  })

  it('replaces a repository.json that cannot be understood, and refuses a newer one', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, header } = fixture.layout
    await writeFile(header, '{"format":')
    expect((await rebuild(contextOf(), root)).repairs.map(({ code }) => code)).toEqual([
      'HEADER_DAMAGED',
    ])
    await writeFile(header, '{"format":2}')
    await expect(rebuild(contextOf(), root)).rejects.toMatchObject({ code: 'REPOSITORY_NEWER' })
  })

  it('makes no repository of a directory that is none', async () => {
    await using fixture = await makeRepository()
    const { root, header } = fixture.layout
    await rm(header)
    await mkdir(join(root, 'photos'))
    await mkdir(join(root, FULL))
    await expect(rebuild(contextOf(), root)).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' })
    expect((await readdir(root)).sort()).toEqual([FULL, 'photos'])
  })

  it('gives a backup its name back, whose manifest knows it', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, backup } = fixture.layout
    await rename(backup(SECOND).directory, join(root, 'old-backup'))
    const wrong = 'UTC20261120T113012.346-incr'
    await rename(backup(FORK).directory, join(root, wrong))
    expect(await found(root)).toEqual([
      ['RENAMED', wrong, 'rename'],
      ['RENAMED', 'old-backup', 'rename'],
    ])
    const { survey } = await rebuild(contextOf(), root)
    expect(survey.findings).toEqual([])
    expect(survey.catalog.backups).toHaveLength(4)
  })

  it('leaves copies, and two that claim one name, to the user', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, backup } = fixture.layout
    await cp(backup(FULL).directory, join(root, 'copy'), { recursive: true })
    await rename(backup(FORK).directory, join(root, 'one'))
    await cp(join(root, 'one'), join(root, 'other'), { recursive: true })
    const names = (await found(root)).map(([code, path]) => `${code} ${path}`)
    expect(names.filter((name) => name.startsWith('COPY copy'))).toHaveLength(1)
    expect(names.filter((name) => / (?:one|other)$/.test(name))).toEqual(['COPY one', 'COPY other'])
  })

  it('guesses nothing where a manifest cannot be believed', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, backup } = fixture.layout
    await writeFile(backup(FULL).manifest, '{}')
    await rename(backup(FULL).directory, join(root, 'was-a-full'))
    await writeFile(backup(FORK).manifest, 'x')
    expect(await found(root)).toEqual([
      ['MANIFEST_DAMAGED', FORK, null],
      ['ORPHAN', FIRST, null],
      ['ORPHAN', SECOND, null],
      ['STRANGER', 'was-a-full', null],
    ])
    expect((await rebuild(contextOf(), root)).repairs).toEqual([])
  })

  it('names what does not fit, what is not sealed, and what it does not know', async () => {
    const broken = increment('UTC20261120T133012.345-incr', FULL, '9999', '9999')
    await using fixture = await makeRepository(...forkedChain, broken)
    const { root, backup, trash } = fixture.layout
    const unsealed = 'UTC20261121T113012.345-incr'
    await mkdir(backup(unsealed).directory)
    await writeFile(backup(FIRST).notes, '[]')
    await mkdir(join(trash, 'mine'), { recursive: true })
    await writeFile(join(root, 'README'), '')
    await symlink('/', join(root, 'link'))
    await writeFile(temporaryNameFor(fixture.layout.header), '')
    const list = await found(root)
    expect(list.filter(([code]) => code !== 'TEMPORARY')).toEqual([
      ['BROKEN', broken.id, null],
      ['UNSEALED', unsealed, null],
      ['NOTES_DAMAGED', `${FIRST}/notes.json`, null],
      ['STRANGER', 'README', null],
      ['STRANGER', 'link', null],
      ['STRANGER', 'trash/mine', null],
    ])
    const { repairs, survey } = await rebuild(contextOf(), root)
    expect(repairs.map(({ code }) => code)).toEqual(['TEMPORARY'])
    expect(survey.findings).toHaveLength(6)
    expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.runIf(process.getuid?.() === 0)('names files that the owner could not read', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, backup } = fixture.layout
    await chown(root, 65_534, 65_534)
    for (const { id } of forkedChain) await chmod(backup(id).directory, 0o755)
    await chown(backup(FULL).directory, 65_534, 65_534)
    await chown(backup(FULL).manifest, 0, 65_534)
    const { survey } = await previewRebuild(root)
    expect(survey.findings.map(({ code, path }) => [code, path])).toEqual(
      [FIRST, SECOND, FORK].map((id) => ['NOT_READABLE', id]),
    )
    expect(survey.findings[0]?.message).toBe(
      `${backup(FIRST).manifest} cannot be read by user 65534, who owns the repository`,
    )
  })
})
