// A lock that one process holds for a path, written so that a human can see who holds it, and that
// a dead holder cannot keep. The file is written whole under another name and then linked to the
// lock's name: link(2) is the act that exactly one of many wins.
//
// A dead holder's lock is replaced, never first removed: with "look, remove, create" a slow process
// would remove the lock that a quicker one has just taken over. Whoever replaces holds a second
// lock of the same kind at `<path>.takeover` and looks again; should that one's holder die too, it
// is taken over in the same way.

import { link, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { syncDirectory, temporaryNameFor, writeNewFile } from './atomic-file.ts'
import { describeOwner, parseLock, type LockOwner } from './lock-owner.ts'
import { isAlive, ownIdentity } from './process-identity.ts'

/** A lock that this process holds until it is released. */
export interface FileLock extends AsyncDisposable {
  readonly path: string
  /** Whose lock this was before, when its holder died without releasing it. */
  readonly tookOverFrom: LockOwner | undefined
  /** Gives the lock back, and does nothing when the lock is not ours any more. */
  release(): Promise<void>
}

/** What to write into the lock. */
export interface LockRequest {
  /** What the holder is doing, for whoever is refused. Never secrets. */
  readonly command: string
  readonly now: Date
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const heldBy = (path: string, owner: LockOwner): ClonectlError =>
  new ClonectlError('LOCKED', `${path} is held by ${describeOwner(owner)}`, {
    hint: `Wait until it has ended. If you know that it does not run any more, remove ${path}.`,
    details: { path, ...owner },
  })

const unreadable = (path: string): ClonectlError =>
  new ClonectlError('LOCKED', `${path} exists, but does not say whose lock it is`, {
    hint: `Make sure that no clonectl works there, then remove ${path}.`,
    details: { path },
  })

/** The holder of a lock that may be taken over; undefined when there is no lock. Throws LOCKED. */
const findDeadOwner = async (path: string): Promise<LockOwner | undefined> => {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  const owner = parseLock(text)
  if (owner === undefined) throw unreadable(path)
  if (isAlive(owner)) throw heldBy(path, owner)
  return owner
}

const tryLink = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false
    throw error
  }
}

const removeOwn = async (path: string, text: string): Promise<void> => {
  // Nobody replaces the lock of a live process, so between these two lines it stays ours.
  if ((await readIfThere(path)) !== text) return
  await rm(path, { force: true })
  await syncDirectory(dirname(path))
}

/** Replaces a dead holder's lock by ours; undefined when the lock went away in the meantime. */
const takeOver = async (path: string, text: string): Promise<LockOwner | undefined> => {
  const guard = `${path}.takeover`
  await take(guard, text)
  try {
    const deadOwner = await findDeadOwner(path)
    if (deadOwner === undefined) return undefined
    const temporary = temporaryNameFor(path)
    await writeNewFile(temporary, text, 0o640)
    await rename(temporary, path)
    return deadOwner
  } finally {
    await removeOwn(guard, text)
  }
}

/** Puts our lock at `path` and says whom it was taken over from, if from anybody. */
const take = async (path: string, text: string): Promise<LockOwner | undefined> => {
  const temporary = temporaryNameFor(path)
  try {
    await writeNewFile(temporary, text, 0o640)
    while (!(await tryLink(temporary, path))) {
      const deadOwner = await findDeadOwner(path)
      const previous = deadOwner === undefined ? undefined : await takeOver(path, text)
      if (previous !== undefined) return previous
    }
    return undefined
  } finally {
    await rm(temporary, { force: true })
    await syncDirectory(dirname(path))
  }
}

/**
 * Takes the lock at `path`, whose directory must exist. Throws LOCKED with pid, host, since and
 * command of a live holder, also of one on another host, of which it cannot be told; and when the
 * lock cannot be read.
 */
export const acquireLock = async (path: string, request: LockRequest): Promise<FileLock> => {
  const { command, now } = request
  const owner: LockOwner = { ...ownIdentity(), command, since: now.toISOString() }
  const text = `${JSON.stringify(owner, undefined, 2)}\n`
  const tookOverFrom = await take(path, text)
  const release = (): Promise<void> => removeOwn(path, text)
  return { path, tookOverFrom, release, [Symbol.asyncDispose]: release }
}
