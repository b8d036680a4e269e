// Which of many backups a key opens: a repository may hold chains with different keys, and some without.

import type { KeySource } from '../cipher/read-key.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { ClonectlError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { RepositoryLayout } from './layout.ts'
import { readManifest } from './manifest-file.ts'
import { type KeyedBackup, requireKeyOf } from './open-key.ts'

/** By backup; what is not in it is not encrypted, or not with this key. */
export type Keyring = ReadonlyMap<BackupId, StoredKey>

export interface KeyringContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Undefined: nothing encrypted is looked into. */
  readonly keySource?: KeySource | undefined
}

/** Warns of each backup that the key does not open. Throws CONFIG when it opens none. */
export const openKeyring = async (
  { reporter, signal, keySource }: KeyringContext,
  layout: RepositoryLayout,
  ids: readonly BackupId[],
): Promise<Keyring> => {
  const keyring = new Map<BackupId, StoredKey>()
  if (keySource === undefined) return keyring
  const refusals: ClonectlError[] = []
  for (const id of ids) {
    const paths = layout.backup(id)
    const manifest = await readManifest(paths)
    if (manifest === undefined || manifest.encryption === null) continue
    const key = await tryKey({ manifest, paths }, keySource, signal)
    if (key instanceof ClonectlError) refusals.push(key)
    else if (key !== undefined) keyring.set(id, key)
  }
  const [refusal] = refusals
  if (refusal !== undefined && keyring.size === 0) throw refusal
  for (const { message } of refusals)
    reporter.warn(`${message}: its files are verified by size and SHA-256 alone`)
  return keyring
}

const tryKey = async (
  backup: KeyedBackup,
  source: KeySource,
  signal: AbortSignal,
): Promise<StoredKey | ClonectlError | undefined> => {
  try {
    return await requireKeyOf([backup], source, signal)
  } catch (error) {
    if (error instanceof ClonectlError && error.code === 'CONFIG') return error
    throw error
  }
}
