import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Codec } from '../../../src/codec/codec.ts'
import { formatStoredName, parseDeltaName, parseStoredName } from '../../../src/codec/names.ts'

describe('the name of a stored file', () => {
  it.each([
    ['t.ibd', 't.ibd', undefined, false],
    ['t.ibd.zstd', 't.ibd', 'zstd', false],
    ['ibdata1.lz4', 'ibdata1', 'lz4', false],
    ['t.ibd.delta', 't.ibd.delta', undefined, false],
    ['t.ibd.delta.zstd', 't.ibd.delta', 'zstd', false],
    ['t.ibd.delta.zstd3', 't.ibd.delta3', 'zstd', false],
    ['t.ibd.delta.lz412', 't.ibd.delta12', 'lz4', false],
    ['t.ibd.delta3', 't.ibd.delta3', undefined, false],
    ['t.ibd.xbcrypt', 't.ibd', undefined, true],
    ['t.ibd.delta3.xbcrypt', 't.ibd.delta3', undefined, true],
    ['#innodb_redo/#ib_redo7.zstd', '#innodb_redo/#ib_redo7', 'zstd', false],
    ['ib_buffer_pool.zstd', 'ib_buffer_pool', 'zstd', false],
    ['app/t2#p#p0.ibd.delta.zstd1', 'app/t2#p#p0.ibd.delta1', 'zstd', false],
  ] as const)('%s is %s, codec %s, encrypted %s', (stored, plainName, codec, encrypted) => {
    expect(parseStoredName(stored)).toEqual({ plainName, codec, encrypted })
    expect(formatStoredName({ plainName, codec, encrypted })).toBe(stored)
  })

  it.each([
    't.ibd.meta',
    't.zstd.ibd',
    't.ibd.zstd3',
    't.ibd.zst',
    'app/.zstd',
    '.lz4',
    'zstd',
    't.ibd.deltazstd3',
    '#clone/#clone_checkpoints',
  ])('%s is neither compressed nor encrypted', (name) => {
    expect(parseStoredName(name)).toEqual({ plainName: name, codec: undefined, encrypted: false })
  })

  it('that a hand compressed after the fact is understood', () => {
    expect(parseStoredName('t.ibd.delta3.zstd').plainName).toBe('t.ibd.delta3')
  })

  const tablespace = fc
    .stringMatching(/^[a-z][\w#@-]{0,12}$/)
    .chain((table) => fc.constantFrom(`${table}.ibd`, `app/${table}.ibd`, 'undo_001', 'ibdata1'))
  const writer = fc.oneof(fc.constant(''), fc.integer({ min: 1, max: 127 }).map(String))
  const plain = fc.oneof(
    tablespace,
    fc.tuple(tablespace, writer).map(([name, number]) => `${name}.delta${number}`),
  )
  const storage = fc.oneof(
    fc.record({
      codec: fc.constantFrom<Codec | undefined>(undefined, 'zstd', 'lz4'),
      encrypted: fc.constant(false),
    }),
    fc.record({ codec: fc.constant(undefined), encrypted: fc.constant(true) }),
  )

  it('is put together and taken apart without loss', () => {
    fc.assert(
      fc.property(plain, storage, (plainName, how) => {
        const stored = formatStoredName({ plainName, ...how })
        expect(parseStoredName(stored)).toEqual({ plainName, ...how })
      }),
    )
  })

  it('is unlike that of any other file of the backup', () => {
    fc.assert(
      fc.property(fc.uniqueArray(plain, { minLength: 2, maxLength: 20 }), storage, (names, how) => {
        const stored = names.map((plainName) => formatStoredName({ plainName, ...how }))
        expect(new Set(stored).size).toBe(names.length)
      }),
    )
  })
})

describe('the plain name of a delta', () => {
  it.each([
    ['app/t.ibd.delta', 'app/t.ibd', ''],
    ['app/t.ibd.delta3', 'app/t.ibd', '3'],
    ['undo_001.delta10', 'undo_001', '10'],
  ])('%s belongs to %s', (name, tablespace, writer) => {
    expect(parseDeltaName(name)).toEqual({ tablespace, writer })
  })

  it.each(['t.ibd', 't.ibd.meta', 't.ibd.delta.zstd', 't.ibd.delta3x', 'app/.delta', 'delta'])(
    '%s is none',
    (name) => expect(parseDeltaName(name)).toBeUndefined(),
  )
})
