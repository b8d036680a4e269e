import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { ApplyJob } from '../../../src/restore/applier.ts'
import { requireGreatsql } from '../../../src/restore/greatsql-mysqld.ts'
import { mysqldApplier } from '../../../src/restore/mysqld-applier.ts'
import { isAlive, type ProcessIdentity } from '../../../src/system/process-identity.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.setConfig({ testTimeout: 20_000 })

const scratch = useScratchDir()

/** A mysqld that is a few lines of shell; $1 is the option file, $2 --datadir=D, $3 the increment. */
const fakeMysqld = (...lines: readonly string[]): string => {
  const file = scratch('mysqld')
  writeFileSync(
    file,
    [
      '#!/bin/sh',
      String.raw`D=$(echo "$2" | cut -d= -f2)`,
      String.raw`I=$(echo "$3" | cut -d= -f2)`,
      ...lines,
      '',
    ].join('\n'),
  )
  chmodSync(file, 0o755)
  return file
}

const said = (level: string, code: string, text: string): string =>
  `echo "2026-11-20T10:17:07.123456Z 1 [${level}] [${code}] [InnoDB] ${text}"`
const info = (text: string): string =>
  said('Note', 'MY-049509', `Restore increment clone data: ${text}`)
const begin = info('Apply delta pages in  $I start')
const applied = (path: string): string => info(`Applying  $I/${path} to ./${path.slice(0, -6)}`)
const complete = info('extend tablespace in  $I complete!')
const good = [
  said('System', 'MY-010116', '/x/mysqld (mysqld 8.0.32-26) starting as process 914938'),
  said(
    'Warning',
    'MY-010075',
    'No existing UUID has been found, so we assume that this is the first time.',
  ),
  begin,
  said('Warning', 'MY-012091', 'Allocated tablespace ID 6 for sys_mac, old maximum was 0'),
  applied('t/a.ibd.delta'),
  applied('t/raw.ibd.delta'),
  info('$I/t/raw.ibd.delta is not valid .delta file.').replace('Note', 'Warning'),
  complete,
]

const jobOf = (): ApplyJob => {
  const delta = (tablespace: string, pages: number, raw = false) => ({
    tablespace,
    meta: { pageSize: 4096, zipSize: 0, spaceId: 7, spaceFlags: 192 },
    file: scratch('increment', `${tablespace}.delta`),
    summary: { pages, endPage: pages, raw },
  })
  return {
    data: scratch('data'),
    directory: scratch('increment'),
    step: 'apply 1',
    deltas: [delta('t/a.ibd', 2), delta('t/empty.ibd', 0), delta('t/raw.ibd', 0, true)],
  }
}

interface Run {
  readonly spawned: readonly ProcessIdentity[]
  readonly work: Promise<void>
}

