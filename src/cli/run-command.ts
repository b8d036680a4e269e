// Runs one command: settings, first line, work, result, last line, exit code.

import { readArguments } from './arguments.ts'
import type { ChosenCommand } from './command-line.ts'
import type { CommandResult } from './command.ts'
import { type ContextParts, makeContext } from './context.ts'
import { reportOf } from './error-report.ts'
import { endingOf } from './exit.ts'
import { type GivenArguments, wordsAfterCommand } from './given-arguments.ts'
import type { Io } from './io.ts'
import { formatDocument } from './output/json.ts'
import { makeRunReporter } from './output/make-run-reporter.ts'
import type { RunReporter } from './output/run-reporter.ts'
import { readSettings } from './read-settings.ts'
import { afterCancellation, listenForSignals } from './signals.ts'
import { readVersion } from './version.ts'

/**
 * Runs it and returns the exit code. Throws only what is found wrong before the run begins: USAGE,
 * CONFIG, and what reading the option files throws.
 */
export const runCommand = async (
  { command, flags, positional, second }: ChosenCommand,
  given: GivenArguments,
  io: Io,
): Promise<number> => {
  const beganMs = performance.now()
  const version = readVersion()
  const settings = await readSettings(flags, given.password, io.env)
  const askPassword = given.password?.kind === 'ask'
  const args = readArguments(command, flags, io.env)
  const reporter = makeRunReporter(io, settings)
  using cancellation = listenForSignals(io)
  const { signal } = cancellation
  const { commandLine } = given
  reporter.begin({ command: command.name, version, arguments: wordsAfterCommand(given, command) })
  const { exitCode, unfinished } = await concludeRun(
    { io, settings, askPassword, reporter, signal, commandLine, version, beganMs },
    reporter,
    (context) => command.run(args, context, positional, second),
  )
  const durationMs = performance.now() - beganMs
  reporter.end({ command: command.name, ending: endingOf(exitCode), durationMs })
  if (unfinished) io.exitNow(exitCode)
  return exitCode
}

type Conclusion = Required<Pick<CommandResult, 'exitCode' | 'unfinished'>>

/** Whatever happens becomes a written result or a reported failure, and an exit code. */
const concludeRun = async (
  parts: ContextParts,
  reporter: RunReporter,
  run: (context: ReturnType<typeof makeContext>) => Promise<CommandResult>,
): Promise<Conclusion> => {
  const { io, settings, signal } = parts
  try {
    const { document, text, exitCode = 0, unfinished = false } = await run(makeContext(parts))
    await io.stdout.write(settings.json ? formatDocument(document) : text)
    return { exitCode, unfinished }
  } catch (error) {
    const report = reportOf(afterCancellation(error, signal), parts)
    reporter.fail(report)
    return { exitCode: report.exitCode, unfinished: false }
  }
}
