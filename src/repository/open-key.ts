// The key of encrypted backups: fetched once, from where the user keeps it, and compared with what the
// manifests say before any work begins.

import { join } from 'node:path'
import { readGreatSqlKey } from '../cipher/greatsql-key-file.ts'
import { type KeySource, readKey } from '../cipher/read-key.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import { ClonectlError } from '../errors.ts'
import { runTool } from '../system/run-tool.ts'
import type { BackupPaths } from './layout.ts'
import { type Encryption, encryptionName, type Manifest } from './manifest.ts'
import { proveFile } from './prove-file.ts'
import { encodingOf, storedFormOf } from './stored-form.ts'

/** Throws CONFIG for what holds no key of the scheme, PROCESS when a key command fails. */
export const openKey = async (
  scheme: Encryption['scheme'],
  source: KeySource,
  signal: AbortSignal,
): Promise<StoredKey> => {
  if (scheme === 'aes-256-gcm') return { scheme, key: await readKey(source, runTool, signal) }
  if ('file' in source) return { scheme, key: await readGreatSqlKey(source.file) }
  throw new ClonectlError('CONFIG', 'GreatSQL reads its key from a file, not from a command', {
    hint: 'give --encrypt-key-file',
    details: { field: 'encrypt-key-command' },
  })
}

/** What a manifest says of backups that are encrypted with the key. */
export const encryptionBy = (stored: StoredKey): Encryption =>
  stored.scheme === 'greatsql'
    ? { scheme: stored.scheme, mode: stored.key.mode.name }
    : { scheme: stored.scheme, keyId: stored.key.id }

/** A backup whose files are to be read. */
export interface KeyedBackup {
  readonly manifest: Manifest
  readonly paths: BackupPaths
}

/**
 * The key that reads all of these backups; undefined when none is encrypted. Throws CONFIG when no key
 * was given or another one is needed, CHAIN_BROKEN when they are not all encrypted alike.
 */
export const requireKeyOf = async (
  backups: readonly KeyedBackup[],
  source: KeySource | undefined,
  signal: AbortSignal,
): Promise<StoredKey | undefined> => {
  const encrypted = backups.find(({ manifest }) => manifest.encryption !== null)
  const encryption = encrypted?.manifest.encryption ?? null
  if (encrypted === undefined || encryption === null) return undefined
  requireUniform(backups, encrypted)
  if (source === undefined) throw keyMissing(encrypted.manifest)
  const key = await openKey(encryption.scheme, source, signal)
  for (const backup of backups) await requireOpens(backup, key)
  return key
}

const requireUniform = (backups: readonly KeyedBackup[], { manifest }: KeyedBackup): void => {
  const name = encryptionName(manifest.encryption)
  const other = backups.find((backup) => encryptionName(backup.manifest.encryption) !== name)
  if (other === undefined) return
  const found = encryptionName(other.manifest.encryption) ?? 'not at all'
  throw new ClonectlError(
    'CHAIN_BROKEN',
    `a chain is encrypted throughout, with one key: ${manifest.id} is with ${name ?? ''}, ${other.manifest.id} ${found}`,
    {
      hint: 'restore an older backup: clonectl chain show',
      details: { backup: other.manifest.id },
    },
  )
}

const keyMissing = ({ id, encryption }: Manifest): ClonectlError =>
  new ClonectlError('CONFIG', `${id} is encrypted (${encryptionName(encryption) ?? ''})`, {
    hint: 'give --encrypt-key-file or --encrypt-key-command',
    details: { backup: id, encryption },
  })

/** Throws CONFIG when the backup was encrypted with another key. */
export const requireOpens = async (backup: KeyedBackup, key: StoredKey): Promise<void> => {
  const { manifest } = backup
  const [needed, given] = [
    encryptionName(manifest.encryption),
    encryptionName(encryptionBy(key)) ?? '',
  ]
  const problem =
    needed === given
      ? await probeProblem(backup, key)
      : `it was encrypted with ${needed ?? 'no key'}, the given key is ${given}`
  if (problem === undefined) return
  throw new ClonectlError('CONFIG', `the key does not open ${manifest.id}: ${problem}`, {
    hint: 'give the key that the backup was taken with',
    details: { backup: manifest.id, needed, given },
  })
}

/** GreatSQL's files do not say which key they need, and decrypt to something with any: a small one is tried. */
const probeProblem = async (
  { manifest, paths }: KeyedBackup,
  key: StoredKey,
): Promise<string | undefined> => {
  if (key.scheme !== 'greatsql') return undefined
  const forms = manifest.files.map((entry) => ({ entry, ...storedFormOf(manifest, entry) }))
  const [smallest] = forms
    .filter(({ boundName, entry }) => boundName !== undefined && entry.sizeBytes > 0)
    .sort((a, b) => a.entry.sizeBytes - b.entry.sizeBytes)
  if (smallest === undefined) return undefined
  const { entry } = smallest
  const file = join(paths.directory, entry.path)
  const proven = await proveFile({ file, meta: undefined, ...encodingOf(smallest, key) })
  if (proven.content?.sha256 === entry.content?.sha256) return undefined
  // With other stored bytes than were sealed it is the file that is wrong, which is told where it is read.
  if (proven.sha256 !== entry.sha256) return undefined
  return `${entry.path} does not decrypt to what was backed up`
}
