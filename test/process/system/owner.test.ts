import { chownSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { giveToOwnerOf } from '../../../src/system/owner.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()

describe('giveToOwnerOf', () => {
  it.runIf(process.getuid?.() === 0)('gives to user and group of the example', async () => {
    writeFileSync(scratch('example'), '')
    writeFileSync(scratch('mine'), '')
    chownSync(scratch('example'), 65534, 65533)
    await giveToOwnerOf(scratch('example'), scratch('mine'))
    expect(statSync(scratch('mine'))).toMatchObject({ uid: 65534, gid: 65533 })
  })

  it.runIf(process.getuid?.() !== 0)('does nothing for anybody but root', async () => {
    writeFileSync(scratch('mine'), '')
    await giveToOwnerOf('/', scratch('mine'))
    expect(statSync(scratch('mine')).uid).toBe(process.getuid?.())
  })
})