const run = (
  mysqld: string,
  changes: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Run => {
  for (const name of ['data', 'increment', 'work']) mkdirSync(scratch(name), { recursive: true })
  const spawned: ProcessIdentity[] = []
  const applier = mysqldApplier({
    mysqld,
    workDirectory: scratch('work'),
    layout: {
      lower_case_table_names: '1',
      innodb_page_size: '4096',
      innodb_data_file_path: 'ibdata1:12M:autoextend',
    },
    owner: SELF,
    reporter: recordingReporter(),
    signal: new AbortController().signal,
    onSpawn: async (_, identity) => void spawned.push(identity),
    ...changes,
  })
  return { spawned, work: applier.apply(jobOf()) }
}

describe('applying with mysqld', () => {
  it('P-04, P-59, P-60: starts it with its own option file, and believes a log in which all is told', async () => {
    const { spawned, work } = run(fakeMysqld('echo "$@" > $I/arguments', ...good))
    await work
    expect(readFileSync(scratch('increment/arguments'), 'utf8')).toBe(
      `--defaults-file=${scratch('work/clonectl-apply.cnf')} --datadir=${scratch('data')} ` +
        `--clone_incremental_dir=${scratch('increment')}\n`,
    )
    expect(readFileSync(scratch('work/clonectl-apply.cnf'), 'utf8').split('\n')).toEqual(
      expect.arrayContaining([
        `datadir = ${scratch('data')}`,
        'lower_case_table_names = 1',
        'innodb_page_size = 4096',
        'innodb_data_file_path = ibdata1:12M:autoextend',
        'skip_networking = ON',
        'log_error_verbosity = 3',
        ...(process.getuid?.() === 0 ? ['user = 0'] : []),
      ]),
    )
    expect(readFileSync(scratch('work/clonectl-mysqld.log'), 'utf8')).toContain('complete!')
    expect(spawned).toHaveLength(1)
  })

  it.each([
    ['says nothing', [], 'its log does not say that it began to apply'],
    ['stops half way', good.slice(0, -1), 'its log does not say that it came to an end'],
    [
      'never speaks of a delta',
      good.filter((line) => !line.includes('Applying  $I/t/a')),
      'its log does not say that it applied ',
    ],
    [
      'could not apply a delta',
      [
        ...good,
        said('ERROR', 'MY-049508', 'Failed to restore increment clone data: cannot open x'),
      ],
      '[ERROR] [MY-049508] [InnoDB] Failed to restore increment clone data: cannot open x',
    ],
    [
      'says so in Chinese',
      [...good, said('ERROR', 'MY-049508', '恢复增量克隆数据失败: cannot open x')],
      'cannot open x',
    ],
    [
      'has any other error',
      [...good, said('ERROR', 'MY-011906', 'Database page corruption on disk')],
      'Database page corruption on disk',
    ],
    [
      'calls a good delta invalid',
      [...good, info('$I/t/a.ibd.delta is not valid .delta file.')],
      'is not valid .delta file.',
    ],
  ])('is not content with exit code 0 when mysqld %s', async (_, lines, problem) => {
    const error = await failureOf(run(fakeMysqld(...lines)).work)
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain('apply 1: mysqld ended as if all were well, and it is not: ')
    expect(error.message).toContain(problem)
    expect(error.hint).toContain(scratch('work/clonectl-mysqld.log'))
  })

  it('reads of the log only what this run wrote', async () => {
    mkdirSync(scratch('work'), { recursive: true })
    writeFileSync(scratch('work/clonectl-mysqld.log'), '[ERROR] of an earlier run\n')
    await run(fakeMysqld(...good)).work
  })

  it.each([
    ['ends with 1', ['exit 1'], 'exit code 1'],
    ['dies', ['kill -ABRT $$'], 'signal SIGABRT'],
  ])('fails when it %s', async (_, lines, how) => {
    const error = await failureOf(run(fakeMysqld(...good, ...lines)).work)
    expect(error).toMatchObject({
      code: 'PROCESS',
      message: `mysqld could not apply the increment: ${how}`,
    })
  })

  it('P-05: ends a mysqld that serves', async () => {
    const { spawned, work } = run(fakeMysqld('touch $D/clonectl-apply.sock', 'exec sleep 60'))
    expect(await failureOf(work)).toMatchObject({
      code: 'PROCESS',
      message: 'mysqld serves instead of applying the increment',
    })
    expect(spawned.map(isAlive)).toEqual([false])
  })

  it('ends a mysqld that takes too long', async () => {
    const { spawned, work } = run(fakeMysqld('exec sleep 60'), { timeoutMs: 300 })
    expect((await failureOf(work)).message).toBe('mysqld did not end within 0.3 s')
    expect(spawned.map(isAlive)).toEqual([false])
  })

  it('ends it when the run is cancelled', async () => {
    const cancel = new AbortController()
    const { spawned, work } = run(fakeMysqld('exec sleep 60'), { signal: cancel.signal })
    setTimeout(() => cancel.abort(), 200)
    expect(await failureOf(work)).toMatchObject({ code: 'CANCELLED' })
    expect(spawned.map(isAlive)).toEqual([false])
  })
})

describe('whether a mysqld can apply', () => {
  const ask = (...lines: readonly string[]) =>
    requireGreatsql(fakeMysqld(...lines), new AbortController().signal)
  const version = (text: string) => `[ "$2" = --version ] && echo "mysqld  Ver ${text}" && exit`

  it.each([
    '8.0.32-26 for Linux on x86_64 (GreatSQL, Release 26, Revision a68b3034c3d)',
    '8.0.32-27 for Linux on x86_64 (GreatSQL, Release 27, Revision aa66a385910)',
    '8.4.4-4 for Linux on x86_64 (GreatSQL, Release 4, Revision d73de75905d)',
  ])('is told by its version: %s', async (text) => {
    await ask(version(text), `touch ${scratch('helped')}`)
    expect(existsSync(scratch('helped'))).toBe(false)
  })

  it('is told by its options where the version says something else', async () => {
    await ask(
      version('8.0.32-26 for Linux (Source distribution)'),
      'echo "  --clone-incremental-dir=name "',
    )
  })

  it.each([
    '8.0.32-25 for Linux on x86_64 (GreatSQL, Release 25, Revision 79f57097e3f)',
    '9.7.4 for Linux on x86_64 ((Debian))',
  ])('is denied: %s', async (text) => {
    const error = await failureOf(ask(version(text), 'echo "  --clone-x"'))
    expect(error).toMatchObject({
      code: 'PREFLIGHT',
      hint: expect.stringContaining('--apply native'),
    })
    expect(error.message).toContain(`found: mysqld  Ver ${text}`)
  })
})
