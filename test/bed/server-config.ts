// The option file of a test server. Everything a server needs stands in it, so that what was
// started can be read afterwards and started again by hand.

export interface ServerConfig {
  readonly datadir: string
  readonly socket: string
  readonly pidFile: string
  readonly port: number
  readonly serverId: number
  /** Lines for [mysqld], with or without leading dashes; they win over what stands above them. */
  readonly options: readonly string[]
}

/** A value in double quotes; an option file takes backslash escapes in values (MySQL manual 6.2.2.2). */
const quote = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/** An option as it stands in an option file: `--innodb-page-size=8k` becomes `innodb-page-size=8k`. */
const optionLine = (option: string): string => option.replace(/^--/, '')

const serverLines = (config: ServerConfig): readonly string[] => [
  `datadir=${quote(config.datadir)}`,
  `socket=${quote(config.socket)}`,
  `pid_file=${quote(config.pidFile)}`,
  `port=${config.port}`,
  `server_id=${config.serverId}`,
  'bind_address=127.0.0.1',
  'mysqlx=OFF',
  'log_bin=binlog',
  'gtid_mode=ON',
  'enforce_gtid_consistency=ON',
  'secure_file_priv=""',
  'log_error_verbosity=3',
  'innodb_buffer_pool_size=256M',
  // mysqld refuses to run as root unless told to.
  ...(process.getuid?.() === 0 ? ['user=root'] : []),
  ...config.options.map(optionLine),
]

/** The text of the option file: [mysqld], and [client] for whoever looks at the server by hand. */
export const formatConfig = (config: ServerConfig): string =>
  [
    '[mysqld]',
    ...serverLines(config),
    '',
    '[client]',
    `socket=${quote(config.socket)}`,
    'user=root',
    '',
  ].join('\n')
