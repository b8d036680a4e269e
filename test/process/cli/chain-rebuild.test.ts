import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { surveyCodes } from '../../../src/repository/survey-finding.ts'
import { listTree } from '../../../src/system/file-tree.ts'
import { sealRepository } from '../../fakes/sealed-repository.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { makeFakeIo } from './fake-io.ts'
import { FIRST, forkedChain, FORK, FULL, makeRepository } from './repository-fixture.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

describe('chain rebuild', () => {
  it('says what is there when nothing is wrong', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root } = fixture.layout
    expect(await run('chain', 'rebuild', `--repo=${root}`)).toMatchObject({
      exitCode: 0,
      stdout: `repository:  ${root}\nfound:       4 backups in 1 chain, 0 orphans\nwrong:       0\n`,
    })
  })

  it('brings a lost repository.json back once that is confirmed', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, header, backup } = fixture.layout
    await rm(header)
    await writeFile(join(root, 'README'), '')
    await rename(backup(FORK).directory, join(root, 'renamed'))
    const repo = `--repo=${root}`
    expect(await run('chain', 'list', repo)).toMatchObject({ exitCode: 12 })
    const dry = await run('chain', 'rebuild', repo)
    expect(dry.exitCode).toBe(21)
    expect(dry.stdout.replaceAll(root, '/repo')).toMatchInlineSnapshot(`
      "mend      repository.json: HEADER_MISSING is missing
      mend      renamed: RENAMED is UTC20261120T123012.345-incr under another name
      note      README: STRANGER is nothing that clonectl made

      repository:  /repo
      found:       3 backups in 1 chain, 0 orphans
      to mend:     2; nothing was changed, --confirm mends them
      "
    `)
    const done = await run('chain', 'rebuild', '--confirm', repo)
    expect(done.exitCode).toBe(0)
    expect(done.stdout.replaceAll(root, '/repo')).toMatchInlineSnapshot(`
      "mended    repository.json: HEADER_MISSING is missing
      mended    renamed: RENAMED is UTC20261120T123012.345-incr under another name
      note      README: STRANGER is nothing that clonectl made

      repository:  /repo
      found:       4 backups in 1 chain, 0 orphans
      mended:      2
      "
    `)
    expect(await run('chain', 'list', repo)).toMatchObject({ exitCode: 0 })
  })

  it('ends with 21 for damage it cannot mend', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root, backup } = fixture.layout
    await writeFile(backup(FORK).manifest, 'x')
    const { exitCode, stdout } = await run('chain', 'rebuild', '--json', `--repo=${root}`)
    expect(exitCode).toBe(21)
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      confirmed: false,
      path: root,
      repairs: [],
      findings: [
        {
          code: 'MANIFEST_DAMAGED',
          path: FORK,
          message: expect.stringContaining('not JSON'),
          repair: null,
        },
      ],
      backups: 3,
      chains: 1,
      orphans: 0,
      damaged: 1,
      unsealed: 0,
    })
  })
})

it('docs/json-output.md explains every finding', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/json-output.md'), 'utf8')
  expect(surveyCodes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

describe('a repository that was moved', () => {
  it('shows the same, and keeps pins, labels and what lies in the trash', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root } = fixture.layout
    await run('chain', 'pin', FIRST, `--repo=${root}`)
    await run('chain', 'label', FULL, 'moved', `--repo=${root}`)
    await run('chain', 'expire', '--keep-last=1', '--confirm', `--repo=${root}`)
    const shown = async (repo: string) => {
      const documents = []
      for (const command of [
        ['chain', 'list'],
        ['chain', 'show'],
        ['chain', 'expire', '--keep-last=1'],
        ['trash', 'list'],
        ['chain', 'rebuild'],
      ]) {
        const { exitCode, stdout } = await run(...command, '--json', `--repo=${repo}`)
        expect(exitCode).toBe(0)
        documents.push(JSON.parse(stdout.replaceAll(repo, '/repo')))
      }
      return documents
    }
    const before = await shown(root)
    const place = scratch('somewhere', 'else')
    await mkdir(scratch('somewhere'))
    await rename(root, place)
    expect(await shown(place)).toEqual(before)
    expect(before[3].entries).toHaveLength(1)
    await rename(place, root)
  })

  it('restores as before', async () => {
    const { backups } = await sealRepository(scratch('repo'))
    for (const { paths } of backups) {
      // Tells whose the files are to be.
      await mkdir(join(paths.data, '#clone'))
      await writeFile(join(paths.data, '#clone/#view_status'), '')
    }
    const restored = async (repo: string, target: string) => {
      const { exitCode, stderr } = await run(
        'restore',
        `--target-dir=${scratch(target)}`,
        `--repo=${scratch(repo)}`,
      )
      expect(stderr).toMatch(/restore end: complete/)
      expect(exitCode).toBe(0)
      return listTree(scratch(target))
    }
    const before = await restored('repo', 'one')
    await rename(scratch('repo'), scratch('moved'))
    expect(await restored('moved', 'two')).toEqual(before)
    expect(before.files.length).toBeGreaterThan(1)
  })
})
