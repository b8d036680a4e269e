// Reads a command line and runs what it says, or shows the help, or says what is wrong with it.

import { readCommandLine } from './command-line.ts'
import { type ErrorReport, formatErrorJson, formatErrorText, reportOf } from './error-report.ts'
import { type GivenArguments, readGivenArguments } from './given-arguments.ts'
import type { Io } from './io.ts'
import { NAGIOS_EXIT_CODES, nagiosLine } from './output/nagios-result.ts'
import { runCommand } from './run-command.ts'
import { readVersion } from './version.ts'

/** Never throws: whatever goes wrong is reported and gives the exit code. */
export const runCommandLine = async (argv: readonly string[], io: Io): Promise<number> => {
  const given = readGivenArguments(argv)
  // As MySQL's clients do: everybody on the machine can read the arguments of a process.
  if (given.password?.kind === 'given') io.setTitle(given.commandLine)
  try {
    const line = readCommandLine(given, io.stdout.columns)
    if (line.kind === 'run') return await runCommand(line, given, io)
    await io.stdout.write(line.text)
    return 0
  } catch (error) {
    const report = reportOf(error, { version: readVersion(), commandLine: given.commandLine })
    if (given.argv.includes('--nagios')) return await answerNagios(report, io)
    await io.stderr.write(wantsJson(given, io) ? formatErrorJson(report) : formatErrorText(report))
    return report.exitCode
  }
}

/** Nagios reads standard output, and takes an exit code of 2 for a broken backup. */
const answerNagios = async ({ message }: ErrorReport, io: Io): Promise<number> => {
  await io.stdout.write(`${nagiosLine('UNKNOWN', message)}\n`)
  return NAGIOS_EXIT_CODES.UNKNOWN
}

/** The settings may be the very thing that could not be read, so they are only glanced at. */
const wantsJson = ({ argv }: GivenArguments, { env }: Io): boolean =>
  argv.includes('--json') ||
  argv.includes('--log-format=ndjson') ||
  env['CLONECTL_LOG_FORMAT'] === 'ndjson' ||
  env['CLONECTL_JSON'] === '1'
