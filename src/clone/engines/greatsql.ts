// The engine for GreatSQL: the server itself makes the increment, and compresses. clonectl chooses
// where it starts, asks for it exactly, and believes nothing of the answer that it did not prove.

import { resolve } from 'node:path'
import type { Lsn } from '../../chain/lsn.ts'
import { type FileEntry, type StoredFile, sumBytes } from '../../repository/manifest.ts'
import { readStoredPath, type StoredPath } from '../../repository/stored-kind.ts'
import { compressionGlobals, encryptionGlobals, withGlobals } from '../clone-settings.ts'
import { cloneStatement } from '../clone-statement.ts'
import { confirmServerClone, type ServerClone } from '../confirm-server-clone.ts'
import { readDataBytes } from '../data-size.ts'
import type { Engine, EngineJob, EngineResult } from '../engine.ts'
import { proveFiles } from '../prove-files.ts'
import { startLsnOf } from '../server-base.ts'
import { takeClone } from '../take-clone.ts'

/** The engine for GreatSQL 8.0.32-26 and later. */
export const greatsqlEngine: Engine = {
  name: 'greatsql',
  takeFull: (job) => take(job, undefined),
  takeIncrement: async (job, base) => take(job, await startLsnOf(job.layout.backup(base.id), base)),
}

const take = async (job: EngineJob, startLsn: Lsn | undefined): Promise<EngineResult> => {
  const { context, donor, recipient, request, key, run } = job
  const { pageTrack, compression } = request
  const directory = run.paths.data
  const from = context.remote?.address
  const statement = cloneStatement({ directory, from, pageTrack, startLsn })
  const globals = { ...compressionGlobals(compression), ...encryptionGlobals(keyFileOf(request)) }
  const taken = await withGlobals(job, globals, () => takeClone(job, statement))
  await run.journal.begin('confirm')
  const clone = await confirmServerClone(recipient.session, {
    directory,
    type: startLsn === undefined ? 'full' : 'increment',
    startLsn: startLsn ?? 0n,
    pageTrack,
    codec: compression?.codec,
    encrypted: key !== undefined,
    connectionId: context.session.connectionId,
    dataFiles: taken.expected,
  })
  await run.journal.begin('prove')
  context.reporter.step('prove files', { files: clone.stored.length })
  const proven = await proveFiles(context, {
    directory,
    files: clone.tree.files,
    stored: clone.stored,
    id: run.id,
    key,
    pageBytes: await pageBytesOf(job),
  })
  return {
    ...factsOf(clone),
    ...proven,
    before: taken.before,
    after: taken.after,
    result: resultOf(clone, proven.files),
    restoredBytes: await restoredBytesOf(donor.session, clone, proven.files),
  }
}

/** The server has a working directory of its own. */
const keyFileOf = ({ encryption }: EngineJob['request']): string | undefined =>
  encryption !== undefined && 'file' in encryption ? resolve(encryption.file) : undefined

const pageBytesOf = async ({ donor }: EngineJob): Promise<number> =>
  Number(await donor.session.value('SELECT @@GLOBAL.innodb_page_size'))

type Facts = Pick<
  EngineResult,
  'startLsn' | 'pageTrackLsn' | 'endLsn' | 'beginTime' | 'endTime' | 'history'
>

const factsOf = ({ row, beginTime, endTime }: ServerClone): Facts => ({
  startLsn: row.startLsn,
  pageTrackLsn: row.pageTrackLsn,
  endLsn: row.endLsn,
  beginTime,
  endTime,
  history: {
    id: row.id,
    pid: row.pid,
    cloneType: row.cloneType,
    source: row.source,
    destination: row.destination,
  },
})

/**
 * A full that is not compressed restores to the content of its own files; of anything else only the
 * server knows what it makes.
 */
export const resultOf = (
  clone: Pick<ServerClone, 'stored' | 'tree'>,
  files: readonly StoredFile[],
): EngineResult['result'] => {
  const isPlain = ({ kind, codec }: StoredPath): boolean => kind !== 'delta' && codec === undefined
  if (!clone.stored.every(isPlain)) return null
  return { files: files.map(resultEntry), emptyDirectories: [...clone.tree.emptyDirectories] }
}

const resultEntry = ({ path, content, ...stored }: StoredFile): FileEntry => {
  const name = path.replace(/^data\//, '')
  const { sizeBytes, sha256 } = content ?? stored
  return { path: content === undefined ? name : readStoredPath(name).plainName, sizeBytes, sha256 }
}

/** What an increment restores to is the server's size now, and its own redo. */
const restoredBytesOf = async (
  session: EngineJob['donor']['session'],
  clone: ServerClone,
  files: readonly StoredFile[],
): Promise<number> => {
  const sizes = new Map(files.map((file) => [file.path, file.content ?? file]))
  const bytesOf = (kind: string): number =>
    sumBytes(
      clone.stored
        .filter((stored) => stored.kind === kind)
        .flatMap(({ path }) => sizes.get(`data/${path}`) ?? []),
    )
  const whole = bytesOf('other')
  return (whole > 0 ? whole : await readDataBytes(session)) + bytesOf('redo')
}
