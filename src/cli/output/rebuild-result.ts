// What `chain rebuild` answers: what is wrong in the repository, what was mended, and what is there.

import { errorTable } from '../../errors.ts'
import type { RebuildOutcome } from '../../repository/rebuild.ts'
import { isDamage, type SurveyFinding } from '../../repository/survey-finding.ts'
import type { CommandResult } from '../command.ts'

/** Damage that is left makes it the exit code of INTEGRITY. */
export const rebuildResult = (outcome: RebuildOutcome, confirmed: boolean): CommandResult => {
  const { layout, repairs, survey } = outcome
  const { catalog, chains, findings } = survey
  const counts = {
    backups: catalog.backups.length,
    chains: chains.chains.length,
    orphans: chains.orphans.length,
    damaged: catalog.damaged.length,
    unsealed: catalog.unsealed.length,
  }
  return {
    document: {
      confirmed,
      path: layout.root,
      repairs: repairs.map(findingFields),
      findings: findings.map(findingFields),
      ...counts,
    },
    text: [
      ...(confirmed ? repairs.map((repair) => line('mended', repair)) : []),
      ...findings.map((found) => line(wordOf(found, confirmed), found)),
      repairs.length + findings.length === 0 ? '' : '\n',
      `repository:  ${layout.root}\n`,
      `found:       ${count(counts.backups, 'backup')} in ${count(counts.chains, 'chain')}, ${count(counts.orphans, 'orphan')}\n`,
      ending(outcome, confirmed),
    ].join(''),
    exitCode: findings.some(isDamage) ? errorTable.INTEGRITY.exitCode : 0,
  }
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`

const findingFields = ({ code, path, message, repair }: SurveyFinding): object => ({
  ...{ code, path, message, repair },
})

const wordOf = (found: SurveyFinding, confirmed: boolean): string => {
  if (found.repair !== null && !confirmed) return 'mend'
  return isDamage(found) ? 'wrong' : 'note'
}

const line = (word: string, { code, path, message }: SurveyFinding): string =>
  `${word.padEnd(8)}  ${path}: ${code} ${message}\n`

const ending = ({ repairs, survey }: RebuildOutcome, confirmed: boolean): string => {
  if (confirmed) return `mended:      ${repairs.length}\n`
  if (repairs.length > 0)
    return `to mend:     ${repairs.length}; nothing was changed, --confirm mends them\n`
  return `wrong:       ${survey.findings.filter(isDamage).length}\n`
}
