// What is told of binlogs as a whole: of made ones, for what a test server would not write.
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { surveyBinlog } from '../../../src/binlog/survey-binlog.ts'
import { scanBinlogBlocks } from '../../../src/mysql/binlog-file.ts'
import { binlogBytes, gtidBody, type MadeEvent } from '../mysql/binlog-bytes.ts'

/** Body of a format description with the algorithm and a checksum at its end. */
const description = (checksums = false): MadeEvent => {
  const body = Buffer.alloc(57 + 43 + 5)
  body.writeUInt16LE(4, 0)
  body.write('8.0.32-26', 2)
  body.writeUInt8(19, 56)
  body.writeUInt8(checksums ? 1 : 0, body.length - 5)
  return { type: 15, body }
}
const previous: MadeEvent = { type: 35, body: Buffer.alloc(8) }
const end: MadeEvent = { type: 16, body: Buffer.alloc(8) }
const rotate: MadeEvent = {
  type: 4,
  body: Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('binlog.000002')]),
}

/** With the transaction's length, as servers from 8.0.2 on write it. */
const head = (gno: number, seconds: number, transactionBytes = 79 + 27): MadeEvent => {
  const body = gtidBody(gno, BigInt(seconds) * 1_000_000n)
  body.writeUInt8(transactionBytes, 49)
  return { type: 33, body, seconds: 5 }
}

const survey = (bytes: Buffer, blockBytes = 50, open = false) => {
  const blocks = async function* () {
    for (let place = 0; place < bytes.length; place += blockBytes)
      yield bytes.subarray(place, place + blockBytes)
  }
  const options = { name: 'made', open, verifyChecksums: true }
  return surveyBinlog(scanBinlogBlocks(blocks(), options), { name: 'b.000001', sizeBytes: 7 })
}

const uuid = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001'

describe('a binlog', () => {
  it('is told of by its transactions: GTIDs, and the times of commits', async () => {
    const events = [description(), previous, head(2, 200), end, head(1, 100), end, rotate]
    expect(await survey(binlogBytes(...events))).toEqual({
      name: 'b.000001',
      sizeBytes: 7,
      serverVersion: '8.0.32-26',
      firstTimeMicros: '100000000',
      lastTimeMicros: '200000000',
      previousGtids: '',
      gtids: `${uuid}:1-2`,
      transactions: 2,
      anonymous: 0,
      serverIds: [7],
      ending: 'rotate',
      nextName: 'binlog.000002',
      checksums: false,
    })
  })

  it('is the same however its bytes come', async () => {
    const big = { type: 30, body: Buffer.alloc(5000) }
    const bytes = binlogBytes(description(), previous, head(1, 9, 0), big, end, rotate)
    const whole = await survey(bytes, bytes.length)
    for (const size of [1, 19, 64, 4096]) expect(await survey(bytes, size)).toEqual(whole)
  })

  it('does not count a transaction that was cut off', async () => {
    const bytes = binlogBytes(description(), head(1, 9), end, head(2, 10), end)
    const counted = { transactions: 1, gtids: `${uuid}:1`, lastTimeMicros: '9000000' }
    for (const missing of [1, 26, 27, 50, 106])
      expect(await survey(bytes.subarray(0, -missing), 50, true)).toMatchObject(counted)
  })

  it('goes by the seconds of its events when it holds no commit', async () => {
    const stop = { type: 3, body: Buffer.alloc(0), seconds: 1_700_000_009 }
    expect(
      await survey(binlogBytes(description(), { ...previous, seconds: 0 }, stop)),
    ).toMatchObject({
      firstTimeMicros: '1700000000000000',
      lastTimeMicros: '1700000009000000',
      ending: 'stop',
      transactions: 0,
    })
  })

  it('is refused without a format description, and with bytes that are no GTID set', async () => {
    await expect(survey(binlogBytes(end))).rejects.toMatchObject({ code: 'INTEGRITY' })
    const odd = { type: 35, body: Buffer.alloc(7) }
    await expect(survey(binlogBytes(description(), odd))).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('GTID set of earlier binlogs'),
    })
  })
})

describe('checksums', () => {
  /** Writes what belongs at the end of each event. */
  const summed = (...events: readonly MadeEvent[]): Buffer => {
    const room = Buffer.alloc(4)
    const bytes = binlogBytes(
      ...events.map(({ body = room, ...event }) =>
        event.type === 15 ? { ...event, body } : { ...event, body: Buffer.concat([body, room]) },
      ),
    )
    for (let place = 4; place < bytes.length;) {
      const next = place + bytes.readUInt32LE(place + 9)
      bytes.writeUInt32LE(crc32(bytes.subarray(place, next - 4)), next - 4)
      place = next
    }
    // The server has the file open; the checksum is that of the file when it is closed.
    bytes.writeUInt16LE(1, 4 + 17)
    return bytes
  }
  const big = { type: 30, body: Buffer.alloc(600_000, 'x') }
  const good = summed(description(true), previous, head(1, 9, 0), big, end, rotate)

  it('are compared when that is asked for, and never part of a name', async () => {
    for (const size of [1000, 300_000, good.length])
      expect(await survey(good, size)).toMatchObject({ checksums: true, nextName: 'binlog.000002' })
  })

  it.each([
    ['a small event', 200],
    ['a large event', 300_000],
    ['the last event', -1],
  ])('find one wrong bit in %s', async (_name, place) => {
    const bad = Buffer.from(good)
    const at = place < 0 ? bad.length + place : place
    bad.writeUInt8(bad.readUInt8(at) ^ 1, at)
    for (const size of [1000, good.length])
      await expect(survey(bad, size)).rejects.toMatchObject({
        code: 'INTEGRITY',
        message: expect.stringContaining('not what its checksum says at position'),
      })
  })
})
