// Options of GreatSQL and of MySQL 8.0 that may stand in an option file for a GreatSQL server, and
// that the real server here does not know: an unknown option would keep it from starting.

/** As basic regular expressions, for grep and for the shell's patterns alike. */
export const foreignOptions = [
  'clone[-_]incremental[-_]dir',
  'clone[-_]file[-_]compress',
  'clone[-_]encrypt[-_]key[-_]path',
  'default[-_]authentication[-_]plugin',
  'secure[-_]log[-_]path',
] as const

const pattern = new RegExp(`^--(?:loose[-_])?(?:${foreignOptions.join('|')})`)

/** `--clone_incremental_dir=` and the like, with or without a value. */
export const isForeign = (option: string): boolean => pattern.test(option)
