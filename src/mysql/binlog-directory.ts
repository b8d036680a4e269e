// Which binlogs lie in a directory, in the order they were written.
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ClonectlError, hasSystemCode } from '../errors.ts'

export interface BinlogFile {
  /** "binlog.000012" */
  readonly name: string
  readonly path: string
  /** The number at the end of the name: 12. After 999999 comes 1000000. */
  readonly sequence: number
  readonly sizeBytes: number
}

/** A hole in the numbering: files are missing between two that are there. */
export interface SequenceGap {
  readonly after: string
  readonly before: string
  readonly firstMissing: number
  readonly lastMissing: number
}

export interface BinlogSearch {
  /** Only files of this base name, such as "binlog": needed where there are several. */
  readonly baseName?: string | undefined
}

interface LogName {
  readonly name: string
  readonly base: string
  readonly sequence: number
}

const logNameOf = (name: string): LogName | undefined => {
  const [, base, digits] = /^(.+)\.(\d{6,})$/u.exec(name) ?? []
  if (base === undefined || digits === undefined) return undefined
  return { name, base, sequence: Number(digits) }
}

/** A replica's relay logs look the same; their default name is HOST-relay-bin.NNNNNN. */
const isRelayLogBase = (base: string): boolean => base.endsWith('relay-bin')

const isWanted = ({ base }: LogName, { baseName }: BinlogSearch): boolean =>
  baseName === undefined ? !isRelayLogBase(base) : base === baseName

const oneBaseName = (names: readonly LogName[], dir: string): void => {
  const bases = [...new Set(names.map(({ base }) => base))]
  if (bases.length < 2) return
  throw new ClonectlError(
    'CONFIG',
    `${dir} holds binlogs of several base names (${bases.join(', ')}), expected one`,
    { hint: 'Use a directory that holds the binlogs of one server only.', details: { dir, bases } },
  )
}

const listDirectory = async (dir: string): Promise<readonly string[]> => {
  try {
    return await readdir(dir)
  } catch (cause) {
    throw new ClonectlError('CONFIG', `cannot read the binlog directory ${dir}`, {
      hint: 'Give the directory that holds the binlogs, and run as a user who may read it.',
      details: { dir },
      cause,
    })
  }
}

/** An index holds one path to a line, relative to the datadir or absolute; only the name counts. */
const namesOfIndex = async (path: string): Promise<readonly string[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => basename(line))

/**
 * The names the server's index lists, or what the directory holds when there is no index: copies
 * made by mysqlbinlog --raw have none.
 */
const namesIn = async (dir: string, search: BinlogSearch): Promise<readonly LogName[]> => {
  const entries = await listDirectory(dir)
  const indexed = await Promise.all(
    entries
      .filter((entry) => entry.endsWith('.index'))
      .map((entry) => namesOfIndex(join(dir, entry))),
  )
  const wanted = (names: readonly string[]): readonly LogName[] =>
    names.flatMap((name) => logNameOf(name) ?? []).filter((name) => isWanted(name, search))
  const listed = wanted(indexed.flat())
  return listed.length > 0 ? listed : wanted(entries)
}

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Lists the binlogs, in their order. The server may purge the oldest while this runs, so files of
 * the index that are gone at its head are left out. Throws CONFIG for an unreadable directory and
 * for several base names, BINLOG_GAP when a listed file is missing after one that is there.
 */
export const binlogFilesIn = async (
  dir: string,
  search: BinlogSearch = {},
): Promise<readonly BinlogFile[]> => {
  const names = (await namesIn(dir, search)).toSorted((a, b) => a.sequence - b.sequence)
  oneBaseName(names, dir)
  const files: BinlogFile[] = []
  for (const { name, sequence } of names) {
    const path = join(dir, name)
    const sizeBytes = await sizeOf(path)
    if (sizeBytes !== undefined) files.push({ name, path, sequence, sizeBytes })
    else if (files.length > 0)
      throw new ClonectlError(
        'BINLOG_GAP',
        `${name} is missing in ${dir}, where its index lists it`,
        {
          hint: 'Copy the file there, or use another directory with all binlogs.',
          details: { dir, name },
        },
      )
  }
  return files
}

/** The first hole in the numbering of files that are in order, or undefined when there is none. */
export const findSequenceGap = (
  files: readonly Pick<BinlogFile, 'name' | 'sequence'>[],
): SequenceGap | undefined => {
  const later = files.findIndex(
    (file, index) => index > 0 && file.sequence !== (files[index - 1]?.sequence ?? 0) + 1,
  )
  const before = files[later]
  const after = files[later - 1]
  if (before === undefined || after === undefined) return undefined
  return {
    after: after.name,
    before: before.name,
    firstMissing: after.sequence + 1,
    lastMissing: before.sequence - 1,
  }
}
