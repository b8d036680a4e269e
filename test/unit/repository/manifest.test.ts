import { describe, expect, it } from 'vitest'
import { backupOf, type Manifest, manifestSchema } from '../../../src/repository/manifest.ts'
import { fileEntry, makeManifest } from '../../fakes/manifest.ts'

const manifest = makeManifest('UTC20261120T093012.345-full')
const accepts = (changes: object): boolean =>
  manifestSchema.safeParse({ ...manifest, ...changes }).success

describe('the schema of a manifest', () => {
  it('accepts a manifest as it is, and through JSON', () => {
    expect(manifestSchema.parse(manifest)).toEqual(manifest)
    expect(manifestSchema.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
  })

  it.each([
    'ibdata1',
    'data/t/a.ibd',
    '#innodb_redo/#ib_redo0',
    'data/t@002d1/a#p#p0.ibd',
    'a..b/..c/d..',
  ])('accepts the path %s', (path) => {
    expect(accepts({ files: [fileEntry(path)], emptyDirectories: [path] })).toBe(true)
  })

  it.each(['', '/x', '/', '../x', '..', 'data/../../x', 'data/t/..'])(
    'refuses the path %j, wherever it stands',
    (path) => {
      const delta = { path, spaceId: 1, pageBytes: 16_384, pages: 0, fresh: false }
      expect(accepts({ files: [fileEntry(path)] })).toBe(false)
      expect(accepts({ emptyDirectories: [path] })).toBe(false)
      expect(accepts({ deltas: [delta] })).toBe(false)
      expect(accepts({ result: { files: [fileEntry(path)], emptyDirectories: [] } })).toBe(false)
      expect(accepts({ result: { files: [], emptyDirectories: [path] } })).toBe(false)
    },
  )

  it.each(['-1', '1.5', '0x1', '', '18446744073709551616', 7])('refuses %j as an LSN', (lsn) => {
    expect(accepts({ endLsn: lsn })).toBe(false)
    expect(accepts({ trackedSince: lsn })).toBe(false)
    expect(accepts({ before: { ...manifest.before, checkpointLsn: lsn } })).toBe(false)
  })

  it.each(['2026-11-20 09:30:12', '2026-11-20T09:30:12.345', '2026-11-20T09:30:12+08:00', 'now'])(
    'refuses %j as an instant: only UTC is one',
    (text) => {
      expect(accepts({ endTime: text })).toBe(false)
    },
  )

  it.each<[string, object]>([
    ['another format', { format: 2 }],
    ['another type', { type: 'differential' }],
    ['another engine', { engine: 'xtrabackup' }],
    ['no donor', { donor: undefined }],
    ['a donor without a UUID', { donor: { ...manifest.donor, serverUuid: '' } }],
    ['a size below zero', { files: [fileEntry('a', -1)] }],
    ['a size that is not whole', { files: [fileEntry('a', 1.5)] }],
    ['a short hash', { files: [{ ...fileEntry('a'), sha256: 'ab' }] }],
    ['a hash in capitals', { files: [{ ...fileEntry('a'), sha256: 'AB'.repeat(32) }] }],
    ['no result', { result: undefined }],
  ])('refuses %s', (_, changes) => {
    expect(accepts(changes)).toBe(false)
  })
})

describe('backupOf', () => {
  const changes: Partial<Manifest> = {
    base: 'UTC20261119T093012.345-full',
    startLsn: '9007199254740993',
    trackedSince: '9223372036854775807',
    label: 'before the release',
    files: [fileEntry('data/a', 100), fileEntry('pagemap', 20)],
    result: { files: [fileEntry('a', 4000), fileEntry('b', 96)], emptyDirectories: ['mysql'] },
  }

  it('is what decides of a manifest, LSNs to the last digit', () => {
    const place = {
      binlogFile: 'binlog.000002',
      binlogPosition: 4711,
      gtidExecuted: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-100',
    }
    expect(backupOf(makeManifest('UTC20261120T093012.345-incr', changes))).toEqual({
      id: 'UTC20261120T093012.345-incr',
      type: 'increment',
      engine: 'mysql',
      base: 'UTC20261119T093012.345-full',
      serverUuid: '3e11fa47-71ca-11e1-9e33-c80aa9429562',
      serverVersion: '9.7.4',
      startLsn: 9_007_199_254_740_993n,
      pageTrackLsn: 9_007_199_254_740_993n,
      endLsn: 9_007_199_254_741_000n,
      trackedSince: 9_223_372_036_854_775_807n,
      beginTime: new Date('2026-11-20T09:30:12.345Z'),
      endTime: new Date('2026-11-20T09:31:12.345Z'),
      before: { at: new Date('2026-11-20T09:30:12.345Z'), ...place },
      after: { at: new Date('2026-11-20T09:31:12.345Z'), ...place },
      storedBytes: 120,
      resultBytes: 4096,
      compression: 'none',
      label: 'before the release',
    })
  })

  it('leaves out what there is not', () => {
    expect(backupOf(manifest)).toMatchObject({
      base: undefined,
      trackedSince: undefined,
      label: undefined,
      storedBytes: 0,
    })
  })
})
