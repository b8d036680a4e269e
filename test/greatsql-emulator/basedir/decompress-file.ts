// What GreatSQL's two decompression programs have in common (utilities/zstd_decompress.cc,
// lz4_decompress.cc): two arguments, and both files opened before anything is looked at.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Ends the program with exit code 1 and this line on standard error. */
export class DecompressFailure extends Error {
  override readonly name = 'DecompressFailure'
}

/** Yields what is to be written, piece by piece. @throws DecompressFailure; what came stays. */
export type Decompressor = (input: Buffer) => Iterable<Buffer> | AsyncIterable<Buffer>

const open = (path: string, flags: 'r' | 'w'): number | undefined => {
  try {
    return openSync(path, flags)
  } catch {
    return undefined // Which of the two it was is told afterwards, as the programs do.
  }
}

const say = (name: string, text: string): DecompressFailure =>
  new DecompressFailure(`${name}: [Error] ${text}`)

/** The output is made, or emptied, even when there is no input. @throws DecompressFailure. */
export const decompressFile = async (
  name: string,
  [from, to]: readonly [from: string, to: string],
  decompress: Decompressor,
): Promise<void> => {
  const input = open(from, 'r')
  const output = open(to, 'w')
  if (input === undefined) throw say(name, 'Cannot open input file for reading.')
  if (output === undefined) throw say(name, 'Cannot create output file.')
  try {
    for await (const piece of decompress(readFileSync(input))) {
      for (let at = 0; at < piece.length;) at += writeSync(output, piece, at)
    }
  } finally {
    closeSync(input)
    closeSync(output)
  }
}

/** main() of both programs. */
export const runProgram = async (
  usage: string,
  run: (files: readonly [from: string, to: string]) => Promise<void>,
): Promise<void> => {
  const [from, to, ...more] = process.argv.slice(2)
  if (from === undefined || to === undefined || more.length > 0) {
    process.stdout.write(usage)
    process.exitCode = 1
    return
  }
  try {
    await run([from, to])
  } catch (error) {
    if (!(error instanceof DecompressFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
