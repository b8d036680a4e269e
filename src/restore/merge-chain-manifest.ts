// What the manifest of a merged full says: everything that its tip says of the state it holds, and what
// it was made of.

import type { Manifest } from '../repository/manifest.ts'
import { sumBytes } from '../repository/manifest.ts'
import type { Unlisted } from '../repository/seal.ts'
import type { MergedResult } from './merge-chain-data.ts'
import type { MergeSource } from './merge-chain-source.ts'

export interface MergeFacts {
  readonly source: MergeSource
  readonly result: MergedResult
  readonly label: string | undefined
  readonly codec: Manifest['compression']
  readonly clonectlVersion: string
}

/** The manifest, less what sealing lists. */
export const describeMerge = ({
  source: { id, tip, chain },
  result,
  label,
  codec,
  clonectlVersion,
}: MergeFacts): Unlisted => {
  const { manifest } = tip
  const { engine, donor, recipient, pageTrackLsn, endLsn, trackedSince } = manifest
  const { beginTime, endTime, before, after } = manifest
  const reason = `merged from ${chain.length} backups, ${chain[0] ?? ''} to ${manifest.id}`
  return {
    format: 1,
    id,
    type: 'full',
    engine,
    base: null,
    label: label ?? null,
    clonectlVersion,
    donor,
    recipient,
    // No clone of the server's is this full.
    history: null,
    startLsn: '0',
    pageTrackLsn,
    endLsn,
    trackedSince,
    beginTime,
    endTime,
    before,
    after,
    compression: codec,
    encryption: manifest.encryption,
    decision: { asked: 'full', code: 'MERGED', reason },
    mergedFrom: { tip: manifest.id, chain: [...chain] },
    deltas: [],
    result,
    restoredBytes: sumBytes(result.files),
  }
}
