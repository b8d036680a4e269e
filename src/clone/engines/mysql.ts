// The engine for servers without incremental CLONE. A full is a plain CLONE LOCAL. An increment
// is a CLONE LOCAL into a staging directory, of which only the pages are kept that differ from the
// page hashes kept with the base.

import { availableParallelism } from 'node:os'
import { remove } from 'fs-extra/esm'
import { chooseCompressor, type Compressor } from '../../repository/compress-stored.ts'
import { encryptStored } from '../../repository/encrypt-stored.ts'
import { type FileEntry, type StoredFile, sumBytes } from '../../repository/manifest.ts'
import { cloneStatement } from '../clone-statement.ts'
import { type ConfirmedClone, confirmClone } from '../confirm.ts'
import type { Engine, EngineJob, EngineResult } from '../engine.ts'
import { type RedoExtent, readRedoExtent } from '../redo-extent.ts'
import { type TakenClone, takeClone } from '../take-clone.ts'
import { keepIncrement, makeIncrementDirectories } from '../keep-increment.ts'
import { openCloneScan, type ScannedFile } from '../clone-scan.ts'
import { readBasePageMap } from '../base-page-map.ts'
import { scannedResult, storedFiles } from '../scanned-clone.ts'

/** The engine for stock MySQL and Percona Server. */
export const mysqlEngine: Engine = {
  name: 'mysql',

  async takeFull(job) {
    const { context, request, run } = job
    const compressor = await chooseCompressor(context, request.compression)
    await using scan = await openCloneScan(context, {
      directory: run.paths.data,
      pagemap: run.paths.pagemap,
      parallel: availableParallelism(),
    })
    const clone = await takePlainClone(job, run.paths.data, (cloning) => scan.ahead(cloning))
    await run.journal.begin('hash')
    context.reporter.step('hash pages')
    const scanned = await scan.finish(clone.tree.files)
    return {
      ...common(clone, scanned),
      startLsn: 0n,
      files: await encodeAsAsked(job, compressor, storedFiles(scanned)),
      deltas: [],
    }
  },

  async takeIncrement(job, base) {
    const { context, request, layout, run } = job
    const compressor = await chooseCompressor(context, request.compression)
    const basePages = await readBasePageMap(layout.backup(base.id))
    await using scan = await openCloneScan(context, {
      directory: run.paths.staging,
      pagemap: run.paths.pagemap,
      compare: basePages.compareWith(run.paths.data),
      parallel: availableParallelism(),
    })
    const clone = await takePlainClone(job, run.paths.staging, (cloning) => scan.ahead(cloning))
    await run.journal.begin('compare')
    context.reporter.step('compare pages', { base: base.id })
    const scanned = await scan.finish(clone.tree.files)
    await run.journal.begin('keep')
    await makeIncrementDirectories(run.paths.data, clone.tree)
    const kept = await keepIncrement(run.paths, scanned)
    await remove(run.paths.staging)
    return {
      ...common(clone, scanned),
      startLsn: base.pageTrackLsn,
      deltas: kept.deltas,
      files: await encodeAsAsked(job, compressor, kept.files),
    }
  },
}

/** Compressed first: what is encrypted does not get any smaller. */
const encodeAsAsked = async (
  { context, request, key, run }: EngineJob,
  compressor: Compressor,
  files: readonly FileEntry[],
): Promise<readonly StoredFile[]> => {
  if (request.compression !== undefined) {
    await run.journal.begin('compress')
    context.reporter.step('compress', { codec: request.compression.codec })
  }
  const { directory } = run.paths
  const compressed = await compressor(directory, files)
  if (key !== undefined) {
    await run.journal.begin('encrypt')
    context.reporter.step('encrypt')
  }
  return encryptStored(context, { key, id: run.id, directory, files: compressed })
}

type PlainClone = TakenClone & ConfirmedClone & RedoExtent

/** Clones into `directory`, which must not exist, and checks what came of it. */
const takePlainClone = async (
  job: EngineJob,
  directory: string,
  alongside: (cloning: Promise<unknown>) => Promise<void>,
): Promise<PlainClone> => {
  const { context, donor, recipient, run } = job
  // Without this the clone carries all redo since the last checkpoint: hundreds of megabytes after a load.
  if (donor.capabilities.sharpCheckpoint) {
    await donor.session.query('SELECT innodb_redo_log_sharp_checkpoint()')
  }
  const statement = cloneStatement({ directory, from: context.remote?.address })
  const taken = await takeClone(job, statement, alongside)
  await run.journal.begin('confirm')
  const confirmed = await confirmClone(recipient.session, directory, taken.expected)
  return { ...taken, ...confirmed, ...(await readRedoExtent(directory, confirmed.tree)) }
}

const common = (
  clone: PlainClone,
  scanned: readonly ScannedFile[],
): Omit<EngineResult, 'startLsn' | 'files' | 'deltas'> => ({
  // Pages that were changed after the checkpoint may lie in the clone's redo only.
  pageTrackLsn: clone.checkpointLsn,
  endLsn: clone.endLsn,
  beginTime: clone.beginTime,
  endTime: clone.endTime,
  before: clone.before,
  after: clone.after,
  history: null,
  result: scannedResult(clone.tree, scanned),
  restoredBytes: sumBytes(scanned),
})
