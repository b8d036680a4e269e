// What every command may use, whichever way it was given.

import type { ConnectionOptions } from '../mysql/connection-options.ts'

export interface Settings {
  /** A password that is still to be asked for is not in here. */
  readonly connection: ConnectionOptions
  /** The repository as the user wrote it. */
  readonly repo: string | undefined
  /** Installation that holds mysqld, mysql and mysqlbinlog. */
  readonly basedir: string | undefined
  /** System user a private mysqld runs as. */
  readonly mysqlUser: string | undefined
  readonly yes: boolean
  readonly output: OutputSettings
}

export interface OutputSettings {
  readonly json: boolean
  readonly logFormat: 'text' | 'ndjson'
  readonly quiet: boolean
  readonly verbose: boolean
  readonly progress: boolean
}
