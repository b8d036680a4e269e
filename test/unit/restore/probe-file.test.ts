import { describe, expect, it } from 'vitest'
import { parseProbes } from '../../../src/restore/probe-file.ts'

const parse = (text: string) => parseProbes(text, 'probes.sql')
const sqlOf = (text: string) => parse(text).map(({ sql }) => sql)

describe('parseProbes', () => {
  it('reads statements with their lines and what is expected of them', () => {
    const text = `# yesterday's orders
-- expect: 42
SELECT COUNT(*)
  FROM shop.orders;

/* the rest is quiet */ SELECT 1; SELECT 2;
-- a note
-- expect:   NULL
SELECT NULL`
    expect(parse(text)).toEqual([
      { sql: 'SELECT COUNT(*)\n  FROM shop.orders', line: 3, expected: '42' },
      { sql: 'SELECT 1', line: 6, expected: undefined },
      { sql: 'SELECT 2', line: 6, expected: undefined },
      { sql: 'SELECT NULL', line: 9, expected: 'NULL' },
    ])
  })

  it.each([
    [`SELECT 'a;b', "c;d", \`e;f\` -- g;h\n, 1 # i;j\n, 2 /* k;l */`],
    [String.raw`SELECT 'it\'s; so', 'it''s; so', "\";"`],
    ['SELECT 1 - -1 / 2 --1'],
    ["/*!80000 SELECT 'x;' */"],
    ["SELECT '\n;\n'"],
    ["SELECT 'ü;€'"],
  ])('knows where a statement does not end: %s', (sql) => {
    expect(sqlOf(`${sql};SELECT 2;`)).toEqual([sql, 'SELECT 2'])
  })

  it('takes an empty statement for none', () => {
    expect(sqlOf(';; SELECT 1;;-- end\n;')).toEqual(['SELECT 1'])
  })

  it('keeps the line of a statement after a string of several lines', () => {
    expect(parse("SELECT '\n\n'\n;\nSELECT 2").map(({ line }) => line)).toEqual([1, 5])
  })

  it.each([
    ['', 1, 'there is no statement'],
    ['-- only a comment\n', 2, 'there is no statement'],
    ["SELECT 1;\nSELECT 'x", 2, 'a string or comment has no end'],
    ['SELECT `x', 1, 'a string or comment has no end'],
    ['SELECT 1 /* x', 1, 'a string or comment has no end'],
    ['-- expect: 1\n-- expect: 2\nSELECT 1;', 2, 'there are two expectations for one statement'],
    ['SELECT 1\n-- expect: 1\n;', 2, 'an expectation stands before its statement, not within it'],
    ['SELECT 1;\n-- expect: 1\n', 3, 'an expectation is followed by no statement'],
    ['\nDELIMITER //', 2, 'DELIMITER is a word of the mysql client alone'],
    ['SELECT 1;\ncall shop.p();', 2, 'CALL gives several results; select from a function'],
  ])('refuses %j', (text, line, what) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: `probes.sql, line ${line}: ${what}` }),
    )
  })
})
