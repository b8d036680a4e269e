// Scans files of a clone while the server still makes others. CLONE leaves the processors idle
// while it waits for the disk; hashing then costs little. What the server touches again later
// (pages that changed meanwhile are copied once more at the end) shows by its time of change and
// is scanned anew.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isTablespaceName } from '../innodb/tablespace-header.ts'
import { listTree } from '../system/file-tree.ts'

/** Least time between two looks; a file that did not change in between is taken for finished. */
const LOOK_INTERVAL_MS = 100
/** With very many files a look takes long; then most of the time is spent waiting all the same. */
const WAITS_FOR_EACH_LOOK = 10

/** What a file looked like: equal signatures mean that nobody wrote to it in between. */
export type Signature = string

/**
 * Size and time of change of a file; undefined when it is not there, when it is empty (CLONE makes
 * all files first and fills them one after another), or when the file system keeps whole seconds
 * only, within which a change would not show.
 */
export const signatureOf = async (file: string): Promise<Signature | undefined> => {
  try {
    const { size, mtimeNs } = await lstat(file, { bigint: true })
    return size === 0n || mtimeNs % 1_000_000_000n === 0n ? undefined : `${size}:${mtimeNs}`
  } catch {
    // Not there any more, or not to be looked at: then it is not scanned ahead.
    return undefined
  }
}

/**
 * Hands each tablespace below `directory` to `scan` once it looks finished, until `done` settles.
 * `scan` must not reject, and takes a file only when it has a free hand.
 */
export const scanAhead = async (
  directory: string,
  done: Promise<unknown>,
  scan: (path: string, signature: Signature) => boolean,
): Promise<void> => {
  const taken = new Set<string>()
  let before = new Map<string, Signature>()
  let waitMs = LOOK_INTERVAL_MS
  while (!(await settlesWithin(done, waitMs))) {
    const beganMs = performance.now()
    const now = await signaturesIn(directory)
    waitMs = Math.max(LOOK_INTERVAL_MS, WAITS_FOR_EACH_LOOK * (performance.now() - beganMs))
    for (const [path, signature] of now) {
      const finished = before.get(path) === signature && !taken.has(path)
      if (finished && scan(path, signature)) taken.add(path)
    }
    before = now
  }
}

const settlesWithin = async (done: Promise<unknown>, milliseconds: number): Promise<boolean> => {
  const settled = done.then(
    () => true,
    () => true,
  )
  return Promise.race([settled, delay(milliseconds, false)])
}

const signaturesIn = async (directory: string): Promise<Map<string, Signature>> => {
  const signatures = new Map<string, Signature>()
  for (const path of await tablespacesIn(directory)) {
    const signature = await signatureOf(join(directory, path))
    if (signature !== undefined) signatures.set(path, signature)
  }
  return signatures
}

const tablespacesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    const tree = await listTree(directory)
    return tree.files.map((file) => file.path).filter(isTablespaceName)
  } catch {
    // The server has not made it yet, or is moving something: there will be another look.
    return []
  }
}
