// Bad input to an apply, each twice: clonectl refuses it and changes nothing; and a bare mysqld, as
// the manual has it run by hand, loses data with it, mostly saying that all is well. So the danger
// is real, and what stands before it is what averts it.
import { open, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { treeDigest } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { zstdFrame } from '../../greatsql-emulator/formats/zstd-frame.ts'
import { manyRows, rows, takePlainChain } from '../emulator/support/plain-chain.ts'
import { applyIncrement, copyTree, type Ended } from '../emulator/support/run-mysqld.ts'
import { useEmulator } from '../emulator/support/stage.ts'
import { failureOf, runClonectl, type Failure } from '../support/run-clonectl.ts'
import { describeEmulator } from './scene.ts'

const table = 't/kept.ibd'
const delta = `${table}.delta`
const meta = `${table}.meta`

const overwrite = async (file: string, bytes: Buffer, at: number): Promise<void> => {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, at)
  await handle.close()
}

const edit = async (file: string, change: (text: string) => string): Promise<void> =>
  writeFile(file, change(await readFile(file, 'utf8')))

interface Lie {
  readonly what: string
  /** Spoils a copy of the increment. */
  readonly spoil: (increment: string) => Promise<unknown>
  readonly message: RegExp
  /** What the bare mysqld ends with; 2 is an assertion that failed, in the midst of the work. */
  readonly exit: number
}

const lies: readonly Lie[] = [
  {
    what: 'a missing delta',
    spoil: (dir) => rm(join(dir, delta)),
    message: /kept\.ibd.*delta/,
    exit: 0,
  },
  {
    what: 'a truncated delta',
    spoil: (dir) => truncate(join(dir, delta), 3 * 16_384 - 100),
    message: /kept\.ibd\.delta is not a whole delta/,
    exit: 2,
  },
  {
    what: 'a wrong magic',
    spoil: (dir) => overwrite(join(dir, delta), Buffer.from('XTRA'), 0),
    message: /it does not begin like a delta/,
    exit: 0,
  },
  {
    what: 'a missing meta',
    spoil: (dir) => rm(join(dir, meta)),
    message: /kept\.ibd.*meta/,
    exit: 0,
  },
  {
    what: 'a wrong space id',
    spoil: (dir) => edit(join(dir, meta), (text) => text.replace(/space_id.*/, 'space_id = 4711')),
    message: /a page of tablespace \d+, its \.meta names 4711/,
    exit: 0,
  },
  {
    what: 'a wrong page size',
    spoil: (dir) => edit(join(dir, meta), (text) => text.replace('16384', '8192')),
    message: /8192/,
    exit: 2,
  },
  {
    what: 'a delta that is still compressed',
    spoil: async (dir) => {
      await writeFile(join(dir, `${delta}.zstd`), await zstdFrame(await readFile(join(dir, delta))))
      await rm(join(dir, delta))
    },
    message: /compressed|\.zstd/,
    exit: 0,
  },
]

describeEmulator('bad input to an apply', () => {
  describeServer('that a bare mysqld takes', () => {
    const stage = useEmulator({ tuning: { attach: 'never' } })
    const { path } = stage
    let count = 0

    beforeAll(async () => {
      await takePlainChain(stage)
      const { sql } = stage.emulator
      await sql(`CLONE LOCAL DATA DIRECTORY = '${path('other-full')}' ENABLE PAGE TRACK`)
      await sql(
        `${manyRows} INSERT INTO t.kept ${rows(50).replace('SELECT 1', 'SELECT 100000')}`,
      ).catch(() => undefined)
      await sql(`CLONE LOCAL DATA DIRECTORY = '${path('other-one')}' ENABLE PAGE TRACK
        INCREMENT BASED DIRECTORY = '${path('other-full')}'`)
    })

    const copies = async (name: string) => {
      count += 1
      const full = await copyTree(path('full'), path(`full-${count}`))
      return { full, increment: await copyTree(path(name), path(`increment-${count}`)) }
    }

    const apply = (datadir: string, increment: string) =>
      runClonectl(
        ['apply', '--no-defaults', '--json', '--datadir', datadir, '--incremental-dir', increment],
        {
          HOME: path('home'),
          CLONECTL_BASEDIR: stage.emulator.basedir.path,
          ...(process.getuid?.() === 0 && { CLONECTL_MYSQL_USER: 'root' }),
        },
      )

    /** The refusal; both directories are as they were. */
    const refusal = async (datadir: string, increment: string): Promise<Failure> => {
      const before = [await treeDigest(datadir), await treeDigest(increment)]
      const failure = failureOf(await apply(datadir, increment))
      expect([20, 21]).toContain(failure.exitCode)
      expect(failure.hint).not.toBe('')
      expect([await treeDigest(datadir), await treeDigest(increment)]).toEqual(before)
      return failure
    }

    const bareMysqld = (datadir: string, increment: string): Promise<Ended> =>
      applyIncrement(stage.emulator.basedir, { datadir, increment })

    /** Whether a table's file is what the increment should have made of it. */
    const isRight = async (datadir: string, state = 'one'): Promise<boolean> => {
      const found = await readFile(join(datadir, table)).catch(() => Buffer.alloc(0))
      return found.equals(await readFile(join(path(`${state}-real`), table)))
    }

    it('is nothing that a good increment is taken for', async () => {
      const { full, increment } = await copies('one')
      const run = await apply(full, increment)
      expect(run).toMatchObject({ code: 0 })
      expect(await isRight(full)).toBe(true)
    })

    it.each(lies)('$what', async ({ spoil, message, exit }) => {
      const { full, increment } = await copies('one')
      await spoil(increment)
      expect((await refusal(full, increment)).message).toMatch(message)
      const { code } = await bareMysqld(full, increment)
      expect({ code, right: await isRight(full) }).toEqual({ code: exit, right: false })
    })

    it('an increment of another chain', async () => {
      const { full, increment } = await copies('other-one')
      expect(await refusal(full, increment)).toMatchObject({ code: 'CHAIN_BROKEN' })
      expect((await bareMysqld(full, increment)).code).toBe(0)
      expect(await isRight(full, 'two')).toBe(false)
    })

    it('increments out of order', async () => {
      const { full, increment } = await copies('two')
      expect(await refusal(full, increment)).toMatchObject({ code: 'CHAIN_BROKEN' })
      expect((await bareMysqld(full, increment)).code).toBe(0)
      expect(await isRight(full, 'two')).toBe(false)
    })

    it('an older increment after a newer one, and the same one twice', async () => {
      const { full, increment } = await copies('one')
      expect(await apply(full, increment)).toMatchObject({ code: 0 })
      expect((await refusal(full, increment)).message).toContain('applied already')
      const two = await copyTree(path('two'), path('two-again'))
      expect(await apply(full, two)).toMatchObject({ code: 0 })
      expect(await refusal(full, increment)).toMatchObject({ code: 'CHAIN_BROKEN' })
      expect(await isRight(full, 'two')).toBe(true)
      expect((await bareMysqld(full, increment)).code).toBe(0)
      expect(await isRight(full, 'two')).toBe(false)
    })

    it('a data directory under two names', async () => {
      const { full } = await copies('one')
      const link = `${full}-link`
      await symlink(full, link)
      await refusal(full, link)
      const redo = async (): Promise<number> =>
        [...(await treeDigest(full)).keys()].filter((name) => name.includes('#ib_redo')).length
      expect(await redo()).toBeGreaterThan(0)
      await bareMysqld(full, link)
      expect(await redo()).toBe(0)
    })
  })
})
