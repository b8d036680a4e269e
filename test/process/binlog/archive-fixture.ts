// An archive written by hand: small binlogs that follow each other as a server would write them.

import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compress } from '@mongodb-js/zstd'
import { archivePathsOf } from '../../../src/binlog/archive-layout.ts'
import {
  type ArchivedBinlog,
  entryNameOf,
  writeArchivedBinlog,
} from '../../../src/binlog/archived-binlog.ts'
import { surveyBinlog } from '../../../src/binlog/survey-binlog.ts'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { scanBinlog } from '../../../src/mysql/binlog-file.ts'
import { formatBinlogName } from '../../../src/mysql/binlog-name.ts'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import { binlogBytes, gtidBody } from '../mysql/binlog-bytes.ts'

/** Whose transactions gtidBody makes. */
export const ARCHIVED_SERVER = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001'

/** When the first transaction of the first file was committed; each has one second to itself. */
export const BEGIN = Date.parse('2026-11-20T10:00:00.000Z')

/** Time of a transaction by its number. */
export const commitTime = (number: number): Date => new Date(BEGIN + number * 1000)

export const nameOf = (sequence: number): string => formatBinlogName({ base: 'binlog', sequence })

const formatDescription = (): Buffer => {
  const body = Buffer.alloc(57 + 41 + 5)
  body.writeUInt16LE(4, 0)
  body.write('9.7.4', 2)
  body.writeUInt8(19, 56)
  return body
}

const previousGtids = (last: number): Buffer => {
  if (last === 0) return Buffer.alloc(8)
  const body = Buffer.alloc(8 + 16 + 8 + 16)
  body.writeUInt32LE(1, 0)
  body.write(ARCHIVED_SERVER.replaceAll('-', ''), 8, 'hex')
  body.writeBigUInt64LE(1n, 24)
  body.writeBigInt64LE(1n, 32)
  body.writeBigInt64LE(BigInt(last + 1), 40)
  return body
}

const rotate = (next: string): Buffer => {
  const body = Buffer.alloc(8 + next.length)
  body.writeBigUInt64LE(4n, 0)
  body.write(next, 8)
  return body
}

/** The binlog that holds the transactions from `first` to `last`; open without a rotation at its end. */
export const binlogWith = (
  first: number,
  last: number,
  { next, withGtids = true }: { readonly next?: string; readonly withGtids?: boolean } = {},
): Buffer => {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return binlogBytes(
    { type: eventType.formatDescription, body: formatDescription() },
    { type: eventType.previousGtids, body: previousGtids(withGtids ? first - 1 : 0) },
    ...numbers.map((number) => ({
      type: withGtids ? eventType.gtid : eventType.anonymousGtid,
      body: gtidBody(number, BigInt(commitTime(number).getTime()) * 1000n),
      seconds: commitTime(number).getTime() / 1000,
    })),
    ...(next === undefined ? [] : [{ type: eventType.rotate, body: rotate(next) }]),
  )
}

export interface ArchiveShape {
  /** Numbers of the files; each holds as many transactions as `perFile`. */
  readonly files: readonly number[]
  readonly perFile?: number
  readonly compressed?: boolean
  readonly withGtids?: boolean
  readonly directory?: string
  readonly serverUuid?: string
  /** Number of a file that is still open. */
  readonly open?: number
}

/** Writes it; file n holds the transactions from (n - 1) * perFile + 1 on. Returns its directory. */
export const writeArchive = async (
  { binlogs }: Pick<RepositoryLayout, 'binlogs'>,
  shape: ArchiveShape,
): Promise<string> => {
  const { serverUuid = ARCHIVED_SERVER, perFile = 10, withGtids = true, open } = shape
  const { directory, tail } = archivePathsOf(binlogs, shape.directory ?? serverUuid)
  await mkdir(tail, { recursive: true })
  const bytesOf = (sequence: number, next?: string) => {
    const options = { withGtids, ...(next !== undefined && { next }) }
    return binlogWith((sequence - 1) * perFile + 1, sequence * perFile, options)
  }
  for (const sequence of shape.files)
    await sealFile(directory, nameOf(sequence), bytesOf(sequence, nameOf(sequence + 1)), {
      serverUuid,
      compressed: shape.compressed ?? false,
    })
  if (open !== undefined) await writeFile(join(tail, nameOf(open)), bytesOf(open))
  return directory
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Stores one closed binlog with its entry. */
export const sealFile = async (
  directory: string,
  name: string,
  bytes: Buffer,
  { serverUuid = ARCHIVED_SERVER, compressed = false } = {},
): Promise<void> => {
  const plain = join(directory, name)
  await writeFile(plain, bytes)
  const facts = await surveyBinlog(scanBinlog(plain), { name, sizeBytes: bytes.length })
  const stored = compressed ? await compress(bytes) : bytes
  const path = compressed ? `${name}.zst` : name
  if (compressed) {
    await rm(plain)
    await writeFile(join(directory, path), stored)
  }
  const entry: ArchivedBinlog = {
    ...facts,
    format: 1,
    serverUuid,
    sha256: sha256Of(bytes),
    stored: {
      path,
      compression: compressed ? 'zstd' : 'none',
      sizeBytes: stored.length,
      sha256: sha256Of(stored),
    },
    sealedAt: '2026-11-20T12:00:00.000Z',
  }
  await writeArchivedBinlog(join(directory, entryNameOf(name)), entry)
}

/** Gives a file and its entry the name of another, as somebody might who mends by hand. */
export const renameSealed = async (directory: string, from: number, to: number): Promise<void> => {
  await rename(join(directory, nameOf(from)), join(directory, nameOf(to)))
  await rename(join(directory, entryNameOf(nameOf(from))), join(directory, entryNameOf(nameOf(to))))
}
