// What the binlogs of a running donor can do for a restore.

import type { Backup } from '../../chain/backup.ts'
import { ClonectlError } from '../../errors.ts'
import type { ConnectionOptions } from '../../mysql/connection-options.ts'
import { hasPrivilege, readPrivileges } from '../../mysql/privileges.ts'
import { readServerClock } from '../../mysql/server-clock.ts'
import { readIdentity } from '../../mysql/server-identity.ts'
import { openSession } from '../../mysql/session.ts'
import type { PlannedBinlog } from '../request.ts'
import type { HeldState } from './same-history.ts'

/** A running donor's binlogs reach to its present. Throws BINLOG_GAP, PREFLIGHT, SERVER. */
export const serverOutlook = async (
  connection: ConnectionOptions,
  tip: Backup,
  start: HeldState,
): Promise<{ readonly binlogs: readonly PlannedBinlog[]; readonly reach: Date }> => {
  await using session = await openSession(connection)
  requireSameServer((await readIdentity(session)).serverUuid, tip)
  requireMayRead(await readPrivileges(session))
  const rows = await session.query('SHOW BINARY LOGS')
  const files = rows.map((row) => ({
    file: row['Log_name'] ?? '',
    from: 0,
    to: Number(row['File_size'] ?? 0),
  }))
  const first = files.findIndex((file) => file.file === start.file)
  if (first === -1) {
    throw new ClonectlError(
      'BINLOG_GAP',
      `the donor no longer has ${start.file}, where the backup ends`,
      { hint: 'use a copy of its binlogs with --binlog-dir, or restore a newer backup' },
    )
  }
  return {
    binlogs: files
      .slice(first)
      .map((file, index) => (index === 0 ? { ...file, from: start.position } : file)),
    reach: await readServerClock(session),
  }
}

/** Told before everything is copied, not when mysqlbinlog is refused. */
const requireMayRead = (privileges: ReadonlySet<string>): void => {
  if (hasPrivilege(privileges, 'REPLICATION SLAVE')) return
  throw new ClonectlError('PREFLIGHT', 'the account may not read the binlogs of the server', {
    hint: 'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* to it, or use --binlog-dir',
  })
}

const requireSameServer = (serverUuid: string, tip: Backup): void => {
  if (serverUuid === tip.serverUuid) return
  throw new ClonectlError(
    'BINLOG_GAP',
    `${tip.id} was taken from server ${tip.serverUuid}; --binlog-server is ${serverUuid}`,
    { hint: "name the donor itself, or a directory with the donor's binlogs (--binlog-dir)" },
  )
}
