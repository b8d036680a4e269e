import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { storedBytesOf } from '../../../src/cipher/container.ts'
import { runTool } from '../../../src/system/run-tool.ts'
import { sample } from '../../unit/cipher/openssl-vectors.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const script = join(import.meta.dirname, 'fixtures/work-once.ts')
const MIB = 1024 * 1024
const SIZE_MIB = 300

const writeLargeFile = () => {
  const content = sample(MIB)
  const fd = openSync(scratch('large'), 'w')
  for (let n = 0; n < SIZE_MIB; n++) writeSync(fd, content)
  closeSync(fd)
}

const work = async (what: string, source: string, destination: string) => {
  const { stdout } = await runTool({
    file: process.execPath,
    args: ['--import', 'tsx', script, what, scratch(source), scratch(destination)],
    name: 'work-once',
  })
  return JSON.parse(stdout) as { bytes: number; peakMiB: number }
}

describe('the memory of encryption', () => {
  it('stays below 200 MiB for a file of 300 MiB, either way and in either scheme', async () => {
    writeLargeFile()
    const stored = storedBytesOf(SIZE_MIB * MIB, MIB)
    const encrypted = await work('encrypt', 'large', 'sealed')
    const decrypted = await work('decrypt', 'sealed', 'opened')
    const foreign = await work('greatsql', 'large', 'garbage')
    expect(encrypted.bytes).toBe(stored)
    expect(decrypted.bytes).toBe(SIZE_MIB * MIB)
    expect(statSync(scratch('opened')).size).toBe(SIZE_MIB * MIB)
    expect(foreign.bytes).toBe(SIZE_MIB * MIB)
    for (const { peakMiB } of [encrypted, decrypted, foreign]) expect(peakMiB).toBeLessThan(200)
  })
})
