import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { writeDrill } from '../../../src/repository/drill-file.ts'
import { makeDrillRecord } from '../../fakes/drill-record.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { makeFakeIo } from './fake-io.ts'
import { BROKEN, makeObservedRepository, OTHER_FULL } from './observed-repository.ts'
import {
  FIRST,
  FORK,
  forkedChain,
  FULL,
  increment,
  makeRepository,
  SECOND,
} from './repository-fixture.ts'

const scratch = useScratchDir()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-20T15:30:48.000Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

const run = async (root: string, ...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const file = scratch('report.html')
  const exitCode = await main(['report', '--html', file, '--repo', root, ...argv], fake.io)
  const page = await readFile(file, 'utf8').catch(() => '')
  return { exitCode, page, stdout: fake.stdout(), stderr: fake.stderr() }
}

/** What is told as problems, without the hints. */
const problemsOf = async (root: string, ...argv: readonly string[]) => {
  const { stdout } = await run(root, '--json', ...argv)
  const { problems } = JSON.parse(stdout) as {
    problems: readonly { severity: string; backup?: string; message: string }[]
  }
  return problems.map(({ severity, backup = '', message }) => [severity, backup, message])
}

describe('report', () => {
  it('says where the page is and how much is wrong', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout, page } = await run(fixture.layout.root)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^report: \/.*\/report\.html, [\d.]+ KiB, 0 problems\n$/)
    expect(page).toContain('All is well')
    const { stdout: json } = await run(fixture.layout.root, '--json')
    expect(JSON.parse(json)).toEqual({
      schemaVersion: 1,
      file: scratch('report.html'),
      bytes: Buffer.byteLength(page),
      servers: 1,
      problems: [],
    })
  })

  it('needs nothing from elsewhere and runs nothing', async () => {
    await using fixture = await makeObservedRepository()
    const { page } = await run(fixture.layout.root)
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|base)\b/)
    expect(page).not.toMatch(/\b(?:src|href)="(?!#)/)
    expect(page).not.toMatch(/@import|url\(/)
    expect(page).not.toMatch(/\son\w+="/)
    expect(page).toContain('default-src &#39;none&#39;')
  })

  it('escapes what users wrote', async () => {
    await using fixture = await makeObservedRepository()
    const { page } = await run(fixture.layout.root)
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;')
  })

  it('shows every backup once in a table, and marks them on the line of time', async () => {
    await using fixture = await makeObservedRepository()
    const { page } = await run(fixture.layout.root)
    for (const id of [FULL, FIRST, SECOND, FORK, BROKEN, OTHER_FULL]) {
      expect(page.split(`id="${id}"`)).toHaveLength(2)
      expect(page).toMatch(new RegExp(`<title>\\s*${id}, `))
    }
    expect(page).toContain('9007199254740993')
    expect(page.match(/<circle class="full"/g)).toHaveLength(2)
    expect(page.match(/<circle class="incr broken"/g)).toHaveLength(1)
  })

  it('has the same elements opened and closed', async () => {
    await using fixture = await makeObservedRepository()
    const { page } = await run(fixture.layout.root)
    const open: string[] = []
    const body = page.replace(/<style>.*?<\/style>/s, '').replace('<!doctype html>', '')
    for (const [, close, name = '', rest = ''] of body.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name)
      else if (!rest.endsWith('/')) open.push(name)
    }
    expect(open).toEqual([])
  })
})

describe('the problems of a report', () => {
  it('come worst first, each with its backup', async () => {
    await using fixture = await makeObservedRepository()
    expect(await problemsOf(fixture.layout.root)).toEqual([
      ['critical', FORK, 'was found damaged when it was verified'],
      ['critical', BROKEN, expect.stringContaining('cannot be restored: holds changes since LSN')],
      [
        'warning',
        expect.stringContaining('143012'),
        expect.stringContaining('failed in step clone'),
      ],
    ])
  })

  it('count what only sits on something broken', async () => {
    const bad = increment(FIRST, FULL, '2500', '3000')
    const rest = [increment(SECOND, FIRST, '3000', '4000'), increment(FORK, SECOND, '4000', '5000')]
    await using fixture = await makeRepository(forkedChain[0]!, bad, ...rest)
    const problems = await problemsOf(fixture.layout.root)
    expect(problems.map(([, backup, message]) => [backup, message])).toEqual([
      [FIRST, expect.stringContaining('holds changes since LSN 2500')],
      ['', '2 more increments cannot be restored, because what they sit on cannot'],
    ])
  })

  it('include an age, a damaged manifest, and what a dead run left', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { layout } = fixture
    const damaged = 'UTC20261120T150012.345-full'
    await mkdir(layout.backup(damaged).directory)
    await writeFile(layout.backup(damaged).manifest, 'no JSON')
    await mkdir(layout.backup('UTC20261120T090012.345-full').directory)
    expect(await problemsOf(layout.root, '--warn-age', '2h')).toEqual([
      ['critical', damaged, expect.stringContaining('it is not JSON')],
      ['warning', '', expect.stringContaining('is 3 h old')],
      ['warning', 'UTC20261120T090012.345-full', 'was begun and never sealed'],
    ])
    await rm(layout.root, { recursive: true })
    await mkdir(layout.root)
  })

  it('include a drill that failed', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const drill = makeDrillRecord(SECOND, {
      outcome: 'failed',
      error: { code: 'PROCESS', message: 'mysqld ended', hint: null, details: {} },
      endedAt: '2026-11-20T14:10:00.000Z',
      recoveryMs: null,
    })
    await writeDrill(fixture.layout.backup(SECOND), drill)
    expect(await problemsOf(fixture.layout.root)).toEqual([
      ['critical', SECOND, 'failed in the last drill: PROCESS'],
    ])
    expect((await run(fixture.layout.root)).page).toContain('the last one failed 80 min ago')
  })

  it('is one when there is nothing at all', async () => {
    await using fixture = await makeRepository()
    expect(await problemsOf(fixture.layout.root)).toEqual([
      ['critical', '', 'the repository holds no backup that could be read'],
    ])
  })
})

describe('report refuses', () => {
  it('a file in the repository', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { root } = fixture.layout
    const fake = makeFakeIo()
    const exitCode = await main(['report', '--repo', root, '--html', `${root}/x.html`], fake.io)
    expect(exitCode).toBe(12)
    expect(fake.stderr()).toContain('lies in the repository')
  })

  it('to be without a file, or with an age that is none', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const fake = makeFakeIo()
    expect(await main(['report', '--repo', fixture.layout.root], fake.io)).toBe(2)
    expect(fake.stderr()).toContain('needs --html FILE')
    expect((await run(fixture.layout.root, '--warn-age', 'old')).exitCode).toBe(2)
  })
})
