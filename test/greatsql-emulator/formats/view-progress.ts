// #clone/#view_progress: the stages of a clone as its backup carries them (GreatSQL clone_status.cc,
// Progress_pfs::Data::write).

/** In the order of clone_progress; RESTART and RECOVERY belong to replacing a server's own data. */
export const stageNames = [
  'DROP DATA',
  'FILE COPY',
  'PAGE COPY',
  'REDO COPY',
  'FILE SYNC',
  'RESTART',
  'RECOVERY',
] as const

export type StageName = (typeof stageNames)[number]

/** One stage; times are microseconds since the epoch, amounts are bytes. */
export interface StageView {
  /** Index into stateNames of view-status.ts. */
  readonly state: number
  readonly threads: number
  readonly beginMicros: bigint
  readonly endMicros: bigint
  readonly estimate: bigint
  readonly complete: bigint
  readonly network: bigint
}

export interface ViewProgress {
  readonly id: number
  /** Seven, in the order of stageNames. */
  readonly stages: readonly StageView[]
}

const started = 1
const failed = 3

const formatStage = (stage: StageView): string => {
  // What is running when the server dies has failed; nobody could say so afterwards.
  const state = stage.state === started ? failed : stage.state
  const { threads, beginMicros, endMicros, estimate, complete, network } = stage
  return `${state} ${threads} ${beginMicros} ${endMicros} ${estimate} ${complete} ${network}\n`
}

/** The exact text. */
export const formatViewProgress = ({ id, stages }: ViewProgress): string =>
  `${id}\n${stages.map(formatStage).join('')}`

/** Reads the text; a missing number is 0. */
export const parseViewProgress = (text: string): ViewProgress => {
  const [first = '0', ...lines] = text.trimEnd().split('\n')
  return {
    id: Number(first),
    stages: stageNames.map((_, index) => {
      const numbers = (lines[index] ?? '').split(' ').map((word) => BigInt(word || 0))
      const [state = 0n, threads = 0n, beginMicros = 0n, endMicros = 0n] = numbers
      const [estimate = 0n, complete = 0n, network = 0n] = numbers.slice(4)
      return {
        state: Number(state),
        threads: Number(threads),
        beginMicros,
        endMicros,
        estimate,
        complete,
        network,
      }
    }),
  }
}
