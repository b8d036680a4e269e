// How a file of a sealed backup came to be what it is: its name says what was done to it, and the
// manifest whether the name can be believed.

import type { StoredKey } from '../cipher/stored-key.ts'
import type { Codec } from '../codec/codec.ts'
import type { Manifest, StoredFile } from './manifest.ts'
import type { Encoding } from './stored-content.ts'
import { parseSealedName } from './stored-kind.ts'

export interface StoredForm {
  /** Path in the backup without the suffixes: `data/t.ibd.delta`. */
  readonly plainPath: string
  readonly codec: Codec | undefined
  /** What it is encrypted under; undefined for a file that is not. */
  readonly boundName: string | undefined
}

/** A file without recorded content is what it is, whatever its name says. */
export const storedFormOf = (
  { id }: Pick<Manifest, 'id'>,
  { path, content }: StoredFile,
): StoredForm => {
  if (content === undefined) return { plainPath: path, codec: undefined, boundName: undefined }
  const { plainName, codec, encrypted } = parseSealedName(path)
  return { plainPath: plainName, codec, boundName: encrypted ? boundNameOf(id, path) : undefined }
}

/** Says which file of which backup it is, wherever the repository lies. */
export const boundNameOf = (id: string, path: string): string => `${id}/${path}`

/** How to read it. Throws what cannot be: a caller has asked for the key long before. */
export const encodingOf = (
  { codec, boundName }: Partial<Pick<StoredForm, 'codec' | 'boundName'>>,
  key: StoredKey | undefined,
): Encoding => {
  if (boundName === undefined) return { codec }
  if (key === undefined) throw new Error(`${boundName} is encrypted, and nobody asked for the key`)
  return { codec, seal: { key, boundName } }
}
