import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../src/cli/arguments.ts'
import type { CommandOptions } from '../../../src/cli/command.ts'
import type { ClonectlError } from '../../../src/errors.ts'

const options: CommandOptions = {
  'target-dir': { kind: 'string', value: 'DIR', required: true, describe: '' },
  base: { kind: 'string', default: 'latest', describe: '' },
  latest: { kind: 'boolean', describe: '', excludes: ['to-time'] },
  'to-time': { kind: 'string', describe: '' },
  parallel: { kind: 'number', min: 1, max: 64, describe: '' },
}
const command = { name: 'restore', options }

const read = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
  readArguments(command, { 'target-dir': '/new', ...flags }, env)

const refusal = (flags: Record<string, unknown>, env: Record<string, string> = {}) => {
  try {
    read(flags, env)
  } catch (error) {
    return error as ClonectlError
  }
  throw new Error('expected a refusal')
}

describe('readArguments', () => {
  it('gives every option under its name in the program', () => {
    expect(read({})).toEqual({
      targetDir: '/new',
      base: 'latest',
      latest: false,
      toTime: undefined,
      parallel: undefined,
    })
  })

  it('takes the command line first, then the environment, then the default', () => {
    expect(read({ base: 'a' }, { CLONECTL_BASE: 'b' })).toMatchObject({ base: 'a' })
    expect(read({}, { CLONECTL_BASE: 'b', CLONECTL_PARALLEL: '3' })).toMatchObject({
      base: 'b',
      parallel: 3,
    })
    expect(read({}, { CLONECTL_BASE: '' })).toMatchObject({ base: 'latest' })
  })

  it('names the option that is missing, and its variable', () => {
    const error = refusal({ 'target-dir': undefined })
    expect(error).toMatchObject({
      code: 'USAGE',
      message: 'clonectl restore needs --target-dir DIR',
      hint: 'give --target-dir, or set CLONECTL_TARGET_DIR',
    })
  })

  it.each([['0'], ['65'], ['x'], ['1.5'], ['']])('refuses %j as a number from 1 to 64', (text) => {
    expect(refusal({ parallel: text })).toMatchObject({
      code: 'USAGE',
      message: `--parallel: expected a whole number from 1 to 64, found "${text}"`,
    })
  })

  it('names the variable that holds a bad value', () => {
    expect(refusal({}, { CLONECTL_LATEST: 'maybe' }).message).toContain('CLONECTL_LATEST')
  })

  it('refuses options that exclude each other', () => {
    expect(refusal({ latest: true, 'to-time': 'x' })).toMatchObject({
      code: 'USAGE',
      message: '--latest and --to-time exclude each other',
    })
  })

  it('lets the command line overrule what the environment says against it', () => {
    expect(read({ latest: true }, { CLONECTL_TO_TIME: 'x' })).toMatchObject({
      latest: true,
      toTime: undefined,
    })
  })

  it('takes --latest=false for no choice at all', () => {
    expect(read({ latest: false, 'to-time': 'x' })).toMatchObject({ latest: false, toTime: 'x' })
  })
})
