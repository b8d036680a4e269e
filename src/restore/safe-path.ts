// Paths that may be handed to GreatSQL's mysqld. In 8.0 it replaces the redo log through a shell,
// with `rm -rf` and `cp` and no quotes around the paths (srv0start.cc), so a blank or a semicolon in
// one of them would be a disaster.

import { ClonectlError } from '../errors.ts'

const safe = /^[A-Za-z0-9._/@+-]+$/

/** Throws PATH_FORBIDDEN for a path with any character that a shell or an option file might read. */
export const requireSafePath = (path: string): void => {
  if (safe.test(path)) return
  throw new ClonectlError(
    'PATH_FORBIDDEN',
    `GreatSQL's mysqld hands this path to a shell without quotes: ${JSON.stringify(path)}`,
    {
      hint: 'use a path of letters, digits and . _ / @ + - only, or apply with --apply native',
      details: { path },
    },
  )
}
