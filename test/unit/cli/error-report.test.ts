import { describe, expect, it } from 'vitest'
import { formatErrorJson, formatErrorText, reportOf } from '../../../src/cli/error-report.ts'
import { ClonectlError } from '../../../src/errors.ts'

const facts = { version: '0.1.0', commandLine: 'clonectl full --password=***' }

const damaged = new ClonectlError('INTEGRITY', 'data/ibdata1 is not what was recorded', {
  hint: 'restore another backup',
  details: {
    path: 'data/ibdata1',
    expected: 'aa',
    actual: 'bb',
    lines: ['one', 'two'],
    checks: [{ name: 'x' }],
    nothing: undefined,
  },
})

describe('an error of the table', () => {
  it('is told in text with the details that its message does not say', () => {
    expect(formatErrorText(reportOf(damaged, facts))).toBe(
      [
        'error: INTEGRITY data/ibdata1 is not what was recorded',
        '  expected: aa',
        '  actual: bb',
        '  lines:',
        '    one',
        '    two',
        '  hint: restore another backup',
        '',
      ].join('\n'),
    )
  })

  it('shows each hint of several on its own line', () => {
    const error = new ClonectlError('PREFLIGHT', '2 checks failed', { hint: 'do this\ndo that' })
    expect(formatErrorText(reportOf(error, facts))).toMatch(
      / {2}hint: do this\n {2}hint: do that\n$/,
    )
  })

  it('is one line of JSON with everything', () => {
    const text = formatErrorJson(reportOf(damaged, facts))
    expect(text.indexOf('\n')).toBe(text.length - 1)
    expect(JSON.parse(text)).toEqual({
      type: 'error',
      code: 'INTEGRITY',
      exitCode: 21,
      message: 'data/ibdata1 is not what was recorded',
      hint: 'restore another backup',
      details: {
        path: 'data/ibdata1',
        expected: 'aa',
        actual: 'bb',
        lines: ['one', 'two'],
        checks: [{ name: 'x' }],
      },
    })
  })

  it('writes LSNs exactly', () => {
    const error = new ClonectlError('CHAIN_BROKEN', 'x', { details: { lsn: 9007199254740993n } })
    expect(formatErrorJson(reportOf(error, facts))).toContain('"lsn":"9007199254740993"')
  })
})

describe('anything else that is thrown', () => {
  it('is a bug, with stack, version and command line', () => {
    const report = reportOf(new TypeError('x is undefined'), facts)
    expect(report).toMatchObject({ code: 'BUG', exitCode: 1 })
    const text = formatErrorText(report)
    expect(text).toContain('error: BUG this is a bug in clonectl: x is undefined')
    expect(text).toContain('  version: 0.1.0\n')
    expect(text).toContain('  commandLine: clonectl full --password=***\n')
    expect(text).toMatch(/stack:\n.*TypeError: x is undefined\n +at /s)
  })

  it('is a bug even when it is no error', () => {
    expect(reportOf('a string', facts)).toMatchObject({ code: 'BUG', exitCode: 1 })
  })

  it('is no bug when a disk is full', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    expect(reportOf(full, facts)).toMatchObject({ code: 'SPACE', exitCode: 32 })
  })
})
