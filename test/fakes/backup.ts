// Sealed backups as the chain logic sees them, an hour apart where nothing else is asked for.

import { type Backup } from '../../src/chain/backup.ts'
import { makeBackupId } from '../../src/chain/backup-id.ts'

export const SERVER_UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562'

/** So many hours after midnight of the day on which all of this happens. */
export const atHour = (hour: number): Date => new Date(Date.UTC(2026, 10, 20) + hour * 3_600_000)

/** A full begun at this hour, which took five minutes. */
export const makeFull = (hour: number, changes: Partial<Backup> = {}): Backup => {
  const lsn = BigInt(Math.round(hour * 1000))
  return {
    id: makeBackupId(atHour(hour), 'full'),
    type: 'full',
    engine: 'mysql',
    base: undefined,
    serverUuid: SERVER_UUID,
    serverVersion: '9.7.4',
    startLsn: 0n,
    pageTrackLsn: lsn,
    endLsn: lsn + 100n,
    trackedSince: 10n,
    beginTime: atHour(hour),
    endTime: new Date(atHour(hour).getTime() + 5 * 60_000),
    storedBytes: 1000,
    resultBytes: 1000,
    compression: 'none',
    label: undefined,
    ...changes,
  }
}

/** An increment begun at this hour that fits on `base`. */
export const makeIncrement = (
  base: Backup,
  hour: number,
  changes: Partial<Backup> = {},
): Backup => ({
  ...makeFull(hour),
  id: makeBackupId(atHour(hour), 'increment'),
  type: 'increment',
  base: base.id,
  serverUuid: base.serverUuid,
  startLsn: base.pageTrackLsn,
  storedBytes: 100,
  ...changes,
})
