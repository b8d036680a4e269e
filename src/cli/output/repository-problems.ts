// What is wrong in a repository: broken links, manifests that cannot be believed, directories that
// were never sealed. Shown below every listing, because a listing without them would be a lie.

import type { Member } from '../../chain/chains.ts'
import { membersOf, type RepositoryView } from '../repository-view.ts'
import { lostBaseOf } from './backup-fields.ts'

/** `damaged` and `unsealed` of the documents. */
export const problemFields = ({ damaged, unsealed }: RepositoryView): object => ({
  damaged: damaged.map(({ id, error }) => ({ id, code: error.code, message: error.message })),
  unsealed,
})

/** One line for each problem; empty when all is well. */
export const problemText = (view: RepositoryView): string => {
  const members = membersOf(view)
  const lines = [
    ...members.flatMap((member) => memberLines(member, members)),
    ...view.damaged.map(({ id, error }) => `damaged   ${id}: ${error.code} ${error.message}`),
    ...view.unsealed.map(({ id, message }) => `unsealed  ${id}: ${message}`),
  ]
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}

const memberLines = (member: Member, members: readonly Member[]): readonly string[] => {
  const { backup, base, problems } = member
  const lost = lostBaseOf(member, members)
  return [
    ...problems.map(({ code, message }) => `broken    ${backup.id}: ${code} ${message}`),
    ...(lost === undefined
      ? []
      : [`warning   ${backup.id}: made on ${lost}, which is lost; sits on ${base} as well`]),
  ]
}
