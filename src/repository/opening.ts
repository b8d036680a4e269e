// What the content of an encrypted file has to begin with, when nobody but GreatSQL has seen it before.

import { ClonectlError } from '../errors.ts'
import { parseRedoHeader, REDO_HEADER_BYTES } from '../innodb/redo-header.ts'
import { beginsTablespace, TABLESPACE_HEADER_BYTES } from '../innodb/tablespace-header.ts'
import type { StoredPath } from './stored-kind.ts'

/** Page 0 of a tablespace, or the header of a redo file. */
export type Opening = 'tablespace' | 'redo'

/**
 * GreatSQL can move what it encrypts by 32 bytes, in files whose sizes are all right, and decrypts
 * anything with any key: only what the content begins with tells.
 */
export const openingOf = ({ kind, encrypted, plainName }: StoredPath): Opening | undefined => {
  if (!encrypted) return undefined
  if (kind === 'redo') return 'redo'
  const beginsSpace = /\.(?:ibd|ibu)$|^undo_\d+$|^ibdata1$/.test(plainName)
  return kind === 'other' && beginsSpace ? 'tablespace' : undefined
}

export interface OpeningWatch {
  feed(bytes: Buffer): void
  /** Throws INTEGRITY when the content does not begin as it must. */
  end(): void
}

/** Watches the first bytes of a content as it passes by. */
export const watchOpening = (file: string, opening: Opening): OpeningWatch => {
  const wanted = opening === 'redo' ? REDO_HEADER_BYTES : TABLESPACE_HEADER_BYTES
  let beginning = Buffer.alloc(0)
  return {
    feed(bytes) {
      if (beginning.length < wanted)
        beginning = Buffer.concat([beginning, bytes.subarray(0, wanted - beginning.length)])
    },
    end() {
      if (opening === 'redo') parseRedoHeader(beginning, file)
      else if (!beginsTablespace(beginning)) throw notPageZero(file)
    },
  }
}

const notPageZero = (file: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${file} does not decrypt to a tablespace`, {
    hint: 'GreatSQL wrote it moved by some bytes, or with another key: take the backup again, or without encryption',
    details: { file },
  })
