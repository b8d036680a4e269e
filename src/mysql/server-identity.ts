// Which server this is. A chain of backups belongs to one server_uuid.
import { ClonectlError } from '../errors.ts'
import type { Session } from './session.ts'

export type Flavour = 'GreatSQL' | 'Percona' | 'MySQL'

export interface ServerIdentity {
  readonly serverUuid: string
  /** As the server says it: "8.0.32-26", "9.7.4". */
  readonly version: string
  readonly versionComment: string
  readonly flavour: Flavour
  readonly hostname: string
  /** Absolute path on the server's machine, with a slash at the end. */
  readonly datadir: string
}

/** GreatSQL and Percona name themselves in version_comment: "GreatSQL, Release 26, Revision ...". */
export const flavourOf = (versionComment: string): Flavour => {
  if (/greatsql/iu.test(versionComment)) return 'GreatSQL'
  return /percona/iu.test(versionComment) ? 'Percona' : 'MySQL'
}

const statement =
  'SELECT @@GLOBAL.server_uuid AS serverUuid, @@GLOBAL.version AS version, ' +
  '@@GLOBAL.version_comment AS versionComment, @@GLOBAL.hostname AS hostname, ' +
  '@@GLOBAL.datadir AS datadir'

/** Asks the server who it is. Throws SERVER. */
export const readIdentity = async (session: Session): Promise<ServerIdentity> => {
  const [row] = await session.query(statement)
  const { serverUuid, version, versionComment, hostname, datadir } = row ?? {}
  if (!serverUuid || !version || !datadir)
    throw new ClonectlError('SERVER', 'the server does not tell its UUID, version and datadir', {
      hint: 'Connect to a running MySQL or GreatSQL server itself, not to a proxy.',
    })
  const comment = versionComment ?? ''
  return {
    serverUuid,
    version,
    versionComment: comment,
    flavour: flavourOf(comment),
    hostname: hostname ?? '',
    datadir,
  }
}
