// A survey of a directory that is a repository, or was one: everything in it is looked at and judged by
// what is in it alone.

import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackupId, parseBackupId } from '../chain/backup-id.ts'
import { buildChains, type Chains } from '../chain/chains.ts'
import { isUsable } from '../chain/server-backups.ts'
import { ClonectlError } from '../errors.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import { ownerOf } from '../system/owner.ts'
import { type Catalog, readCatalog } from './catalog.ts'
import type { RepositoryLayout } from './layout.ts'
import { readAllNotes } from './notes-file.ts'
import { unreadableFor } from './readable-by.ts'
import { hasHeader } from './repository.ts'
import type { SurveyFinding } from './survey-finding.ts'
import { readTrash } from './trash-entries.ts'
import { trueIdOf } from './true-id.ts'

export interface Survey {
  readonly catalog: Catalog
  readonly chains: Chains
  /** In the order of the repository's format: header, backups, the rest. */
  readonly findings: readonly SurveyFinding[]
}

/** Looks at everything, and changes nothing. Throws REPOSITORY_NEWER. */
export const surveyRepository = async (layout: RepositoryLayout): Promise<Survey> => {
  const entries = await readdir(layout.root, { withFileTypes: true })
  const catalog = await readCatalog(layout)
  const chains = buildChains(catalog.backups)
  const findings = [
    ...(await headerFindings(layout)),
    ...(await nameFindings(layout, entries, catalog)),
    ...chainFindings(chains),
    ...catalog.unsealed.map((id) =>
      finding('UNSEALED', id, 'is not sealed: a run is at work there, or a dead one left it'),
    ),
    ...(await notesFindings(layout, catalog)),
    ...(await readingFindings(layout, catalog)),
    ...entries.flatMap((entry) => strangerFindings(layout, entry)),
    ...(await trashFindings(layout)),
  ]
  const named = new Set(findings.filter(({ code }) => code !== 'STRANGER').map(({ path }) => path))
  const isTwice = ({ code, path }: SurveyFinding) => code === 'STRANGER' && named.has(path)
  return { catalog, chains, findings: findings.filter((found) => !isTwice(found)) }
}

const finding = (
  code: SurveyFinding['code'],
  path: string,
  message: string,
  repair: SurveyFinding['repair'] = null,
): SurveyFinding => ({ code, path, message, repair })

const headerFindings = async (layout: RepositoryLayout): Promise<readonly SurveyFinding[]> => {
  const repair = { kind: 'write-header' } as const
  try {
    if (await hasHeader(layout)) return []
    return [finding('HEADER_MISSING', 'repository.json', 'is missing', repair)]
  } catch (error) {
    const isDamaged = error instanceof ClonectlError && error.code === 'REPOSITORY_UNREADABLE'
    if (isDamaged) return [finding('HEADER_DAMAGED', 'repository.json', error.message, repair)]
    throw error
  }
}

/** Directories that are another backup than they are called, and manifests that cannot be believed. */
const nameFindings = async (
  layout: RepositoryLayout,
  entries: readonly Dirent[],
  { backups, damaged }: Catalog,
): Promise<readonly SurveyFinding[]> => {
  const sound = new Set(backups.map(({ id }) => id))
  const errors = new Map(damaged.map(({ id, error }) => [id, error]))
  const trueIds = new Map<string, BackupId | undefined>()
  for (const { name } of entries.filter((entry) => isCandidate(entry) && !sound.has(entry.name)))
    trueIds.set(name, await trueIdOf(layout, join(layout.root, name)))
  const claims = [...trueIds.values()]
  const taken = new Set(entries.map(({ name }) => name))
  const isOnlyOne = (id: BackupId): boolean =>
    !taken.has(id) && claims.indexOf(id) === claims.lastIndexOf(id)
  return [...trueIds].flatMap(([name, id]) =>
    id === undefined ? damageOf(name, errors.get(name)) : [nameFinding(name, id, isOnlyOne(id))],
  )
}

const nameFinding = (name: string, id: BackupId, isOnlyOne: boolean): SurveyFinding =>
  isOnlyOne
    ? finding('RENAMED', name, `is ${id} under another name`, {
        kind: 'rename',
        from: name,
        to: id,
      })
    : finding('COPY', name, `is one of several copies of ${id}`)

const damageOf = (name: string, error: ClonectlError | undefined): readonly SurveyFinding[] =>
  error === undefined ? [] : [finding('MANIFEST_DAMAGED', name, error.message)]

const isCandidate = (entry: Dirent): boolean => entry.isDirectory() && entry.name !== 'trash'

const chainFindings = ({ chains, orphans }: Chains): readonly SurveyFinding[] => {
  const told = (code: 'BROKEN' | 'ORPHAN', members: Chains['orphans']): readonly SurveyFinding[] =>
    members
      .filter((member) => !isUsable(member))
      .map(({ backup, problems }) =>
        finding(code, backup.id, problems.map((p) => `${p.code} ${p.message}`).join('; ')),
      )
  return [
    ...told(
      'BROKEN',
      chains.flatMap(({ members }) => members),
    ),
    ...told('ORPHAN', orphans),
  ]
}

const notesFindings = async (
  layout: RepositoryLayout,
  { backups }: Catalog,
): Promise<readonly SurveyFinding[]> => {
  const readings = await readAllNotes(
    layout,
    backups.map(({ id }) => id),
  )
  return [...readings].flatMap(([id, { problem }]) =>
    problem === undefined ? [] : [finding('NOTES_DAMAGED', `${id}/notes.json`, problem.message)],
  )
}

/** Whoever owns the repository is whom mysqld runs as: its first run gave it away. */
const readingFindings = async (
  layout: RepositoryLayout,
  { backups }: Catalog,
): Promise<readonly SurveyFinding[]> => {
  const owner = await ownerOf(layout.root)
  const findings: SurveyFinding[] = []
  for (const { id } of backups) {
    const unreadable = await unreadableFor(owner, layout.backup(id).directory)
    const [first] = unreadable
    if (first === undefined) continue
    const more = unreadable.length === 1 ? '' : ` and ${unreadable.length - 1} more`
    const whose = `user ${owner.uid}, who owns the repository`
    findings.push(finding('NOT_READABLE', id, `${first}${more} cannot be read by ${whose}`))
  }
  return findings
}

const strangerFindings = (layout: RepositoryLayout, { name }: Dirent): readonly SurveyFinding[] => {
  const own = [layout.header, layout.lock, `${layout.lock}.takeover`, layout.trash, layout.binlogs]
  if (own.includes(join(layout.root, name)) || parseBackupId(name) !== undefined) return []
  return isTemporaryName(name)
    ? [finding('TEMPORARY', name, 'is left by a run that died', { kind: 'remove-temporary' })]
    : [finding('STRANGER', name, 'is nothing that clonectl made')]
}

const trashFindings = async (layout: RepositoryLayout): Promise<readonly SurveyFinding[]> => {
  const { strangers } = await readTrash(layout)
  return strangers.map((name) =>
    finding('STRANGER', `trash/${name}`, 'is nothing that clonectl made'),
  )
}
