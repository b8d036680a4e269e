import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import type { Coordinates } from '../../../src/repository/manifest.ts'
import { writeManifest } from '../../../src/repository/manifest-file.ts'
import { planRestore } from '../../../src/restore/plan.ts'
import type { RestorePlan, RestoreRequest } from '../../../src/restore/request.ts'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { type SealedRepository, sealRepository } from '../../fakes/sealed-repository.ts'
import { ARCHIVED_SERVER, commitTime, nameOf, writeArchive } from '../binlog/archive-fixture.ts'
import { binlogBytes, gtidBody, type MadeEvent } from '../mysql/binlog-bytes.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const request: RestoreRequest = {
  target: { kind: 'backup', reference: 'latest' },
  targetDir: '',
  binlogs: undefined,
  replay: 'applier',
  skipGtids: undefined,
  apply: undefined,
  start: false,
  parallel: 2,
  mysqlUser: undefined,
}

const planFor = async (
  changes: Partial<RestoreRequest> = {},
  given?: SealedRepository,
): Promise<RestorePlan> => {
  const { layout } = given ?? (await sealRepository(scratch('repo')))
  return planRestore(restoreContext(layout.root), {
    ...request,
    targetDir: scratch('target'),
    ...changes,
  })
}

const ids = ['00', '01', '02'].map(
  (hour) => `UTC20261120T${hour}0000.000-${hour === '00' ? 'full' : 'incr'}`,
)
/** Bytes of the data directory: four pages of 1 KiB. */
const DATA_BYTES = 4 * 1024
const INSTANCE_BYTES = 256 * 1024 * 1024

describe('a plan', () => {
  it('says what would be done, and does nothing', async () => {
    const plan = await planFor()
    expect(plan).toMatchObject({
      targetDir: scratch('target'),
      chain: ids,
      binlogs: [],
      diskNeeded: DATA_BYTES,
      refusals: [],
      recoveryWindow: {
        from: new Date('2026-11-20T00:01:00.000Z'),
        to: new Date('2026-11-20T02:01:00.000Z'),
      },
    })
    expect(plan.steps.map(({ step }) => step)).toEqual(['stage', 'merge', 'prove', 'publish'])
    expect(plan.diskFree).toBeGreaterThan(0)
    expect(readdirSync(scratch())).toEqual(['repo'])
  })

  it('counts what a started server adds', async () => {
    expect((await planFor({ start: true })).diskNeeded).toBe(DATA_BYTES + INSTANCE_BYTES)
  })

  it('warns of a newer backup that cannot be restored', async () => {
    const repository = await sealRepository(scratch('repo'))
    writeFileSync(repository.backups[2]!.paths.manifest, '{')
    const { chain, warnings, refusals } = await planFor({}, repository)
    expect(chain).toEqual(ids.slice(0, 2))
    expect(refusals).toEqual([])
    expect(warnings).toEqual([
      `${ids[2]!} is newer but cannot be restored, and was passed over: see clonectl chain show`,
    ])
  })

  it('tells every refusal at once', async () => {
    const repository = await sealRepository(scratch('repo'))
    rmSync(`${repository.backups[0]!.paths.data}/ibdata1`)
    const { refusals, chain, steps } = await planFor(
      { targetDir: scratch('repo', 'inside') },
      repository,
    )
    expect(refusals.map(({ code }) => code)).toEqual(['PATH_FORBIDDEN', 'INTEGRITY'])
    expect(refusals[1]?.message).toContain('data/ibdata1 is missing')
    expect([chain, steps]).toEqual([[], []])
  })

  it('refuses an unknown backup', async () => {
    const target = { kind: 'backup', reference: 'UTC1999' } as const
    const { refusals } = await planFor({ target })
    expect(refusals.map(({ code }) => code)).toEqual(['BACKUP_UNKNOWN'])
  })

  it('refuses what no program is there for, when one is needed', async () => {
    const { layout } = await sealRepository(scratch('repo'))
    const findTool = async (name: string): Promise<never> => {
      throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
    }
    const refusalsOf = async (changes: Partial<RestoreRequest>) => {
      const context = restoreContext(layout.root, { findTool })
      const wish = { ...request, targetDir: scratch('target'), ...changes }
      return (await planRestore(context, wish)).refusals.map(({ message }) => message)
    }
    expect(await refusalsOf({})).toEqual([])
    expect(await refusalsOf({ start: true })).toEqual(['mysqld was not found'])
  })

  it('has no window without a backup', async () => {
    mkdirSync(scratch('repo'))
    writeFileSync(
      scratch('repo', 'repository.json'),
      '{"format":1,"created":"2026-11-20T09:00:00.000Z"}',
    )
    const plan = await planRestore(restoreContext(scratch('repo')), {
      ...request,
      targetDir: scratch('target'),
    })
    expect(plan.recoveryWindow).toBeUndefined()
    expect(plan.refusals.map(({ code }) => code)).toEqual(['BACKUP_UNKNOWN'])
  })
})

