import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { makeFakeIo } from './fake-io.ts'
import { makeObservedRepository, OTHER_SERVER, remember } from './observed-repository.ts'
import { FIRST, forkedChain, FULL, makeRepository, SERVER_UUID } from './repository-fixture.ts'

const scratch = useScratchDir()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-20T15:30:48.000Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(['doctor', '--nagios', ...argv], fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr(), stops: fake.stops }
}

/** Free space is not the same on every machine. */
const steady = (text: string): string => text.replace(/free=\d+B/, 'free=1B')

describe('doctor --nagios with a repository', () => {
  it('is OK while the newest backup is young', async () => {
    await using fixture = await makeRepository(...forkedChain)
    await remember(fixture.layout, FULL, '2026-11-20T14:00:00.000Z')
    const { exitCode, stdout } = await run('--repo', fixture.layout.root)
    expect(exitCode).toBe(0)
    expect(steady(stdout)).toBe(
      'CLONECTL OK - newest backup 3 h old, 4 in 1 chain, 1 of them verified | ' +
        'age=10800s;93600;180000;0 backups=4;;;0 broken=0;;;0 damaged=0;;;0 stored=12058624B;;;0 free=1B;;;0\n',
    )
  })

  it.each([
    ['WARNING', 1, '2h', '4h'],
    ['CRITICAL', 2, '1h', '2h'],
  ])('is %s when it is too old', async (state, code, warn, crit) => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout } = await run(
      ...['--repo', fixture.layout.root, '--warn-age', warn, '--crit-age', crit],
    )
    expect(stdout).toMatch(
      new RegExp(`^CLONECTL ${state} - the newest usable backup is 3 h old \\|`),
    )
    expect(exitCode).toBe(code)
  })

  it('is CRITICAL without a usable backup', async () => {
    await using fixture = await makeRepository()
    const { exitCode, stdout } = await run('--repo', fixture.layout.root)
    expect(stdout).toMatch(/^CLONECTL CRITICAL - there is no usable backup \| backups=0/)
    expect(exitCode).toBe(2)
  })

  it('tells damage first, then what is broken, then the failed run', async () => {
    await using fixture = await makeObservedRepository()
    const { exitCode, stdout } = await run('--repo', fixture.layout.root)
    expect(stdout).toMatch(
      /^CLONECTL CRITICAL - 1 backup found damaged by verify: UTC20261120T123012.345-incr; 1 backup broken: UTC20261120T133012.345-incr; the last run failed in step clone: UTC20261120T143012.345-incr \| age=16200s;.* broken=1;;;0 damaged=1;/,
    )
    expect(exitCode).toBe(2)
  })

  it('judges each server by itself, or the one that is named', async () => {
    await using fixture = await makeObservedRepository()
    const { layout } = fixture
    await rm(layout.trash, { recursive: true })
    const limits = ['--repo', layout.root, '--warn-age', '4h', '--crit-age', '5h']
    const all = await run(...limits)
    expect(all.stdout).toContain(`backup of server ${OTHER_SERVER} is 4 h old`)
    expect(all.stdout).not.toContain(`backup of server ${SERVER_UUID} is`)
    const one = await run(...limits, '--server-uuid', OTHER_SERVER)
    expect(one.stdout).not.toContain('damaged by')
    expect(one.exitCode).toBe(1)
    const none = await run(...limits, '--server-uuid', 'unheard-of')
    expect(none.stdout).toContain('there is no usable backup of server unheard-of')
    expect(none.exitCode).toBe(2)
  })

  it('warns when no backup was verified for too long, where that is asked for', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { layout } = fixture
    const never = await run('--repo', layout.root, '--warn-verify-age', '1h')
    expect(never.stdout).toContain(`no backup of server ${SERVER_UUID} was verified`)
    await remember(layout, FIRST, '2026-11-20T13:30:00.000Z')
    const old = await run('--repo', layout.root, '--warn-verify-age', '1h')
    expect(old.stdout).toContain('were last verified 2 h ago')
    expect((await run('--repo', layout.root, '--warn-verify-age', '3h')).exitCode).toBe(0)
  })

  it('is CRITICAL when the repository is gone', async () => {
    const { exitCode, stdout } = await run('--repo', scratch('gone'))
    expect(stdout).toMatch(/^CLONECTL CRITICAL - there is no repository at .*gone\n$/)
    expect(exitCode).toBe(2)
  })

  it('is a document with --json, and the exit code stays', async () => {
    await using fixture = await makeRepository()
    const { exitCode, stdout } = await run('--repo', fixture.layout.root, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'CRITICAL',
      findings: [{ state: 'CRITICAL', message: 'there is no usable backup' }],
      perfData: expect.arrayContaining([{ label: 'backups', value: 0, unit: '' }]),
    })
    expect(exitCode).toBe(2)
  })
})

describe('doctor --nagios', () => {
  it.each([
    [['--warn-age', 'soon'], '--warn-age "soon" is no duration'],
    [['--warn-age', '3h', '--crit-age', '2h'], '--warn-age 3h is more than --crit-age 2h'],
    [['--port', 'x'], '--port: expected a whole number'],
    [['--no-such-option'], 'unknown option --no-such-option'],
    [['--fix'], 'exclude each other'],
    [['-p'], 'nobody can answer here'],
  ])('is UNKNOWN, and says so on stdout, for %j', async (argv, message) => {
    const { exitCode, stdout } = await run(...argv)
    expect(stdout).toMatch(/^CLONECTL UNKNOWN - [^\n|]*\n$/)
    expect(stdout).toContain(message)
    expect(exitCode).toBe(3)
  })

  it('is CRITICAL when the server cannot be reached, and still judges the repository', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout } = await run(
      ...['--repo', fixture.layout.root, '--warn-age', '1h'],
      ...['--socket', scratch('none.sock'), '--user', 'nobody'],
    )
    expect(stdout).toMatch(
      /^CLONECTL CRITICAL - .*none\.sock.*; the newest usable backup is 3 h old/,
    )
    expect(exitCode).toBe(2)
  })

  it('ends in time, and as a process, when the server does not answer', async () => {
    const silent = createServer(() => undefined).listen(scratch('silent.sock'))
    await once(silent, 'listening')
    const child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--input-type=module', '--eval'],
        `import { main } from ${JSON.stringify(new URL('../../../src/cli/main.ts', import.meta.url).pathname)}
         process.exitCode = await main(['doctor', '--nagios', '--no-defaults', '--user=x',
           '--socket=${scratch('silent.sock')}', '--time-limit=1s'])`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    const [code] = await once(child, 'close')
    silent.close()
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: 'CLONECTL UNKNOWN - the server did not answer within 1s\n',
    })
  }, 20_000)

  it('shows no stack for what nobody foresaw', async () => {
    await using fixture = await makeRepository(...forkedChain)
    // A directory where a file should be.
    await rm(fixture.layout.lock, { force: true })
    await writeFile(fixture.layout.trash, 'not a directory')
    const { exitCode, stdout } = await run('--repo', fixture.layout.root)
    expect(stdout).toMatch(/^CLONECTL UNKNOWN - ENOTDIR[^\n]*\n$/)
    expect(stdout).not.toContain('.ts')
    expect(exitCode).toBe(3)
  })
})
