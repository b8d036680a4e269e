import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { armRelayLogs } from '../../../src/restore/replay/arm-relay-logs.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()

const place = (...texts: readonly string[]) => {
  mkdirSync(scratch('relay'))
  return texts.map((text, index) => {
    const path = scratch('relay', `${index + 1}-binlog.00000${index + 7}`)
    writeFileSync(path, text)
    return { path, sizeBytes: text.length }
  })
}

describe('binlogs given to the channel', () => {
  it('have the names of its relay logs, and stand in its index', async () => {
    const logs = place('first', 'second')
    const names = await armRelayLogs({ logs, startPosition: 4, endPosition: 6 }, SELF)
    expect(names).toEqual(['relay-clonectl.000001', 'relay-clonectl.000002'])
    expect(readFileSync(scratch('relay', 'relay-clonectl.index'), 'utf8')).toBe(
      names.map((name) => `${scratch('relay', name)}\n`).join(''),
    )
    expect(names.map((name) => readFileSync(scratch('relay', name), 'utf8'))).toEqual([
      'first',
      'second',
    ])
  })

  it('take no space of their own, and the server may remove them', async () => {
    const logs = place('first', 'second')
    const names = await armRelayLogs({ logs, startPosition: 4, endPosition: 6 }, SELF)
    for (const [index, name] of names.entries()) {
      const path = join(scratch('relay'), name)
      expect(() => readlinkSync(path)).toThrow('EINVAL')
      expect(statSync(path).ino).toBe(statSync(logs[index]!.path).ino)
    }
  })

  it('end where the stretch does, while the binlog itself stays whole', async () => {
    const logs = place('first', 'second')
    const names = await armRelayLogs({ logs, startPosition: 4, endPosition: 3 }, SELF)
    expect(readFileSync(scratch('relay', names[1]!), 'utf8')).toBe('sec')
    expect(readFileSync(logs[1]!.path, 'utf8')).toBe('second')
  })
})
