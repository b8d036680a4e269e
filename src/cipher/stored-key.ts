// A key of either scheme, as it is handed to worker threads: a KeyObject crosses as it is, and shows
// its bytes to nobody on the way.

import type { Decrypter } from './cipher.ts'
import { makeGreatSqlCipher } from './greatsql-cipher.ts'
import type { GreatSqlKey } from './greatsql-key-file.ts'
import type { MasterKey } from './master-key.ts'
import { makeCipher } from './sealing-cipher.ts'

/** How a backup is encrypted, with what it takes to read it. */
export type StoredKey =
  | { readonly scheme: 'aes-256-gcm'; readonly key: MasterKey }
  | { readonly scheme: 'greatsql'; readonly key: GreatSqlKey }

/** The reader of files that were encrypted with the key. */
export const decrypterOf = (stored: StoredKey): Decrypter =>
  stored.scheme === 'greatsql' ? makeGreatSqlCipher(stored.key) : makeCipher(stored.key)
