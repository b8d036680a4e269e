import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type DrillRecord,
  isDrillPath,
  readLastDrill,
  writeDrill,
} from '../../../src/repository/drill-file.ts'
import { compareTree } from '../../../src/repository/compare-tree.ts'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const paths = () => backupPathsAt(scratch('backup'))

const record = (changes: Partial<DrillRecord> = {}): DrillRecord => ({
  outcome: 'ok',
  error: null,
  problems: [],
  backup: 'UTC20261120T090000.000-full',
  chain: ['UTC20261120T090000.000-full'],
  target: { kind: 'backup', reference: 'latest' },
  appliedBy: null,
  begunAt: '2026-11-21T03:15:00.042Z',
  endedAt: '2026-11-21T03:16:00.000Z',
  recoveryMs: 30_000,
  durationMs: 59_958,
  steps: [{ step: 'stage', durationMs: 20_000 }],
  host: 'db1',
  command: 'clonectl drill',
  clonectlVersion: '0.1.0',
  mysqldVersion: '9.7.4',
  gtidExecuted: '',
  files: 12,
  bytes: 4096,
  checkLevel: 'medium',
  tables: [{ name: 'shop.t', check: 'ok', checksum: '1', messages: [], durationMs: 1 }],
  otherTables: 0,
  probes: [],
  ...changes,
})

describe('the evidence of a drill', () => {
  it('is one file, named by the instant, and read again', async () => {
    mkdirSync(scratch('backup'))
    const file = await writeDrill(paths(), record())
    expect(file).toBe(scratch('backup/drills/UTC20261121T031500.042.json'))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ format: 1, ...record() })
    expect(await readLastDrill(paths())).toEqual({
      outcome: 'ok',
      code: null,
      begunAt: '2026-11-21T03:15:00.042Z',
      endedAt: '2026-11-21T03:16:00.000Z',
      target: { kind: 'backup', reference: 'latest' },
      recoveryMs: 30_000,
      durationMs: 59_958,
      clonectlVersion: '0.1.0',
      mysqldVersion: '9.7.4',
      tables: 1,
      problems: 0,
    })
  })

  it.each<DrillRecord['target']>([
    { kind: 'time', time: '2026-11-20T09:30:12.345Z' },
    { kind: 'time', time: '2026-11-20T09:30:12.345678Z' },
    { kind: 'gtid', gtids: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-5' },
    { kind: 'before-gtid', gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:5' },
    { kind: 'position', file: 'binlog.000002', position: 4711 },
    { kind: 'end' },
  ])('tells of every kind of target: %j', async (target) => {
    mkdirSync(scratch('backup'))
    await writeDrill(paths(), record({ target }))
    expect(await readLastDrill(paths())).toMatchObject({ target })
  })

  it('of the last drill is the last, unless it cannot be understood', async () => {
    mkdirSync(scratch('backup'))
    expect(await readLastDrill(paths())).toBeUndefined()
    await writeDrill(paths(), record({ begunAt: '2026-12-01T00:00:00.000Z', recoveryMs: null }))
    await writeDrill(paths(), record())
    expect(await readLastDrill(paths())).toMatchObject({ recoveryMs: null })
    writeFileSync(join(paths().drills, 'UTC20261221T031500.042.json'), '{"format":1')
    writeFileSync(join(paths().drills, 'UTC20261222T031500.042.json'), '{"format":2}')
    writeFileSync(join(paths().drills, 'zzz.json'), 'no drill')
    expect(await readLastDrill(paths())).toMatchObject({ recoveryMs: null })
  })

  it('does not bring back a backup that has been moved away', async () => {
    await expect(writeDrill(paths(), record())).rejects.toMatchObject({ code: 'ENOENT' })
    expect(readdirSync(scratch())).toEqual([])
  })

  it('leaves nothing half written', async () => {
    mkdirSync(scratch('backup'))
    await writeDrill(paths(), record())
    rmSync(paths().drills, { recursive: true })
    writeFileSync(paths().drills, 'a file')
    await expect(writeDrill(paths(), record())).rejects.toMatchObject({ code: 'ENOTDIR' })
    expect(await readLastDrill(paths())).toBeUndefined()
    expect(existsSync(paths().drills)).toBe(true)
  })

  it.each([
    ['drills/UTC20261121T031500.042.json', true],
    ['drills/UTC20261121T031500.042.json.0b6b2c1e-9f6e-4d0c-8a51-0e6f1c2d3e4f.tmp', true],
    ['drills/notes.txt', false],
    ['drills/deep/UTC20261121T031500.042.json', false],
    ['drills', false],
    ['data/drills/UTC20261121T031500.042.json', false],
  ])('is known by its path: %s', (path, known) => {
    expect(isDrillPath(path)).toBe(known)
  })

  it('is nothing surplus in a backup, but everything else in its place is', async () => {
    const problems = async () => {
      const compared = await compareTree(paths(), { files: [], emptyDirectories: [] })
      return compared.problems.map(({ file, code }) => [file, code])
    }
    mkdirSync(scratch('backup'))
    await writeDrill(paths(), record())
    expect(await problems()).toEqual([])
    writeFileSync(join(paths().drills, 'notes.txt'), '')
    mkdirSync(join(paths().drills, 'deep'))
    expect(await problems()).toEqual([
      ['drills/notes.txt', 'FILE_SURPLUS'],
      ['drills/deep', 'DIRECTORY_SURPLUS'],
    ])
    rmSync(paths().drills, { recursive: true })
    writeFileSync(paths().drills, '')
    expect(await problems()).toEqual([['drills', 'FILE_SURPLUS']])
  })
})
