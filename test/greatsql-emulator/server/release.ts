// What differs between GreatSQL's releases, as far as backups are concerned (release notes,
// clone_plugin.cc, clone_courrency.test).

export interface Release {
  /** As VERSION() says it. */
  readonly version: string
  readonly versionComment: string
  /** Clones one donor serves at a time. */
  readonly donorSlots: number
  /** 8.4: network compression variables, SHOW BINARY LOG STATUS instead of SHOW MASTER STATUS. */
  readonly is84: boolean
}

/** Clones one server runs as recipient at a time, in all releases. */
export const recipientSlots = 5

/** @throws Error for a text that is no GreatSQL version such as 8.0.32-27. */
export const releaseOf = (version: string): Release => {
  const [, series, release] = /^(8\.0\.32|8\.4\.\d+)-(\d+)$/.exec(version) ?? []
  if (series === undefined || release === undefined) {
    throw new Error(`${version} is no GreatSQL version such as 8.0.32-27 or 8.4.4-4`)
  }
  const is84 = series.startsWith('8.4')
  return {
    version,
    versionComment: `GreatSQL, Release ${release}, Revision 3e90dfbbf1a`,
    donorSlots: !is84 && Number(release) <= 26 ? 5 : 1,
    is84,
  }
}
