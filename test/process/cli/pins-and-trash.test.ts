import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { makeFakeIo } from './fake-io.ts'
import {
  FIRST,
  forkedChain,
  FORK,
  FULL,
  makeManifest,
  makeRepository,
} from './repository-fixture.ts'

const LATER = 'UTC20261121T093012.345-full'
const later = makeManifest({ id: LATER, type: 'full', base: null, startLsn: '0', endLsn: '9000' })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00.000Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

const runJson = async (...argv: readonly string[]) => {
  const { exitCode, stdout } = await run(...argv, '--json')
  return { exitCode, document: JSON.parse(stdout) }
}

const json = readFileSync(join(import.meta.dirname, '../../../docs/json-output.md'), 'utf8')

/** Fields of a document that its section of docs/json-output.md does not name. */
const untold = (command: string, document: object): readonly string[] => {
  const sections = json.split(/^## /m).filter((part) => part.startsWith(command))
  const text = `${sections.join('')} schemaVersion path from to`
  const fields = [...JSON.stringify(document).matchAll(/"(\w+)":/g)].map(([, name = '']) => name)
  return fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))
}

describe('pins and labels', () => {
  it('are shown by chain list and chain show', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const repo = `--repo=${fixture.layout.root}`
    await run('chain', 'pin', 'latest', repo)
    await run('chain', 'label', FULL, '', repo)
    for (const command of ['list', 'show']) {
      const { stdout } = await run('chain', command, repo)
      expect(stdout).toContain(`\npinned    ${FORK}: until it is unpinned\n`)
    }
    const { document } = await runJson('chain', 'list', repo)
    expect(document.backups[0]).not.toHaveProperty('label')
    expect(document.backups[0].pin).toBe(null)
    expect(document.backups[3].pin).toEqual({
      at: '2026-11-22T12:00:00.000Z',
      reason: null,
      until: null,
    })
    const show = await runJson('chain', 'show', repo)
    expect(show.document.chains[0].members[3].pin).toEqual(document.backups[3].pin)
  })

  it('are taken away again', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const repo = `--repo=${fixture.layout.root}`
    await run('chain', 'pin', FIRST, repo)
    expect((await run('chain', 'unpin', FIRST, repo)).stdout).toBe(
      `${FIRST} is not pinned any more\n`,
    )
    expect((await run('chain', 'unpin', FIRST, repo)).stdout).toBe(`${FIRST} was not pinned\n`)
    const { document } = await runJson('chain', 'label', FIRST, 'x', repo)
    expect(document).toEqual({ schemaVersion: 1, id: FIRST, label: 'x', before: null })
    const notes = JSON.parse(await readFile(fixture.layout.backup(FIRST).notes, 'utf8'))
    expect(notes).toEqual({ format: 1, pin: null, label: 'x', trashed: null })
  })

  it.each([
    [['chain', 'pin'], 2, 'which backup is meant?'],
    [['chain', 'label', FULL], 2, 'clonectl chain label needs a TEXT'],
    [['chain', 'pin', FULL, '--until=tomorrow'], 2, '--until "tomorrow" is not a time'],
    [['chain', 'pin', FULL, '--until=2026-11-22T11:00:00Z'], 2, 'has passed already'],
    [['chain', 'pin', 'UTC1999'], 20, 'no sealed backup is called UTC1999'],
  ])('%j is refused', async (argv, code, message) => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stderr } = await run(...argv, `--repo=${fixture.layout.root}`)
    expect(exitCode).toBe(code)
    expect(stderr).toContain(message)
  })
})

describe('trash empty', () => {
  it('removes what has lain there long enough, once it is confirmed', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const { root, trash } = fixture.layout
    const repo = `--repo=${root}`
    await run('chain', 'expire', '--keep-full=1', '--confirm', repo)
    await mkdir(join(trash, 'mine'))
    const dry = await run('trash', 'empty', repo)
    expect(dry.stdout).toContain('to remove: 4 directories, ')
    expect(dry.stdout).toContain('stranger  mine: clonectl did not put it here and leaves it\n')
    expect(await readdir(trash)).toHaveLength(5)
    vi.setSystemTime(new Date('2026-11-24T12:00:00.000Z'))
    const young = await runJson('trash', 'empty', '--older-than=3d', '--confirm', repo)
    expect(young.document).toMatchObject({ removed: [], strangers: ['mine'] })
    expect(young.document.kept).toHaveLength(4)
    const old = await runJson('trash', 'empty', '--older-than=2d', '--confirm', repo)
    expect(old.document.removed).toHaveLength(4)
    expect(untold('trash', old.document)).toEqual([])
    expect(await readdir(trash)).toEqual(['mine'])
    expect((await run('trash', 'list', repo)).stdout).toContain(
      'in the trash: 0 directories, 0 B\n',
    )
  })
})
