import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OutputStream } from '../../../../src/cli/io.ts'
import { makeNdjsonReporter } from '../../../../src/cli/output/ndjson-reporter.ts'
import type { OutputSettings } from '../../../../src/cli/output/run-reporter.ts'
import { makeTextReporter } from '../../../../src/cli/output/text-reporter.ts'

const settings: OutputSettings = {
  json: false,
  logFormat: 'text',
  quiet: false,
  verbose: false,
  noProgress: false,
}
const MIB = 1024 * 1024
const CLEAR = '\r\u001B[K'

const makeStream = (isTTY: boolean) => {
  const written: string[] = []
  const stream: OutputStream = {
    isTTY,
    columns: 60,
    write: async (text) => {
      written.push(text)
    },
  }
  return { stream, written, text: () => written.join('') }
}

const report = {
  code: 'SPACE',
  exitCode: 32,
  message: '1 byte needed, 0 free',
  hint: undefined,
  details: {},
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the text reporter', () => {
  const make = (isTTY: boolean, own: Partial<OutputSettings> = {}, colours = false) => {
    const out = makeStream(isTTY)
    return { ...out, reporter: makeTextReporter(out.stream, { ...settings, ...own }, colours) }
  }

  it('tells the story line by line', () => {
    const { reporter, text } = make(false)
    reporter.begin({ command: 'full', version: '0.1.0', arguments: '--repo /b' })
    reporter.step('clone', { directory: '/b/x' })
    reporter.info('a fact')
    reporter.warn('take care', { hint: 'so' })
    reporter.debug('a detail')
    reporter.fail(report)
    reporter.end({ command: 'full', ending: 'failed', durationMs: 12.6 })
    expect(text()).toBe(
      [
        'full begin: clonectl 0.1.0 --repo /b',
        'clone (directory /b/x)',
        'a fact',
        'warning: take care (hint so)',
        'error: SPACE 1 byte needed, 0 free',
        'full end: failed (13 ms)',
        '',
      ].join('\n'),
    )
  })

  it('keeps only warnings, errors and the frame when it is told to be quiet', () => {
    const { reporter, text } = make(false, { quiet: true, verbose: true })
    reporter.begin({ command: 'full', version: '0.1.0', arguments: '' })
    reporter.step('clone')
    reporter.info('a fact')
    reporter.debug('a detail')
    reporter.progress('copy', MIB).end()
    reporter.warn('take care')
    reporter.end({ command: 'full', ending: 'complete', durationMs: 1 })
    expect(text()).toBe(
      'full begin: clonectl 0.1.0\nwarning: take care\nfull end: complete (1 ms)\n',
    )
  })

  it('tells details when it is told to be verbose', () => {
    const { reporter, text } = make(false, { verbose: true })
    reporter.debug('a detail', { bytes: 3 })
    expect(text()).toBe('a detail (bytes 3)\n')
  })

  it('writes errors as one line of JSON when documents are wanted', () => {
    const { reporter, text } = make(false, { json: true })
    reporter.fail(report)
    expect(JSON.parse(text())).toMatchObject({ type: 'error', code: 'SPACE', exitCode: 32 })
  })

  it('colours only where that is wanted', () => {
    const coloured = make(true, {}, true)
    coloured.reporter.warn('x')
    expect(coloured.text()).toContain('\u001B[33mwarning:\u001B[39m x')
    const plain = make(true, {}, false)
    plain.reporter.warn('x')
    expect(plain.text()).toBe('warning: x\n')
  })

  it('writes a line every 30 s where there is no terminal', () => {
    const { reporter, written } = make(false)
    const progress = reporter.progress('copy', 200 * MIB)
    progress.add(50 * MIB)
    vi.advanceTimersByTime(29_000)
    expect(written).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(written).toEqual(['copy: 25 %, 50.0 MiB of 200 MiB, 1.67 MiB/s, 1 min 30 s left\n'])
    progress.add(150 * MIB)
    progress.end()
    progress.end()
    expect(written.slice(1)).toEqual(['copy: 200 MiB in 30 s (6.67 MiB/s)\n'])
    vi.advanceTimersByTime(120_000)
    expect(written).toHaveLength(2)
  })

  it('redraws one line on a terminal, at most ten times a second', () => {
    const { reporter, written } = make(true)
    const progress = reporter.progress('copy', 200 * MIB)
    for (let step = 0; step < 1000; step += 1) {
      progress.add(10_485)
      vi.advanceTimersByTime(1)
    }
    expect(written.length).toBeLessThanOrEqual(10)
    expect(written.at(-1)).toBe(`${CLEAR}copy: 4 %, 10.0 MiB of 200 MiB, 10.0 MiB/s, 19 s left`)
  })

  it('writes other lines above the line that is redrawn, and removes it in the end', () => {
    const { reporter, written } = make(true)
    const progress = reporter.progress('copy', 200 * MIB)
    progress.add(MIB)
    vi.advanceTimersByTime(100)
    reporter.warn('take care')
    const status = 'copy: 0 %, 1.00 MiB of 200 MiB'
    expect(written).toEqual([`${CLEAR}${status}`, `${CLEAR}warning: take care\n${status}`])
    progress.end()
    expect(written.slice(2)).toEqual([CLEAR, 'copy: 1.00 MiB in 0.1 s\n'])
  })

  it('never draws more than fits on the line', () => {
    const { reporter, written } = make(true)
    reporter.progress('x'.repeat(200), MIB)
    vi.advanceTimersByTime(100)
    expect(written[0]).toHaveLength(CLEAR.length + 59)
  })

  it('shows no progress when that is not wanted', () => {
    const { reporter, written } = make(true, { noProgress: true })
    reporter.progress('copy', MIB).add(1)
    vi.advanceTimersByTime(60_000)
    expect(written).toEqual([])
  })

  it('forgets stages that a failure left open', () => {
    const { reporter, written } = make(true)
    reporter.progress('copy', MIB).add(1)
    vi.advanceTimersByTime(100)
    reporter.end({ command: 'full', ending: 'failed', durationMs: 1 })
    expect(written.at(-1)).toBe('full end: failed (1 ms)\n')
    expect(written.at(-2)).toBe(CLEAR)
    vi.advanceTimersByTime(60_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the ndjson reporter', () => {
  const make = (own: Partial<OutputSettings> = {}) => {
    vi.setSystemTime('2026-11-20T09:30:12.345Z')
    const out = makeStream(false)
    const all = { ...settings, logFormat: 'ndjson', ...own } as const
    const reporter = makeNdjsonReporter(out.stream, all, () => new Date())
    const objects = () =>
      out
        .text()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    return { reporter, objects }
  }
  const ts = '2026-11-20T09:30:12.345Z'

  it('writes one object per line', () => {
    const { reporter, objects } = make()
    reporter.begin({ command: 'full', version: '0.1.0', arguments: '--repo /b' })
    reporter.step('clone', { directory: '/b/x' })
    reporter.warn('take care')
    reporter.fail(report)
    reporter.end({ command: 'full', ending: 'failed', durationMs: 12.6 })
    expect(objects()).toEqual([
      {
        ts,
        level: 'info',
        type: 'begin',
        command: 'full',
        version: '0.1.0',
        arguments: '--repo /b',
      },
      { ts, level: 'info', type: 'step', step: 'clone', fields: { directory: '/b/x' } },
      { ts, level: 'warn', type: 'message', message: 'take care' },
      {
        ts,
        level: 'error',
        type: 'error',
        code: 'SPACE',
        exitCode: 32,
        message: '1 byte needed, 0 free',
        hint: null,
        details: {},
      },
      { ts, level: 'info', type: 'end', command: 'full', ending: 'failed', durationMs: 13 },
    ])
  })

  it('tells progress every two seconds and once in the end', () => {
    const { reporter, objects } = make()
    const progress = reporter.progress('copy')
    progress.add(MIB)
    vi.advanceTimersByTime(2000)
    progress.setTotal(4 * MIB)
    progress.end()
    expect(objects()).toMatchObject([
      {
        type: 'progress',
        label: 'copy',
        doneBytes: MIB,
        totalBytes: null,
        elapsedMs: 2000,
        ended: false,
      },
      { type: 'progress', totalBytes: 4 * MIB, ended: true },
    ])
  })

  it('keeps quiet like the other', () => {
    const { reporter, objects } = make({ quiet: true, verbose: true })
    reporter.info('a fact')
    reporter.debug('a detail')
    reporter.progress('copy').end()
    expect(objects()).toEqual([])
  })
})
