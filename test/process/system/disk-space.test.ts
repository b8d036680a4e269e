import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { freeBytes, requireSpace } from '../../../src/system/disk-space.ts'
import { failureOf } from './failure-of.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()

const dfAvailable = (path: string): number =>
  Number(execFileSync('df', ['--output=avail', '-B1', path]).toString().split('\n')[1])

describe('freeBytes', () => {
  it('says what df says', async () => {
    const near = 512 * 1024 * 1024
    expect(Math.abs((await freeBytes(scratch())) - dfAvailable(scratch()))).toBeLessThan(near)
  })

  it('asks the nearest parent of a path that does not exist', async () => {
    expect(await freeBytes(scratch('no', 'such', 'path'))).toBeGreaterThan(0)
  })
})

describe('requireSpace', () => {
  it('is content with what there is', async () => {
    await requireSpace(scratch('new'), 1, 'the stage')
  })

  it('says what is needed and what is free', async () => {
    const error = await failureOf(requireSpace(scratch('new'), 2 ** 60, 'the stage'))
    expect(error.code).toBe('SPACE')
    expect(error.message).toContain(`the stage needs ${2 ** 60} bytes at ${scratch('new')}`)
    expect(error.details).toMatchObject({ path: scratch('new'), neededBytes: 2 ** 60 })
    expect(error.details['freeBytes']).toBeGreaterThan(0)
  })
})
