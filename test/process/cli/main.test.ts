import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { type FakeIoOptions, makeFakeIo } from './fake-io.ts'
import { makeRepository } from './repository-fixture.ts'

const run = async (argv: readonly string[], options?: FakeIoOptions) => {
  const fake = makeFakeIo(options)
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

let scratch = ''
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'clonectl-main-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(scratch, { recursive: true })
})

describe('clonectl', () => {
  it('says which one it is', async () => {
    expect(await run(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^clonectl \d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })

  it.each([[['--help']], [['chain', '--help']], [['chain', 'list', '--help']]])(
    'shows its help on stdout: %j',
    async (argv) => {
      const { exitCode, stdout, stderr } = await run(argv)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toContain('Show this help')
    },
  )
})

describe('a wrong command line ends with 2 and says what was meant', () => {
  it.each([
    [[], 'no command was given', 'clonectl --help lists the commands'],
    [
      ['chain'],
      'clonectl chain needs one of: list, show, verify, adopt, merge, expire, pin, unpin, label, rebuild',
      'clonectl --help',
    ],
    [['fulll', '--repo', '/x'], 'unknown word "fulll"', 'did you mean full?'],
    [['chain', 'lst'], 'unknown word "lst"', 'did you mean list?'],
    [['full', 'now'], 'unknown word "now"', 'clonectl --help'],
    [['chain', 'show', 'a', 'b'], 'unknown word "b"', 'clonectl --help'],
    [['full', '--reppo=/x'], 'unknown option --reppo', 'did you mean --repo?'],
    [['full', '--plan'], 'unknown option --plan', 'clonectl --help'],
    [['full', '--noPageTrack'], 'unknown option --noPageTrack', 'clonectl --help'],
    [['full', '-x'], 'unknown option -x', 'clonectl --help'],
    [['incr', '--base'], '--base needs a value', 'clonectl --help'],
    [['restore'], 'clonectl restore needs --target-dir DIR', 'CLONECTL_TARGET_DIR'],
    [['page-track', 'purge'], 'clonectl page-track purge needs --up-to LSN', 'CLONECTL_UP_TO'],
    [
      ['restore', '--target-dir=/x', '--latest', '--to-time=x'],
      '--latest and --to-time exclude each other',
      'give one of the two',
    ],
    [
      ['restore', '--target-dir=/x', '--parallel=0'],
      '--parallel: expected a whole number from 1 to 64, found "0"',
      '',
    ],
  ])('%j', async (argv, message, hint) => {
    const { exitCode, stdout, stderr } = await run(argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(`error: USAGE ${message}\n`)
    expect(stderr).toContain(hint)
  })

  it('as JSON when documents are wanted', async () => {
    const { exitCode, stderr } = await run(['full', '--reppo=/x', '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stderr)).toEqual({
      type: 'error',
      code: 'USAGE',
      exitCode: 2,
      message: 'unknown option --reppo',
      hint: 'did you mean --repo?',
      details: {},
    })
  })

  it('as JSON when the environment wants it', async () => {
    const env = { CLONECTL_LOG_FORMAT: 'ndjson' }
    expect(JSON.parse((await run(['full', '--x'], { env })).stderr)).toMatchObject({
      code: 'USAGE',
    })
  })
})

describe('secrets', () => {
  it('given as a separate word are not repeated', async () => {
    const { exitCode, stderr } = await run(['full', '-p', 'hunter2'])
    expect(exitCode).toBe(2)
    expect(stderr).not.toContain('hunter2')
    expect(stderr).toContain('write --password=… or -p alone')
  })

  it('are masked in the first line', async () => {
    const { stderr } = await run(['chain', 'list', '-phunter2', '--password=hunter2'])
    expect(stderr).not.toContain('hunter2')
    expect(stderr).toMatch(/^chain list begin: clonectl \S+ -p\*\*\* --password=\*\*\*\n/)
  })
})

describe('a password in the arguments', () => {
  it('is hidden from other users of the machine', async () => {
    const fake = makeFakeIo()
    await main(['chain', 'list', '-phunter2'], fake.io)
    expect(fake.titles).toEqual(['clonectl chain list -p***'])
  })
})

describe('settings', () => {
  it('that are wrong are listed in one error', async () => {
    const env = { CLONECTL_LOG_FORMAT: 'yaml' }
    const { exitCode, stderr } = await run(['chain', 'list', '--port=x'], { env })
    expect(exitCode).toBe(10)
    expect(stderr).toContain('--port: expected a whole number from 1 to 65535, found "x"')
    expect(stderr).toContain('CLONECTL_LOG_FORMAT): expected one of text, ndjson, found "yaml"')
  })

  it('come from the environment, too', async () => {
    await using fixture = await makeRepository()
    const env = { CLONECTL_REPO: fixture.layout.root, CLONECTL_JSON: '1' }
    const { exitCode, stdout } = await run(['chain', 'list'], { env })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, backups: [] })
  })

  it('need no option files where there are no programs to read them', async () => {
    await using fixture = await makeRepository()
    const env = { CLONECTL_NO_DEFAULTS: '', PATH: scratch }
    const argv = ['chain', 'list', '--repo', fixture.layout.root]
    expect(await run(argv, { env })).toMatchObject({ exitCode: 0 })
  })

  it('in an option file that was asked for are not passed over in silence', async () => {
    const env = { CLONECTL_NO_DEFAULTS: '', PATH: scratch }
    const { exitCode, stderr } = await run(['chain', 'list', '--defaults-file=/x'], { env })
    expect(exitCode).toBe(41)
    expect(stderr).toContain('error: TOOL_MISSING the program my_print_defaults was not found')
  })
})

describe('the repository', () => {
  it('must be named', async () => {
    const { exitCode, stderr } = await run(['chain', 'list'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error: USAGE no repository was named\n  hint: give --repo DIR')
  })

  it('must be there', async () => {
    const { exitCode, stderr } = await run(['chain', 'show', `--repo=${scratch}/none`])
    expect(exitCode).toBe(12)
    expect(stderr).toContain(
      `error: REPOSITORY_MISSING there is no repository at ${scratch}/none\n`,
    )
    expect(stderr).toMatch(/chain show end: failed \(\d+ ms\)\n$/)
  })

  it('must be one', async () => {
    const { exitCode, stderr } = await run(['chain', 'show', `--repo=${scratch}`, '--json'])
    expect(exitCode).toBe(12)
    const [, error = ''] = stderr.split('\n')
    expect(JSON.parse(error)).toMatchObject({ code: 'REPOSITORY_MISSING', exitCode: 12 })
  })
})

describe('a run in ndjson', () => {
  it('is framed by a begin and an end', async () => {
    const argv = ['chain', 'list', `--repo=${scratch}`, '--log-format=ndjson']
    const { stderr } = await run(argv)
    const objects = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(objects).toMatchObject([
      { type: 'begin', command: 'chain list' },
      { type: 'error', level: 'error', code: 'REPOSITORY_MISSING' },
      { type: 'end', ending: 'failed' },
    ])
  })
})

describe('questions', () => {
  const never = async (): Promise<string> => {
    throw new Error('asked')
  }

  it('for a password go to nobody where there is no terminal', async () => {
    const { exitCode, stderr } = await run(['doctor', '-p'])
    expect(exitCode).toBe(10)
    expect(stderr).toContain('error: CONFIG -p alone asks for the password')
  })

  it('for a password are asked once, before the server is', async () => {
    const asked: string[] = []
    const terminal = {
      ask: never,
      askSecret: async (question: string) => {
        asked.push(question)
        return 'hunter2'
      },
    }
    const argv = ['doctor', '-p', `--socket=${scratch}/none.sock`]
    const { exitCode, stderr } = await run(argv, { terminal })
    expect(asked).toEqual(['Enter password: '])
    expect(exitCode).toBe(30)
    expect(stderr).not.toContain('hunter2')
  })

  it('before a purge wait until the LSN is one', async () => {
    const { exitCode, stderr } = await run(['page-track', 'purge', '--up-to=-1', '--yes'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error: USAGE --up-to -1 is no LSN')
  })
})

describe('restore', () => {
  it('refuses a time that cannot be read', async () => {
    await using fixture = await makeRepository()
    const repo = `--repo=${fixture.layout.root}`
    const argv = ['restore', repo, `--target-dir=${scratch}/new`, '--to-time=yesterday']
    const { exitCode, stderr } = await run(argv)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error: USAGE --to-time "yesterday" is not a time\n')
    expect(stderr).toContain('hint: accepted: 2026-11-20T09:30:12Z')
  })

  it('says as what a local time is taken', async () => {
    vi.stubEnv('TZ', 'Europe/Berlin')
    await using fixture = await makeRepository()
    const repo = `--repo=${fixture.layout.root}`
    const argv = ['restore', '--plan', repo, `--target-dir=${scratch}/new`]
    const { stderr } = await run([...argv, '--to-time', '2026-11-20 10:30:12'])
    expect(stderr).toContain(
      'warning: --to-time 2026-11-20 10:30:12 is taken as 2026-11-20T10:30:12.000+01:00 (Europe/Berlin), 2026-11-20T09:30:12.000Z\n',
    )
  })

  it('wants no binlogs without a target', async () => {
    const argv = ['restore', `--target-dir=${scratch}/new`, `--binlog-dir=${scratch}`]
    const { exitCode, stderr } = await run(argv)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('binlogs are replayed only up to a target')
  })

  it('takes the newest state for the newest backup where no binlogs are kept', async () => {
    await using fixture = await makeRepository()
    const repo = `--repo=${fixture.layout.root}`
    const argv = ['restore', '--plan', '--latest', '--json', repo, `--target-dir=${scratch}/new`]
    const { stdout, stderr } = await run(argv)
    expect(JSON.parse(stdout)).toMatchObject({ target: { kind: 'backup', reference: 'latest' } })
    expect(stderr).toContain('the repository keeps no binlogs')
    const named = await run([...argv, `--binlog-dir=${scratch}`])
    expect(JSON.parse(named.stdout)).toMatchObject({ target: { kind: 'end' } })
  })

  it('plans nothing from an empty repository, and says so', async () => {
    await using fixture = await makeRepository()
    const repo = `--repo=${fixture.layout.root}`
    const argv = ['restore', '--plan', '--json', repo, `--target-dir=${scratch}/new`]
    const { exitCode, stdout } = await run(argv)
    const document = JSON.parse(stdout)
    expect(exitCode).toBe(20)
    expect(document).toMatchObject({ schemaVersion: 1, chain: [], recoveryWindow: null })
    expect(document.refusals[0].code).toBe('BACKUP_UNKNOWN')
  })
})
