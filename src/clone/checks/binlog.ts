// A backup alone brings back the moment it was taken; any later moment needs the binlogs.

import type { Session } from '../../mysql/session.ts'
import type { Check, Finding } from '../check.ts'

const VARIABLES_SQL =
  "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'gtid_mode', 'binlog_encryption')"

export const binlog: Check = {
  name: 'binlog',
  run: async ({ session }) => judge(await readVariables(session)),
}

const readVariables = async (session: Session): Promise<ReadonlyMap<string, string>> => {
  const rows = await session.query(VARIABLES_SQL)
  return new Map(rows.map((row) => [row['Variable_name'] ?? '', row['Value'] ?? '']))
}

const judge = (variables: ReadonlyMap<string, string>): Finding => {
  const gtidMode = variables.get('gtid_mode') ?? 'OFF'
  if (variables.get('log_bin') !== 'ON')
    return {
      state: 'warn',
      message:
        'the server writes no binlog: it can be brought back only to the moments of its backups',
      hint: 'Remove skip-log-bin from the server’s options and restart it.',
    }
  if (variables.get('binlog_encryption') === 'ON')
    return {
      state: 'warn',
      message: 'the binlogs are encrypted: they can be replayed from the running server only',
      hint: 'Restore to a time with --binlog-server.',
    }
  if (gtidMode !== 'ON')
    return {
      state: 'warn',
      message: `the binlog is on, gtid_mode is ${gtidMode}: a recovery goes by file positions and proves less`,
      hint: 'Consider gtid_mode=ON (MySQL manual, "Enabling GTID Transactions Online").',
    }
  return { state: 'ok', message: 'the binlog and GTIDs are on' }
}
