import { describe, expect, it } from 'vitest'
import { cloneStatement, type DonorAddress } from '../../../src/clone/clone-statement.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const directory = '/backup/repo/UTC20261120T093012.345-full/data'
const donor: DonorAddress = {
  user: 'backup',
  host: 'db1',
  port: 3306,
  password: String.raw`it's a \ secret`,
  ssl: 'PREFERRED',
}
const INSTANCE = "CLONE INSTANCE FROM 'backup'@'db1':3306 IDENTIFIED BY '<secret>'"

describe('the CLONE statement', () => {
  it.each([
    ['a plain clone', {}, `CLONE LOCAL DATA DIRECTORY = '${directory}'`],
    [
      'a tracked full',
      { pageTrack: true },
      `CLONE LOCAL DATA DIRECTORY = '${directory}' ENABLE PAGE TRACK`,
    ],
    [
      'an increment, digit by digit',
      { pageTrack: true, startLsn: 9_007_199_254_740_993n },
      `CLONE LOCAL DATA DIRECTORY = '${directory}' ENABLE PAGE TRACK START_LSN = 9007199254740993`,
    ],
    [
      'a last increment',
      { pageTrack: false, startLsn: 9_223_372_036_854_775_807n },
      `CLONE LOCAL DATA DIRECTORY = '${directory}' START_LSN = 9223372036854775807`,
    ],
    [
      'a remote full',
      { from: donor, pageTrack: true },
      `${INSTANCE} DATA DIRECTORY = '${directory}' ENABLE PAGE TRACK`,
    ],
    [
      'a remote increment over TLS',
      { from: { ...donor, ssl: 'REQUIRED' }, pageTrack: true, startLsn: 21_635_197_273n },
      `${INSTANCE} DATA DIRECTORY = '${directory}' REQUIRE SSL ENABLE PAGE TRACK START_LSN = 21635197273`,
    ],
    [
      'a remote clone in the clear',
      { from: { ...donor, ssl: 'DISABLED' } },
      `${INSTANCE} DATA DIRECTORY = '${directory}' REQUIRE NO SSL`,
    ],
  ] as const)('is right for %s', (_what, form, text) => {
    const { sql, masked } = cloneStatement({ directory, ...form })
    expect(masked).toBe(text)
    expect(sql).toBe(text.replace("'<secret>'", String.raw`'it\'s a \\ secret'`))
  })

  it('lets no directory end the literal', () => {
    expect(cloneStatement({ directory: "/b/it's; DROP TABLE t -- \\' 数据" }).sql).toBe(
      String.raw`CLONE LOCAL DATA DIRECTORY = '/b/it\'s; DROP TABLE t -- \\\' 数据'`,
    )
  })

  it.each(['/b/\n', '/b/\u0000', '/b/\u0007'])('refuses the control character in %j', (path) => {
    expect(refusalOf(() => cloneStatement({ directory: path })).code).toBe('CONFIG')
  })
})
