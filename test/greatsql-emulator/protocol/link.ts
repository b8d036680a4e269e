// One end of a MySQL conversation: whole packets in, bytes out (MySQL internals, "MySQL Packets").
import type { Socket } from 'node:net'

const HEADER_BYTES = 4
const LONGEST_PIECE = 0xffffff
/** More than this waiting, and the socket is not read on. */
const HIGH_WATER_BYTES = 4 * 1024 ** 2

export interface Packet {
  /** Of its first piece. A command has number 0. */
  readonly sequence: number
  readonly payload: Buffer
}

export interface Link {
  /** Settles when a packet waits or none will come any more. */
  ready(): Promise<void>
  /** The next packet if it is here already. */
  take(): Packet | undefined
  /** The next packet without taking it. */
  peek(): Packet | undefined
  /** The next packet; undefined when the other side is gone. */
  next(): Promise<Packet | undefined>
  /** True when the other side is gone and no packet waits. */
  ended(): boolean
  /** Settles when the other side is gone. */
  readonly gone: Promise<void>
  /** Returns when there is room for more. A socket that is gone takes everything. */
  write(bytes: Buffer): Promise<void>
  /** Gives the socket up, with the bytes read too far put back, for TLS to take over. */
  release(): Socket
  close(): void
}

/** Cuts a payload into pieces with headers, numbered from `sequence`. */
export const frame = (payload: Buffer, sequence: number): Buffer => {
  const parts: Buffer[] = []
  let number = sequence
  let at = 0
  for (;;) {
    const piece = payload.subarray(at, at + LONGEST_PIECE)
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUIntLE(piece.length, 0, 3)
    header[3] = number & 0xff
    parts.push(header, piece)
    at += piece.length
    number += 1
    // A payload that fills its last piece is followed by an empty one.
    if (piece.length < LONGEST_PIECE) return Buffer.concat(parts)
  }
}

/** How many numbers a payload of this length takes. */
export const pieceCount = (payloadBytes: number): number =>
  Math.floor(payloadBytes / LONGEST_PIECE) + 1

/** Takes whole packets off the front of a buffer. */
const cutPackets = (bytes: Buffer): { packets: Packet[]; rest: Buffer } => {
  const packets: Packet[] = []
  let done = 0
  let at = 0
  let pieces: Buffer[] = []
  let sequence = 0
  while (at + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUIntLE(at, 3)
    const end = at + HEADER_BYTES + length
    if (end > bytes.length) break
    if (pieces.length === 0) sequence = bytes[at + 3] ?? 0
    pieces.push(bytes.subarray(at + HEADER_BYTES, end))
    at = end
    if (length < LONGEST_PIECE) {
      const [only] = pieces
      const payload = pieces.length === 1 && only ? only : Buffer.concat(pieces)
      packets.push({ sequence, payload })
      pieces = []
      done = at
    }
  }
  return { packets, rest: bytes.subarray(done) }
}

/** A promise that is made when somebody waits, and settled for all who do. */
const makeSignal = () => {
  let settle: (() => void) | undefined
  let waiting: Promise<void> | undefined
  return {
    wait: (): Promise<void> => (waiting ??= new Promise((resolve) => (settle = resolve))),
    fire: (): void => {
      settle?.()
      waiting = undefined
    },
  }
}

/** Reads packets from a connected socket. */
export const makeLink = (socket: Socket): Link => {
  const queue: Packet[] = []
  const arrival = makeSignal()
  const drained = makeSignal()
  let parts: Buffer[] = []
  let partBytes = 0
  /** Nothing is cut before this much is here: a long packet is put together once. */
  let neededBytes = 0
  let queuedBytes = 0
  let over = false

  const keep = (rest: Buffer): void => {
    parts = rest.length === 0 ? [] : [rest]
    partBytes = rest.length
    neededBytes = rest.length < HEADER_BYTES ? 0 : HEADER_BYTES + rest.readUIntLE(0, 3)
  }
  const onData = (chunk: Buffer): void => {
    parts.push(chunk)
    partBytes += chunk.length
    if (partBytes < neededBytes) return
    const cut = cutPackets(parts.length === 1 ? chunk : Buffer.concat(parts))
    keep(cut.rest)
    for (const packet of cut.packets) queuedBytes += packet.payload.length
    queue.push(...cut.packets)
    if (queuedBytes > HIGH_WATER_BYTES) socket.pause()
    if (cut.packets.length > 0) arrival.fire()
  }
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      over = true
      resolve()
      arrival.fire()
      drained.fire()
    })
  })
  // The close that follows an error is all that matters here.
  socket.on('error', () => undefined)
  socket.on('drain', drained.fire)
  socket.on('data', onData)

  const take = (): Packet | undefined => {
    const packet = queue.shift()
    queuedBytes -= packet?.payload.length ?? 0
    if (queue.length === 0 && socket.isPaused()) socket.resume()
    return packet
  }
  const ready = async (): Promise<void> => {
    if (queue.length === 0 && !over) await arrival.wait()
  }
  return {
    ready,
    take,
    peek: () => queue[0],
    next: async () => {
      await ready()
      return take()
    },
    ended: () => over && queue.length === 0,
    gone,
    write: async (bytes) => {
      if (over || socket.destroyed || socket.write(bytes)) return
      await drained.wait()
    },
    release: () => {
      socket.off('data', onData)
      socket.off('drain', drained.fire)
      socket.pause()
      if (partBytes > 0) socket.unshift(Buffer.concat(parts))
      return socket
    },
    // Not destroy(): what was written is still to reach the other side.
    close: () => {
      socket.destroySoon()
    },
  }
}
