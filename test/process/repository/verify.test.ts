// What a verification leaves behind, how much of a backup it reads, and how it ends early.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { hash } from 'node:crypto'
import { readVerified } from '../../../src/repository/verified-file.ts'
import type { VerifiedFile, VerifyJob } from '../../../src/repository/verify-file.ts'
import { portionsOf } from '../../../src/repository/verify-files.ts'
import { verifyFile } from '../../../src/repository/verify-file.ts'
import { FULL, INCREMENT, sealVerifiableChain } from '../../fakes/verifiable-chain.ts'
import { verifyAll } from '../../fakes/verify-request.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const onJob = vi.hoisted(() => ({ before: (_jobs: readonly VerifyJob[]): void => undefined }))

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return {
    createWorkerPool: (url: URL) => {
      const pool = createInProcessPool(url)
      return {
        ...pool,
        run: (job: readonly VerifyJob[], options: object): Promise<unknown> => {
          onJob.before(job)
          return pool.run(job, options)
        },
      }
    },
  }
})

const scratch = useScratchDir()
const make = () => sealVerifiableChain(scratch('repo'), { engine: 'greatsql', codec: 'zstd' })

/** Every sealed file with its bytes. */
const sealed = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'verified.json')
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, hash('sha256', readFileSync(path))]),
  )

describe('a verification', () => {
  it('keeps its result in the repository and touches nothing that was sealed', async () => {
    const { layout, full } = await make()
    const before = sealed(layout.root)
    const { backups } = await verifyAll(layout, { deep: true })
    expect(sealed(layout.root)).toEqual(before)
    const { last, completeSince, reads, faulty } = await readVerified(full)
    expect(last).toEqual({
      at: '2026-11-21T00:00:00.000Z',
      clonectlVersion: '0.1.0',
      deep: true,
      samplePercent: null,
      files: backups[0]?.files,
      bytes: backups[0]?.bytes,
      problems: 0,
    })
    expect(completeSince).toBe('2026-11-21T00:00:00.000Z')
    expect(reads[0]?.files).toHaveLength(backups[0]?.files ?? 0)
    expect(faulty).toEqual([])
    expect((await verifyAll(layout)).problems).toEqual([])
  })

  it('tells how far it is, in stored bytes', async () => {
    const { layout } = await make()
    const { reporter, backups } = await verifyAll(layout)
    const bytes = backups.reduce((sum, backup) => sum + backup.bytes, 0)
    const [stage] = reporter.stages
    expect(stage).toMatchObject({ label: 'verify', total: bytes, ended: true })
    expect(stage?.done).toBeGreaterThan(bytes / 2)
    expect(reporter.lines).toEqual(['step: verify', 'step: verify'])
  })

  it('reads everything in samples, one after the other', async () => {
    const { layout, full } = await make()
    const shares: number[] = []
    for (let day = 1; day <= 4; day += 1) {
      const { backups, problems } = await verifyAll(
        layout,
        { samplePercent: 25 },
        `2026-11-2${day}T00:00:00.000Z`,
      )
      expect(problems).toEqual([])
      shares.push((backups[0]?.bytesRead ?? 0) / (backups[0]?.bytes ?? 1))
    }
    for (const share of shares) expect(share).toBeLessThan(1)
    expect((await readVerified(full)).completeSince).toMatch(/^2026-11-2[12]/)
  })

  it('finds a damaged file in a sample when its turn comes, and reads it again in the next', async () => {
    const { layout, full } = await make()
    const file = join(full.data, 'shop/t.ibd.zstd')
    const bytes = readFileSync(file)
    writeFileSync(file, Buffer.from(bytes).fill(0, 20, 30))
    const results: number[] = []
    for (let day = 1; day <= 9; day += 1) {
      const at = `2026-11-2${day}T00:00:00.000Z`
      results.push((await verifyAll(layout, { samplePercent: 20 }, at)).problems.length)
    }
    const found = results.findIndex((count) => count > 0)
    expect(found).toBeGreaterThanOrEqual(0)
    expect(results.slice(found).every((count) => count > 0)).toBe(true)
    expect(await readVerified(full)).toMatchObject({
      completeSince: null,
      faulty: ['data/shop/t.ibd.zstd'],
    })
    writeFileSync(file, bytes)
    await verifyAll(layout, { samplePercent: 20 }, '2026-11-30T00:00:00.000Z')
    expect((await readVerified(full)).faulty).toEqual([])
  })

  it('keeps what it has read when it is cancelled', async () => {
    const { layout, increment } = await make()
    const cancelled = new Error('cancelled')
    onJob.before = (jobs) => {
      if (jobs.some(({ file }) => file.includes(FULL))) throw cancelled
    }
    await expect(verifyAll(layout)).rejects.toThrow(cancelled)
    onJob.before = () => undefined
    const { last, reads } = await readVerified(layout.backup(FULL))
    expect(last).toBeNull()
    expect(reads[0]?.files).toContain('server.json')
    expect(reads[0]?.files).not.toContain('data/shop/t.ibd.zstd')
    expect((await readVerified(increment)).last).not.toBeNull()
  })

  it('begins anew when what it remembered cannot be understood', async () => {
    const { layout, full } = await make()
    writeFileSync(full.verified, '{"format": 1, "reads": 7}')
    expect((await verifyAll(layout)).problems).toEqual([])
    expect((await readVerified(full)).completeSince).not.toBeNull()
  })

  it('tells its result also where it cannot be kept', async () => {
    const { layout, full } = await make()
    rmSync(full.verified, { force: true })
    mkdirSync(full.verified)
    writeFileSync(join(full.verified, 'in the way'), '')
    chmodSync(full.verified, 0o500)
    const { reporter, problems } = await verifyAll(layout)
    expect(reporter.lines.filter((line) => line.startsWith('warn:'))).toEqual([
      expect.stringMatching(/^warn: the result cannot be kept in .*-full: /),
    ])
    expect(problems).toEqual([
      expect.objectContaining({ file: 'verified.json', code: 'DIRECTORY_SURPLUS' }),
    ])
  })

  it('passes over a backup that was moved away meanwhile', async () => {
    const { layout } = await make()
    const members = await import('../../../src/repository/catalog.ts').then(({ readCatalog }) =>
      readCatalog(layout),
    )
    rmSync(layout.backup(INCREMENT).directory, { recursive: true })
    const { backups, reporter } = await verifyAll(layout, {
      members: members.backups.map((backup) => ({
        ...{ backup, base: backup.base, alsoOn: [], problems: [] },
      })),
    })
    expect(backups.map(({ id }) => id)).toEqual([FULL])
    expect(reporter.lines).toContain(
      `warn: ${INCREMENT} was moved away meanwhile and is not verified`,
    )
  })
})

