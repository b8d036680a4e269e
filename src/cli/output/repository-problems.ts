// What is wrong in a repository: broken links, manifests that cannot be believed, directories that
// were never sealed. Shown below every listing, because a listing without them would be a lie.

import { membersOf, type RepositoryView } from '../repository-view.ts'

/** `damaged` and `unsealed` of the documents. */
export const problemFields = ({ damaged, unsealed }: RepositoryView): object => ({
  damaged: damaged.map(({ id, error }) => ({ id, code: error.code, message: error.message })),
  unsealed,
})

/** One line for each problem; empty when all is well. */
export const problemText = (view: RepositoryView): string => {
  const lines = [
    ...membersOf(view).flatMap(({ backup, problems }) =>
      problems.map(({ code, message }) => `broken    ${backup.id}: ${code} ${message}`),
    ),
    ...view.damaged.map(({ id, error }) => `damaged   ${id}: ${error.code} ${error.message}`),
    ...view.unsealed.map(({ id, message }) => `unsealed  ${id}: ${message}`),
  ]
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}
