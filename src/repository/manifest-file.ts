// Writes and reads manifest.json. Its last field is the SHA-256 of the rest, so that an edited
// or half-copied manifest is not believed.

import { basename } from 'node:path'
import { hash } from 'node:crypto'
import { ClonectlError } from '../errors.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { checkSchema, parseJson, readText } from './json-file.ts'
import type { BackupPaths } from './layout.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

const checksumOf = (body: object): string => hash('sha256', JSON.stringify(body))

/** Seals a backup: from the moment this returns it exists. */
export const writeManifest = async (paths: BackupPaths, manifest: Manifest): Promise<void> => {
  const sealed = { ...manifest, checksum: checksumOf(manifest) }
  await writeFileAtomic(paths.manifest, `${JSON.stringify(sealed, undefined, 1)}\n`)
}

/**
 * Reads the manifest of a backup; undefined when it was never sealed. Throws
 * REPOSITORY_UNREADABLE or REPOSITORY_NEWER, and INTEGRITY when it was changed after sealing.
 */
export const readManifest = async (paths: BackupPaths): Promise<Manifest | undefined> => {
  const text = await readText(paths.manifest)
  if (text === undefined) return undefined
  const value = parseJson(text, paths.manifest)
  requireChecksum(value, paths.manifest)
  const manifest = checkSchema(manifestSchema, value, paths.manifest)
  requireOwnId(manifest, paths)
  return manifest
}

const requireChecksum = (value: unknown, path: string): void => {
  if (typeof value !== 'object' || value === null) return
  const { checksum, ...body } = value as Readonly<Record<string, unknown>>
  const actual = checksumOf(body)
  if (checksum === actual) return
  throw new ClonectlError('INTEGRITY', `${path} was changed after it was sealed`, {
    hint: 'restore the file from a copy of the repository',
    details: { path, expected: checksum, actual },
  })
}

const requireOwnId = (manifest: Manifest, paths: BackupPaths): void => {
  const expected = basename(paths.directory)
  if (manifest.id === expected) return
  throw new ClonectlError(
    'INTEGRITY',
    `${paths.manifest} describes ${manifest.id}, not ${expected}`,
    {
      hint: 'a backup directory keeps the name it was made with: rename it back',
      details: { path: paths.manifest, expected, actual: manifest.id },
    },
  )
}
