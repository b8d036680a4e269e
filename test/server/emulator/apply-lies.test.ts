// The mysqld of an emulated basedir where something is wrong. Mostly it exits with 0 and data is lost:
// that is GreatSQL's behaviour, and what a manager of backups has to find out by itself.
import { existsSync } from 'node:fs'
import { chmod, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { treeDigest } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startEmulator } from '../../greatsql-emulator/emulator.ts'
import { zstdFrame } from '../../greatsql-emulator/formats/zstd-frame.ts'
import { takePlainChain } from './support/plain-chain.ts'
import { applyIncrement, copyTree, type Ended } from './support/run-mysqld.ts'
import { useEmulator } from './support/stage.ts'

/** Whether a table's file is as in the increment's state, as in the full's, or neither. */
type TableState = 'right' | 'old' | 'wrong' | 'gone'

/** SHA-256 of 7, which is in row 7 of every table. */
const rowSeven = '7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451'

const meta = 't/kept.ibd.meta'
const delta = 't/kept.ibd.delta'

/** The messages of the apply step that are worse than notes, without their prefix. */
const complaints = ({ stderr }: Ended): string[] =>
  stderr
    .split('\n')
    .filter((line) => /\[(?:ERROR|Warning)\] \[MY-0495/.test(line))
    .map((line) => line.slice(line.indexOf(' data: ') + 7))

const edit = async (file: string, change: (text: string) => string): Promise<void> =>
  writeFile(file, change(await readFile(file, 'utf8')))

const overwrite = async (file: string, bytes: Buffer, at = 0): Promise<void> => {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, at)
  await handle.close()
}

