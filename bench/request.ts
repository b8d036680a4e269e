// What the bench was asked for on its command line.
import { parseArgs } from 'node:util'
import { parseSize } from '../test/bed/parse-size.ts'
import { benches } from './all.ts'
import type { Bench } from './bench.ts'

const defaultSize = '1G'
const defaultPatience = '10'

export const usage = `usage: npm run bench -- NAME [--runs N] [--size ${defaultSize}] [--patience S] [--json]

${benches.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}

  --runs      how often each side is run and counted
  --size      how much data the server is filled with, such as 300M
  --patience  how many seconds to wait for a calm machine before each run (${defaultPatience})
  --json      one JSON document on standard output instead of a table`

export interface BenchRequest {
  readonly bench: Bench
  readonly runs: number
  readonly sizeBytes: number
  readonly patienceMs: number
  readonly json: boolean
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

const readArguments = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        size: { type: 'string' },
        patience: { type: 'string', default: defaultPatience },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const readNumber = (option: string, text: string, least: number): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least) return number
  throw new UsageError(`--${option} ${text}: a whole number from ${least} on is expected`)
}

const readSize = (text: string): number => {
  const bytes = parseSize(text)
  if (bytes !== undefined && bytes > 0) return bytes
  throw new UsageError(`--size ${text}: a size such as 300M is expected`)
}

/** Undefined: no name was given, and the list is wanted. @throws UsageError */
export const parseRequest = (argv: readonly string[]): BenchRequest | undefined => {
  const { positionals, values } = readArguments(argv)
  const [name, ...more] = positionals
  if (name === undefined) return undefined
  const bench = benches.find((candidate) => candidate.name === name)
  if (bench === undefined) throw new UsageError(`there is no bench called ${name}`)
  if (more.length > 0) throw new UsageError('one name is expected')
  if (values.size !== undefined && !bench.sized) throw new UsageError(`${name} takes no --size`)
  return {
    bench,
    runs: values.runs === undefined ? bench.defaultRuns : readNumber('runs', values.runs, 1),
    sizeBytes: readSize(values.size ?? defaultSize),
    patienceMs: readNumber('patience', values.patience, 0) * 1000,
    json: values.json,
  }
}
