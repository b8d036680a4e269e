// When a backup was last verified, as the listings show it.

import type { Backup } from '../../chain/backup.ts'
import type { Verified } from '../../repository/verified-file.ts'
import type { RepositoryView } from '../repository-view.ts'
import { formatInstant } from './backup-fields.ts'

type Remembered = Pick<RepositoryView, 'verified'>

const verifiedOf = ({ verified }: Remembered, { id }: Backup): Verified | undefined =>
  verified.get(id)

/** `lastVerified` of the documents. */
export const lastVerifiedField = (view: Remembered, backup: Backup): object => {
  const { last = null, completeSince = null } = verifiedOf(view, backup) ?? {}
  if (last === null) return { lastVerified: null }
  const { at, clonectlVersion, deep, samplePercent, files, bytes, problems } = last
  const outcome = problems === 0 ? 'ok' : 'damaged'
  return {
    lastVerified: {
      ...{ at, outcome, problems, deep, samplePercent, files, bytes },
      ...{ clonectlVersion, completeSince },
    },
  }
}

/** For tables: when, and what there is to know besides. */
export const lastVerifiedText = (view: Remembered, backup: Backup): string => {
  const last = verifiedOf(view, backup)?.last ?? null
  if (last === null) return 'never'
  return [
    formatInstant(new Date(last.at)),
    ...(last.problems > 0 ? ['DAMAGED'] : []),
    ...(last.deep ? ['deep'] : []),
    ...(last.samplePercent === null ? [] : [`${last.samplePercent} %`]),
  ].join(' ')
}
