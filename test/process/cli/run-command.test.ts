import { describe, expect, it } from 'vitest'
import { type AnyCommand, type CommandResult, defineCommand } from '../../../src/cli/command.ts'
import type { CommandContext } from '../../../src/cli/context.ts'
import { readGivenArguments } from '../../../src/cli/given-arguments.ts'
import { runCommand } from '../../../src/cli/run-command.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { makeFakeIo } from './fake-io.ts'

const commandThat = (run: (context: CommandContext) => Promise<CommandResult>): AnyCommand =>
  defineCommand({
    name: 'try',
    describe: '',
    options: {},
    connects: false,
    locks: 'none',
    examples: [],
    errors: [],
    run: (_args, context) => run(context),
  })

const start = (run: (context: CommandContext) => Promise<CommandResult>, ...argv: string[]) => {
  const fake = makeFakeIo()
  const flags = Object.fromEntries(argv.map((word) => [word.replace(/^--/, ''), true]))
  const chosen = { kind: 'run', command: commandThat(run), flags, positional: undefined } as const
  const exitCode = runCommand(chosen, readGivenArguments(['try', ...argv, '-psecret']), fake.io)
  return { fake, exitCode }
}

/** Work that lasts until it is cancelled, and then fails in its own way. */
const untilCancelled = ({ signal }: CommandContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ClonectlError('SERVER', 'interrupted')))
  })

describe('a run', () => {
  it('writes its text to stdout and its frame to stderr', async () => {
    const { fake, exitCode } = start(async () => ({ document: { a: 1n }, text: 'done\n' }))
    expect(await exitCode).toBe(0)
    expect(fake.stdout()).toBe('done\n')
    expect(fake.stderr()).toMatch(
      /^try begin: clonectl \S+ -p\*\*\*\ntry end: complete \(\d+ ms\)\n$/,
    )
  })

  it('writes one document instead when that is wanted', async () => {
    const run = async () => ({ document: { lsn: 9007199254740993n }, text: 'done\n' })
    const { fake, exitCode } = start(run, '--json')
    expect(await exitCode).toBe(0)
    expect(JSON.parse(fake.stdout())).toEqual({ schemaVersion: 1, lsn: '9007199254740993' })
  })

  it('can end with an exit code and a result', async () => {
    const { fake, exitCode } = start(async () => ({ document: {}, text: 'bad\n', exitCode: 31 }))
    expect(await exitCode).toBe(31)
    expect(fake.stdout()).toBe('bad\n')
    expect(fake.stderr()).toContain('try end: failed (')
  })

  it('that fails says how, and ends with the code of the failure', async () => {
    const { fake, exitCode } = start(async () => {
      throw new ClonectlError('SPACE', '2 bytes needed, 1 free')
    })
    expect(await exitCode).toBe(32)
    expect(fake.stderr()).toMatch(
      /error: SPACE 2 bytes needed, 1 free\ntry end: failed \(\d+ ms\)\n$/,
    )
  })

  it('that took too long says so in its last line', async () => {
    const { fake, exitCode } = start(async () => {
      throw new ClonectlError('TIME_LIMIT', 'it took an hour')
    })
    expect(await exitCode).toBe(50)
    expect(fake.stderr()).toMatch(/try end: timed out \(\d+ ms\)\n$/)
  })

  it('that meets a bug shows stack, version and command line, but no secret', async () => {
    const { fake, exitCode } = start(async () => {
      throw new TypeError('x is undefined')
    })
    expect(await exitCode).toBe(1)
    expect(fake.stderr()).toContain('error: BUG this is a bug in clonectl: x is undefined\n')
    expect(fake.stderr()).toContain('  commandLine: clonectl try -p***\n')
    expect(fake.stderr()).toContain('TypeError: x is undefined\n        at ')
    expect(fake.stderr()).toMatch(/try end: failed \(\d+ ms\)\n$/)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('that gets %s ends in good order', async (name) => {
    const { fake, exitCode } = start(async (context) => {
      setImmediate(() => fake.send(name))
      return untilCancelled(context)
    })
    expect(await exitCode).toBe(130)
    expect(fake.stderr()).toContain(`error: CANCELLED cancelled by ${name}\n`)
    expect(fake.stderr()).toContain('  consequence: interrupted\n  hint: start it again')
    expect(fake.stderr()).toMatch(/try end: cancelled \(\d+ ms\)\n$/)
  })

  it('that was done before the signal came is complete', async () => {
    const { fake, exitCode } = start(async () => {
      fake.send('SIGINT')
      return { document: {}, text: 'done\n' }
    })
    expect(await exitCode).toBe(0)
    expect(fake.stdout()).toBe('done\n')
  })
})
