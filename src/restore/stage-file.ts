// Makes one file of the restored data directory from its recipe, each page written once, and
// proves it by the SHA-256 of what then lies on disk.

import { constants } from 'node:fs'
import { chmod, copyFile, type FileHandle, open } from 'node:fs/promises'
import type { StoredKey } from '../cipher/stored-key.ts'
import { chooseDecoder } from '../codec/choose-decoder.ts'
import type { Programs } from '../codec/programs.ts'
import { digestFile, type FileDigest } from '../repository/file-digest.ts'
import { readStoredContent } from '../repository/stored-content.ts'
import { encodingOf } from '../repository/stored-form.ts'
import { runTool } from '../system/run-tool.ts'
import { writeWhole } from '../system/write-whole.ts'
import { readDelta } from './delta-reader.ts'
import type { DeltaLayer, FileRecipe, WholeFile } from './layers.ts'
import { createPageSet, type PageSet } from './page-set.ts'

/** What mysqld gives its own files. */
const FILE_MODE = 0o640
/** Stands in where no delta says what a page is. */
const LARGEST_PAGE_BYTES = 65_536

export interface StageJob {
  readonly recipe: Omit<FileRecipe, 'sources'>
  /** Absolute path to make; it must not exist, its directory must. */
  readonly destination: string
  /** Programs that decompress, as far as they are installed. */
  readonly programs: Programs
  /** What encrypted files are read with. */
  readonly key?: StoredKey | undefined
}

/** Makes the file durable and returns what it turned out to be; judging it is the caller's. */
export const stageFile = async (job: StageJob): Promise<FileDigest> => {
  const { recipe, destination, programs } = job
  const { whole, deltas, result } = recipe
  const unchanged = deltas.length === 0 && whole?.limitBytes === result.sizeBytes
  if (whole !== undefined && unchanged && whole.boundName === undefined) {
    await takeWhole(whole, destination, programs)
  } else {
    await composeFile(job)
  }
  return digestFile(destination)
}

/**
 * The kernel copies, or a program decompresses, and nothing passes through here. What a newer state
 * has cut off, with no page changed, is cut off here too.
 */
const takeWhole = async (
  whole: WholeFile,
  destination: string,
  programs: Programs,
): Promise<void> => {
  const { file: source, codec } = whole
  if (codec === undefined) {
    await copyFile(source, destination, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await chmod(destination, FILE_MODE)
  } else {
    await chooseDecoder({ programs, run: runTool }).decodeFile({ source, destination, codec })
  }
  const file = await open(destination, 'r+')
  try {
    await file.truncate(whole.limitBytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

const composeFile = async ({ recipe, destination, key }: StageJob): Promise<void> => {
  const file = await open(destination, 'wx', FILE_MODE)
  try {
    // Layers of one tablespace have one page size: a change of it makes the delta fresh.
    const pageBytes = recipe.deltas[0]?.pageBytes ?? LARGEST_PAGE_BYTES
    const written = createPageSet(Math.ceil(recipe.result.sizeBytes / pageBytes))
    for (const layer of recipe.deltas) await writeLayer(file, layer, { written, key })
    if (recipe.whole !== undefined)
      await writeBelow(file, recipe.whole, pageBytes, { written, key })
    await file.truncate(recipe.result.sizeBytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

interface Composing {
  readonly written: PageSet
  readonly key: StoredKey | undefined
}

/** Newer layers come first: a page that is there already is not written again. */
const writeLayer = async (
  file: FileHandle,
  layer: DeltaLayer,
  { written, key }: Composing,
): Promise<void> => {
  const { file: delta, pageBytes, limitBytes } = layer
  const page = Buffer.alloc(pageBytes)
  for await (const stored of readDelta(delta, pageBytes, encodingOf(layer, key))) {
    const { pageNumber } = stored
    const offset = pageNumber * pageBytes
    if (written.has(pageNumber) || offset >= limitBytes) continue
    await stored.readInto(page)
    await writeWhole(file, page, offset)
    written.add(pageNumber)
  }
}

/** Fills what no delta wrote from the whole file at the bottom, in runs as long as they are. */
const writeBelow = async (
  file: FileHandle,
  whole: WholeFile,
  pageBytes: number,
  { written, key }: Composing,
): Promise<void> => {
  let position = 0
  for await (const block of readStoredContent(whole.file, encodingOf(whole, key))) {
    const usable = block.subarray(0, Math.max(0, whole.limitBytes - position))
    for (const [start, end] of runsNotWritten(usable.length, position, pageBytes, written)) {
      await writeWhole(file, usable.subarray(start, end), position + start)
    }
    position += block.length
    if (position >= whole.limitBytes) return
  }
}

/** Byte ranges of a block whose pages are not written yet. */
function* runsNotWritten(
  length: number,
  position: number,
  pageBytes: number,
  written: PageSet,
): Generator<readonly [number, number]> {
  let start = 0
  for (let at = 0; at < length;) {
    const page = Math.floor((position + at) / pageBytes)
    // A block may begin and end within a page: frames are as long as somebody wished.
    const next = Math.min(length, (page + 1) * pageBytes - position)
    if (written.has(page)) {
      if (at > start) yield [start, at]
      start = next
    }
    at = next
  }
  if (start < length) yield [start, length]
}
