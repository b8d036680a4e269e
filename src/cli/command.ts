// A command is a value: its names, options and help are data, and `run` maps arguments to a use
// case and its outcome to a result. How the result is written is not the command's business.

import type { OptionSpec } from '../config/option-spec.ts'
import type { ErrorCode } from '../errors.ts'
import type { CommandContext } from './context.ts'

/** An option of one command: what it takes, and how it stands to the others. */
export type CommandOption = OptionSpec & {
  readonly required?: true
  readonly default?: string
  /** What the option means when it is given without a value. */
  readonly bare?: string
  /** Options that must not be given together with this one. */
  readonly excludes?: readonly string[]
}

export type CommandOptions = Readonly<Record<string, CommandOption>>

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

type ValueOf<Option extends CommandOption> = Option extends { readonly kind: 'boolean' }
  ? boolean
  : Option extends { readonly kind: 'number' }
    ? number
    : Option extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : string

type Given<Option extends CommandOption> = Option extends
  { readonly required: true } | { readonly default: string } | { readonly kind: 'boolean' }
  ? ValueOf<Option>
  : ValueOf<Option> | undefined

/** The arguments that options give: `--target-dir` becomes `targetDir`. Booleans are false when not given. */
export type Arguments<Options extends CommandOptions> = {
  readonly [Name in keyof Options & string as CamelCase<Name>]: Given<Options[Name]>
}

/** An argument without a name; it may be left out. */
export interface PositionalSpec {
  readonly name: string
  readonly describe: string
}

export interface Example {
  readonly command: string
  readonly about: string
}

export interface CommandResult {
  /** What --json shows, less its schemaVersion. */
  readonly document: object
  /** What is shown otherwise; ends with a line feed, or is empty. */
  readonly text: string
  /** 0 unless the result itself says that something is wrong. */
  readonly exitCode?: number
  /** Work that nobody waits for any more still goes on: the process ends all the same. */
  readonly unfinished?: boolean
}

export interface Command<Options extends CommandOptions = CommandOptions> {
  /** As typed after `clonectl`: one word, or a group and a word. */
  readonly name: string
  readonly describe: string
  readonly options: Options
  readonly positional?: PositionalSpec
  /** The one after it. */
  readonly second?: PositionalSpec
  /** Whether it speaks to a server; its help then lists the connection options. */
  readonly connects: boolean
  /** How it holds the repository while it runs: `write` keeps every other writer out, `archive` other pullers. */
  readonly locks: 'none' | 'read' | 'write' | 'archive'
  readonly examples: readonly Example[]
  /** The failures to expect, for the help. */
  readonly errors: readonly ErrorCode[]
  readonly run: (
    args: Arguments<Options>,
    context: CommandContext,
    positional: string | undefined,
    second: string | undefined,
  ) => Promise<CommandResult>
}

/** A command whose options are known by name only: what the command line works with. */
export type AnyCommand = Omit<Command, 'run'> & {
  readonly run: (
    args: Readonly<Record<string, unknown>>,
    context: CommandContext,
    positional: string | undefined,
    second: string | undefined,
  ) => Promise<CommandResult>
}

/**
 * Defines a command; the types of its arguments follow from its options. `readArguments` makes
 * the arguments from the same options, which is why they fit here although the type is given up.
 */
export const defineCommand = <const Options extends CommandOptions>(
  command: Command<Options>,
): AnyCommand => command as unknown as AnyCommand
