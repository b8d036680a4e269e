// The zstd and lz4 programs, as far as this floor knows them: where they are, and somebody who
// runs them. Running programs is the business of another room on the same floor.

import type { Readable } from 'node:stream'
import type { Codec } from './codec.ts'

/** Paths of the programs that are installed. */
export type Programs = Readonly<Partial<Record<Codec, string>>>

/** A program to run to its end, without a shell. */
export interface ProgramRun {
  readonly file: string
  readonly args: readonly string[]
  /** What errors call it. */
  readonly name: string
  /** A file descriptor, or a stream. */
  readonly stdin: number | Readable
  /** A file descriptor. */
  readonly stdout: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a program: fulfils after exit code 0. Throws PROCESS, with `exitCode` and `stderrTail` in
 * its details, for any other end; CANCELLED after a stop. `runTool` of src/system is one.
 */
export type RunProgram = (run: ProgramRun) => Promise<unknown>

/** The programs that are installed, and who runs them. */
export interface ProgramAccess {
  readonly programs: Programs
  readonly run: RunProgram
}
