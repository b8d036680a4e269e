// Where the key comes from: a file, or the output of a command that asks a vault for it.

import { refuseKey } from './key-refusal.ts'
import type { MasterKey } from './master-key.ts'
import { KEY_TEXT_LIMIT, parseKeyBytes, parseKeyText } from './parse-key.ts'
import { readSecretFile } from './secret-file.ts'

/** One of the two; never the key itself, which would end in an argument list. */
export type KeySource =
  | { readonly file: string }
  /** Program and arguments. */
  | { readonly command: readonly string[] }

/** A program to be run without a shell. */
export interface CommandRun {
  readonly file: string
  readonly args: readonly string[]
  /** What errors call it. */
  readonly name: string
  readonly signal?: AbortSignal | undefined
}

/** Runs a program to its end and returns what it wrote; throws when it fails. */
export type RunCommand = (run: CommandRun) => Promise<{ readonly stdout: string }>

const keyFromCommand = async (
  [file, ...args]: readonly string[],
  run: RunCommand,
  signal: AbortSignal | undefined,
): Promise<MasterKey> => {
  const hint = 'The command must write the key and nothing else, as 64 hex digits or base64.'
  if (file === undefined)
    throw refuseKey({ source: 'key command', problem: 'the command is empty', hint })
  // Its arguments stay out of errors: they may hold a token.
  const source = `key command ${file}`
  const { stdout } = await run({ file, args, name: source, signal })
  if (stdout.length <= KEY_TEXT_LIMIT) return parseKeyText(stdout, source)
  const problem = `it wrote ${stdout.length} characters, expected a key`
  throw refuseKey({ source, problem, hint })
}

/**
 * Reads the key: from a file that others cannot read, as 64 hex digits, base64, or 32 raw bytes; or
 * from what a command writes, as text. Throws CONFIG for a file or an output that holds no key, and
 * what `run` throws for a command that fails.
 */
export const readKey = async (
  source: KeySource,
  run: RunCommand,
  signal?: AbortSignal,
): Promise<MasterKey> => {
  if ('command' in source) return keyFromCommand(source.command, run, signal)
  return parseKeyBytes(await readSecretFile(source.file, KEY_TEXT_LIMIT), source.file)
}
