import { spawn } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openFilesIn } from '../../../src/system/open-files.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()

describe('openFilesIn', () => {
  it('names who has a file of the directory open, and passes over this process', async () => {
    writeFileSync(scratch('file'), '')
    const fd = openSync(scratch('file'), 'r')
    const reader = spawn('sleep', ['30'], { stdio: [fd, fd, 'ignore'] })
    try {
      await new Promise((resolve) => reader.on('spawn', resolve))
      expect(await openFilesIn(scratch())).toEqual([{ pid: reader.pid, path: scratch('file') }])
      expect(await openFilesIn(scratch('elsewhere'))).toEqual([])
    } finally {
      reader.kill()
      closeSync(fd)
    }
  })
})
