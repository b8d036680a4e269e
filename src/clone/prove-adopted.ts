// Reads an adopted clone to its end before it is sealed, and lists what it holds: the server's deltas
// and compressed files are proven, the pages of a stock clone hashed for the increments to come.

import { availableParallelism } from 'node:os'
import { type Manifest, type StoredFile, sumBytes } from '../repository/manifest.ts'
import type { Run } from '../repository/run.ts'
import type { CloneContext } from './context.ts'
import { openCloneScan } from './clone-scan.ts'
import { resultOf } from './engines/greatsql.ts'
import type { FoundClone } from './found-clone.ts'
import { type ProvenFiles, proveFiles } from './prove-files.ts'
import { scannedResult, storedFiles } from './scanned-clone.ts'

export interface AdoptedFiles extends ProvenFiles {
  readonly result: Manifest['result']
  /** Of a full: bytes of the restored data directory. */
  readonly contentBytes: number
}

export interface AdoptionProof {
  readonly run: Run
  readonly clone: FoundClone
  /** Where the clone's files are now. */
  readonly directory: string
  readonly pageBytes: number
}

type Context = Pick<CloneContext, 'reporter' | 'signal'>

/** Reads everything. Throws INTEGRITY naming the first file that is not whole, CANCELLED. */
export const proveAdopted = (context: Context, proof: AdoptionProof): Promise<AdoptedFiles> =>
  proof.clone.engine === 'mysql' ? scanPages(context, proof) : proveStored(context, proof)

const scanPages = async (
  context: Context,
  { run, clone: { tree }, directory }: AdoptionProof,
): Promise<AdoptedFiles> => {
  await run.journal.begin('hash')
  context.reporter.step('hash pages', { files: tree.files.length })
  await using scan = await openCloneScan(context, {
    directory,
    pagemap: run.paths.pagemap,
    parallel: availableParallelism(),
  })
  const scanned = await scan.finish(tree.files)
  return {
    files: storedFiles(scanned),
    deltas: [],
    result: scannedResult(tree, scanned),
    contentBytes: sumBytes(scanned),
  }
}

const proveStored = async (
  context: Context,
  { run, clone, directory, pageBytes }: AdoptionProof,
): Promise<AdoptedFiles> => {
  await run.journal.begin('prove')
  context.reporter.step('prove files', { files: clone.stored.length })
  const proven = await proveFiles(context, {
    directory,
    files: clone.tree.files,
    stored: clone.stored,
    pageBytes,
  })
  const result = resultOf(clone, proven.files)
  return { ...proven, result, contentBytes: contentBytes(clone, proven.files) }
}

/** Its files and its redo, decompressed. */
const contentBytes = ({ stored }: FoundClone, files: readonly StoredFile[]): number => {
  const kinds = new Map(stored.map(({ path, kind }) => [`data/${path}`, kind]))
  const kept = files.filter(({ path }) => ['other', 'redo'].includes(kinds.get(path) ?? ''))
  return sumBytes(kept.map((file) => ({ ...file, ...file.content })))
}
