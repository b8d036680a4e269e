// Asks for a verification of a whole repository, as the command does.

import { buildChains } from '../../src/chain/chains.ts'
import type { KeySource } from '../../src/cipher/read-key.ts'
import { readCatalog } from '../../src/repository/catalog.ts'
import type { RepositoryLayout } from '../../src/repository/layout.ts'
import { verify, type VerifyOutcome, type VerifyRequest } from '../../src/repository/verify.ts'
import { type RecordingReporter, recordingReporter } from './recording-reporter.ts'

export interface Verification extends VerifyOutcome {
  readonly reporter: RecordingReporter
}

export const verifyAll = async (
  layout: RepositoryLayout,
  changes: Partial<VerifyRequest> = {},
  at = '2026-11-21T00:00:00.000Z',
  keySource?: KeySource,
): Promise<Verification> => {
  const catalog = await readCatalog(layout)
  const { chains, orphans } = buildChains(catalog.backups)
  const reporter = recordingReporter()
  const outcome = await verify(
    {
      reporter,
      clock: { now: () => new Date(at) },
      signal: new AbortController().signal,
      clonectlVersion: '0.1.0',
      keySource,
    },
    {
      layout,
      members: [...chains.flatMap(({ members }) => members), ...orphans],
      damaged: catalog.damaged,
      abandoned: catalog.unsealed,
      deep: false,
      samplePercent: null,
      parallel: 2,
      ...changes,
    },
  )
  return { ...outcome, reporter }
}
