// Every option that all commands share: how to reach the server, where things are, how to speak.
import type { OptionSpec } from './option-spec.ts'

/** Options that say which option files are read; they are not taken from option files. */
export const optionFileOptions = {
  'defaults-file': { kind: 'string', value: 'FILE', describe: 'Read only this option file' },
  'defaults-extra-file': {
    kind: 'string',
    value: 'FILE',
    describe: 'Read this option file after the global ones',
  },
  'defaults-group-suffix': {
    kind: 'string',
    value: 'SUFFIX',
    describe: 'Read the option groups with this suffix too',
  },
  'login-path': {
    kind: 'string',
    value: 'NAME',
    describe: 'Read this login path of mysql_config_editor',
  },
  'no-defaults': { kind: 'boolean', describe: 'Read no option files' },
  instance: {
    kind: 'string',
    value: 'NAME',
    describe: 'Read the option group [clonectl_NAME] too',
  },
  basedir: {
    kind: 'string',
    value: 'DIR',
    describe: 'Installation that holds mysqld, mysql and mysqlbinlog',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>

/** How to reach the server: the names MySQL's own clients use. */
export const connectionOptions = {
  host: { kind: 'string', short: 'h', value: 'NAME', describe: 'Host of the server' },
  port: {
    kind: 'number',
    short: 'P',
    value: 'N',
    min: 1,
    max: 65535,
    describe: 'TCP port of the server',
  },
  socket: { kind: 'string', short: 'S', value: 'PATH', describe: 'Unix socket of the server' },
  user: {
    kind: 'string',
    short: 'u',
    value: 'NAME',
    describe: 'Account on the server; your login name without it',
  },
  password: {
    kind: 'string',
    short: 'p',
    value: 'TEXT',
    secret: true,
    describe: 'Password of the account; asked for when no value is given',
  },
  'ssl-mode': {
    kind: 'choice',
    value: 'MODE',
    choices: ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'],
    describe: 'Whether to encrypt the connection and what to verify',
  },
  'ssl-ca': { kind: 'string', value: 'FILE', describe: 'CA certificates to trust, in PEM form' },
  'ssl-cert': { kind: 'string', value: 'FILE', describe: 'Own certificate, in PEM form' },
  'ssl-key': { kind: 'string', value: 'FILE', describe: 'Key of the own certificate, in PEM form' },
} as const satisfies Readonly<Record<string, OptionSpec>>

/** What is clonectl's own. */
export const ownOptions = {
  repo: { kind: 'string', value: 'DIR', describe: 'Repository of the backups' },
  'mysql-user': {
    kind: 'string',
    value: 'NAME',
    describe: 'System user a private mysqld runs as; the owner of the files without it',
  },
  json: { kind: 'boolean', describe: 'Write the result as one JSON document' },
  'log-format': {
    kind: 'choice',
    value: 'FORMAT',
    choices: ['text', 'ndjson'],
    default: 'text',
    describe: 'How the story on stderr is written',
  },
  quiet: {
    kind: 'boolean',
    describe: 'Tell only warnings and errors, and where a run begins and ends',
  },
  verbose: { kind: 'boolean', describe: 'Tell details too' },
  'no-progress': { kind: 'boolean', describe: 'Show no progress' },
  yes: { kind: 'boolean', describe: 'Do not ask for confirmation' },
} as const satisfies Readonly<Record<string, OptionSpec>>

export const optionTable = { ...optionFileOptions, ...connectionOptions, ...ownOptions } as const
