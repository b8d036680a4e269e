// Encrypts what clonectl itself is about to store: every file but the .meta and the server's notes in
// #clone/, as the last thing that is done to it. Each file gives way to its encrypted form as soon
// as that is whole and durable.

import { unlink } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Cipher } from '../cipher/cipher.ts'
import { makeCipher } from '../cipher/sealing-cipher.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import { ClonectlError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { mapLimit } from '../system/map-limit.ts'
import { digestFile } from './file-digest.ts'
import { BACKUP_ENTRIES } from './layout.ts'
import { type StoredFile, sumBytes } from './manifest.ts'
import { boundNameOf } from './stored-form.ts'
import { readStoredPath, SEALED_SUFFIX } from './stored-kind.ts'

export interface EncryptContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

export interface EncryptRequest {
  /** Undefined: the files stay as they are. */
  readonly key: StoredKey | undefined
  /** Of the backup, which the files are bound to. */
  readonly id: string
  readonly directory: string
  /** Paths relative to the directory. */
  readonly files: readonly StoredFile[]
}

const DATA = `${BACKUP_ENTRIES.data}/`

/** Returns what is stored in the end. Throws CANCELLED, and what the system throws. */
export const encryptStored = async (
  { reporter, signal }: EncryptContext,
  { key, id, directory, files }: EncryptRequest,
): Promise<readonly StoredFile[]> => {
  if (key === undefined) return files
  const cipher = cipherOf(key)
  const progress = reporter.progress('encrypt', sumBytes(files))
  try {
    return await mapLimit(files, availableParallelism(), async (file) => {
      const stored = staysPlain(file)
        ? file
        : await encryptOne(cipher, { id, directory, file }, signal)
      progress.add(file.sizeBytes)
      return stored
    })
  } finally {
    progress.end()
  }
}

const cipherOf = (key: StoredKey): Cipher => {
  if (key.scheme === 'aes-256-gcm') return makeCipher(key.key)
  throw new ClonectlError('CONFIG', 'only GreatSQL itself encrypts with its scheme', {
    hint: 'use a chain of the engine mysql, or one that is not encrypted',
  })
}

/** Small texts that say nothing of the data, and that a server's next increment or an adoption reads. */
const staysPlain = ({ path }: StoredFile): boolean => {
  const { kind } = readStoredPath(path.slice(DATA.length))
  return kind === 'meta' || kind === 'marker'
}

interface OneFile {
  readonly id: string
  readonly directory: string
  readonly file: StoredFile
}

const encryptOne = async (
  cipher: Cipher,
  { id, directory, file }: OneFile,
  signal: AbortSignal,
): Promise<StoredFile> => {
  const path = `${file.path}${SEALED_SUFFIX}`
  const [source, destination] = [join(directory, file.path), join(directory, path)]
  await cipher.encryptFile({ source, destination, boundName: boundNameOf(id, path), signal })
  await unlink(source)
  const { sizeBytes, sha256 } = file
  const { content = { sizeBytes, sha256 } } = file
  return { path, ...(await digestFile(destination)), content }
}
