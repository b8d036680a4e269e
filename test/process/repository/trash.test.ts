import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../src/repository/layout.ts'
import { moveToTrash } from '../../../src/repository/trash.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const ID = 'UTC20261120T093012.345-full'
const scratch = useScratchDir()

const move = (contents: string): Promise<string> => {
  mkdirSync(scratch(ID))
  writeFileSync(scratch(ID, 'run.json'), contents)
  return moveToTrash(layoutOf(scratch()), ID)
}

describe('moveToTrash', () => {
  it('moves a directory whole, and says where to', async () => {
    expect(await move('first')).toBe(scratch('trash', ID))
    expect(readdirSync(scratch())).toEqual(['trash'])
    expect(readFileSync(scratch('trash', ID, 'run.json'), 'utf8')).toBe('first')
  })

  it('replaces nothing that lies there already', async () => {
    const moved = [await move('first'), await move('second'), await move('third')]
    expect(moved).toEqual([ID, `${ID}~2`, `${ID}~3`].map((name) => scratch('trash', name)))
    expect(moved.map((path) => readFileSync(`${path}/run.json`, 'utf8'))).toEqual([
      'first',
      'second',
      'third',
    ])
  })

  it('fails when there is nothing to move', async () => {
    await expect(moveToTrash(layoutOf(scratch()), ID)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
