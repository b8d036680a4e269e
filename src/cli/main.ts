// The whole program as a function: arguments in, exit code out. Nothing happens on import.

import type { Io } from './io.ts'
import { readVersion } from './version.ts'

/**
 * Runs one command line and returns the exit code. `--version` is answered before anything else
 * is loaded, since scripts ask for it often.
 */
export const main = async (argv: readonly string[], givenIo?: Io): Promise<number> => {
  const io = givenIo ?? (await import('./process-io.ts')).makeProcessIo()
  if (argv.includes('--version')) {
    await io.stdout.write(`clonectl ${readVersion()}\n`)
    return 0
  }
  const { runCommandLine } = await import('./run-command-line.ts')
  return runCommandLine(argv, io)
}
