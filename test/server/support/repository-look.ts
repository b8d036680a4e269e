// A second reading of the repository: what lies in it, and whether each sealed backup is what its
// manifest says. It shares no code with clonectl.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { treeDigest } from '../../bed/compare.ts'

export interface RepositoryLook {
  /** Ids of the directories that hold a manifest. */
  readonly sealed: readonly string[]
  /** Ids of those that do not. */
  readonly unsealed: readonly string[]
  /** Who has the lock, by its file. */
  readonly lockPid: number | undefined
  /** Names in the trash. */
  readonly trash: readonly string[]
  /** Temporary files beside the backups. */
  readonly temporary: readonly string[]
  /** Names of anything else but repository.json. */
  readonly others: readonly string[]
}

const backupName = /^UTC\d{8}T\d{6}\.\d{3}-(?:full|incr)$/

/** Names in a directory, sorted; none when there is no directory. */
export const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).sort()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

const readLockPid = async (repo: string): Promise<number> =>
  (JSON.parse(await readFile(join(repo, 'lock'), 'utf8')) as { readonly pid: number }).pid

export const lookAt = async (repo: string): Promise<RepositoryLook> => {
  const names = await namesIn(repo)
  const ids = names.filter((name) => backupName.test(name))
  const sealed: string[] = []
  for (const id of ids) {
    if ((await namesIn(join(repo, id))).includes('manifest.json')) sealed.push(id)
  }
  const known = new Set([...ids, 'lock', 'trash', 'repository.json'])
  return {
    sealed,
    unsealed: ids.filter((id) => !sealed.includes(id)),
    lockPid: names.includes('lock') ? await readLockPid(repo) : undefined,
    trash: await namesIn(join(repo, 'trash')),
    temporary: names.filter((name) => name.endsWith('.tmp')),
    others: names.filter((name) => !known.has(name) && !name.endsWith('.tmp')),
  }
}

interface Recorded {
  readonly files: readonly { path: string; sizeBytes: number; sha256: string }[]
  readonly emptyDirectories: readonly string[]
}

const requireRecorded = (found: ReadonlyMap<string, string>, recorded: Recorded): void => {
  const files = [...found].filter(([, what]) => what !== 'directory')
  expect(Object.fromEntries(files)).toEqual(
    Object.fromEntries(recorded.files.map((f) => [f.path, `${f.sizeBytes}:${f.sha256}`])),
  )
  for (const path of recorded.emptyDirectories) expect(found.get(path)).toBe('directory')
}

const readManifest = async (directory: string): Promise<Recorded & { readonly result: Recorded }> =>
  JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Recorded & {
    readonly result: Recorded
  }

/** Holds a backup's directory against its manifest: every file, size and SHA-256, and none besides. */
export const expectSealedWhole = async (directory: string): Promise<void> => {
  const found = await treeDigest(directory)
  found.delete('manifest.json')
  found.delete('run.json')
  requireRecorded(found, await readManifest(directory))
}

/** Holds a restored data directory against what the manifest of the backup promises. */
export const expectRestored = async (directory: string, backup: string): Promise<void> => {
  requireRecorded(await treeDigest(directory), (await readManifest(backup)).result)
}
