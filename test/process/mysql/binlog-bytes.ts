// Binlogs made by hand, for what a real server would never write.

export interface MadeEvent {
  readonly type: number
  readonly body?: Buffer
  readonly seconds?: number
  /** Instead of the true end. */
  readonly endPosition?: number
}

export const magic = Buffer.from('fe62696e', 'hex')

const headerBytes = 19

export const eventHeader = (event: MadeEvent, sizeBytes: number, position: number): Buffer => {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(event.seconds ?? 1_700_000_000, 0)
  header.writeUInt8(event.type, 4)
  header.writeUInt32LE(7, 5)
  header.writeUInt32LE(sizeBytes, 9)
  header.writeUInt32LE(event.endPosition ?? (position + sizeBytes) % 2 ** 32, 13)
  return header
}

/** The bytes of a binlog that holds these events. */
export const binlogBytes = (...events: readonly MadeEvent[]): Buffer => {
  const parts: Buffer[] = [magic]
  let position = magic.length
  for (const event of events) {
    const body = event.body ?? Buffer.alloc(4)
    const sizeBytes = headerBytes + body.length
    parts.push(eventHeader(event, sizeBytes, position), body)
    position += sizeBytes
  }
  return Buffer.concat(parts)
}

export interface GtidBodyShape {
  /** Whose transaction it is. */
  readonly uuid?: string
  /** Bytes of the whole transaction, this event included; nothing tells them by default. */
  readonly transactionBytes?: number
}

/** Body of a GTID event committed at this time. */
export const gtidBody = (
  gno: number,
  micros: bigint,
  { uuid = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001', transactionBytes }: GtidBodyShape = {},
): Buffer => {
  const body = Buffer.alloc(60)
  body.write(uuid.replaceAll('-', ''), 1, 'hex')
  body.writeBigInt64LE(BigInt(gno), 17)
  body.writeUIntLE(Number(micros & 0xffffffn), 42, 3)
  body.writeUInt32LE(Number(micros >> 24n), 45)
  if (transactionBytes !== undefined) {
    // A length as in the client protocol: 253 says that three bytes follow.
    body.writeUInt8(253, 49)
    body.writeUIntLE(transactionBytes, 50, 3)
  }
  return body
}

/** Body of a Query event: a statement in the schema `shop`. */
export const statementBody = (text: string): Buffer => {
  const fixed = Buffer.alloc(13)
  fixed.writeUInt8(4, 8)
  return Buffer.concat([fixed, Buffer.from(`shop\0${text}`)])
}
