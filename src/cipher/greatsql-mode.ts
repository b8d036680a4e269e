// The block modes in which GreatSQL encrypts (my_aes_openssl.cc, my_aes_opmode_names), as node:crypto
// knows them. The server has des_ede3_cbc besides, and sm4 in some builds; they are not offered here.

/** One way of using AES. */
export interface GreatSqlMode {
  /** As the key file has it. */
  readonly name: string
  readonly keyBytes: number
  /** What OpenSSL calls it. */
  readonly algorithm: string
  readonly needsIv: boolean
  /**
   * Whether decrypting goes by the ciphertext before: then 16 bytes of it are all the state there
   * is. In OFB the state goes its own way instead.
   */
  readonly followsCiphertext: boolean
}

const KEY_BITS = [128, 192, 256] as const
const BLOCK_MODES = ['ecb', 'cbc', 'cfb1', 'cfb8', 'cfb128', 'ofb'] as const

/** All that a key file may name. */
export const greatSqlModes: readonly GreatSqlMode[] = BLOCK_MODES.flatMap((mode) =>
  KEY_BITS.map((bits) => ({
    name: `aes-${bits}-${mode}`,
    keyBytes: bits / 8,
    algorithm: `aes-${bits}-${mode === 'cfb128' ? 'cfb' : mode}`,
    needsIv: mode !== 'ecb',
    followsCiphertext: mode !== 'ofb',
  })),
)
