// Everything the scenes of the demo have in common: the places, the donor, clonectl, the narrator.
import { dirname, join } from 'node:path'
import { clonectlFile, runClonectl } from '../bed/clonectl.ts'
import type { Instance } from '../bed/instance.ts'
import { commandText } from './command-text.ts'
import type { Narrator } from './narrator.ts'

export interface Stage {
  readonly donor: Instance
  readonly narrator: Narrator
  /** The repository of the backups; clonectl makes it. */
  readonly repo: string
  /** Where the restored data directory is to appear. */
  readonly target: string
  /** Options that lead to the donor. */
  readonly toDonor: readonly string[]
  /** Directories of the programs of the donor's MySQL, as in PATH. */
  readonly programs: string
  /** Runs clonectl before the reader's eyes. @throws Error when it ends with another exit code. */
  clonectl(args: readonly string[], expectedExitCode?: number): Promise<void>
  readonly signal: AbortSignal
}

export interface StageParts {
  readonly directory: string
  readonly donor: Instance
  readonly narrator: Narrator
  readonly signal: AbortSignal
}

/** Sets the stage. When the signal is raised, whatever is at work on it fails soon after. */
export const setStage = ({ directory, donor, narrator, signal }: StageParts): Stage => {
  const { mysqld, mysql } = donor.basedir
  const programs = [...new Set([mysqld, mysql].map((file) => dirname(file)))].join(':')
  let clonectlRuns = false
  // Statements that run fail with the server. clonectl is told by itself and needs the server for that.
  const endStatements = (): void => {
    if (!clonectlRuns) void donor.stop().catch(() => undefined) // disposing of it says what went wrong
  }
  signal.addEventListener('abort', endStatements)
  return {
    donor,
    narrator,
    signal,
    programs,
    repo: join(directory, 'repo'),
    target: join(directory, 'restored'),
    toDonor: ['--defaults-file', join(donor.dir, 'my.cnf')],
    clonectl: async (args, expectedExitCode = 0) => {
      narrator.command(commandText(['clonectl', ...args]))
      clonectlRuns = true
      const run = await runClonectl({ args, programs, show: true, signal })
      clonectlRuns = false
      signal.throwIfAborted()
      if (run.exitCode !== expectedExitCode) {
        throw new Error(
          `clonectl ${args[0]} ended with exit code ${run.exitCode}, expected ${expectedExitCode}`,
        )
      }
    },
  }
}

/** How the reader's own shell gets to run the commands as they are shown. */
export const shellPreparation = ({ programs }: Stage): readonly string[] => [
  `alias clonectl=${clonectlFile}`,
  `export PATH=${programs}:$PATH`,
]