describe('the work on files', () => {
  const job = (file: string, sizeBytes: number): { readonly job: VerifyJob } => ({
    job: {
      ...{ file, sizeBytes, codec: undefined, delta: undefined },
      ...{ pageBytes: undefined, deep: false },
    },
  })

  it('is cut into portions, the largest file first', () => {
    const MIB = 1024 * 1024
    const items = [job('a', 10), job('b', 9 * MIB), job('c', 3 * MIB), job('d', 2 * MIB)]
    const many = Array.from({ length: 130 }, (_, index) => job(`s${index}`, 1))
    const portions = [...portionsOf([...items, ...many])].map((portion) =>
      portion.map((item) => item.job.file),
    )
    expect(portions.slice(0, 2)).toEqual([['b'], ['c']])
    expect(portions[2]?.slice(0, 3)).toEqual(['d', 'a', 's0'])
    expect(portions.map(({ length }) => length)).toEqual([1, 1, 64, 64, 4])
  })

  it('tells of a file that went away or cannot be read', async () => {
    const tell = vi.fn()
    const missing = await verifyFile(job(scratch('nothing'), 7).job, tell)
    expect(missing).toMatchObject({ flaw: { code: 'FILE_MISSING' }, stored: undefined })
    expect(tell).toHaveBeenCalledWith(7)
    const directory: VerifiedFile = await verifyFile(job(scratch(''), 7).job)
    expect(directory.flaw).toMatchObject({ code: 'UNREADABLE' })
    expect(directory.flaw?.message).toMatch(/^cannot be read: EISDIR/)
  })
})
