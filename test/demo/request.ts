// What the demo was asked for on its command line.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseSize } from '../bed/parse-size.ts'

export const usage = `usage: npm run demo -- [--greatsql] [--dir D] [--keep] [--size 100M]

  --greatsql  with the emulator of GreatSQL: the server makes the increments, compressed
  --dir       where everything is put; must be empty or not exist (a temporary directory)
  --keep      leave the files there at the end; all servers are stopped either way
  --size      how much data the donor is loaded with, such as 300M or 2G`

const defaultSize = '100M'

export interface DemoRequest {
  /** Undefined: a temporary directory. */
  readonly dir: string | undefined
  readonly keep: boolean
  readonly greatsql: boolean
  readonly sizeBytes: number
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

const readArguments = (argv: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        dir: { type: 'string' },
        keep: { type: 'boolean', default: false },
        greatsql: { type: 'boolean', default: false },
        size: { type: 'string', default: defaultSize },
      },
    })
    return values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** @throws UsageError */
export const parseRequest = (argv: readonly string[]): DemoRequest => {
  const { dir, keep, greatsql, size } = readArguments(argv)
  const sizeBytes = parseSize(size)
  if (sizeBytes === undefined || sizeBytes === 0) {
    throw new UsageError(`--size ${size}: a size such as 300M is expected`)
  }
  return { dir: dir === undefined ? undefined : resolve(dir), keep, greatsql, sizeBytes }
}