/** The second at which the last backup ended. */
const END = Date.UTC(2026, 10, 20, 2, 1) / 1000
const transaction = (gno: number, seconds: number): readonly MadeEvent[] => [
  { type: 33, body: gtidBody(gno, BigInt(END + seconds) * 1_000_000n), seconds: END + seconds },
  { type: 16, seconds: END + seconds },
]
const HEADER: MadeEvent = { type: 15, seconds: END - 600 }
const FIRST = 4 + 23
const TRANSACTION_BYTES = 19 + 60 + 23

describe('a plan for a time', () => {
  const writeBinlogs = (): void => {
    mkdirSync(scratch('binlogs'))
    const write = (name: string, ...events: readonly MadeEvent[]): void =>
      writeFileSync(scratch('binlogs', name), binlogBytes(HEADER, ...events))
    write('binlog.000001', ...transaction(1, -500))
    write('binlog.000002', ...transaction(2, -400), ...transaction(3, 10))
    write('binlog.000003', ...transaction(4, 20), ...transaction(5, 30))
  }
  const position = FIRST + TRANSACTION_BYTES
  const coordinates = {
    binlogFile: 'binlog.000002',
    binlogPosition: String(position),
    gtidExecuted: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-2',
  }

  const planTo = async (
    seconds: number,
    changes: Partial<RestoreRequest> = {},
    before: Partial<Coordinates> = coordinates,
  ) => {
    if (!existsSync(scratch('binlogs'))) writeBinlogs()
    const repository = await sealRepository(scratch('repo'), before)
    const target = { kind: 'time', time: new Date((END + seconds) * 1000) } as const
    const binlogs = { kind: 'directory', path: scratch('binlogs') } as const
    return planFor({ target, binlogs, ...changes }, repository)
  }
  const codesOf = ({ refusals }: RestorePlan) => refusals.map(({ code }) => code)

  it('names the parts of the binlogs that are replayed', async () => {
    const plan = await planTo(25)
    expect(plan.refusals).toEqual([])
    expect(plan.chain).toEqual(ids)
    expect(plan.binlogs).toEqual([
      {
        file: scratch('binlogs', 'binlog.000002'),
        from: position,
        to: position + TRANSACTION_BYTES,
      },
      { file: scratch('binlogs', 'binlog.000003'), from: 0, to: position },
    ])
    const replayed = TRANSACTION_BYTES + position
    // The binlogs lie on the stage, and what they change grows the data.
    expect(plan.diskNeeded).toBe(DATA_BYTES + INSTANCE_BYTES + 2 * replayed)
    expect(plan.recoveryWindow?.to).toEqual(new Date((END + 30) * 1000))
  })

  it('reaches the last transaction exactly', async () => {
    expect((await planTo(30)).refusals).toEqual([])
  })

  it('does not reach a millisecond more', async () => {
    const { refusals } = await planTo(30.001)
    expect(refusals).toEqual([
      {
        code: 'TARGET_UNREACHABLE',
        message:
          '2026-11-20T02:01:30.001Z is later than the binlogs reach; the recovery window is 2026-11-20T00:01:00.000Z to 2026-11-20T02:01:30.000Z',
        hint: 'the latest time that can be reached: --to-time 2026-11-20T02:01:30.000Z',
      },
    ])
  })

  it('reaches to where a later backup saw an idle donor, which writes nothing', async () => {
    writeBinlogs()
    const repository = await sealRepository(scratch('repo'), coordinates)
    const last = repository.backups[2]!
    const at = (seconds: number) => new Date((END + seconds) * 1000)
    const binlogPosition = String(FIRST + 2 * TRANSACTION_BYTES)
    const after = { ...last.manifest.after, binlogFile: 'binlog.000003', binlogPosition }
    const target = { kind: 'time', time: at(300) } as const
    const binlogs = { kind: 'directory', path: scratch('binlogs') } as const
    for (const [seen, codes] of [
      [299, ['TARGET_UNREACHABLE']],
      [300, []],
    ] as const) {
      const manifest = { ...last.manifest, after: { ...after, at: at(seen).toISOString() } }
      await writeManifest(last.paths, manifest)
      expect(codesOf(await planFor({ target, binlogs }, repository))).toEqual(codes)
    }
    const beyond = { ...after, at: at(300).toISOString(), binlogPosition: '5000' }
    await writeManifest(last.paths, { ...last.manifest, after: beyond })
    expect(codesOf(await planFor({ target, binlogs }, repository))).toEqual(['TARGET_UNREACHABLE'])
  })

  it('refuses a time before the end of the oldest backup', async () => {
    expect(codesOf(await planTo(-86_400))).toEqual(['TARGET_UNREACHABLE'])
  })

  it('refuses without binlogs', async () => {
    const plan = await planTo(25, { binlogs: undefined })
    expect(codesOf(plan)).toEqual(['USAGE'])
    expect(plan.refusals[0]?.hint).toContain('--binlog-dir')
  })

  it('refuses binlogs with a hole, or that begin too late', async () => {
    writeBinlogs()
    rmSync(scratch('binlogs', 'binlog.000002'))
    expect(codesOf(await planTo(25))).toEqual(['BINLOG_GAP'])
  })

  it('refuses binlogs of another history', async () => {
    const { refusals } = await planTo(25, {}, { ...coordinates, gtidExecuted: '' })
    expect(refusals.map(({ code }) => code)).toEqual(['BINLOG_GAP'])
    expect(refusals[0]?.message).toContain('the binlogs are of another history')
  })

  it('refuses when the donor wrote no binlog', async () => {
    const plan = await planTo(25, {}, { binlogFile: null, binlogPosition: null })
    expect(plan.refusals).toMatchObject([
      { code: 'BINLOG_GAP', message: 'the donor wrote no binlog when the backup was taken' },
    ])
  })
})

