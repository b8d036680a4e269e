// What `chain merge` answers: the full, as `full` answers it, and what it was made of.

import type { MergeOutcome } from '../../restore/merge-chain.ts'
import type { CommandResult } from '../command.ts'
import { backupResult } from './backup-result.ts'

/** The outcome as a document and as text. `durationMs` is the whole run's. */
export const mergeResult = (outcome: MergeOutcome, durationMs: number): CommandResult => {
  const { document, text } = backupResult(outcome, durationMs)
  return {
    document: { ...document, mergedFrom: outcome.manifest.mergedFrom ?? null },
    text: `${text}made of:    ${outcome.chain.join(' ==> ')}\n`,
  }
}
