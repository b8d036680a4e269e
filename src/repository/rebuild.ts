// Mends what a survey found and what can be mended without guessing: repository.json, names of backups,
// leftovers. Backups themselves are never changed; what is damaged in them is for a copy to mend.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { renameDurable } from '../system/atomic-file.ts'
import type { Clock } from '../system/clock.ts'
import { acquireLock } from '../system/lock-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import type { ExpireContext } from './expire.ts'
import { layoutOf, type RepositoryLayout } from './layout.ts'
import { existingDirectory, writeHeader } from './repository.ts'
import { type Survey, surveyRepository } from './survey.ts'
import type { Repair, SurveyFinding } from './survey-finding.ts'
import { removeTemporaries } from './temporaries.ts'

export interface RebuildOutcome {
  readonly layout: RepositoryLayout
  /** What was mended, or would be. */
  readonly repairs: readonly SurveyFinding[]
  /** The repository as it is now. */
  readonly survey: Survey
}

/** Looks, and changes nothing. Throws REPOSITORY_MISSING where nothing speaks for a repository. */
export const previewRebuild = async (path: string): Promise<RebuildOutcome> => {
  const layout = layoutOf(await existingDirectory(path))
  const survey = await surveyRepository(layout)
  requireRepository(layout, survey)
  return { layout, repairs: repairsIn(survey), survey }
}

/** Looks, mends, and looks again. Throws REPOSITORY_MISSING or LOCKED. */
export const rebuild = async (
  context: Omit<ExpireContext, 'signal'>,
  path: string,
): Promise<RebuildOutcome> => {
  const { clock, command, reporter } = context
  const { layout } = await previewRebuild(path)
  await using _lock = await acquireLock(layout.lock, { command, now: clock.now() })
  const found = repairsIn(await surveyRepository(layout))
  for (const { repair } of found) if (repair !== null) await mend(layout, repair, clock)
  const survey = await surveyRepository(layout)
  const repairs = found.filter((one) => !survey.findings.some((other) => isSame(one, other)))
  for (const { path, message } of repairs) reporter.info(`mended ${path}, which ${message}`)
  return { layout, repairs, survey }
}

const isSame = (one: SurveyFinding, other: SurveyFinding): boolean =>
  one.code === other.code && one.path === other.path

const repairsIn = ({ findings }: Survey): readonly SurveyFinding[] =>
  findings.filter(({ repair }) => repair !== null)

/** A directory becomes no repository by being looked at: a sealed backup must be in it. */
const requireRepository = ({ root }: RepositoryLayout, { catalog, findings }: Survey): void => {
  const hasHeader = !findings.some(({ code }) => code === 'HEADER_MISSING')
  const hasBackup = catalog.backups.length > 0 || findings.some(({ code }) => code === 'RENAMED')
  if (hasHeader || hasBackup) return
  throw new ClonectlError(
    'REPOSITORY_MISSING',
    `${root} is no repository: it has neither repository.json nor a sealed backup`,
    { hint: 'check --repo; clonectl full makes a repository in an empty directory' },
  )
}

const mend = async (layout: RepositoryLayout, repair: Repair, clock: Clock): Promise<void> => {
  // All of them that nobody can be at work on.
  if (repair.kind === 'remove-temporary') await removeTemporaries(layout, clock.now())
  if (repair.kind === 'rename') await renameBack(layout, repair.from, repair.to)
  if (repair.kind !== 'write-header') return
  await writeHeader(layout, clock)
  await giveTo(await ownerOf(layout.root), layout.header)
}

/** rename(2) would replace an empty directory that has appeared under the name meanwhile. */
const renameBack = async (layout: RepositoryLayout, from: string, to: string): Promise<void> => {
  if ((await readdir(layout.root)).includes(to)) return
  await renameDurable(join(layout.root, from), layout.backup(to).directory)
}
