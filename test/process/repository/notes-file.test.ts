import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../src/repository/layout.ts'
import {
  isPinned,
  labelled,
  noNotes,
  type Notes,
  readAllNotes,
  readNotes,
  writeNotes,
} from '../../../src/repository/notes-file.ts'
import { makeFull } from '../../fakes/backup.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const ID = 'UTC20261120T093012.345-full'
const scratch = useScratchDir()

const paths = () => {
  mkdirSync(scratch(ID), { recursive: true })
  return layoutOf(scratch()).backup(ID)
}

const pinnedUntil = (until: string | null): Notes => ({
  ...noNotes,
  pin: { at: '2026-11-20T10:00:00.000Z', reason: 'audit', until },
})

describe('notes.json', () => {
  it('comes back as it was written, and leaves nothing beside it', async () => {
    const notes: Notes = {
      ...pinnedUntil('2026-12-01T00:00:00.000Z'),
      label: 'before the release',
      trashed: { at: '2026-11-21T00:00:00.000Z', why: 'x', command: 'clonectl chain expire' },
    }
    await writeNotes(paths(), notes)
    expect(await readNotes(paths())).toEqual(notes)
    expect(readdirSync(scratch(ID))).toEqual(['notes.json'])
    expect(JSON.parse(readFileSync(paths().notes, 'utf8'))).toMatchObject({ format: 1 })
  })

  it('need not be there', async () => {
    expect(await readNotes(paths())).toEqual(noNotes)
  })

  it.each([
    ['{', 'REPOSITORY_UNREADABLE'],
    ['{"format":1}', 'REPOSITORY_UNREADABLE'],
    ['{"format":2}', 'REPOSITORY_NEWER'],
  ])('is not guessed at: %s', async (text, code) => {
    writeFileSync(paths().notes, text)
    await expect(readNotes(paths())).rejects.toMatchObject({ code })
    const readings = await readAllNotes(layoutOf(scratch()), [ID])
    expect(readings.get(ID)).toMatchObject({ notes: noNotes, problem: { code } })
  })
})

describe('a pin', () => {
  const now = new Date('2026-11-20T12:00:00.000Z')

  it.each([
    [null, true],
    ['2026-11-20T12:00:00.001Z', true],
    ['2026-11-20T12:00:00.000Z', false],
  ])('until %s holds: %j', (until, holds) => {
    expect(isPinned(pinnedUntil(until), now)).toBe(holds)
  })

  it('need not be there', () => {
    expect(isPinned(noNotes, now)).toBe(false)
  })
})

describe('a label', () => {
  it.each([
    [null, 'sealed'],
    ['given', 'given'],
    ['', undefined],
  ])('%j makes it %j', (label, shown) => {
    expect(labelled(makeFull(1, { label: 'sealed' }), { ...noNotes, label }).label).toBe(shown)
  })
})
