import { describe, expect, it } from 'vitest'
import { type NagiosFinding, nagiosResult } from '../../../../src/cli/output/nagios-result.ts'

const report = (...findings: readonly NagiosFinding[]) =>
  nagiosResult({
    findings,
    summary: 'newest backup 3 h old',
    perfData: [
      { label: 'age', value: 11_400, unit: 's', warn: 93_600, crit: 180_000 },
      { label: 'backups', value: 5, unit: '' },
    ],
  })

const numbers = ' | age=11400s;93600;180000;0 backups=5;;;0\n'

describe('nagiosResult', () => {
  it('is OK with a summary when there is nothing to find', () => {
    expect(report()).toMatchObject({
      exitCode: 0,
      text: `CLONECTL OK - newest backup 3 h old${numbers}`,
    })
  })

  it('is as bad as the worst, which comes first', () => {
    const { text, exitCode } = report(
      { state: 'UNKNOWN', message: 'no answer' },
      { state: 'WARNING', message: 'old' },
      { state: 'CRITICAL', message: 'damaged' },
    )
    expect({ text, exitCode }).toEqual({
      text: `CLONECTL CRITICAL - damaged; old; no answer${numbers}`,
      exitCode: 2,
    })
    expect(report({ state: 'WARNING', message: 'old' }).exitCode).toBe(1)
    expect(report({ state: 'UNKNOWN', message: 'no answer' }).exitCode).toBe(3)
  })

  it('stays one line whose numbers begin at its only bar', () => {
    const { text } = report({ state: 'CRITICAL', message: 'a | b\n\tc\u001b[31m d\r\n' })
    expect(text).toBe(`CLONECTL CRITICAL - a / b c[31m d${numbers}`)
  })

  it('stays short, whatever is wrong', () => {
    const finding = (n: number) =>
      ({ state: 'WARNING', message: `${n} ${'x'.repeat(500)}` }) as const
    const { text } = report(...[1, 2, 3, 4, 5, 6].map(finding))
    expect(text).toContain('…; 2 xx')
    expect(text).toContain('…; and 2 more | age')
    expect(Buffer.byteLength(text)).toBeLessThan(1024)
  })
})
