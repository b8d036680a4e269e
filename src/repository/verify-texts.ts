// Verifies the small files of text in a backup: bytes, and what they say against the manifest.

import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { type DeltaMeta, parseMeta } from '../innodb/meta-file.ts'
import {
  CLONE_CHECKPOINTS,
  type CloneCheckpoints,
  parseCloneCheckpoints,
} from '../mysql/clone-checkpoints.ts'
import { mapLimit } from '../system/map-limit.ts'
import { APPLIED_STATE, type AppliedState, parseAppliedState } from './applied-state.ts'
import { digestProblem, type FindOwner } from './judge-file.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'
import type { Manifest } from './manifest.ts'
import { parseServerText, type ServerSettings } from './server-file.ts'
import { type FileProblem, fileProblem, mismatch, type VerifyCode } from './verify-problem.ts'
import { deltasOf, type Subject } from './verify-subjects.ts'

export interface VerifiedTexts {
  readonly problems: readonly FileProblem[]
  /** Paths of those with nothing wrong. */
  readonly sound: readonly string[]
  /** By tablespace: of each .meta that could be understood. */
  readonly metas: ReadonlyMap<string, DeltaMeta>
  readonly server: ServerSettings | undefined
}

export interface TextRequest {
  readonly paths: BackupPaths
  readonly manifest: Manifest
  readonly texts: readonly Subject[]
  readonly ownerOf: FindOwner
}

interface Understood {
  readonly metas: Map<string, DeltaMeta>
  server: ServerSettings | undefined
}

const READS_AT_ONCE = 16

/** Reads them all. */
export const verifyTexts = async (request: TextRequest): Promise<VerifiedTexts> => {
  const understood: Understood = { metas: new Map(), server: undefined }
  const check = meaningOf(request.manifest, understood)
  const found = await mapLimit(request.texts, READS_AT_ONCE, (text) =>
    verifyText(request, text, check),
  )
  const sound = request.texts.filter((_, index) => found[index]?.length === 0)
  return {
    problems: found.flat(),
    sound: sound.map(({ entry }) => entry.path),
    ...understood,
  }
}

type Check = (subject: Subject, text: string) => readonly FileProblem[]

const verifyText = async (
  { paths, ownerOf }: TextRequest,
  subject: Subject,
  check: Check,
): Promise<readonly FileProblem[]> => {
  const { path, sha256 } = subject.entry
  try {
    const bytes = await readFile(join(paths.directory, path))
    const actual = hash('sha256', bytes)
    if (actual !== sha256) return [digestProblem(path, actual, sha256, ownerOf)]
    return check(subject, bytes.toString('utf8'))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return [fileProblem(path, 'UNREADABLE', `cannot be read: ${error.message}`)]
  }
}

/** What a text whose bytes are right must say. */
const meaningOf = (manifest: Manifest, understood: Understood): Check => {
  const deltas = deltasOf(manifest)
  return ({ entry: { path }, stored }, text) => {
    if (path === BACKUP_ENTRIES.server)
      return understand(path, 'SERVER_SETTINGS', () => {
        understood.server = parseServerText(text, path)
        return []
      })
    if (stored?.kind === 'meta')
      return understand(path, 'META', () => {
        const meta = parseMeta(text, path)
        const tablespace = stored.tablespace ?? ''
        understood.metas.set(tablespace, meta)
        return metaProblems(path, meta, deltas.get(tablespace))
      })
    if (manifest.engine !== 'greatsql' || stored?.path !== notesOf(manifest)) return []
    return understand(path, 'CHECKPOINTS', () =>
      manifest.mergedFrom === undefined
        ? checkpointProblems(path, parseCloneCheckpoints(text, path), manifest)
        : mergeProblems(path, parseAppliedState(text, path), manifest),
    )
  }
}

/** What was merged keeps the checkpoints of its full, and a note of what was applied to it. */
const notesOf = ({ mergedFrom }: Manifest): string =>
  mergedFrom === undefined ? CLONE_CHECKPOINTS : APPLIED_STATE

const understand = (
  path: string,
  code: VerifyCode,
  work: () => readonly FileProblem[],
): readonly FileProblem[] => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ClonectlError)) throw error
    return [fileProblem(path, code, error.message)]
  }
}

const metaProblems = (
  path: string,
  { spaceId, pageSize }: DeltaMeta,
  delta: Manifest['deltas'][number] | undefined,
): readonly FileProblem[] => {
  if (delta === undefined)
    return [fileProblem(path, 'META', 'belongs to a delta that the manifest does not have')]
  return [
    ...(spaceId === delta.spaceId
      ? []
      : [mismatch(path, 'META', 'has the space_id', [spaceId, delta.spaceId])]),
    ...(pageSize === delta.pageBytes
      ? []
      : [mismatch(path, 'META', 'has the page_size', [pageSize, delta.pageBytes])]),
  ]
}

type Lsns = Pick<Manifest, 'startLsn' | 'pageTrackLsn' | 'endLsn'>

const checkpointProblems = (
  path: string,
  found: CloneCheckpoints,
  manifest: Lsns,
): readonly FileProblem[] =>
  (['startLsn', 'pageTrackLsn', 'endLsn'] as const)
    .filter((name) => found[name].toString() !== manifest[name])
    .map((name) =>
      mismatch(path, 'CHECKPOINTS', `has as ${name}`, [found[name].toString(), manifest[name]]),
    )

/** It begins where its full does, and ends where the last increment does. */
const mergeProblems = (
  path: string,
  { state, backups }: AppliedState,
  manifest: Lsns,
): readonly FileProblem[] => {
  const [full, last] = [backups[0], backups.at(-1)]
  return full === undefined || last === undefined || state !== 'applied'
    ? [fileProblem(path, 'CHECKPOINTS', 'does not say what was applied')]
    : checkpointProblems(path, { ...last, startLsn: full.startLsn }, manifest)
}
