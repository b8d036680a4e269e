// What a child process writes, kept in bounded memory. A pipe that breaks is here no more than an
// end: the exit of its process tells what happened.

import type { Readable } from 'node:stream'

/** Text collected from a stream; complete when the stream has ended. */
export interface Collected {
  text(): string
}

const ignore = (): void => undefined

/** Collects the last `limitBytes` of a stream; nothing of a stream that is not there. */
export const collectTail = (stream: Readable | null, limitBytes: number): Collected => {
  let tail = Buffer.alloc(0)
  stream?.on('error', ignore).on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-limitBytes)
  })
  return { text: () => tail.toString('utf8') }
}

/** Collects a whole stream; calls `onOverflow` once and drops the rest when it exceeds the limit. */
export const collectAll = (
  stream: Readable | null,
  limitBytes: number,
  onOverflow: () => void,
): Collected => {
  const chunks: Buffer[] = []
  let room = limitBytes
  stream?.on('error', ignore).on('data', (chunk: Buffer) => {
    if (room < 0) return
    room -= chunk.length
    if (room >= 0) chunks.push(chunk)
    else onOverflow()
  })
  return { text: () => Buffer.concat(chunks).toString('utf8') }
}
