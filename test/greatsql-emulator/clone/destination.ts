// The recipient's half of a clone: DATA DIRECTORY in GreatSQL's layout (clone0apply.cc,
// clone0clone.cc).
import { constants } from 'node:fs'
import { copyFile, mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dataName, deltaName, metaName } from '../formats/backup-names.ts'
import { deltaSegments, type DeltaPage } from '../formats/delta.ts'
import { formatMeta } from '../formats/meta.ts'
import type { ChangedSpace, PageCopy } from './donor.ts'
import type { CloneTree } from './clone-tree.ts'
import { createFile, writeCopy, writePieces, type Writing } from './codec-writer.ts'
import { shareOut } from './task-share.ts'

const DIRECTORY_MODE = 0o750

/** Called after every file with its size, so that the clone can report, wait and be interrupted. */
export type Step = (bytes: number) => Promise<void>

export interface Destination {
  /** Makes the directory with what belongs into it from the first moment. */
  create(): Promise<void>
  /** FILE COPY. */
  placeFiles(tree: CloneTree, step: Step): Promise<void>
  /** PAGE COPY: into the files themselves, or as deltas. */
  placePages(copy: PageCopy, step: Step): Promise<void>
  /** REDO COPY. */
  placeRedo(tree: CloneTree, step: Step): Promise<void>
  /** Marks it as complete. */
  finish(): Promise<void>
}

export interface Layout {
  /** Absolute, without a slash at its end. */
  readonly dir: string
  readonly writing: Writing
  /** True for increments and for compressed fulls. */
  readonly deltas: boolean
  /** Tasks that share the pages of one tablespace. */
  readonly tasks: number
  readonly innodbPageSize: number
}

/** Moves where that is possible: the clone it comes from is not needed any more. */
const moveFile = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to)
  } catch {
    // Another file system.
    await copyFile(from, to, constants.COPYFILE_EXCL)
  }
}

const makeDirectories = async (dir: string, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    await mkdir(join(dir, name), { recursive: true, mode: DIRECTORY_MODE })
  }
}

/** Reads pages of a tablespace one by one. */
const pageReader = async (
  path: string,
  { pageSize, zipSize }: ChangedSpace,
  blockBytes: number,
) => {
  const file = await open(path)
  const read = async (pageNumber: number): Promise<DeltaPage> => {
    const { buffer } = await file.read(Buffer.alloc(pageSize), 0, pageSize, pageNumber * pageSize)
    if (zipSize === 0) return { pageNumber, image: buffer }
    // GreatSQL counts and spaces the pages of ROW_FORMAT=COMPRESSED in innodb_page_size, although
    // they are smaller: whoever applies such a delta spoils the table.
    const image = Buffer.alloc(blockBytes)
    buffer.copy(image)
    return { pageNumber: Math.floor((pageNumber * pageSize) / blockBytes), image }
  }
  return { read, close: () => file.close() }
}

export const makeDestination = (layout: Layout): Destination => {
  const { dir, writing, deltas, tasks, innodbPageSize } = layout
  const at = (path: string): string => join(dir, path)
  const dataAt = (path: string): string => at(dataName(path, writing.form))
  /** Space ids of the tablespaces that FILE COPY has brought, by path. */
  const placed = new Map<string, number>()

  const writeDelta = async (from: string, space: ChangedSpace): Promise<void> => {
    await mkdir(dirname(at(space.path)), { recursive: true, mode: DIRECTORY_MODE })
    const blockBytes = space.zipSize === 0 ? space.pageSize : innodbPageSize
    const reader = await pageReader(from, space, blockBytes)
    try {
      for (const [task, pages] of shareOut(space.pages, tasks).entries()) {
        const name = deltaName(space.path, writing.form, task)
        await writePieces(at(name), deltaSegments(pages, blockBytes, reader.read), writing)
      }
    } finally {
      await reader.close()
    }
    const meta = await createFile(at(metaName(space.path)))
    await meta.write(formatMeta(space))
    await meta.close()
  }

  /** The server encrypts the changed pages in place; the whole file again comes to the same bytes. */
  const encryptAgain = async (from: string, space: ChangedSpace): Promise<void> => {
    const isSame = placed.get(space.path) === space.spaceId
    if (isSame && space.pages.length === 0) return
    await rm(dataAt(space.path), { force: true })
    await writeCopy(from, dataAt(space.path), writing)
  }

  /** A plain full's file becomes what the tablespace is now; another tablespace's file goes first. */
  const patch = async (from: string, space: ChangedSpace): Promise<void> => {
    const path = at(space.path)
    await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE })
    if (writing.form === 'xbcrypt') return encryptAgain(from, space)
    if (placed.get(space.path) !== space.spaceId) {
      await rm(path, { force: true })
      return moveFile(from, path)
    }
    const reader = await pageReader(from, { ...space, zipSize: 0 }, space.pageSize)
    const file = await open(path, 'r+')
    try {
      for (const number of space.pages) {
        const { image } = await reader.read(number)
        await file.write(image, 0, image.length, number * space.pageSize)
      }
    } finally {
      await Promise.all([file.close(), reader.close()])
    }
    await truncate(path, space.sizeBytes)
  }

  /** Tablespaces that were dropped or renamed since FILE COPY. */
  const removeGone = async (spaces: readonly ChangedSpace[]): Promise<void> => {
    const living = new Set(spaces.map(({ path }) => path))
    for (const path of placed.keys()) if (!living.has(path)) await rm(dataAt(path))
  }

  return {
    create: async () => {
      await mkdir(dir, { recursive: true, mode: DIRECTORY_MODE })
      await makeDirectories(dir, ['mysql', '#clone'])
      await (await createFile(at('#clone/#status_in_progress'))).close()
    },
    placeFiles: async (tree, step) => {
      await makeDirectories(dir, tree.directories)
      const spaces = tree.tablespaces.map(({ path, sizeBytes }) => ({ path, sizeBytes }))
      const others = tree.others.map((path) => ({ path, sizeBytes: 0 }))
      for (const { path, sizeBytes } of [...others, ...spaces]) {
        const from = join(tree.dir, path)
        const to = dataAt(path)
        await (writing.form === 'none' ? moveFile(from, to) : writeCopy(from, to, writing))
        await step(sizeBytes)
      }
      for (const { path, spaceId } of tree.tablespaces) placed.set(path, spaceId)
    },
    placePages: async ({ tree, spaces }, step) => {
      await makeDirectories(dir, tree.directories)
      if (!deltas) await removeGone(spaces)
      for (const space of spaces) {
        const from = join(tree.dir, space.path)
        await (deltas ? writeDelta(from, space) : patch(from, space))
        await step(space.pages.length * space.pageSize)
      }
    },
    placeRedo: async (tree, step) => {
      await makeDirectories(dir, ['#innodb_redo'])
      for (const name of tree.redo) {
        const path = `#innodb_redo/${name}`
        await writeCopy(join(tree.dir, path), dataAt(path), writing)
        await step(0)
      }
    },
    finish: async () => {
      await writeFile(at('#clone/#status_fix'), '', { mode: 0o640 })
      await writeFile(at('#clone/#replace_files'), '', { mode: 0o640 })
      await rm(at('#clone/#status_in_progress'))
    },
  }
}
