// What a recipient compares of its donor before it takes anything (clone_client.cc,
// validate_remote_params).
import { SqlError } from '../protocol/sql-error.ts'
import type { GreatSql } from '../server/greatsql.ts'

const SMALLEST_PACKET = 2_097_152

const compared = ['character_set_server', 'character_set_filesystem', 'innodb_page_size'] as const

export interface ServerProfile {
  readonly version: string
  readonly os: string
  readonly machine: string
  readonly collation: string
  readonly configs: Readonly<Record<string, string>>
  /** Names of the active plugins that come from libraries. */
  readonly plugins: readonly string[]
  readonly maxAllowedPacket: number
}

export const readProfile = async ({ server, release }: GreatSql): Promise<ServerProfile> => {
  const variables = [
    'version_compile_os',
    'version_compile_machine',
    'collation_server',
    ...compared,
  ]
  const [row = []] = await server.sql(
    `SELECT ${[...variables, 'max_allowed_packet'].map((name) => `@@GLOBAL.${name}`).join(', ')}`,
  )
  const plugins = await server.sql(
    'SELECT PLUGIN_NAME FROM information_schema.PLUGINS ' +
      "WHERE PLUGIN_STATUS = 'ACTIVE' AND PLUGIN_LIBRARY IS NOT NULL",
  )
  return {
    version: release.version,
    os: row[0] ?? '',
    machine: row[1] ?? '',
    collation: row[2] ?? '',
    configs: Object.fromEntries(compared.map((name, index) => [name, row[3 + index] ?? ''])),
    plugins: plugins.flatMap((plugin) => plugin[0] ?? []),
    maxAllowedPacket: Number(row.at(-1)),
  }
}

/** @throws SqlError 3957 when packets of this server are too small. */
export const checkPacket = ({ maxAllowedPacket }: ServerProfile): void => {
  if (maxAllowedPacket >= SMALLEST_PACKET) return
  throw new SqlError(
    3957,
    'HY000',
    `Clone needs max_allowed_packet value to be ${SMALLEST_PACKET} or more. ` +
      `Current value is ${maxAllowedPacket}`,
  )
}

const differs = (errno: number, message: string): SqlError => new SqlError(errno, 'HY000', message)

/** @throws SqlError 3864 to 3870, 3957. */
export const compareServers = async (recipient: GreatSql, donor: ServerProfile): Promise<void> => {
  const own = await readProfile(recipient)
  if (donor.version !== own.version) {
    throw differs(
      3864,
      `Clone Donor MySQL version: ${donor.version} is different from Recipient MySQL version ${own.version}.`,
    )
  }
  const missing = donor.plugins.find((plugin) => !own.plugins.includes(plugin))
  if (missing !== undefined) {
    throw differs(3870, `Clone Donor plugin ${missing} is not active in Recipient.`)
  }
  if (donor.collation !== own.collation) {
    throw differs(3867, `Clone Donor collation: ${donor.collation} is unavailable in Recipient.`)
  }
  for (const [name, value] of Object.entries(donor.configs)) {
    const mine = own.configs[name] ?? ''
    if (mine === value) continue
    throw differs(
      3868,
      `Clone Configuration ${name}: Donor value: ${value} is different from Recipient value: ${mine}.`,
    )
  }
  checkPacket(own)
}
