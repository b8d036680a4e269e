import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createDelta } from '../../../src/clone/delta-writer.ts'
import type { DeltaLayer } from '../../../src/restore/layers.ts'
import { stageFile, type StageJob } from '../../../src/restore/stage-file.ts'
import { fileEntry } from '../../fakes/manifest.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const P = 1024
const scratch = useScratchDir()

/** A file of pages that are each one letter over and over; a dot is a page of zeros. */
const pagesOf = (letters: string): Buffer =>
  Buffer.concat(Array.from(letters).map((letter) => Buffer.alloc(P, letter === '.' ? 0 : letter)))

const lettersOf = (bytes: Buffer): string =>
  Array.from({ length: Math.ceil(bytes.length / P) }, (_, page) => {
    const content = bytes.subarray(page * P, (page + 1) * P)
    const [first = 0] = content
    expect(content.every((byte) => byte === first)).toBe(true)
    return first === 0 ? '.' : String.fromCharCode(first)
  }).join('')

let deltas = 0

/** A delta of the pages of this text that are no blanks. */
const layerOf = async (letters: string, limitPages = letters.length): Promise<DeltaLayer> => {
  const file = scratch(`${deltas++}.delta`)
  await using delta = await createDelta(file, P)
  for (const [page, letter] of Array.from(letters).entries()) {
    if (letter !== ' ') await delta.add(page, pagesOf(letter))
  }
  const pages = await delta.finish()
  return { file, pageBytes: P, pages, limitBytes: limitPages * P }
}

const stage = async (
  resultPages: number,
  whole: { readonly letters: string; readonly limitPages?: number } | undefined,
  ...layers: readonly DeltaLayer[]
) => {
  const { letters = '', limitPages = letters.length } = whole ?? {}
  writeFileSync(scratch('whole'), pagesOf(letters))
  const recipe: StageJob['recipe'] = {
    result: fileEntry('t/a.ibd', resultPages * P),
    whole: whole && { file: scratch('whole'), limitBytes: limitPages * P },
    deltas: layers,
  }
  const digest = await stageFile({ recipe, destination: scratch('made'), programs: {} })
  const made = readFileSync(scratch('made'))
  const sha256 = createHash('sha256').update(made).digest('hex')
  expect(digest).toEqual({ sizeBytes: made.length, sha256 })
  return lettersOf(made)
}

describe('stageFile', () => {
  it('copies a file that nothing lies over', async () => {
    expect(await stage(4, { letters: 'abc.' })).toBe('abc.')
    expect(statSync(scratch('made')).mode & 0o777).toBe(0o640)
  })

  it('cuts off of it what a newer state did not have, even when no page changed', async () => {
    expect(await stage(2, { letters: 'abcd', limitPages: 2 })).toBe('ab')
  })

  it('adds zeros to it that a newer state had, even when no page changed', async () => {
    expect(await stage(6, { letters: 'abcd' })).toBe('abcd..')
  })

  it('takes nothing from it behind its limit', async () => {
    expect(await stage(6, { letters: 'abcdef', limitPages: 2 })).toBe('ab....')
  })

  it('lays changed pages over it', async () => {
    expect(await stage(4, { letters: 'abcd' }, await layerOf(' X  '))).toBe('aXcd')
    expect(statSync(scratch('made')).mode & 0o777).toBe(0o640)
  })

  it('takes each page from the newest layer that has it', async () => {
    const layers = [await layerOf('  3 3'), await layerOf(' 22 2'), await layerOf('11  1')]
    expect(await stage(5, { letters: 'abcde' }, ...layers)).toBe('123d3')
  })

  it('lets a page of zeros hide what lies below', async () => {
    expect(await stage(3, { letters: 'abc' }, await layerOf(' . '))).toBe('a.c')
  })

  it('makes a file of layers alone, zeros between them', async () => {
    expect(await stage(5, undefined, await layerOf('1  1'))).toBe('1..1.')
    expect(await stage(0, undefined).catch((error: unknown) => error)).toMatchObject({
      code: 'EEXIST',
    })
  })

  it('makes a file of nothing but zeros', async () => {
    expect(await stage(3, undefined)).toBe('...')
  })

  it('takes no page from a layer behind its limit, nor behind the end', async () => {
    const layers = [await layerOf('3    3'), await layerOf('222222', 3)]
    expect(await stage(5, { letters: 'abcdef', limitPages: 3 }, ...layers)).toBe('322..')
  })

  it('reads a whole file of several blocks around the pages that are there already', async () => {
    const many = 4 * 1024 + 3
    const changed = new Set([0, 5, 6, 4095, 4096, many - 1])
    const letters = Array.from({ length: many }, (_, page) => (changed.has(page) ? 'X' : ' '))
    const expected = letters.map((letter) => (letter === ' ' ? 'a' : letter)).join('')
    const made = await stage(many, { letters: 'a'.repeat(many) }, await layerOf(letters.join('')))
    expect(made === expected).toBe(true)
  })

  it('refuses a damaged delta', async () => {
    const layer = await layerOf('11')
    writeFileSync(layer.file, readFileSync(layer.file).subarray(0, -1))
    expect((await failureOf(stage(2, { letters: 'ab' }, layer))).code).toBe('INTEGRITY')
  })
})
