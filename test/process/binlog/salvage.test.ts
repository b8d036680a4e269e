// What a puller leaves that died: nothing of it is lost, and nothing of it counts as sealed.
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { archivePathsOf, type ArchivePaths } from '../../../src/binlog/archive-layout.ts'
import { makeTailKeeper, type TailKeeper } from '../../../src/binlog/keep-tail.ts'
import { salvage } from '../../../src/binlog/salvage.ts'
import { recordingReporter, type RecordingReporter } from '../../fakes/recording-reporter.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const NOW = new Date('2026-11-20T09:30:12.345Z')

const scratch = useScratchDir()

let paths: ArchivePaths
let reporter: RecordingReporter
let tails: TailKeeper

const put = (directory: string, name: string, text: string): Promise<void> =>
  writeFile(join(directory, name), text)

const clear = () => salvage(paths, tails, NOW)

const contents = async (directory: string) =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(directory)).map(
        async (name) => [name, await readFile(join(directory, name), 'utf8')] as const,
      ),
    ),
  )

beforeEach(async () => {
  paths = archivePathsOf(scratch(), 'uuid')
  await mkdir(paths.tail, { recursive: true })
  await mkdir(paths.incoming)
  reporter = recordingReporter()
  tails = makeTailKeeper({ reporter, clock: { now: () => NOW } }, paths.tail)
})

describe('salvaging what a dead puller left', () => {
  it('keeps of each open binlog the longer copy', async () => {
    await put(paths.tail, 'binlog.000003', 'abcdef')
    await put(paths.incoming, 'binlog.000003', 'abc')
    await put(paths.tail, 'binlog.000004', 'ab')
    await put(paths.incoming, 'binlog.000004', 'abcd')
    await put(paths.incoming, 'binlog.000005', 'new')
    await put(paths.incoming, 'binlog.000006', '')
    await clear()
    expect(await contents(paths.tail)).toEqual({
      'binlog.000003': 'abcdef',
      'binlog.000004': 'abcd',
      'binlog.000005': 'new',
    })
    expect(reporter.lines).toEqual([])
  })

  it('takes back binlogs without an entry, and removes what was left of others', async () => {
    await put(paths.directory, 'binlog.000001', 'expired, not removed')
    await put(paths.tail, 'binlog.000001', 'sealed since')
    await put(paths.directory, 'binlog.000002.zst', 'sealed')
    await put(paths.directory, 'binlog.000002.json', '{}')
    await put(paths.incoming, 'binlog.000002', 'its plain form')
    await put(paths.directory, 'binlog.000003', 'moved, not sealed')
    await put(paths.directory, 'binlog.000004.zst', 'compressed, not sealed')
    await put(paths.incoming, 'binlog.000004', 'its plain form')
    await mkdir(join(paths.incoming, 'clonectl-secret'))
    await put(join(paths.incoming, 'clonectl-secret'), 'client.cnf', 'password')
    await clear()
    expect((await readdir(paths.directory)).sort()).toEqual([
      'binlog.000002.json',
      'binlog.000002.zst',
      'incoming',
      'tail',
    ])
    expect(await contents(paths.tail)).toEqual({
      'binlog.000003': 'moved, not sealed',
      'binlog.000004': 'its plain form',
    })
    expect(await readdir(paths.incoming)).toEqual([])
  })

  it('ends the mysqlbinlog that still writes there', async () => {
    const orphan = spawn(
      process.execPath,
      ['-e', 'setTimeout(() => {}, 60000)', '--', `--result-file=${paths.incoming}/`],
      { stdio: 'ignore' },
    )
    const ended = new Promise((resolve) => orphan.once('exit', (_code, signal) => resolve(signal)))
    await new Promise((resolve) => orphan.once('spawn', resolve))
    expect(await clear()).toBe(1)
    expect(await ended).toBe('SIGKILL')
  })
})

describe('the copy of an open binlog', () => {
  const LOST = 'binlog.000003.lost-20261120T093012Z'

  it('goes when the binlog is sealed', async () => {
    await put(paths.tail, 'binlog.000003', 'abc')
    await put(paths.incoming, 'binlog.000003', 'abcdef')
    await tails.drop('binlog.000003', join(paths.incoming, 'binlog.000003'))
    expect(await readdir(paths.tail)).toEqual([])
  })

  it.each([
    ['longer than what the server closed', 'abcdefgh'],
    ['another text', 'xyz'],
  ])('is kept under another name when it is %s', async (_what, text) => {
    await put(paths.tail, 'binlog.000003', text)
    await put(paths.incoming, 'binlog.000003', 'abcdef')
    await tails.drop('binlog.000003', join(paths.incoming, 'binlog.000003'))
    expect(await contents(paths.tail)).toEqual({ [LOST]: text })
    expect(reporter.lines).toEqual([expect.stringContaining(LOST)])
  })

  it('is kept besides when the server has written something else since', async () => {
    await put(paths.tail, 'binlog.000003', 'abcxyz')
    await put(paths.incoming, 'binlog.000003', 'abcdef')
    await clear()
    expect(await contents(paths.tail)).toEqual({ 'binlog.000003': 'abcdef', [LOST]: 'abcxyz' })
    expect(reporter.lines).toEqual([
      `warn: the server has changed what it had written to binlog.000003; what was pulled before is kept as ${join(paths.tail, LOST)}`,
    ])
  })
})