describeServer('mysqld --clone_incremental_dir with bad input', () => {
  const stage = useEmulator()
  const { path } = stage
  let count = 0

  beforeAll(() => takePlainChain(stage))

  interface Attempt {
    readonly ended: Ended
    readonly full: string
    readonly one: string
    /** What the table's file is now. */
    table(name: string): Promise<TableState>
  }

  /** Applies a changed copy of the increment to a copy of the full. */
  const attempt = async (
    change: (one: string, full: string) => Promise<unknown>,
    fault?: string,
  ): Promise<Attempt> => {
    count += 1
    const full = await copyTree(path('full'), path(`full-${count}`))
    const one = await copyTree(path('one'), path(`one-${count}`))
    await change(one, full)
    const { basedir } = stage.emulator
    const request = { datadir: full, increment: one, ...(fault !== undefined && { fault }) }
    const ended = await applyIncrement(basedir, request)
    return { ended, full, one, table: (name) => stateOf(full, name) }
  }

  const stateOf = async (dir: string, name: string): Promise<TableState> => {
    const file = `t/${name}.ibd`
    const present = await readFile(join(dir, file)).catch(() => undefined)
    if (present === undefined) return 'gone'
    if (present.equals(await readFile(join(path('one-real'), file)))) return 'right'
    return present.equals(await readFile(join(path('full'), file))) ? 'old' : 'wrong'
  }

  it('deletes a table whose delta is missing, without a word', async () => {
    const { ended, table, full } = await attempt((one) => rm(join(one, delta)))
    expect([ended.code, complaints(ended)]).toEqual([0, []])
    expect(await table('kept')).toBe('gone')
    expect(existsSync(join(full, 't/still.ibd'))).toBe(true)
  })

  it('does not know a delta that is still compressed', async () => {
    const { ended, table } = await attempt((one) =>
      rename(join(one, delta), join(one, `${delta}.zstd`)),
    )
    expect([ended.code, complaints(ended), await table('kept')]).toEqual([0, [], 'gone'])
  })

  it('leaves a table as it was whose delta is none', async () => {
    const content = await readFile(join(path('one'), delta))
    for (const change of [
      (file: string) => overwrite(file, Buffer.from('XTRA')),
      async (file: string) => writeFile(file, await zstdFrame(content)),
    ]) {
      const { ended, table, one } = await attempt((one) => change(join(one, delta)))
      expect(ended.code).toBe(0)
      expect(complaints(ended)).toEqual([`${one}/${delta} is not valid .delta file.`])
      expect(await table('kept')).toBe('old')
    }
  })

  it.each<[string, (text: string) => string | undefined, string[]]>([
    ['is missing', () => undefined, ['invalid value of page_size ( -1 bytes) read from META']],
    [
      'lacks the page size',
      (text) => text.replace(/page_size.*\n/, ''),
      ['page_size is required in META'],
    ],
    ['lacks the id', (text) => text.replace(/space_id.*\n/, ''), ['invalid space_id in META']],
    [
      'has an impossible page size',
      (text) => text.replace('16384', '512'),
      ['invalid value of page_size ( 512 bytes) read from META'],
    ],
    [
      'has no blanks',
      (text) => text.replaceAll(' = ', '='),
      ['page_size is required in META', 'invalid space_id in META'],
    ],
  ])('deletes a table whose .meta %s', async (_, change, reasons) => {
    const { ended, table, one, full } = await attempt(async (one) => {
      const file = join(one, meta)
      const text = change(await readFile(file, 'utf8'))
      await (text === undefined ? rm(file) : writeFile(file, text))
    })
    expect(ended.code).toBe(0)
    expect(complaints(ended)).toEqual([
      ...reasons.map((reason) => reason.replace('META', `${one}/${meta}`)),
      `clone_apply_delta(): failed to apply ${one}/${delta} to ${full}//t/kept.ibd`,
    ])
    expect(ended.stderr).toContain('[ERROR] [MY-049508] [InnoDB] Failed to restore increment')
    expect(await table('kept')).toBe('gone')
  })

  it('takes the file of another table by the space id of a .meta', async () => {
    const { ended, table } = await attempt(async (one) => {
      const other = await readFile(join(one, 't/still.ibd.meta'), 'utf8')
      await edit(join(one, meta), (text) =>
        text.replace(/space_id.*/, /space_id.*/.exec(other)?.[0] ?? ''),
      )
    }, 'order sorted')
    expect([ended.code, complaints(ended)]).toEqual([0, []])
    expect(ended.stderr).toMatch(/Renaming t\/kept to t\/clone_tmp_#\d+\.ibd/)
    expect(await table('kept')).toBe('gone')
    expect(await table('still')).toBe('wrong')
  })

  it('writes pages to other places by the page size of a .meta', async () => {
    const { ended, table } = await attempt((one) =>
      edit(join(one, meta), (text) => text.replace('16384', '8192')),
    )
    // Whether it notices depends on whether page 0 was among them: that one it reads afterwards.
    expect([0, 2]).toContain(ended.code)
    expect(complaints(ended)).toEqual([])
    expect(await table('kept')).toBe('wrong')
  })

  it('loses a table when two have swapped their names', async () => {
    const { emulator } = stage
    await emulator.sql(`RENAME TABLE t.left_hand TO t.x, t.right_hand TO t.left_hand,
      t.x TO t.right_hand`)
    await emulator.sql(`CLONE LOCAL DATA DIRECTORY = '${path('swapped')}' ENABLE PAGE TRACK
      INCREMENT BASED DIRECTORY = '${path('two')}'`)
    const full = await copyTree(path('full'), path('full-swapped'))
    const request = { datadir: full, increment: path('swapped'), fault: 'order sorted' }
    const ended = await applyIncrement(emulator.basedir, request)
    expect([ended.code, complaints(ended)]).toEqual([0, []])
    // left_hand had its name taken and was forgotten; its own delta then found no such tablespace.
    expect(ended.stderr).toMatch(/Renaming t\/left_hand to t\/clone_tmp_#\d+\.ibd/)
    const names = (await readdir(join(full, 't'))).filter((name) => name.includes('tmp'))
    expect(names).toEqual([])
    expect((await readFile(join(full, 't/left_hand.ibd'))).includes(rowSeven)).toBe(true)
    expect((await readFile(join(full, 't/right_hand.ibd'))).includes(rowSeven)).toBe(false)
  })

  it('takes the increments of other servers and of other times', async () => {
    const { basedir } = stage.emulator
    await using other = await startEmulator({ dir: path('other'), version: '8.4.4-4' })
    await other.sql('CREATE DATABASE t; CREATE TABLE t.kept (id INT PRIMARY KEY)')
    await other.sql(`CLONE LOCAL DATA DIRECTORY '${path('theirs')}' ENABLE PAGE TRACK`)
    await other.sql('INSERT INTO t.kept VALUES (1)')
    await other.sql(`CLONE LOCAL DATA DIRECTORY '${path('their-one')}' ENABLE PAGE TRACK
      INCREMENT BASED DIRECTORY '${path('theirs')}'`)
    const full = await copyTree(path('full'), path('full-theirs'))
    for (const increment of [path('two'), path('one'), path('their-one')]) {
      const ended = await applyIncrement(basedir, { datadir: full, increment })
      expect([ended.code, complaints(ended)]).toEqual([0, []])
      expect(await treeDigest(join(full, '#innodb_redo'))).toEqual(
        await treeDigest(join(increment, '#innodb_redo')),
      )
    }
    expect(existsSync(join(full, 't/still.ibd'))).toBe(false)
    // 8.4 has another way to replace the redo.
    const again = { datadir: full, increment: path('their-one') }
    const ended = await applyIncrement(other.basedir, again)
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain('data: replace redo files from clone_incremental_dir\n')
    await rm(join(full, '#innodb_redo'), { recursive: true })
    expect((await applyIncrement(other.basedir, again)).code).toBe(1)
  })

  it.each([
    ['is cut off', (file: string) => truncate(file, 5 * 16_384 + 100), 'was only able to read'],
    ['is shorter than a page', (file: string) => truncate(file, 100), 'Tried to read 16384 bytes'],
    [
      'has a segment that should be followed by another and is not full',
      (file: string) => overwrite(file, Buffer.from('clon')),
      'Assertion failure: arch0apply.cc:1:last_buffer || page_in_buffer == page_size / 4',
    ],
  ])('crashes when a delta %s, which is exit code 2', async (_, change, reason) => {
    const { ended, full } = await attempt((one) => change(join(one, delta)))
    expect([ended.code, ended.signal]).toEqual([2, null])
    expect(ended.stderr).toContain(reason)
    expect(ended.stderr).toContain('mysqld got signal 6 ;')
    expect(existsSync(join(full, 't/kept.ibd'))).toBe(true)
  })

  it('crashes by its signal when a core file is wanted', async () => {
    const { one, full } = await attempt((one) => truncate(join(one, delta), 100))
    const request = { datadir: full, increment: one, options: ['--core-file'] }
    const ended = await applyIncrement(stage.emulator.basedir, request)
    expect([ended.code, ended.signal]).toEqual([null, 'SIGABRT'])
  })

  it.each([
    [
      'a file that its owner cannot read',
      (one: string) => chmod(join(one, delta), 0o040),
      "file 'kept.ibd.delta' is not readable by  mysqld",
    ],
    [
      'a directory that its owner cannot read',
      (one: string) => mkdir(join(one, 'x'), { mode: 0o040 }),
      "directory 'x' is not readable by  mysqld",
    ],
    [
      'no directory at all',
      (one: string) => rm(one, { recursive: true }),
      'Apply delta pages in  ONE failed!',
    ],
    [
      'no redo',
      (one: string) => rm(join(one, '#innodb_redo'), { recursive: true }),
      'Execute [cp ONE/#innodb_redo/* FULL//#innodb_redo/] failed with return value [256].',
    ],
  ])('exits with 1 for an increment with %s', async (_, change, reason) => {
    const { ended, one, full } = await attempt(change)
    expect(ended.code, ended.stderr).toBe(1)
    const text = reason.replace('ONE', one).replace('FULL', full)
    expect(complaints(ended)).toEqual([text])
    expect(ended.stderr).not.toContain('Aborting')
  })

  it.each([
    [
      'of a clone that was interrupted',
      (_: string, full: string) => writeFile(join(full, '#clone/#status_in_progress'), ''),
      'Plugin initialization aborted with error Incomplete cloned data directory.',
    ],
    [
      'without redo',
      (_: string, full: string) => rm(join(full, '#innodb_redo'), { recursive: true }),
      'Neither found #innodb_redo subdirectory, nor ib_logfile* files in ./',
    ],
    [
      'with a tablespace twice',
      (_: string, full: string) => copyTree(join(full, 't/kept.ibd'), join(full, 't/copy.ibd')),
      'Multiple files found for the same tablespace ID:',
    ],
  ])('does not start on a data directory %s', async (_, change, reason) => {
    const { ended, full } = await attempt(change)
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain(`[ERROR] [MY-`)
    expect(ended.stderr).toContain(`[InnoDB] ${reason}\n`)
    expect(ended.stderr).toContain('[ERROR] [MY-010119] [Server] Aborting\n')
    expect(existsSync(join(full, 't/fresh.ibd'))).toBe(false)
  })

  it('destroys the redo when a directory is itself under another name', async () => {
    const { basedir } = stage.emulator
    const full = await copyTree(path('full'), path('full-linked'))
    await symlink(full, path('link'))
    const ended = await applyIncrement(basedir, { datadir: path('link'), increment: full })
    expect(ended.code).toBe(1)
    expect(await readdir(join(full, '#innodb_redo'))).toEqual([])
    // No deltas, so that no table was reached either.
    expect(existsSync(join(full, 't/kept.ibd'))).toBe(false)
  })

  it('sees through dots and slashes in names, but not through links', async () => {
    const { basedir } = stage.emulator
    const full = await copyTree(path('full'), path('full-dots'))
    const increment = `${full}//t/../`
    const ended = await applyIncrement(basedir, { datadir: full, increment })
    expect(ended.code).toBe(0)
    expect(ended.stderr).not.toContain('CP ')
    expect((await readdir(join(full, '#innodb_redo'))).length).toBeGreaterThan(0)
  })

  it('does not run as root unless told so', async () => {
    const request = { datadir: path('full'), increment: path('one'), options: ['--user='] }
    const { basedir } = stage.emulator
    const ended = await applyIncrement(basedir, request)
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('[MY-010124]')
  })

  it('misbehaves on demand', async () => {
    const { basedir } = stage.emulator
    await writeFile(basedir.faultFile, 'exit-one\n')
    const failed = await attempt(() => Promise.resolve())
    await rm(basedir.faultFile)
    expect([failed.ended.code, complaints(failed.ended)]).toEqual([1, []])

    const nothing = await attempt(() => Promise.resolve(), 'exit-zero-at-once')
    expect(nothing.ended.code).toBe(0)
    expect(await nothing.table('kept')).toBe('old')

    const killed = await attempt(() => Promise.resolve(), 'kill-in-the-middle')
    expect([killed.ended.code, killed.ended.signal]).toEqual([null, 'SIGKILL'])

    for (const [fault, state] of [
      [`skip-delta ${delta}`, 'old'],
      [`wrong-page ${delta}`, 'wrong'],
    ] as const) {
      const { ended, table } = await attempt(() => Promise.resolve(), fault)
      expect([ended.code, complaints(ended), await table('kept')], ended.stderr).toEqual([
        0,
        [],
        state,
      ])
    }
    const typo = await attempt(() => Promise.resolve(), 'exit-two')
    expect(typo.ended.stderr).toContain('exit-two is no fault')
  })
})
