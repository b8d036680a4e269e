import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codecs } from '../../../src/codec/codec.ts'
import { runTool } from '../../../src/system/run-tool.ts'
import { lz4Frame, sampleContent, zstdFrame } from '../../unit/codec/frame-bytes.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const script = join(import.meta.dirname, 'fixtures/decode-once.ts')
/** As of a local clone. */
const FRAME_BYTES = 512 * 1024
const FRAMES = 600

const writeLargeFile = async (codec: 'zstd' | 'lz4') => {
  const content = sampleContent(FRAME_BYTES)
  const frame = codec === 'zstd' ? await zstdFrame(content) : lz4Frame(content)
  const fd = openSync(scratch('large'), 'w')
  for (let n = 0; n < FRAMES; n++) writeSync(fd, frame)
  closeSync(fd)
}

describe('the memory of the addons', () => {
  it.each(codecs)('stays below 250 MiB for 300 MiB of content, with %s', async (codec) => {
    await writeLargeFile(codec)
    const { stdout } = await runTool({
      file: process.execPath,
      args: ['--import', 'tsx', script, scratch('large'), scratch('out'), codec],
      name: 'decode-once',
    })
    const { bytes, peakMiB } = JSON.parse(stdout) as { bytes: number; peakMiB: number }
    expect(bytes).toBe(FRAMES * FRAME_BYTES)
    expect(statSync(scratch('out')).size).toBe(bytes)
    expect(peakMiB).toBeLessThan(250)
  })
})
