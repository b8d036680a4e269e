import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyTrash, previewEmptying } from '../../../src/repository/empty-trash.ts'
import { layoutOf } from '../../../src/repository/layout.ts'
import { noNotes } from '../../../src/repository/notes-file.ts'
import { openRunJournal } from '../../../src/repository/run-journal.ts'
import { readTrash } from '../../../src/repository/trash-entries.ts'
import { exists } from '../../../src/system/exists.ts'
import { ownIdentity } from '../../../src/system/process-identity.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const ID = 'UTC20261120T093012.345-full'
const scratch = useScratchDir()
const clock = { now: () => new Date('2026-11-20T12:00:00.000Z') }

const contextOf = () => ({
  reporter: recordingReporter(),
  clock,
  signal: new AbortController().signal,
  command: 'clonectl trash empty --confirm',
})

const layout = () => layoutOf(scratch())

const put = (name: string, files: Readonly<Record<string, string>>): string => {
  const directory = scratch('trash', name)
  mkdirSync(join(directory, 'data'), { recursive: true })
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text)
  return directory
}

const note = (at: string, why: string): string =>
  JSON.stringify({ format: 1, ...noNotes, trashed: { at, why, command: 'x' } })

const journal = async (name: string, ...steps: readonly string[]): Promise<void> => {
  const path = join(put(name, {}), 'run.json')
  const run = openRunJournal(path, 'clonectl full', ownIdentity(), clock)
  for (const step of steps) await run.begin(step)
}

describe('readTrash', () => {
  it('finds nothing where there is no trash', async () => {
    expect(await readTrash(layout())).toEqual({ entries: [], strangers: [] })
  })

  it('tells since when something is there, how much it is, and why', async () => {
    put(ID, {
      'notes.json': note('2026-11-19T00:00:00.000Z', 'is not needed for the window'),
      'data/ibdata1': 'x'.repeat(1000),
    })
    const { entries } = await readTrash(layout())
    expect(entries).toMatchObject([
      {
        name: ID,
        id: ID,
        since: new Date('2026-11-19T00:00:00.000Z'),
        why: 'expired: is not needed for the window',
      },
    ])
    expect(entries[0]?.bytes).toBeGreaterThan(1000)
  })

  it('tells by its journal how a run ended', async () => {
    await journal(`${ID}~2`, 'begin', 'clone')
    await journal(`${ID}~3`, 'begin', 'clone', 'discard')
    put(`${ID}~4`, {})
    put(`${ID}~5`, { 'run.json': '{' })
    put(`${ID}~6`, { 'manifest.json': '{}' })
    put(`${ID}~7`, { 'verified.json': '{}' })
    const { entries } = await readTrash(layout())
    const why = Object.fromEntries(entries.map((entry) => [entry.name.slice(-2), entry.why]))
    expect(why).toEqual({
      '~2': 'a run died in step "clone" (clonectl full)',
      '~3': 'a run failed (clonectl full)',
      '~4': 'a run ended before it wrote its journal',
      '~5': 'a run ended before it wrote its journal',
      '~7': 'it was sealed once, and has lost its manifest',
      '~6': 'a sealed backup; nothing says why it is here',
    })
    for (const { id, since } of entries) {
      expect(id).toBe(ID)
      expect(Math.abs(Date.now() - since.getTime())).toBeLessThan(60_000)
    }
  })

  it('takes nothing for its own that is called otherwise, or is no directory', async () => {
    for (const name of ['photos', `${ID}~1`, `${ID}~02`, `${ID}~`, `${ID}~2~3`]) put(name, {})
    writeFileSync(scratch('trash', 'UTC20261120T093012.346-full'), '')
    symlinkSync('/', scratch('trash', 'UTC20261120T093012.347-full'))
    const { entries, strangers } = await readTrash(layout())
    expect(entries).toEqual([])
    expect(strangers).toHaveLength(7)
  })

  it('follows no link', async () => {
    mkdirSync(scratch('elsewhere', ID), { recursive: true })
    symlinkSync(scratch('elsewhere'), scratch('trash'))
    await expect(readTrash(layout())).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' })
    await expect(emptyTrash(contextOf(), layout(), clock.now())).rejects.toMatchObject({
      code: 'PATH_FORBIDDEN',
    })
    expect(await exists(scratch('elsewhere', ID))).toBe(true)
    rmSync(scratch('trash'))
  })
})

describe('emptyTrash', () => {
  const before = new Date('2026-11-19T00:00:00.000Z')

  it('removes what is old enough, and nothing outside through a link', async () => {
    const old = put(ID, { 'notes.json': note(before.toISOString(), 'x') })
    mkdirSync(scratch('precious'))
    symlinkSync(scratch('precious'), join(old, 'link'))
    put(`${ID}~2`, { 'notes.json': note('2026-11-19T00:00:00.001Z', 'x') })
    const preview = await previewEmptying(layout(), before)
    expect(preview.chosen.map(({ name }) => name)).toEqual([ID])
    expect(preview.younger.map(({ name }) => name)).toEqual([`${ID}~2`])
    const context = contextOf()
    expect(await emptyTrash(context, layout(), before)).toMatchObject({
      chosen: [{ name: ID }],
      failed: [],
    })
    expect(context.reporter.lines).toEqual([`info: removed ${old}`])
    expect(await exists(old)).toBe(false)
    expect(await exists(scratch('precious'))).toBe(true)
    expect(await exists(scratch('trash', `${ID}~2`))).toBe(true)
    expect(await exists(scratch('lock'))).toBe(false)
  })

  it('stops between two when it is cancelled', async () => {
    put(ID, { 'notes.json': note(before.toISOString(), 'x') })
    const signal = AbortSignal.abort(new Error('cancelled'))
    await expect(emptyTrash({ ...contextOf(), signal }, layout(), before)).rejects.toThrow(
      'cancelled',
    )
    expect(await exists(scratch('trash', ID))).toBe(true)
  })
})
