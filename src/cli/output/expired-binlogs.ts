// What an expiry does to the archived binlogs, as a document and as text.

import type { ArchivedBinlog } from '../../binlog/archived-binlog.ts'
import type { ArchivePlan } from '../../binlog/needed-binlogs.ts'
import { archiveNameOf, archiveTitle } from './binlog-fields.ts'
import { formatBytes } from './bytes.ts'

const bytesOf = (binlogs: readonly ArchivedBinlog[]): number =>
  binlogs.reduce((sum, { stored }) => sum + stored.sizeBytes, 0)

/** One of `binlogs` in the document. */
export const expiredBinlogFields = ({ archive, expired, kept, why }: ArchivePlan): object => ({
  archive: archiveNameOf(archive),
  serverUuid: archive.serverUuid,
  endedAt: archive.endedAt,
  expired: expired.map(({ name, stored }) => ({ name, bytes: stored.sizeBytes })),
  bytes: bytesOf(expired),
  kept: kept.length,
  keptBytes: bytesOf(kept),
  keptFrom: kept[0]?.name ?? null,
  why: why ?? null,
})

/** Lines of text: what goes, and why the rest stays. */
export const expiredBinlogText = (
  { archive, expired, kept, why }: ArchivePlan,
  confirmed: boolean,
): string => {
  const what = `${spanOf(expired)}, ${formatBytes(bytesOf(expired))}`
  const gone = confirmed ? 'removed for good' : 'to be removed for good'
  return [
    '',
    `binlogs of ${archiveTitle(archive)}`,
    `expire:      ${expired.length === 0 ? 'none' : `${what}, ${gone}: no kept backup needs them`}`,
    kept.length === 0
      ? 'keep:        none'
      : `keep:        ${spanOf(kept)}, ${formatBytes(bytesOf(kept))}: ${kept[0]?.name ?? ''} ${why?.message ?? ''}`,
    '',
  ].join('\n')
}

const spanOf = (binlogs: readonly ArchivedBinlog[]): string => {
  const [first, last] = [binlogs[0]?.name ?? '', binlogs.at(-1)?.name ?? '']
  return first === last ? first : `${first} to ${last} (${binlogs.length})`
}
