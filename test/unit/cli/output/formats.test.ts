import { describe, expect, it } from 'vitest'
import { formatBytes, formatRatio } from '../../../../src/cli/output/bytes.ts'
import { formatDuration } from '../../../../src/cli/output/duration.ts'
import { formatDocument, formatJsonLine } from '../../../../src/cli/output/json.ts'
import { finishedText, progressText } from '../../../../src/cli/output/progress-text.ts'
import { formatTable } from '../../../../src/cli/output/table.ts'

const MIB = 1024 * 1024

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [9.999 * 1024, '10.0 KiB'],
    [100 * 1024, '100 KiB'],
    [1.5 * 1024 * MIB, '1.50 GiB'],
    [1024 ** 6, '1024 PiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('formatRatio', () => {
  it('is a percentage, and nothing of nothing is nothing', () => {
    expect(formatRatio(42, 1000)).toBe('4.2 %')
    expect(formatRatio(1, 0)).toBe('')
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [9949, '9.9 s'],
    [12_400, '12 s'],
    [59_600, '1 min 00 s'],
    [184_000, '3 min 04 s'],
    [7_380_000, '2 h 03 min'],
  ])('writes %d ms as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })
})

describe('formatDocument', () => {
  it('begins with the version of the schema, and loses no digit and no zone', () => {
    const time = new Date('2026-11-20T09:30:12.345Z')
    const text = formatDocument({ lsn: 18446744073709551615n, time, gone: undefined })
    expect(text).toMatch(/^\{\n {2}"schemaVersion": 1,\n/)
    expect(JSON.parse(text)).toEqual({
      schemaVersion: 1,
      lsn: '18446744073709551615',
      time: '2026-11-20T09:30:12.345Z',
    })
  })

  it('fits on a line for streams', () => {
    expect(formatJsonLine({ text: 'two\nlines' })).toBe('{"text":"two\\nlines"}\n')
  })
})

describe('progressText', () => {
  const measure = { label: 'copy', doneBytes: 50 * MIB, totalBytes: 200 * MIB, elapsedMs: 2000 }

  it('says how much, how fast and how long still', () => {
    expect(progressText(measure)).toBe('copy: 25 %, 50.0 MiB of 200 MiB, 25.0 MiB/s, 6.0 s left')
  })

  it('does not guess without a total', () => {
    expect(progressText({ ...measure, totalBytes: undefined })).toBe('copy: 50.0 MiB, 25.0 MiB/s')
  })

  it('does not guess from the first instant, nor from nothing', () => {
    expect(progressText({ ...measure, elapsedMs: 10 })).toBe('copy: 25 %, 50.0 MiB of 200 MiB')
    expect(progressText({ ...measure, doneBytes: 0 })).toBe('copy: 0 %, 0 B of 200 MiB')
  })

  it('never says more than 100 %', () => {
    expect(progressText({ ...measure, totalBytes: 40 * MIB })).toBe(
      'copy: 100 %, 50.0 MiB of 40.0 MiB, 25.0 MiB/s',
    )
  })

  it('sums up in the end', () => {
    expect(finishedText(measure)).toBe('copy: 50.0 MiB in 2.0 s (25.0 MiB/s)')
  })
})

describe('formatTable', () => {
  it('aligns, and leaves no blanks at the end of a line', () => {
    const columns = [{ title: 'NAME' }, { title: 'BYTES', align: 'right' }, { title: 'X' }] as const
    expect(
      formatTable(columns, [
        ['a', '1', ''],
        ['long name', '1000', 'y'],
      ]),
    ).toBe('NAME       BYTES  X\na              1\nlong name   1000  y\n')
  })

  it('stands the titles alone when there are no rows', () => {
    expect(formatTable([{ title: 'A' }], [])).toBe('A\n')
  })
})
