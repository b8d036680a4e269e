// The settings of the donor that came with a backup.

import { ClonectlError } from '../errors.ts'
import { readServerFile, type ServerSettings } from '../repository/server-file.ts'
import type { SealedBackup } from './layers.ts'

/** Throws INTEGRITY when the file has gone. */
export const settingsOf = async ({ paths, manifest }: SealedBackup): Promise<ServerSettings> => {
  const settings = await readServerFile(paths)
  if (settings !== undefined) return settings
  throw new ClonectlError('INTEGRITY', `${manifest.id} has lost its server.json`, {
    hint: 'bring the file back from a copy of the repository',
  })
}
