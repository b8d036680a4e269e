// The least that turns a full and an increment into the state of the increment: what mysqld does with
// --clone_incremental_dir (arch0apply.cc), without its mistakes.
import { existsSync } from 'node:fs'
import {
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseDeltaName, readDelta } from '../../../greatsql-emulator/formats/delta.ts'
import { parseMeta, type DeltaMeta } from '../../../greatsql-emulator/formats/meta.ts'
import {
  isTablespaceName,
  readTablespace,
  TABLESPACE_HEADER_BYTES,
  type Tablespace,
} from '../../../greatsql-emulator/formats/page.ts'

/** Relative paths of all files. */
export const filesOf = async (dir: string): Promise<string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort()
}

const headerOf = async (path: string): Promise<Tablespace | undefined> => {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(TABLESPACE_HEADER_BYTES), 0)
    return readTablespace(buffer)
  } finally {
    await file.close()
  }
}

/** Paths of the tablespaces by space id. */
const spacesOf = async (dir: string): Promise<Map<number, string>> => {
  const spaces = new Map<number, string>()
  for (const path of (await filesOf(dir)).filter(isTablespaceName)) {
    const header = await headerOf(join(dir, path))
    if (header) spaces.set(header.spaceId, path)
  }
  return spaces
}

/** FIL_IBD_FILE_INITIAL_SIZE (fil0fil.h): pages of a tablespace that was just created. */
const INITIAL_PAGES = 7

/** Gives the delta's tablespace its name, taking it from another that has it. */
const place = async (
  dir: string,
  base: string,
  { spaceId = -1, pageSize = 0 }: DeltaMeta,
): Promise<string> => {
  const target = join(dir, base)
  const old = (await spacesOf(dir)).get(spaceId)
  if (old === base) return target
  await mkdir(dirname(target), { recursive: true })
  if (existsSync(target)) await rename(target, join(dir, dirname(base), `gone-${Math.random()}`))
  if (old === undefined) await writeFile(target, Buffer.alloc(INITIAL_PAGES * pageSize))
  else await rename(join(dir, old), target)
  return target
}

const writePages = async (dir: string, increment: string, path: string): Promise<string> => {
  const { base } = parseDeltaName(path) ?? { base: '' }
  const meta = parseMeta(await readFile(join(increment, `${base}.meta`), 'utf8'))
  const target = await place(dir, base, meta)
  const pageSize = meta.pageSize ?? 0
  const file = await open(target, 'r+')
  for (const { pageNumber, image } of readDelta(await readFile(join(increment, path)), pageSize)) {
    await file.write(image, 0, image.length, pageNumber * pageSize)
  }
  await file.close()
  return base
}

/** Files end where FSP_SIZE says, or later. */
const extend = async (path: string): Promise<void> => {
  const header = await headerOf(path)
  const file = await open(path)
  const { size } = await file.stat()
  await file.close()
  const wanted = (header?.sizeInPages ?? 0) * (header?.pageSize ?? 0)
  if (wanted > size) await truncate(path, wanted)
}

/** Applies a decompressed increment to a full, in place. The same directory twice: a prepare. */
export const applyIncrement = async (dir: string, increment: string): Promise<void> => {
  const deltas = (await filesOf(increment)).filter((path) => parseDeltaName(path) !== undefined)
  const living = new Set<string>()
  for (const path of deltas) living.add(await writePages(dir, increment, path))
  for (const path of await filesOf(dir)) {
    const gone = path.includes('/gone-') || (/\.ib[du]$/.test(path) && !living.has(path))
    if (gone) await rm(join(dir, path))
  }
  for (const path of living) await extend(join(dir, path))
  if (dir === increment) {
    const done = (await filesOf(dir)).filter((path) => /\.(?:delta\d*|meta)$/.test(path))
    await Promise.all(done.map((path) => rm(join(dir, path))))
    return
  }
  await rm(join(dir, '#innodb_redo'), { recursive: true })
  await cp(join(increment, '#innodb_redo'), join(dir, '#innodb_redo'), { recursive: true })
}
