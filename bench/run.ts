// npm run bench: measures clonectl side by side with what a user would do without it. The result on
// standard output, the story on standard error; exit 2 when the command line is wrong.
import { Interrupted, listenForInterruption } from '../test/bed/interruption.ts'
import { measure } from './measure.ts'
import { parseRequest, usage, UsageError, type BenchRequest } from './request.ts'
import { summarise, type Summary } from './summary.ts'
import { formatSummary } from './table.ts'

const say = (line: string): void => {
  console.error(line)
}

const runBench = async (request: BenchRequest, signal: AbortSignal): Promise<Summary> => {
  const { bench, runs, sizeBytes, patienceMs } = request
  await using prepared = await bench.prepare({ sizeBytes, signal, say })
  const sides = await measure(prepared, { runs, patienceMs, say, signal })
  return summarise({ name: bench.name, sides, facts: prepared.facts?.() ?? {} })
}

const tellFailure = (error: unknown): number => {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`)
  if (error instanceof Interrupted) return error.exitCode
  if (!(error instanceof UsageError)) return 1
  say(usage)
  return 2
}

const main = async (argv: readonly string[]): Promise<number> => {
  using interruption = listenForInterruption()
  const { signal } = interruption
  try {
    const request = parseRequest(argv)
    if (request === undefined) {
      console.log(usage)
      return 0
    }
    const summary = await runBench(request, signal)
    console.log(request.json ? JSON.stringify(summary, undefined, 2) : formatSummary(summary))
    return 0
  } catch (error) {
    // After an interruption whatever failed is its consequence.
    return tellFailure(signal.aborted ? signal.reason : error)
  }
}

process.exitCode = await main(process.argv.slice(2))
