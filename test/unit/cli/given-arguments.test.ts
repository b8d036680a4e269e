import { describe, expect, it } from 'vitest'
import { readGivenArguments, wordsAfterCommand } from '../../../src/cli/given-arguments.ts'

describe('short options of MySQL clients', () => {
  it.each([
    [['-uroot'], ['--user=root']],
    [
      ['-hdb1', '-P3306'],
      ['--host=db1', '--port=3306'],
    ],
    [['-S/run/my.sock'], ['--socket=/run/my.sock']],
    [
      ['-u', 'root'],
      ['-u', 'root'],
    ],
    [['-u-x'], ['--user=-x']],
    [
      ['--', '-uroot'],
      ['--', '-uroot'],
    ],
  ])('are written out: %j', (argv, expected) => {
    expect(readGivenArguments(argv).argv).toEqual(expected)
  })
})

describe('the password', () => {
  it.each([
    ['-psecret', { kind: 'given', value: 'secret' }],
    ['--password=secret', { kind: 'given', value: 'secret' }],
    ['--password=', { kind: 'given', value: '' }],
    ['--password=a=b c', { kind: 'given', value: 'a=b c' }],
    ['-p', { kind: 'ask' }],
    ['--password', { kind: 'ask' }],
  ])('is taken out of the arguments: %s', (word, password) => {
    const given = readGivenArguments(['full', word, '--json'])
    expect(given.password).toEqual(password)
    expect(given.argv).toEqual(['full', '--json'])
  })

  it('may be given again, and the last one counts', () => {
    const given = readGivenArguments(['-pone', '--password=two'])
    expect(given.password).toEqual({ kind: 'given', value: 'two' })
  })

  it('is masked in the command line, which can be copied otherwise', () => {
    const { commandLine } = readGivenArguments([
      'full',
      '-psecret',
      '--password=secret',
      '-p',
      '--label',
      "it's new",
    ])
    expect(commandLine).toBe(
      String.raw`clonectl full -p*** --password=*** -p --label 'it'\''s new'`,
    )
  })

  it('is masked like the command that writes a key, which may be told one', () => {
    const { argv, commandLine } = readGivenArguments([
      ...['full', '--encrypt-key-command', 'vault get secret', '--json'],
      '--encrypt-key-command=echo secret',
    ])
    expect(argv).toContain('vault get secret')
    expect(commandLine).toBe(
      'clonectl full --encrypt-key-command *** --json --encrypt-key-command=***',
    )
  })

  it('is not --port or another option that begins alike', () => {
    const given = readGivenArguments(['--port=3306', '--plan', '--password-file=x', '-P3306'])
    expect(given.password).toBeUndefined()
    expect(given.argv).toContain('--password-file=x')
  })
})

describe('the words of the first line', () => {
  it('leave out the command, wherever it stands', () => {
    const given = readGivenArguments(['--repo', '/backup', 'chain', 'show', 'latest'])
    expect(wordsAfterCommand(given, { name: 'chain show' })).toBe('--repo /backup latest')
  })
})
