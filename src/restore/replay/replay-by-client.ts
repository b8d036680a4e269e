// Replays with the client programs: mysqlbinlog writes the transactions as SQL, mysql sends them.

import type { ConnectionOptions } from '../../mysql/connection-options.ts'
import { clientOptionFile } from '../../mysql/client-option-file.ts'
import { binlogReplayTools } from '../../mysql/mysqlbinlog.ts'
import { pipeTools } from '../../system/pipe-tools.ts'
import { writeSecretFile } from '../../system/secret-file.ts'
import { makePrivateTempDir } from '../../system/temp-dir.ts'
import type { LogStretch } from './log-stretch.ts'
import type { RestoreContext } from '../request.ts'

export interface ClientRun {
  readonly stretch: LogStretch
  /** Of the instance that gets the transactions. */
  readonly login: ConnectionOptions
  /** Gets the option file with the password. */
  readonly directory: string
}

/** All files go through one mysqlbinlog: what one begins, the next may end. Throws PROCESS, CANCELLED. */
export const replayByClient = async (
  context: RestoreContext,
  { stretch, login, directory }: ClientRun,
): Promise<void> => {
  await using secrets = await makePrivateTempDir('client-', directory)
  const optionFile = await writeSecretFile(secrets.path, 'client.cnf', clientOptionFile(login))
  const { writer, reader } = binlogReplayTools({
    mysqlbinlog: await context.findTool('mysqlbinlog'),
    mysql: await context.findTool('mysql'),
    files: stretch.logs.map(({ path }) => path),
    startPosition: stretch.startPosition,
    stopPosition: stretch.endPosition,
    loadDirectory: secrets.path,
    optionFile,
  })
  await pipeTools(writer, reader, context.signal)
}
