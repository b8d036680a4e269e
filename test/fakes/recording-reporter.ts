// A reporter that remembers what it was told.

import type { Fields, Progress, Reporter } from '../../src/report/reporter.ts'

export interface RecordedProgress {
  readonly label: string
  /** The latest total. */
  total: number | undefined
  done: number
  ended: boolean
}

export interface RecordingReporter extends Reporter {
  /** Every line in its order, such as `warn: took over the lock`. */
  readonly lines: readonly string[]
  /** The fields of the lines, in the same order. */
  readonly fields: readonly (Fields | undefined)[]
  readonly stages: readonly RecordedProgress[]
}

const progressOf = (stage: RecordedProgress): Progress => ({
  add: (bytes) => {
    stage.done += bytes
  },
  setTotal: (bytes) => {
    stage.total = bytes
  },
  end: () => {
    stage.ended = true
  },
})

export const recordingReporter = (): RecordingReporter => {
  const lines: string[] = []
  const fields: (Fields | undefined)[] = []
  const stages: RecordedProgress[] = []
  const noteAs = (kind: string) => (text: string, facts?: Fields) => {
    lines.push(`${kind}: ${text}`)
    fields.push(facts)
  }
  return {
    lines,
    fields,
    stages,
    step: noteAs('step'),
    info: noteAs('info'),
    warn: noteAs('warn'),
    debug: noteAs('debug'),
    progress: (label, total) => {
      const stage = { label, total, done: 0, ended: false }
      stages.push(stage)
      return progressOf(stage)
    },
  }
}
