// Whose data a clone made by hand holds. Its files do not tell: either the server is asked, or the
// user says it and clonectl finds out the rest from the files.

import { rowTypeOf } from '../chain/history-faults.ts'
import { ClonectlError } from '../errors.ts'
import { type HistoryRow, readCloneHistory } from '../mysql/clone-history.ts'
import { readLogStatus } from '../mysql/log-status.ts'
import { readRestoreSettings } from '../mysql/restore-settings.ts'
import { serverErrno } from '../mysql/server-errno.ts'
import { readIdentity } from '../mysql/server-identity.ts'
import type { Session } from '../mysql/session.ts'
import type { Manifest } from '../repository/manifest.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import type { FoundClone } from './found-clone.ts'

/** What the user says of the server that was cloned. */
export interface ToldDonor {
  readonly serverUuid: string
  readonly version: string
  readonly lowerCaseTableNames: string
}

/** Who is asked. */
export type DonorSource =
  | { readonly kind: 'server'; readonly session: Session }
  | { readonly kind: 'told'; readonly donor: ToldDonor }

export type AdoptedDonor = {
  readonly donor: Manifest['donor']
  /** Null when no server was asked, it does not remember, or it keeps no history (stock MySQL). */
  readonly history: Manifest['history']
} & (
  { readonly settings: ServerSettings } | { readonly settings: undefined; readonly told: ToldDonor }
)

/** Finds out. Throws INTEGRITY when the server that is asked cannot be the one. */
export const knowDonor = async (source: DonorSource, clone: FoundClone): Promise<AdoptedDonor> =>
  source.kind === 'server' ? askServer(source.session, clone) : believe(source.donor, clone)

const believe = (told: ToldDonor, { engine }: FoundClone): AdoptedDonor => ({
  donor: {
    serverUuid: told.serverUuid,
    version: told.version,
    versionComment: '',
    // Nothing in a stock clone tells Percona Server from MySQL.
    flavour: engine === 'greatsql' ? 'GreatSQL' : 'MySQL',
    hostname: '',
    datadir: '',
  },
  settings: undefined,
  told,
  history: null,
})

const askServer = async (session: Session, clone: FoundClone): Promise<AdoptedDonor> => {
  const donor = await readIdentity(session)
  const { lsn } = await readLogStatus(session)
  if (lsn < clone.endLsn)
    throw notTheDonor(
      clone,
      `it is at LSN ${lsn}, and the clone in ${clone.directory} ends at ${clone.endLsn}`,
    )
  // Stock MySQL keeps no history of clones.
  const row = clone.engine === 'greatsql' ? await findRow(session, clone) : undefined
  const settings = await readRestoreSettings(session)
  return { donor: { ...donor }, settings, history: row ? namesOf(row) : null }
}

const notTheDonor = (clone: FoundClone, reason: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `the server that was asked is not the one: ${reason}`, {
    hint: 'connect to the server that was cloned, or tell with --server-uuid whose data it is',
    details: { directory: clone.directory, reason },
  })

/** ER_NO_SUCH_TABLE. */
const NO_SUCH_TABLE = 1146

/** A second witness. The row may be gone, and that of a remote clone is on the other server. */
const findRow = async (session: Session, clone: FoundClone): Promise<HistoryRow | undefined> => {
  try {
    const rows = await readCloneHistory(session)
    return rows.findLast((row) => isRowOf(row, clone))
  } catch (error) {
    if (serverErrno(error) !== NO_SUCH_TABLE) throw error
    throw notTheDonor(clone, 'it has no mysql.clone_history, so it makes no such clones')
  }
}

const isRowOf = (row: HistoryRow, clone: FoundClone): boolean =>
  row.state === 'Completed' &&
  rowTypeOf(row) === clone.type &&
  row.startLsn === clone.startLsn &&
  row.pageTrackLsn === clone.pageTrackLsn &&
  row.endLsn === clone.endLsn

const namesOf = ({ id, pid, cloneType, source, destination }: HistoryRow): Manifest['history'] => ({
  id,
  pid,
  cloneType,
  source,
  destination,
})
