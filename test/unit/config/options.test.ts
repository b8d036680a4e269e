import { describe, expect, it } from 'vitest'
import type { ClonectlError } from '../../../src/errors.ts'
import { optionTable } from '../../../src/config/option-table.ts'
import { resolveOptions, variableOf } from '../../../src/config/options.ts'

const errorOf = (...sources: Parameters<typeof resolveOptions>): ClonectlError => {
  try {
    resolveOptions(...sources)
  } catch (error) {
    return error as ClonectlError
  }
  throw new Error('expected an error')
}

describe('resolveOptions', () => {
  it('gives every option, frozen, when nothing is given', () => {
    const options = resolveOptions({}, {}, {})
    expect(Object.keys(options)).toHaveLength(Object.keys(optionTable).length)
    expect(Object.isFrozen(options)).toBe(true)
    expect(options).toMatchObject({ json: false, yes: false, logFormat: 'text', noProgress: false })
    expect(options.host).toBeUndefined()
    expect(options.sslMode).toBeUndefined()
  })

  it.each([
    ['the command line', { repo: 'flag' }, { CLONECTL_REPO: 'env' }, { repo: 'file' }, 'flag'],
    ['the environment', {}, { CLONECTL_REPO: 'env' }, { repo: 'file' }, 'env'],
    ['an option file', {}, {}, { repo: 'file' }, 'file'],
    ['an option file, for an empty variable', {}, { CLONECTL_REPO: '' }, { repo: 'file' }, 'file'],
    ['nothing, for an empty line', {}, {}, { repo: '' }, undefined],
  ])('takes the value of %s', (_name, flags, env, optionFiles, repo) => {
    expect(resolveOptions(flags, env, optionFiles).repo).toBe(repo)
  })

  it('gives each kind its type', () => {
    const options = resolveOptions(
      { port: '3307', json: true },
      { CLONECTL_SSL_MODE: 'verify_ca', CLONECTL_YES: '1', CLONECTL_QUIET: 'off' },
      { 'log-format': 'ndjson', verbose: '', 'no-progress': 'ON', password: '' },
    )
    expect(options).toMatchObject({
      port: 3307,
      json: true,
      sslMode: 'VERIFY_CA',
      yes: true,
      quiet: false,
      logFormat: 'ndjson',
      verbose: true,
      noProgress: true,
      password: '',
    })
  })

  it('lets a flag switch off what an option file switches on', () => {
    expect(resolveOptions({ json: false }, {}, { json: '1' }).json).toBe(false)
  })

  it('does not ask option files which option files to read', () => {
    const inFile = { 'defaults-file': 'x', 'login-path': 'x', instance: 'x', basedir: '/b' }
    const options = resolveOptions({}, {}, inFile)
    expect(options.defaultsFile).toBeUndefined()
    expect(options.loginPath).toBeUndefined()
    expect(options.instance).toBeUndefined()
    expect(options.basedir).toBe('/b')
  })

  it('takes options with the prefix loose', () => {
    expect(resolveOptions({}, {}, { 'loose-repo': '/r' }).repo).toBe('/r')
  })

  it('passes over options of others', () => {
    const options = resolveOptions({ base: 'latest' }, {}, { 'default-character-set': 'utf8mb4' })
    expect(options).not.toHaveProperty('base')
    expect(options).not.toHaveProperty('defaultCharacterSet')
  })

  it('lists every bad value in one error, with its source', () => {
    const error = errorOf({ port: 'abc' }, { CLONECTL_SSL_MODE: 'MAYBE' }, { json: 'perhaps' })
    expect(error.code).toBe('CONFIG')
    expect(error.message).toBe(
      '--port: expected a whole number from 1 to 65535, found "abc"; ' +
        'ssl-mode (CLONECTL_SSL_MODE): expected one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, ' +
        'VERIFY_IDENTITY, found "MAYBE"; json (option file): expected 1 or 0, ON or OFF, found "perhaps"',
    )
    expect(error.details['problems']).toEqual([
      { field: 'port', source: '--port', reason: expect.any(String), value: 'abc' },
      {
        field: 'ssl-mode',
        source: 'CLONECTL_SSL_MODE',
        reason: expect.any(String),
        value: 'MAYBE',
      },
      { field: 'json', source: 'option file', reason: expect.any(String), value: 'perhaps' },
    ])
  })

  it.each(['0', '65536', '-1', '3306x', '1e3', '3.5'])('refuses the port %s', (port) => {
    expect(errorOf({ port }, {}, {}).message).toContain(`found "${port}"`)
  })

  it('refuses an empty value on the command line', () => {
    expect(errorOf({ repo: '' }, {}, {}).message).toContain('--repo: expected a value')
  })

  it('ignores a bad value that is overruled', () => {
    expect(resolveOptions({ port: '1' }, { CLONECTL_PORT: 'x' }, { port: 'y' }).port).toBe(1)
  })

  it('never shows a secret', () => {
    const secret = 's3cret'
    const error = errorOf({ password: secret, port: 'x' }, {}, {})
    expect(JSON.stringify(error) + error.message).not.toContain(secret)
  })
})

describe('variableOf', () => {
  it('mirrors the option', () => {
    expect(variableOf('ssl-mode')).toBe('CLONECTL_SSL_MODE')
  })
})

describe('the table', () => {
  it('has no short option twice', () => {
    const letters = Object.values(optionTable).flatMap((spec) =>
      'short' in spec ? [spec.short] : [],
    )
    expect(letters.toSorted()).toEqual(['P', 'S', 'h', 'p', 'u'])
  })
})
