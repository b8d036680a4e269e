// The key file of an encrypted clone, read as the server reads it: one character after the other
// (sql/encrypt.cc, read_clone_encrypt_key).

/** What its error codes stand for. The server crashes where this says 'crash'. */
export type KeyFileFault = 'invalid' | 'mode' | 'crash'

export interface FileKey {
  /** As in the file. */
  readonly mode: string
  /** As in the file, before it is folded. */
  readonly key: Buffer
  readonly iv: Buffer
}

const LONGEST_MODE = 32
const LONGEST_KEY = 256
const IV_BYTES = 16
const LINE_FEED = 0x0a
const limits = [LONGEST_MODE, LONGEST_KEY, IV_BYTES]

const modeNames = ['ecb', 'cbc', 'cfb1', 'cfb8', 'cfb128', 'ofb'].flatMap((mode) =>
  [128, 192, 256].map((bits) => `aes-${bits}-${mode}`),
)

/** find_type: without regard to case, and what begins like one name only is that name. */
const findMode = (text: string): string | undefined => {
  const wanted = text.toLowerCase()
  const alike = modeNames.filter((name) => name.startsWith(wanted))
  return modeNames.find((name) => name === wanted) ?? (alike.length === 1 ? alike[0] : undefined)
}

const readLines = (file: Buffer): readonly (number[] | undefined)[] | undefined => {
  const lines: (number[] | undefined)[] = [undefined, undefined, undefined]
  let stage = 0
  for (const byte of file) {
    if (byte === LINE_FEED) {
      stage += 1
      continue
    }
    if (stage > 2) return undefined
    const line = (lines[stage] ??= [])
    if (line.length === limits[stage]) return undefined
    line.push(byte)
  }
  return lines
}

/** A string of C ends at its first zero. */
const cString = (bytes: readonly number[]): Buffer => {
  const end = bytes.indexOf(0)
  return Buffer.from(end === -1 ? bytes : bytes.slice(0, end))
}

export const readKeyFile = (file: Buffer): FileKey | KeyFileFault => {
  const lines = readLines(file)
  if (lines === undefined) return 'invalid'
  const [mode, key, iv] = lines
  if (mode === undefined || key === undefined) return 'invalid'
  // strlen of a line that never came.
  if (iv === undefined) return 'crash'
  const ivBytes = cString(iv)
  if (ivBytes.length !== IV_BYTES) return 'invalid'
  const found = findMode(cString(mode).toString('latin1'))
  return found === undefined ? 'mode' : { mode: found, key: cString(key), iv: ivBytes }
}
