// GreatSQL encrypts what CLONE writes when clone_encrypt_key_path is set, and cannot compress it then.
// For CLONE INSTANCE it says nothing about the conflict, and does nothing (clone_plugin.cc).

import type { Check, CheckContext, Finding } from '../check.ts'

const VARIABLE_SQL =
  "SHOW GLOBAL VARIABLES WHERE Variable_name = 'clone_encrypt_key_path' AND Value <> ''"

const findingOfWish = (compression: CheckContext['compression']): Finding =>
  compression === undefined
    ? { state: 'ok', message: 'clones will be encrypted by GreatSQL' }
    : {
        state: 'fail',
        message: 'GreatSQL cannot both compress and encrypt a clone',
        hint: 'leave out --compress or --encrypt-key-file; --engine mysql does both',
      }

export const cloneEncryption: Check = {
  name: 'clone-encryption',
  run: async ({ recipient, engine, compression, encryption }) => {
    if (engine === 'greatsql' && encryption !== undefined) return findingOfWish(compression)
    const rows = await recipient.session.query(VARIABLE_SQL)
    if (rows.length === 0) return { state: 'ok', message: 'clones are not encrypted' }
    const conflict = compression === undefined ? '' : ' and GreatSQL cannot compress them as well'
    return {
      state: 'fail',
      message: `clone_encrypt_key_path is set on the server: clones would be encrypted, which clonectl cannot prove${conflict}`,
      hint: 'SET GLOBAL clone_encrypt_key_path = NULL; --encrypt-key-file sets it for the time of a backup',
    }
  },
}
