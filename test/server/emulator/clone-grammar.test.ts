// GreatSQL's grammar of CLONE, form by form.
import { describe, expect, it } from 'vitest'
import { parseClone, shownClone } from '../../greatsql-emulator/sql/clone-statement.ts'

const local = {
  donor: undefined,
  dataDirectory: '/b',
  pageTrack: false,
  startLsn: 0n,
  baseDirectory: undefined,
}
const donor = { user: 'u', host: 'h', port: 3306, password: 'p', ssl: 'preferred' }

describe('CLONE LOCAL', () => {
  it.each([
    ["CLONE LOCAL DATA DIRECTORY = '/b'", {}],
    ["clone local data directory '/b';", {}],
    ["CLONE LOCAL DATA DIRECTORY '/b' ENABLE PAGE TRACK", { pageTrack: true }],
    ["CLONE LOCAL DATA DIRECTORY = '/b' START_LSN = 5", { startLsn: 5n }],
    ["CLONE LOCAL DATA DIRECTORY = '/b' START_LSN 0x10", { startLsn: 16n }],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' ENABLE PAGE TRACK START_LSN=9007199254740993",
      { pageTrack: true, startLsn: 9007199254740993n },
    ],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' START_LSN 18446744073709551615 ENABLE PAGE TRACK",
      { pageTrack: true, startLsn: 18446744073709551615n },
    ],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' ENABLE PAGE TRACK INCREMENT BASED DIRECTORY = '/a'",
      { pageTrack: true, baseDirectory: '/a' },
    ],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' INCREMENT BASED DIRECTORY '/a' ENABLE PAGE TRACK",
      { pageTrack: true, baseDirectory: '/a' },
    ],
    ["CLONE LOCAL DATA DIRECTORY = '/it''s \\'b\\''", { dataDirectory: "/it's 'b'" }],
    ["CLONE /* why */ LOCAL -- because\n DATA DIRECTORY = '/b' # so", {}],
  ])('takes %s', (text, fields) => {
    expect(parseClone(text)).toEqual({ ...local, ...fields })
  })

  it.each([
    ['CLONE', "''"],
    ['CLONE LOCAL', "''"],
    ['CLONE REMOTE', "'REMOTE'"],
    ['CLONE LOCAL DATA DIRECTORY', "''"],
    ['CLONE LOCAL DATA DIRECTORY = /b', "'/b'"],
    ["CLONE LOCAL DATA DIRECTORY == '/b'", "'= '/b''"],
    ["CLONE LOCAL DATA DIRECTORY = '/b' REQUIRE SSL", "'REQUIRE SSL'"],
    ["CLONE LOCAL DATA DIRECTORY = '/b' START_LSN", "''"],
    ["CLONE LOCAL DATA DIRECTORY = '/b' START_LSN '5'", "''5''"],
    ["CLONE LOCAL DATA DIRECTORY = '/b' START_LSN = -5", "'-5'"],
    ["CLONE LOCAL DATA DIRECTORY = '/b' ENABLE PAGE", "'ENABLE PAGE'"],
    ["CLONE LOCAL DATA DIRECTORY = '/b' INCREMENT BASED DIRECTORY '/a'", "''"],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' START_LSN = 5 INCREMENT BASED DIRECTORY '/a'",
      "'INCREMENT BASED DIRECTORY '/a''",
    ],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' ENABLE PAGE TRACK START_LSN = 5 ENABLE PAGE TRACK",
      "'ENABLE PAGE TRACK'",
    ],
    [
      "CLONE LOCAL DATA DIRECTORY = '/b' ENABLE PAGE TRACK INCREMENT BASED DIRECTORY '/a' START_LSN 5",
      "'START_LSN 5'",
    ],
    ["CLONE INCREMENT LOCAL DATA DIRECTORY = '/b' START_LSN=1", "'INCREMENT LOCAL"],
  ])('refuses %s', (text, near) => {
    expect(() => parseClone(text)).toThrow(`near ${near}`)
    expect(() => parseClone(text)).toThrow(
      expect.objectContaining({ errno: 1064, sqlState: '42000' }),
    )
  })
})

describe('CLONE INSTANCE', () => {
  const instance = { ...local, donor, dataDirectory: undefined }
  it.each([
    ["CLONE INSTANCE FROM 'u'@'h':3306 IDENTIFIED BY 'p'", {}],
    ["CLONE INSTANCE FROM u@h:3306 IDENTIFIED BY 'p' DATA DIRECTORY '/b'", { dataDirectory: '/b' }],
    [
      "CLONE INSTANCE FROM `u`@`H`:3306 IDENTIFIED BY 'p' REQUIRE NO SSL",
      { donor: { ...donor, ssl: 'disabled' } },
    ],
    [
      "CLONE INSTANCE FROM u@h:3306 IDENTIFIED BY 'p' DATA DIRECTORY = '/b' REQUIRE SSL " +
        'START_LSN 7 ENABLE PAGE TRACK',
      {
        donor: { ...donor, ssl: 'required' },
        dataDirectory: '/b',
        startLsn: 7n,
        pageTrack: true,
      },
    ],
    [
      "CLONE INSTANCE FROM repl@172.16.16.10:3306 IDENTIFIED BY 'GreatSQL@2023'\n" +
        "\t  DATA DIRECTORY = '/data/backup/clone-incr/20240610-21083116'\n" +
        "\t  ENABLE PAGE TRACK\n\t  INCREMENT BASED DIRECTORY = '/data/backup/clone-full/20240610';",
      {
        donor: {
          ...donor,
          user: 'repl',
          host: '172.16.16.10',
          password: 'GreatSQL@2023',
        },
        dataDirectory: '/data/backup/clone-incr/20240610-21083116',
        pageTrack: true,
        baseDirectory: '/data/backup/clone-full/20240610',
      },
    ],
  ])('takes %s', (text, fields) => {
    expect(parseClone(text)).toEqual({ ...instance, ...fields })
  })

  it.each([
    "CLONE INSTANCE FROM u@h:3306 IDENTIFIED BY 'p' ENABLE PAGE TRACK",
    "CLONE INSTANCE FROM u@h:3306 IDENTIFIED BY 'p' START_LSN 5",
    "CLONE INSTANCE FROM u@h:3306 IDENTIFIED BY 'p' REQUIRE SSL DATA DIRECTORY '/b'",
    "CLONE INSTANCE FROM u@h:3306 IDENTIFIED BY 'p' DATA DIRECTORY '/b' START_LSN 5 REQUIRE SSL",
    "CLONE INSTANCE FROM u@h IDENTIFIED BY 'p'",
    'CLONE INSTANCE FROM u@h:3306',
    "CLONE INSTANCE FROM u@h:x IDENTIFIED BY 'p'",
  ])('refuses %s', (text) => {
    expect(() => parseClone(text)).toThrow(expect.objectContaining({ errno: 1064 }))
  })

  it('is shown without its password', () => {
    expect(shownClone("CLONE INSTANCE FROM u@h:1 IDENTIFIED BY 'a\\'b''c' REQUIRE SSL")).toBe(
      'CLONE INSTANCE FROM u@h:1 IDENTIFIED BY <secret> REQUIRE SSL',
    )
  })
})
