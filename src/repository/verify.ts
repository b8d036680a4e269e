// The story of a verification: what cannot be read at all, then every backup, the oldest first, each
// against its manifest. Nothing that is wrong stops it: everything is looked at and named.

import type { BackupId } from '../chain/backup-id.ts'
import type { KeySource } from '../cipher/read-key.ts'
import type { Member } from '../chain/chains.ts'
import { isBreaking } from '../chain/problem.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Clock } from '../system/clock.ts'
import { mapLimit } from '../system/map-limit.ts'
import type { DamagedBackup } from './catalog.ts'
import { type Keyring, openKeyring } from './keyring.ts'
import type { RepositoryLayout } from './layout.ts'
import { readManifest } from './manifest-file.ts'
import { verifyBackup } from './verify-backup.ts'
import { damagedManifest, lostManifest } from './verify-manifest.ts'
import type { FileProblem, VerifyProblem } from './verify-problem.ts'
import type { BackupVerdict } from './verify-scene.ts'
import { createVerifyingPool, type VerifyingPool } from './verifying-pool.ts'

export interface VerifyContext {
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly clonectlVersion: string
  /** Where the key of encrypted backups is kept; without it they are not looked into. */
  readonly keySource?: KeySource | undefined
}

export interface VerifyRequest {
  readonly layout: RepositoryLayout
  /** Sealed backups, oldest first, with what their chains say of them. */
  readonly members: readonly Member[]
  /** Backups whose manifest cannot be believed. */
  readonly damaged: readonly DamagedBackup[]
  /** Directories without a manifest on which nobody works. */
  readonly abandoned: readonly BackupId[]
  readonly deep: boolean
  /** Of the bytes of each backup; null means all. */
  readonly samplePercent: number | null
  /** Worker threads. */
  readonly parallel: number
}

export interface VerifyOutcome {
  readonly backups: readonly BackupVerdict[]
  /** Everything that is wrong. */
  readonly problems: readonly VerifyProblem[]
}

/** While the last file of a backup is read, the threads that are free begin with the next one. */
const BACKUPS_AT_ONCE = 2

/** Verifies and remembers the results. Throws CONFIG for a key that opens nothing, CANCELLED, and what the system refuses. */
export const verify = async (
  context: VerifyContext,
  request: VerifyRequest,
): Promise<VerifyOutcome> => {
  const { layout, members, damaged, abandoned } = request
  const ids = members.map(({ backup }) => backup.id)
  const keyring = await openKeyring(context, layout, ids)
  const lost = await mapLimit(abandoned, BACKUPS_AT_ONCE, (id) =>
    lostManifest(id, layout.backup(id)),
  )
  const share = (request.samplePercent ?? 100) / 100
  const total = members.reduce((sum, { backup }) => sum + backup.storedBytes, 0)
  const progress = context.reporter.progress('verify', Math.round(total * share))
  await using pool = createVerifyingPool(request.parallel)
  try {
    const verdicts = await mapLimit(members, BACKUPS_AT_ONCE, (member) =>
      verifyMember(context, request, {
        ...{ pool, keyring, member },
        onBytes: (bytes) => progress.add(bytes),
      }),
    )
    const backups = verdicts.filter((verdict) => verdict !== undefined)
    return {
      backups,
      problems: [
        ...damaged.map(({ id, error }) => damagedManifest(id, error)),
        ...lost.filter((problem) => problem !== undefined),
        ...backups.flatMap(({ problems }) => problems),
      ],
    }
  } finally {
    progress.end()
  }
}

interface Turn {
  readonly pool: VerifyingPool
  readonly keyring: Keyring
  readonly member: Member
  readonly onBytes: (bytes: number) => void
}

/** Undefined for a backup that somebody moved away since the repository was read. */
const verifyMember = async (
  context: VerifyContext,
  request: VerifyRequest,
  { pool, keyring, member, onBytes }: Turn,
): Promise<BackupVerdict | undefined> => {
  const { id } = member.backup
  const paths = request.layout.backup(id)
  const manifest = await readManifest(paths)
  if (manifest === undefined) {
    context.reporter.warn(`${id} was moved away meanwhile and is not verified`)
    return undefined
  }
  context.reporter.step('verify', { backup: id })
  const { deep, samplePercent, parallel } = request
  const chainProblems = chainProblemsOf(member)
  return verifyBackup({
    ...{ ...context, paths, manifest, pool, onBytes, key: keyring.get(id) },
    ...{ deep, samplePercent, parallel, chainProblems },
  })
}

const chainProblemsOf = ({ problems }: Member): readonly FileProblem[] =>
  problems.filter(isBreaking).map(({ code, message }) => ({
    ...{ file: null, offset: null, expected: null, actual: null },
    code,
    message,
  }))
