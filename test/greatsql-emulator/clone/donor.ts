// The donor's half of a clone: raw material from the real server, and what of it belongs into the
// backup. The recipient writes it out in GreatSQL's form.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { redoEndOf } from './redo-end.ts'
import { comparePages, hashPages, pageCount, type PageHashes } from './page-hashes.ts'
import type { CloneTree, TablespaceFile } from './clone-tree.ts'
import { interrupted, type MakeClone } from './real-clone.ts'
import type { CloneCheckpoints } from '../formats/clone-checkpoints.ts'
import type { Slots } from '../server/slots.ts'
import type { Snapshots } from '../server/snapshots.ts'
import type { Tracker } from '../server/tracker.ts'

export interface DonorRequest {
  readonly pageTrack: boolean
  /** 0 for a full. */
  readonly startLsn: bigint
  /** Full only: the pages of PAGE COPY become deltas, as they do when files are compressed. */
  readonly withDeltas: boolean
}

/** A tablespace and its pages that the backup gets in PAGE COPY. */
export interface ChangedSpace extends TablespaceFile {
  readonly pages: readonly number[]
}

/** The state of all data at PAGE COPY, and the LSNs of the backup. */
export interface PageCopy extends CloneCheckpoints {
  readonly tree: CloneTree
  readonly spaces: readonly ChangedSpace[]
}

/** One clone at the donor. `end` must follow in any case. */
export interface Donor {
  begin(): Promise<void>
  /** The data as FILE COPY finds it; not for increments. */
  fileCopy(signal: AbortSignal): Promise<CloneTree>
  pageCopy(signal: AbortSignal): Promise<PageCopy>
  end(): Promise<void>
}

export interface DonorServer {
  readonly makeClone: MakeClone
  readonly slots: Slots
  readonly tracker: Tracker
  readonly snapshots: Snapshots
  readonly nextSequence: () => number
  /** The flags of all tablespaces as the server has them in memory, by space id. */
  readonly spaceFlags: () => Promise<ReadonlyMap<number, number>>
  /** For clones in the making; on the file system of the emulator. */
  readonly workDir: string
}

/** In every compressed full that was seen, these had a page in their delta (listing in GreatSQL's manual). */
const alwaysChanging = /^(?:ibdata1|mysql\.ibd)$/

const withFirstPage = (space: TablespaceFile, pages: readonly number[]): readonly number[] =>
  alwaysChanging.test(space.path) && pages[0] !== 0 ? [0, ...pages] : pages

/**
 * A file that grew and whose page 0 does not say so yet gets its last page too, zero or not, so that
 * it has its length when the redo is applied to it.
 */
const withLastPage = (
  space: TablespaceFile,
  pages: readonly number[],
  moments: readonly PageHashes[],
): readonly number[] => {
  const last = Math.ceil(space.sizeBytes / space.pageSize) - 1
  const known = [space.sizeInPages, ...moments.map((moment) => pageCount(moment, space.spaceId))]
  return last < Math.min(...known) || pages.at(-1) === last ? pages : [...pages, last]
}

/** Where an increment starts, and the moments its pages differ from. */
const baseOf = async (
  { tracker, snapshots }: DonorServer,
  { startLsn }: DonorRequest,
): Promise<{ lsn: bigint; moments: readonly PageHashes[] }> => {
  const reset = await tracker.resetFor(startLsn)
  return { lsn: reset.lsn, moments: await snapshots.since(reset.sequence) }
}

export const makeDonor = (server: DonorServer, request: DonorRequest): Donor => {
  const { makeClone, slots, tracker, snapshots, nextSequence, spaceFlags, workDir } = server
  const made: string[] = []
  const ended = new AbortController()
  let begun = false
  let files: PageHashes | undefined
  let running: Promise<unknown> = Promise.resolve()

  const clone = (signal: AbortSignal): Promise<CloneTree> => {
    const dir = join(workDir, `clone-${process.pid}-${nextSequence()}`)
    made.push(dir)
    const making = makeClone(dir, AbortSignal.any([signal, ended.signal]))
    // Its error is for whoever asked; `end` only waits for it.
    running = making.catch(() => undefined)
    return making
  }
  const fileCopy = async (signal: AbortSignal): Promise<CloneTree> => {
    const tree = await clone(signal)
    files = await hashPages(tree)
    return tree
  }
  const pageCopy = async (signal: AbortSignal): Promise<PageCopy> => {
    // In this order: what changes after the tracker started is in a later increment for sure.
    const pageTrackLsn = request.pageTrack ? await tracker.start() : 0n
    const base = files ? { lsn: 0n, moments: [files] } : await baseOf(server, request)
    const tree = await clone(signal)
    const now = await hashPages(tree)
    await snapshots.add(nextSequence(), now)
    const changed = comparePages(now, base.moments)
    const living = await spaceFlags()
    const spaces = tree.tablespaces.map((space) => {
      const pages = withLastPage(space, changed.get(space.spaceId) ?? [], base.moments)
      const flags = living.get(space.spaceId) ?? space.flags
      return {
        ...space,
        flags,
        pages: request.withDeltas ? withFirstPage(space, pages) : pages,
      }
    })
    const endLsn = await redoEndOf(tree)
    return { tree, spaces, startLsn: base.lsn, pageTrackLsn, endLsn }
  }
  return {
    begin: async () => {
      slots.take()
      begun = true
    },
    fileCopy,
    pageCopy,
    end: async () => {
      if (begun) slots.give()
      begun = false
      ended.abort(interrupted())
      await running
      await Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true })))
    },
  }
}
