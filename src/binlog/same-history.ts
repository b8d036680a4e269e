// Whether a server still has the binlogs that are archived, or has begun anew under the same names:
// RESET BINARY LOGS AND GTIDS, a restored data directory, another log_bin.

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { readContent } from '../codec/read-content.ts'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { BIRTH_BYTES, birthOf } from '../mysql/binlog-birth.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import type { ServerBinlog } from '../mysql/server-binlogs.ts'
import { type ArchiveFile, binlogsIn } from './archive-files.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import type { ArchivedBinlog } from './archived-binlog.ts'

/** What to do when a server does not go on with what is archived. */
export const RESET_HINT =
  'with --after-reset what is archived is set aside, where it stays of use, and a new archive begun'

/** Reads the beginning of a binlog of the server: what birthOf tells. Throws PROCESS, SERVER. */
export type ReadBirth = (binlog: ServerBinlog) => Promise<string | undefined>

/**
 * Throws BINLOG_GAP, saying why, when the server's binlogs do not go on with the archived ones. What they
 * begin with is compared for the newest sealed one and for the copies of open ones, which the
 * GTIDs and numbers of what follows tell nothing of.
 */
export const requireSameHistory = async (
  archive: ArchiveWriter,
  server: readonly ServerBinlog[],
  readBirth: ReadBirth,
): Promise<void> => {
  const last = archive.last()
  const tails = await binlogsIn(archive.paths.tail)
  const known = tails.at(-1)?.name ?? last?.name
  const newest = server.at(-1)
  if (known === undefined || newest === undefined) return
  requireSameBase(known, newest)
  requireNotBehind(known, newest)
  if (last !== undefined) {
    if (newest.name === last.name)
      throw begunAnew(`the server writes to ${last.name} again, which is archived as closed`)
    await requireSameSealed(archive, last, server, readBirth)
  }
  for (const tail of tails) await requireSameTail(tail, server, readBirth)
}

const requireSameBase = (known: string, { name }: ServerBinlog): void => {
  const [archived, now] = [known, name].map((text) => parseBinlogName(text)?.base ?? '')
  if (archived === now) return
  throw new ClonectlError(
    'BINLOG_GAP',
    `the server calls its binlogs ${now}.*, those archived are called ${archived}.*`,
    {
      hint: `give log_bin its old value, or, if the new one is to stay: ${RESET_HINT}`,
      details: { archived, server: now },
    },
  )
}

const requireNotBehind = (known: string, { name, sequence }: ServerBinlog): void => {
  if (sequence >= (parseBinlogName(known)?.sequence ?? 0)) return
  throw begunAnew(`the server's newest binlog is ${name}, but ${known} is archived already`)
}

const requireSameSealed = async (
  { paths }: ArchiveWriter,
  last: ArchivedBinlog,
  server: readonly ServerBinlog[],
  readBirth: ReadBirth,
): Promise<void> => {
  const there = server.find(({ name }) => name === last.name)
  // A cut one has no end, and the server had removed it.
  if (there === undefined) return
  if (there.sizeBytes !== last.sizeBytes)
    throw begunAnew(
      `${last.name} has ${there.sizeBytes} bytes on the server, the archived one ${last.sizeBytes}`,
    )
  const head = await headOfSealed(join(paths.directory, last.stored.path), last.stored)
  if ((await readBirth(there)) !== birthOf(head)) throw anotherBirth(last.name)
}

const requireSameTail = async (
  { name, path }: ArchiveFile,
  server: readonly ServerBinlog[],
  readBirth: ReadBirth,
): Promise<void> => {
  const there = server.find((binlog) => binlog.name === name)
  const birth = birthOf(await headOf(path))
  // Too short to tell; then it holds nothing that could be lost.
  if (there === undefined || birth === undefined) return
  if ((await readBirth(there)) !== birth) throw anotherBirth(name)
}

const headOfSealed = async (
  path: string,
  { compression }: ArchivedBinlog['stored'],
): Promise<Buffer> => {
  if (compression === 'none') return headOf(path).catch(tellMissing(path))
  for await (const block of readContent({ source: path, codec: compression })) return block
  return Buffer.alloc(0)
}

const tellMissing =
  (path: string) =>
  (error: unknown): never => {
    if (!hasSystemCode(error, 'ENOENT')) throw error
    throw new ClonectlError('INTEGRITY', `${path} is missing, which its entry says is archived`, {
      hint: `bring it back from a copy; or remove ${path}.json and pull again while the server has it`,
      details: { path },
      cause: error,
    })
  }

/** As much of a file as its birth needs. */
export const headOf = async (path: string): Promise<Buffer> => {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(BIRTH_BYTES), 0, BIRTH_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

const anotherBirth = (name: string): ClonectlError =>
  begunAnew(`${name} is another file on the server than the archived one of this name`)

const begunAnew = (found: string): ClonectlError =>
  new ClonectlError('BINLOG_GAP', `${found}: the server has begun its binlogs anew`, {
    hint: `if RESET BINARY LOGS AND GTIDS or a restore of the server was meant: ${RESET_HINT}`,
  })
