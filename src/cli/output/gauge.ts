// How clonectl's own metrics are made: all are gauges, and what is not known has no sample.

import type { Labels, MetricFamily, Sample } from './prometheus.ts'

/** A family of this name under `clonectl_`; the help is a sentence. */
export const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
  name: `clonectl_${name}`,
  type: 'gauge',
  help,
  samples,
})

/** One sample, or none for what is not known. */
export const sample = (labels: Labels, value: number | undefined): readonly Sample[] =>
  value === undefined ? [] : [{ labels, value }]

/** Unix time, as Prometheus counts it. */
export const seconds = (time: Date): number => time.getTime() / 1000
