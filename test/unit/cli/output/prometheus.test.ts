import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMetrics } from '../../../../src/cli/output/prometheus.ts'
import { parsePrometheus } from '../../../fakes/prometheus-text.ts'

const family = (labels: Readonly<Record<string, string>>, value: number) =>
  ({
    name: 'a_metric_bytes',
    type: 'gauge',
    help: 'A back\\slash, a "quote" and\na new line.',
    samples: [{ labels, value }],
  }) as const

describe('formatMetrics', () => {
  it('escapes quotes in labels, and line feeds and backslashes everywhere', () => {
    expect(formatMetrics([family({ path: 'C:\\a "b"\nc' }, 1.5)])).toBe(
      '# HELP a_metric_bytes A back\\\\slash, a "quote" and\\na new line.\n' +
        '# TYPE a_metric_bytes gauge\n' +
        'a_metric_bytes{path="C:\\\\a \\"b\\"\\nc"} 1.5\n',
    )
  })

  it('writes no braces without labels, and leaves out what has no samples', () => {
    const text = formatMetrics([
      { ...family({}, 0), samples: [] },
      { ...family({}, 7), name: 'b_metric', help: 'B.' },
    ])
    expect(text).toBe('# HELP b_metric B.\n# TYPE b_metric gauge\nb_metric 7\n')
  })

  it('has words for what is no number', () => {
    const values = [NaN, Infinity, -Infinity, 1e21, 1e-7]
    const samples = values.map((value, index) => ({ labels: { n: String(index) }, value }))
    const text = formatMetrics([{ ...family({}, 0), samples }])
    expect(parsePrometheus(text).map(({ value }) => value)).toEqual(values)
  })

  it('gives a strict reader every label and value back, whatever they are', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, fc.double(), (label, value) => {
        const [sample] = parsePrometheus(formatMetrics([family({ label }, value)]))
        expect(sample?.labels).toEqual({ label })
        expect(sample?.value).toEqual(value === 0 ? 0 : value)
      }),
    )
  })
})
