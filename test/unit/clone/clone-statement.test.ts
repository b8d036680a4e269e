import { describe, expect, it } from 'vitest'
import { cloneLocalStatement } from '../../../src/clone/clone-statement.ts'
import { refusalOf } from '../../fakes/refusal.ts'

describe('cloneLocalStatement', () => {
  it('names the directory as a literal', () => {
    expect(cloneLocalStatement('/backup/repo/UTC20261120T093012.345-full/data')).toBe(
      "CLONE LOCAL DATA DIRECTORY = '/backup/repo/UTC20261120T093012.345-full/data'",
    )
  })

  it('lets no directory end the literal', () => {
    expect(cloneLocalStatement("/b/it's; DROP TABLE t -- \\' 数据")).toBe(
      String.raw`CLONE LOCAL DATA DIRECTORY = '/b/it\'s; DROP TABLE t -- \\\' 数据'`,
    )
  })

  it.each(['/b/\n', '/b/\u0000', '/b/\u0007'])('refuses the control character in %j', (path) => {
    expect(refusalOf(() => cloneLocalStatement(path)).code).toBe('CONFIG')
  })
})
