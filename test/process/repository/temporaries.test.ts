import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../src/repository/layout.ts'
import { removeTemporaries } from '../../../src/repository/temporaries.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const now = new Date('2026-11-20T09:30:00.000Z')
const UUID = '0b6b2c1e-9f6e-4d0c-8a51-0e6f1c2d3e4f'

const write = (name: string, ageSeconds: number): void => {
  writeFileSync(scratch(name), '')
  const time = new Date(now.getTime() - ageSeconds * 1000)
  utimesSync(scratch(name), time, time)
}

describe('removeTemporaries', () => {
  it('removes what dead runs left, and leaves what may still be in use or is no temporary', async () => {
    write(`lock.${UUID}.tmp`, 61)
    write(`repository.json.${UUID}.tmp`, 86_400)
    write(`lock.takeover.${UUID}.tmp`, 5)
    write('repository.json', 86_400)
    write('notes.tmp', 86_400)
    const removed = await removeTemporaries(layoutOf(scratch()), now)
    expect(removed.toSorted()).toEqual([`lock.${UUID}.tmp`, `repository.json.${UUID}.tmp`])
    expect(readdirSync(scratch()).sort()).toEqual([
      `lock.takeover.${UUID}.tmp`,
      'notes.tmp',
      'repository.json',
    ])
  })

  it('finds nothing in a tidy repository', async () => {
    write('repository.json', 0)
    expect(await removeTemporaries(layoutOf(scratch()), now)).toEqual([])
  })
})
