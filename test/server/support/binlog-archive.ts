// The archive of a donor's binlogs, held against what the donor itself has.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readContent } from '../../../src/codec/read-content.ts'
import type { Instance } from '../../bed/instance.ts'
import type { Scene } from './scene.ts'

/** What `binlog pull` answers, as far as the tests look at it. */
export interface PullDocument {
  readonly serverUuid: string
  readonly directory: string
  readonly sealed: { readonly files: number; readonly first: string; readonly last: string }
  readonly tail: { readonly name: string; readonly sizeBytes: number } | null
  readonly gaps: readonly {
    readonly after: string
    readonly before: string
    readonly missingFiles?: { readonly first: string; readonly last: string }
    readonly missingGtids?: string
  }[]
  readonly reach: string | null
  readonly setAside: string | null
  readonly reconnects: number
}

export const archiveOf = async (scene: Scene, donor: Instance): Promise<string> => {
  const [[uuid = ''] = []] = await donor.sql('SELECT @@server_uuid')
  return join(scene.repo, 'binlog', uuid)
}

/** Names of the donor's binlogs; the last is the open one. */
export const binlogsOf = async (donor: Instance): Promise<readonly string[]> =>
  (await donor.sql('SHOW BINARY LOGS')).map(([name = '']) => name)

/** Where log_event.h keeps the flags of the first event; the lowest bit says that the server writes to it. */
const FLAGS = 4 + 17

const asClosed = (bytes: Buffer): Buffer => {
  const closed = Buffer.from(bytes)
  closed.writeUInt8(closed.readUInt8(FLAGS) & ~1, FLAGS)
  return closed
}

const archived = async (archive: string, name: string): Promise<Buffer | undefined> => {
  if (!existsSync(join(archive, `${name}.json`))) return undefined
  const plain = join(archive, name)
  if (existsSync(plain)) return readFile(plain)
  const blocks: Buffer[] = []
  for await (const block of readContent({ source: `${plain}.zst`, codec: 'zstd' }))
    blocks.push(block)
  return Buffer.concat(blocks)
}

/** Of each closed binlog of the donor whether the archive has exactly that: `binlog.000001 same`. */
export const closedOnes = async (archive: string, donor: Instance): Promise<readonly string[]> => {
  const closed = (await binlogsOf(donor)).slice(0, -1)
  return Promise.all(
    closed.map(async (name) => {
      const own = await readFile(join(donor.datadir, name))
      const copy = await archived(archive, name)
      return `${name} ${copy === undefined ? 'missing' : copy.equals(own) ? 'same' : 'different'}`
    }),
  )
}

export const allSame = async (donor: Instance): Promise<readonly string[]> =>
  (await binlogsOf(donor)).slice(0, -1).map((name) => `${name} same`)

/** Whether the copy of the open binlog in `place` is all that the donor has written to it. */
export const isCurrent = async (
  archive: string,
  donor: Instance,
  place: 'tail' | 'incoming' = 'tail',
): Promise<boolean> => {
  const name = (await binlogsOf(donor)).at(-1) ?? ''
  const own = asClosed(await readFile(join(donor.datadir, name)))
  const copy = await readFile(join(archive, place, name)).catch(() => undefined)
  return copy?.equals(own) === true
}

/** Everything closed is archived as it is, the open one is current, and nothing else lies there. */
export const expectWhole = async (archive: string, donor: Instance): Promise<void> => {
  expect(await closedOnes(archive, donor)).toEqual(await allSame(donor))
  expect(await isCurrent(archive, donor)).toBe(true)
  const open = (await binlogsOf(donor)).at(-1)
  expect(await readdir(join(archive, 'tail'))).toEqual([open])
  expect(await readdir(join(archive, 'incoming'))).toEqual([])
  expect((await readdir(archive)).filter((name) => /\.tmp$|lock/.test(name))).toEqual([])
}
