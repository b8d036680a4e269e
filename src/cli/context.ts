// What a command is handed. Everything that costs time (the driver, the server, the repository) is
// fetched when the command asks for it, so that start-up costs nothing.

import { ClonectlError } from '../errors.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import type { Session } from '../mysql/session.ts'
import type { Reporter } from '../report/reporter.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { type Clock, systemClock } from '../system/clock.ts'
import { askForPassword, connectionOf } from './connection.ts'
import type { Io } from './io.ts'
import type { Settings } from './read-settings.ts'

export interface CommandContext {
  readonly settings: Settings
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The command line for locks and journals, secrets masked. */
  readonly commandLine: string
  readonly version: string
  /** The terminal to ask at; undefined when nobody sits there. */
  readonly terminal: Io['terminal']
  /** Milliseconds since the run began. */
  elapsedMs(): number
  /** The directory given with --repo. Throws USAGE without one. */
  repositoryPath(): string
  /** Throws USAGE without --repo, and REPOSITORY_MISSING, _UNREADABLE or _NEWER. */
  openRepository(): Promise<RepositoryLayout>
  /** The server's address and account; asks for the password when that was wanted, once. */
  connection(): Promise<ConnectionOptions>
  openSession(): Promise<Session>
  /** Finds a program of the installation. Throws TOOL_MISSING. */
  findTool(name: string): Promise<string>
}

export interface ContextParts {
  readonly io: Io
  readonly settings: Settings
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly commandLine: string
  readonly version: string
  /** When the run began, on the clock of performance.now(). */
  readonly beganMs: number
  /** Whether the password is to be asked for. */
  readonly askPassword: boolean
}

/** Composes the context of one run. */
export const makeContext = (parts: ContextParts): CommandContext => {
  const { io, settings } = parts
  let asked: Promise<ConnectionOptions> | undefined
  const connection = (): Promise<ConnectionOptions> => {
    asked ??= parts.askPassword
      ? askForPassword(settings, io.terminal)
      : Promise.resolve(connectionOf(settings))
    return asked
  }
  return {
    settings,
    reporter: parts.reporter,
    clock: systemClock,
    signal: parts.signal,
    commandLine: parts.commandLine,
    version: parts.version,
    terminal: io.terminal,
    elapsedMs: () => performance.now() - parts.beganMs,
    repositoryPath: () => requireRepo(settings),
    openRepository: async () => {
      const path = requireRepo(settings)
      const { openRepository } = await import('../repository/repository.ts')
      return openRepository(path)
    },
    connection,
    openSession: async () => {
      const { openSession } = await import('../mysql/session.ts')
      return openSession(await connection())
    },
    findTool: async (name) => {
      const { findTool } = await import('../system/find-tool.ts')
      return findTool(name, { basedir: settings.basedir, path: io.env['PATH'] })
    },
  }
}

const requireRepo = ({ repo }: Settings): string => {
  if (repo !== undefined) return repo
  throw new ClonectlError('USAGE', 'no repository was named', {
    hint: 'give --repo DIR, set CLONECTL_REPO, or write repo=DIR under [clonectl] in an option file',
  })
}
