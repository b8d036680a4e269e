// Makes the restored data directory of a chain whose pages the server made: the full first, its own
// changed pages next when it is compressed, then one increment after the other, each proved.

import { remove } from 'fs-extra/esm'
import { parseDeltaName } from '../codec/names.ts'
import { ClonectlError } from '../errors.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import type { CloneCheckpoints } from '../mysql/clone-checkpoints.ts'
import { readAppliedState, writeAppliedState } from '../repository/applied-state.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import type { Owner } from '../system/owner.ts'
import type { Applier, ApplierName } from './applier.ts'
import { applyIncrement } from './apply-increment.ts'
import { findMysqld } from './choose-applier.ts'
import type { SealedBackup } from './layers.ts'
import { mysqldApplier, type ServerLayout } from './mysqld-applier.ts'
import { nativeApplier } from './native-applier.ts'
import { donorValues } from './option-file.ts'
import type { RestoreContext } from './request.ts'
import type { WorkingStage } from './stage.ts'
import { stageContent } from './stage-content.ts'

export interface ApplyingRequest {
  readonly stage: WorkingStage
  /** The full first. */
  readonly lineage: readonly SealedBackup[]
  readonly by: ApplierName
  readonly owner: Owner
  readonly settings: ServerSettings
  readonly parallel: number
  /** Undefined when nothing is encrypted. */
  readonly key: StoredKey | undefined
}

/**
 * Builds `stage.data`. Throws INTEGRITY for a backup that is damaged, does not fit together, or did
 * not come out as it should; PROCESS when mysqld ends badly.
 */
export const buildByApplying = async (
  context: RestoreContext,
  request: ApplyingRequest,
): Promise<void> => {
  const { stage, lineage, owner, parallel, key } = request
  const [full, ...increments] = lineage
  if (full === undefined) throw new Error('a chain without a full')
  const applier = await makeApplier(context, request)
  const applied: CloneCheckpoints[] = []
  const files = await stageContent(context, {
    backup: full,
    destination: stage.data,
    owner,
    parallel,
    key,
    label: 'stage',
  })
  applied.push(...(await requireRecorded(full, stage.data)))
  if (files.some(({ path }) => parseDeltaName(path) !== undefined))
    await step(context, request, applier, { backup: full, directory: stage.data, step: 'prepare' })
  for (const [index, backup] of increments.entries()) {
    const directory = stage.increment
    const name = `apply ${index + 1}`
    const label = `stage ${index + 1}`
    await stage.journal.begin(label)
    await stageContent(context, {
      ...{ backup, destination: directory, owner, parallel, key, label },
    })
    applied.push(...(await requireRecorded(backup, directory)))
    await step(context, request, applier, { backup, directory, step: name })
    await remove(directory)
  }
  await writeAppliedState(stage.data, { state: 'applied', backups: applied }, owner)
}

/**
 * The server's own notes of the LSNs must be what the chain was built on. A merged full has those of
 * everything it was made of.
 */
const requireRecorded = async (
  { manifest }: SealedBackup,
  directory: string,
): Promise<readonly CloneCheckpoints[]> => {
  const { backups } = await readAppliedState(directory)
  const [begin, last] = [backups[0]?.startLsn, backups.at(-1)]
  const same =
    String(begin) === manifest.startLsn &&
    String(last?.pageTrackLsn) === manifest.pageTrackLsn &&
    String(last?.endLsn) === manifest.endLsn
  if (same) return backups
  throw new ClonectlError(
    'INTEGRITY',
    `${manifest.id} holds a clone of LSN ${begin} to ${last?.endLsn}, its manifest says ` +
      `${manifest.startLsn} to ${manifest.endLsn}`,
    { hint: 'restore another backup: clonectl chain show', details: { backup: manifest.id } },
  )
}

interface Step {
  readonly backup: SealedBackup
  readonly directory: string
  readonly step: string
}

const step = async (
  context: RestoreContext,
  { stage, owner, settings, parallel }: ApplyingRequest,
  applier: Applier,
  { backup, directory, step: name }: Step,
): Promise<void> => {
  const { reporter, signal } = context
  await stage.journal.begin(name)
  reporter.step(name, { backup: backup.manifest.id, by: applier.name })
  const { tablespaces, pages, gone } = await applyIncrement(
    { reporter, signal, parallel },
    applier,
    {
      data: stage.data,
      directory,
      pageBytes: Number(layoutOf(settings).innodb_page_size),
      owner,
      step: name,
      workDirectory: stage.directory,
    },
  )
  reporter.info(`${name}: ${pages} pages of ${tablespaces} tablespaces, each proved`)
  if (gone.length > 0) reporter.debug(`${name}: dropped or renamed since: ${gone.join(', ')}`)
}

const makeApplier = async (
  context: RestoreContext,
  { by, stage, owner, settings, parallel }: ApplyingRequest,
): Promise<Applier> => {
  const { reporter, signal } = context
  if (by === 'native') return nativeApplier({ reporter, signal, owner, parallel })
  return mysqldApplier({
    mysqld: await findMysqld(context),
    workDirectory: stage.directory,
    layout: layoutOf(settings),
    owner,
    reporter,
    signal,
    onSpawn: (name, identity) => stage.journal.begin(name, { mysqld: { ...identity } }),
  })
}

const layoutOf = ({ variables }: ServerSettings): ServerLayout => {
  const values = donorValues(variables)
  return {
    lower_case_table_names: values['lower_case_table_names'] ?? '',
    innodb_page_size: values['innodb_page_size'] ?? '',
    innodb_data_file_path: values['innodb_data_file_path'] ?? '',
  }
}