describe('a plan with archived binlogs', () => {
  const PLACES = { first: 4 + 19 + 103 + 19 + 8, transactionBytes: 19 + 60 }
  /** Transactions 1 to 5 are in the backup; each file holds ten, one to a second. */
  const before: Partial<Coordinates> = {
    at: commitTime(5).toISOString(),
    binlogFile: nameOf(1),
    binlogPosition: String(PLACES.first + 5 * PLACES.transactionBytes),
    gtidExecuted: `${ARCHIVED_SERVER}:1-5`,
  }
  /** Plans with an archive of these files, and an open one. */
  const plannerOf = async (files: readonly number[], changes: Partial<Coordinates> = {}) => {
    const repository = await sealRepository(scratch('repo'), { ...before, ...changes })
    const { serverUuid } = repository.backups[2]!.manifest.donor
    await writeArchive(repository.layout, { serverUuid, files, open: 6 })
    return (target: RecoveryTarget) => planFor({ target, binlogs: { kind: 'archive' } }, repository)
  }
  const at = (number: number, micros = 0): RecoveryTarget => ({
    kind: 'time',
    time: commitTime(number),
    micros,
  })
  const messageOf = ({ refusals }: RestorePlan): string =>
    refusals.map(({ code, message }) => `${code} ${message}`).join('\n')
  const gap = `${nameOf(3)} with ${ARCHIVED_SERVER}:21-30 missing between ${nameOf(2)} and ${nameOf(4)}`

  it('finds the files that lead to a target of any kind', async () => {
    const plan = await plannerOf([1, 2, 3, 4, 5])
    for (const [target, files] of [
      [at(15), '12'],
      [at(55), '123456'],
      [{ kind: 'gtid', gtids: `${ARCHIVED_SERVER}:25` }, '123'],
      [{ kind: 'before-gtid', gtid: `${ARCHIVED_SERVER}:31` }, '123'],
      [{ kind: 'end' }, '123456'],
    ] as const) {
      const { refusals, binlogs, warnings } = await plan(target)
      expect([refusals, warnings]).toEqual([[], []])
      expect(binlogs.map(({ file }) => file.slice(-1)).join('')).toBe(files)
    }
  })

  it('goes by the microsecond at the end, too', async () => {
    const plan = await plannerOf([1, 2, 3, 4, 5])
    expect(messageOf(await plan(at(60)))).toBe('')
    expect(messageOf(await plan(at(60, 1)))).toBe(
      'TARGET_UNREACHABLE 2026-11-20T10:01:00.000001Z is later than the binlogs reach; the recovery window is 2026-11-20T00:01:00.000Z to 2026-11-20T10:01:00.000Z',
    )
  })

  it('names the two ends of a gap, if one lies before the target', async () => {
    const plan = await plannerOf([1, 2, 4, 5])
    expect(messageOf(await plan(at(20)))).toBe('')
    for (const target of [
      at(21),
      { kind: 'gtid', gtids: `${ARCHIVED_SERVER}:35` },
      { kind: 'before-gtid', gtid: `${ARCHIVED_SERVER}:21` },
      { kind: 'position', file: nameOf(4), position: 4 },
      { kind: 'end' },
    ] as const) {
      const message = messageOf(await plan(target))
      expect(message).toMatch(/^BINLOG_GAP /)
      expect(message).toContain(gap)
    }
  })

  it('is refused where the backup ends in a gap, whose two ends are named', async () => {
    const lost = { binlogFile: nameOf(3), gtidExecuted: `${ARCHIVED_SERVER}:1-25` }
    const changes = { ...lost, at: commitTime(25).toISOString() }
    const message = messageOf(await (await plannerOf([1, 2, 4, 5], changes))(at(45)))
    expect(message).toMatch(/^BINLOG_GAP the backup ends at binlog.000003:/)
    expect(message).toContain(gap)
  })
})
