// Capability flags of the handshake (include/mysql_com.h), as far as this front has to know them.

export const CONNECT_WITH_DB = 1 << 3
const COMPRESS = 1 << 5
export const TLS = 1 << 11
export const MULTI_STATEMENTS = 1 << 16
export const LENENC_AUTH_DATA = 1 << 21
export const DEPRECATE_EOF = 1 << 24
const OPTIONAL_METADATA = 1 << 25
const ZSTD_COMPRESSION = 1 << 26
const QUERY_ATTRIBUTES = 1 << 27

/**
 * What the front does not offer: packets it could not read (compressed), and texts or results in
 * another form than it knows.
 */
export const withheld = COMPRESS | OPTIONAL_METADATA | ZSTD_COMPRESSION | QUERY_ATTRIBUTES

export const has = (capabilities: number, flag: number): boolean => (capabilities & flag) !== 0
