// An error as a server sends it to its client.

export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly errno: number
  readonly sqlState: string

  constructor(errno: number, sqlState: string, message: string) {
    super(message)
    this.errno = errno
    this.sqlState = sqlState
  }
}

/** The payload of an ERR packet. */
export const errorPayload = ({ errno, sqlState, message }: SqlError): Buffer => {
  const head = Buffer.from([0xff, errno & 0xff, errno >>> 8])
  return Buffer.concat([head, Buffer.from(`#${sqlState}${message}`)])
}

/** Reads an ERR packet. Before the handshake is done it has no SQLSTATE. */
export const readError = (payload: Buffer): SqlError => {
  const errno = payload.readUInt16LE(1)
  const marked = payload[3] === 0x23
  const sqlState = marked ? payload.subarray(4, 9).toString('latin1') : 'HY000'
  return new SqlError(errno, sqlState, payload.subarray(marked ? 9 : 3).toString('utf8'))
}
