// Drills that end before a server is needed; test/server/drill.test.ts has the others.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { drill } from '../../../src/restore/drill.ts'
import type { DrillRequest } from '../../../src/restore/drill-request.ts'
import { type FakeRestoreContext, restoreContext } from '../../fakes/restore-context.ts'
import { type SealedRepository, sealRepository } from '../../fakes/sealed-repository.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
let repository: SealedRepository
let context: FakeRestoreContext

beforeEach(async () => {
  repository = await sealRepository(scratch('repo'))
  mkdirSync(scratch('scratch'))
  const { data } = last().paths
  mkdirSync(join(data, '#clone'))
  writeFileSync(join(data, '#clone', '#view_status'), '')
  context = restoreContext(scratch('repo'))
})

const request = (changes: Partial<DrillRequest> = {}): DrillRequest => ({
  target: { kind: 'backup', reference: 'latest' },
  binlogs: undefined,
  replay: 'applier',
  skipGtids: undefined,
  apply: undefined,
  scratchDir: scratch('scratch'),
  tables: [],
  checkLevel: 'medium',
  probes: [],
  keep: false,
  parallel: 1,
  mysqlUser: undefined,
  ...changes,
})

const run = (changes: Partial<DrillRequest> = {}, parts: Partial<FakeRestoreContext> = {}) => {
  let now = 0
  const monotonicMs = (): number => (now += 10)
  return drill({ ...context, ...parts, clonectlVersion: '0.1.0', monotonicMs }, request(changes))
}

const last = () => {
  const [, , tip] = repository.backups
  if (tip === undefined) throw new Error('three backups were sealed')
  return tip
}

const damage = (path: string): void => {
  const file = join(last().paths.data, path)
  const bytes = readFileSync(file)
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0xff, bytes.length - 1)
  writeFileSync(file, bytes)
}

describe('a drill', () => {
  it('keeps as evidence that a file is not what it was, and cleans up', async () => {
    damage('ib_buffer_pool')
    const { failure, record, evidence, backup } = await run()
    const { id } = last().manifest
    expect(backup).toBe(id)
    expect(failure).toMatchObject({ code: 'INTEGRITY', exitCode: 21 })
    expect(record).toMatchObject({
      outcome: 'failed',
      chain: repository.backups.map(({ manifest }) => manifest.id),
      begunAt: '2026-11-20T09:30:12.345Z',
      recoveryMs: null,
      steps: [{ step: 'stage' }],
      error: { message: expect.stringContaining('ib_buffer_pool') },
    })
    expect(evidence).toBe(join(last().paths.drills, 'UTC20261120T093012.345.json'))
    expect(readdirSync(scratch('scratch'))).toEqual([])
  })

  it('keeps it also when no restore can be planned', async () => {
    const { id } = last().manifest
    rmSync(join(last().paths.data, 'ib_buffer_pool'))
    for (const reference of ['latest', id]) {
      const { failure, record } = await run({ target: { kind: 'backup', reference } })
      expect(failure).toMatchObject({ code: 'INTEGRITY' })
      expect(record).toMatchObject({ backup: id, chain: [], steps: [] })
    }
    expect(readdirSync(last().paths.drills)).toHaveLength(1)
  })

  it('tells what it found where nothing can be written', async () => {
    damage('ib_buffer_pool')
    writeFileSync(last().paths.drills, 'in the way')
    const { failure, evidence } = await run()
    expect(failure).toMatchObject({ code: 'INTEGRITY' })
    expect(evidence).toBeUndefined()
    expect(context.reporter.lines).toContainEqual(
      expect.stringMatching(/^warn: the evidence cannot be kept in .*ENOTDIR/),
    )
  })

  it('keeps nothing of what says nothing about a backup', async () => {
    const unknown = await failureOf(run({ target: { kind: 'backup', reference: 'UTC1999' } }))
    expect(unknown.code).toBe('BACKUP_UNKNOWN')
    const aborted = AbortSignal.abort()
    await expect(run({}, { signal: aborted })).rejects.toThrow()
    const inside = await failureOf(run({ scratchDir: scratch('repo') }))
    expect(inside.code).toBe('PATH_FORBIDDEN')
    expect(inside.hint).toContain('--scratch-dir')
    expect((await failureOf(run({ scratchDir: scratch('none') }))).code).toBe('CONFIG')
    for (const { paths } of repository.backups)
      expect(readdirSync(paths.directory)).not.toContain('drills')
    expect(readdirSync(scratch('scratch'))).toEqual([])
  })

  it('tells of a server that cannot be started as of a failed restore', async () => {
    const { failure, record } = await run()
    expect(failure).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('server.json does not say lower_case_table_names'),
    })
    expect(record).toMatchObject({ outcome: 'failed', recoveryMs: null, files: 2 })
    expect(record.steps.map(({ step }) => step)).toEqual(['stage', 'publish', 'start'])
    expect(readdirSync(scratch('scratch'))).toEqual([])
  })
})
