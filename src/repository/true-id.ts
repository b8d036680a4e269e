// Which backup a directory is, whatever it is called: its manifest says so, if it can be believed.

import { type BackupId, parseBackupId } from '../chain/backup-id.ts'
import { ClonectlError } from '../errors.ts'
import { parseJson, readText } from './json-file.ts'
import { backupPathsAt, type RepositoryLayout } from './layout.ts'
import { readManifest } from './manifest-file.ts'

/** The id under which the backup at `directory` was sealed; undefined when that cannot be told. */
export const trueIdOf = async (
  layout: RepositoryLayout,
  directory: string,
): Promise<BackupId | undefined> => {
  const paths = backupPathsAt(directory)
  try {
    const text = await readText(paths.manifest)
    const id = text === undefined ? undefined : claimedId(parseJson(text, paths.manifest))
    if (id === undefined) return undefined
    // Read as if it lay where it belongs: only its name may be wrong.
    const manifest = await readManifest({ ...paths, directory: layout.backup(id).directory })
    return manifest?.id
  } catch (error) {
    // A manifest that cannot be believed does not tell whose it is.
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}

const claimedId = (value: unknown): BackupId | undefined => {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  return typeof id === 'string' ? parseBackupId(id)?.id : undefined
}
