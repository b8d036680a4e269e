// A directory that somebody wants to have adopted, looked at from outside, and how it is refused.

import { ClonectlError } from '../errors.ts'
import type { StoredPath } from '../repository/stored-kind.ts'
import type { FileTree } from '../system/file-tree.ts'

export interface CloneDirectory {
  /** Real path. */
  readonly directory: string
  readonly tree: FileTree
  readonly stored: readonly StoredPath[]
}

/** What mysqld makes when it starts on a data directory (auto.cnf, temporary and doublewrite files). */
const startedForm = /^(?:auto\.cnf|ibtmp\d+|[^/]+\.pid|#innodb_temp\/.*|#ib_[^/]*\.dblwr)$/

/** What shows that a server ran on it: then it is a data directory, and a clone no more. */
export const startProblems = ({ tree }: CloneDirectory): readonly string[] =>
  tree.files
    .filter(({ path }) => startedForm.test(path))
    .slice(0, 3)
    .map(({ path }) => `a mysqld was started on it, for it holds ${path}`)

/** Throws INTEGRITY telling all these problems; nothing happens when there are none. */
export const requireSound = (directory: string, problems: readonly string[]): void => {
  if (problems.length === 0) return
  throw new ClonectlError(
    'INTEGRITY',
    `${directory} is no clone as the server left it: ${problems.join('; ')}`,
    {
      hint: 'only what CLONE wrote can be adopted, before anything was done to it',
      details: { directory, problems },
    },
  )
}
