// A backup whose hashes are all right and whose data is not: what was damaged before it was taken.
import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pageChecksum } from '../../../src/innodb/page-checksum.ts'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { readManifest, writeManifest } from '../../../src/repository/manifest-file.ts'

const run = promisify(execFile)

const pageBytes = 16_384
/** FIL_PAGE_TYPE of an index page, and where it stands (fil0types.h). */
const indexPage = 17_855
const typeAt = 24
/** PAGE_LEVEL, 0 in a leaf, and PAGE_INDEX_ID (page0types.h). */
const levelAt = 38 + 26
const indexIdAt = 38 + 28

const leavesOf = (bytes: Buffer): readonly Buffer[] => {
  const pages = Array.from({ length: bytes.length / pageBytes }, (_, page) =>
    bytes.subarray(page * pageBytes, (page + 1) * pageBytes),
  )
  return pages.filter(
    (page) => page.readUInt16BE(typeAt) === indexPage && page.readUInt16BE(levelAt) === 0,
  )
}

/** What can be wrong with a table; `bytes` are of its tablespace and are changed. */
const damages = {
  /** Bytes turned over, as a disk does it: the checksums of the pages are wrong. */
  torn: (bytes: Buffer): void => {
    for (const page of leavesOf(bytes).slice(1)) page.fill(0xa5, 4000, 4100)
  },
  /** Hexadecimal texts that begin with a z, in the index made last: out of order, checksums right. */
  unordered: (bytes: Buffer): void => {
    const leaves = leavesOf(bytes)
    const last = leaves
      .map((page) => page.readBigUInt64BE(indexIdAt))
      .sort()
      .at(-1)
    for (const page of leaves.filter((leaf) => leaf.readBigUInt64BE(indexIdAt) === last)) {
      const texts = page.toString('latin1').matchAll(/[\da-f]{128}/g)
      for (const { index } of [...texts].slice(1, 4)) page.write('z', index, 'latin1')
      page.writeUInt32BE(pageChecksum(page), 0)
      page.writeUInt32BE(pageChecksum(page), pageBytes - 8)
    }
  },
} as const

/** Copies a repository with one full to `to`, damages a table of it, and seals it anew. */
export const damageTable = async (
  from: string,
  to: string,
  full: string,
  { path, how }: { readonly path: string; readonly how: keyof typeof damages },
): Promise<string> => {
  await rm(to, { recursive: true, force: true })
  await mkdir(to)
  await run('cp', ['--archive', join(from, 'repository.json'), join(from, full), to])
  const paths = backupPathsAt(join(to, full))
  await rm(paths.drills, { recursive: true, force: true })
  const file = join(paths.data, path)
  const bytes = await readFile(file)
  damages[how](bytes)
  await writeFile(file, bytes)
  const sha256 = hash('sha256', bytes)
  const manifest = await readManifest(paths)
  if (manifest === undefined) throw new Error('a backup without a manifest')
  const files = manifest.files.map((f) => (f.path === `data/${path}` ? { ...f, sha256 } : f))
  const result = manifest.result && {
    ...manifest.result,
    files: manifest.result.files.map((f) => (f.path === path ? { ...f, sha256 } : f)),
  }
  await writeManifest(paths, { ...manifest, files, result })
  return paths.directory
}
