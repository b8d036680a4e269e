// What a measurement consists of: three ways to do about the same, run in turn.

/** One way. Only `run` is timed. */
export interface Side {
  /** What is run, in words for the report. */
  readonly what: string
  prepare?(): Promise<void>
  run(): Promise<void>
  /** Milliseconds of the part of `run` that counts; all of it without this. */
  counted?(): number
  tidy?(): Promise<void>
}

/** What was found besides the times, such as bytes stored. */
export type Facts = Readonly<Record<string, number | string>>

/** What is compared with what. */
export interface Sides {
  readonly ours: Side
  /** What a user would do without clonectl. */
  readonly rival: Side
  /** What cannot be done faster: the same bytes moved and nothing else. The rival without it. */
  readonly floor?: Side
  facts?(): Facts
}

/** A measurement whose servers and files are ready; disposing stops and removes them. */
export type Prepared = Sides & AsyncDisposable

export interface Setup {
  readonly sizeBytes: number
  readonly signal: AbortSignal
  /** Tells the story. */
  readonly say: (line: string) => void
}

export interface Bench {
  readonly name: string
  readonly about: string
  readonly defaultRuns: number
  /** Whether --size means anything to it. */
  readonly sized: boolean
  prepare(setup: Setup): Promise<Prepared>
}
