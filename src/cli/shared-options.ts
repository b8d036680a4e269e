// The options that every command takes, as the help shows them.

import type { OptionSpec } from './command.ts'

export interface SharedOption {
  readonly name: string
  readonly alias?: string
  readonly group: 'Connection:' | 'General:'
  readonly spec: OptionSpec
}

const text = (value: string, describe: string): OptionSpec => ({ type: 'string', value, describe })
const flag = (describe: string): OptionSpec => ({ type: 'boolean', describe })

const general = (name: string, spec: OptionSpec): SharedOption => ({
  name,
  group: 'General:',
  spec,
})

const connection = (name: string, spec: OptionSpec, alias?: string): SharedOption => ({
  name,
  group: 'Connection:',
  spec,
  ...(alias !== undefined && { alias }),
})

export const SHARED_OPTIONS: readonly SharedOption[] = [
  general('repo', text('DIR', 'The repository')),
  general('basedir', text('DIR', 'Where mysqld, mysql and mysqlbinlog are installed')),
  general('mysql-user', text('NAME', 'System user a private mysqld runs as')),
  general('json', flag('Write the result as one JSON document')),
  general('log-format', text('FORMAT', 'How standard error is written: text or ndjson')),
  general('quiet', flag('Only warnings, errors, and the first and last line')),
  general('verbose', flag('Tell more')),
  general('no-progress', flag('Show no progress')),
  general('yes', flag('Agree beforehand to what would be asked')),
  connection('host', text('NAME', 'Server to connect to'), 'h'),
  connection('port', text('N', 'TCP port'), 'P'),
  connection('socket', text('PATH', 'Unix socket'), 'S'),
  connection('user', text('NAME', 'Account of the server'), 'u'),
  connection('password', text('WORD', 'Its password; asked for when no value is attached'), 'p'),
]
