// Length-encoded integers and strings of the protocol (MySQL internals, "Protocol::LengthEncoded").

const NULL_MARK = 0xfb

export interface LenencInt {
  readonly value: bigint
  readonly next: number
}

export const readLenencInt = (bytes: Buffer, at: number): LenencInt => {
  const first = bytes[at] ?? 0
  if (first < NULL_MARK) return { value: BigInt(first), next: at + 1 }
  if (first === 0xfc) return { value: BigInt(bytes.readUInt16LE(at + 1)), next: at + 3 }
  if (first === 0xfd) return { value: BigInt(bytes.readUIntLE(at + 1, 3)), next: at + 4 }
  return { value: bytes.readBigUInt64LE(at + 1), next: at + 9 }
}

export interface LenencString {
  /** Null for SQL NULL. */
  readonly value: string | null
  readonly next: number
}

export const readLenencString = (bytes: Buffer, at: number): LenencString => {
  if (bytes[at] === NULL_MARK) return { value: null, next: at + 1 }
  const { value, next } = readLenencInt(bytes, at)
  const end = next + Number(value)
  return { value: bytes.subarray(next, end).toString('utf8'), next: end }
}
