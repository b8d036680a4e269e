// Everything the scenes of the demo have in common: the places, the donor, clonectl, the narrator.
import { join } from 'node:path'
import { clonectlFile, runClonectl } from '../bed/clonectl.ts'
import { commandText } from './command-text.ts'
import type { DemoDonor } from './donor.ts'
import type { Narrator } from './narrator.ts'

export interface Stage {
  readonly donor: DemoDonor
  readonly narrator: Narrator
  /** The repository of the backups; clonectl makes it. */
  readonly repo: string
  /** Where the restored data directory is to appear. */
  readonly target: string
  /** Options that lead to the donor. */
  readonly toDonor: readonly string[]
  /** Directories of the programs of the donor's MySQL, as in PATH. */
  readonly programs: string
  /** Whether the server makes the increments. */
  readonly greatsql: boolean
  /** Runs clonectl before the reader's eyes. @throws Error when it ends with another exit code. */
  clonectl(args: readonly string[], expectedExitCode?: number): Promise<void>
  /** The same, and returns what it answered. */
  ask(args: readonly string[]): Promise<string>
  readonly signal: AbortSignal
}

export interface StageParts {
  readonly directory: string
  readonly donor: DemoDonor
  readonly narrator: Narrator
  readonly signal: AbortSignal
  readonly greatsql: boolean
}

/** Sets the stage. When the signal is raised, whatever is at work on it fails soon after. */
export const setStage = ({ directory, donor, narrator, signal, greatsql }: StageParts): Stage => {
  const { programs } = donor
  let clonectlRuns = false
  // Statements that run fail with the server. clonectl is told by itself and needs the server for that.
  const endStatements = (): void => {
    if (!clonectlRuns) void donor.stop().catch(() => undefined) // disposing of it says what went wrong
  }
  signal.addEventListener('abort', endStatements)
  const run = async (args: readonly string[], show: boolean, expectedExitCode: number) => {
    narrator.command(commandText(['clonectl', ...args]))
    clonectlRuns = true
    const ended = await runClonectl({ args, programs, show, signal })
    clonectlRuns = false
    signal.throwIfAborted()
    if (!show) narrator.say(`${ended.stderr}${ended.stdout}`.trimEnd())
    if (ended.exitCode !== expectedExitCode) {
      throw new Error(
        `clonectl ${args[0]} ended with exit code ${ended.exitCode}, expected ${expectedExitCode}`,
      )
    }
    return ended.stdout
  }
  return {
    donor,
    narrator,
    signal,
    greatsql,
    programs,
    repo: join(directory, 'repo'),
    target: join(directory, 'restored'),
    toDonor: ['--defaults-file', donor.optionFile],
    clonectl: async (args, expectedExitCode = 0) => {
      await run(args, true, expectedExitCode)
    },
    ask: (args) => run(args, false, 0),
  }
}

/** How the reader's own shell gets to run the commands as they are shown. */
export const shellPreparation = ({ programs }: Stage): readonly string[] => [
  `alias clonectl=${clonectlFile}`,
  `export PATH=${programs}:$PATH`,
]
