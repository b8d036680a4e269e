// UUIDs in binlogs are 16 bytes.

/** Length of a UUID in bytes. */
export const UUID_BYTES = 16

/** The usual text of 16 bytes: "3e11fa47-71ca-11e1-9e33-c80aa9429562". */
export const uuidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
