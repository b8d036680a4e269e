// Prometheus' text format, version 0.0.4: what node_exporter's textfile collector reads.
// https://prometheus.io/docs/instrumenting/exposition_formats/

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export interface MetricFamily {
  /** `[a-zA-Z_][a-zA-Z0-9_]*`, with the unit at its end. */
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** The families as text, in the given order; those without samples are left out. */
export const formatMetrics = (families: readonly MetricFamily[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(formatFamily)
    .join('')

const formatFamily = ({ name, type, help, samples }: MetricFamily): string =>
  [
    `# HELP ${name} ${escape(help, /[\\\n]/g)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${formatValue(value)}`),
    '',
  ].join('\n')

const formatLabels = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escape(value, /[\\\n"]/g)}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** In a HELP text quotes stand for themselves; in a label's value they do not. */
const escape = (text: string, special: RegExp): string =>
  text.replaceAll(special, (character) => (character === '\n' ? String.raw`\n` : `\\${character}`))

const formatValue = (value: number): string => {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
