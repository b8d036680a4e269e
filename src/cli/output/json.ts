// The documents of --json. docs/json-output.md describes each one; the shapes are tested.

/** Raised when a field changes its meaning or goes away; new fields may appear without it. */
export const SCHEMA_VERSION = 1

/** Values JSON.stringify would lose or refuse: LSNs become decimal text. Dates are UTC RFC 3339 by themselves. */
const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value

/** One document, indented, with the schema's version first. */
export const formatDocument = (document: object): string =>
  `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...document }, plain, 2)}\n`

/** One object on one line, for streams of events. */
export const formatJsonLine = (object: object): string => `${JSON.stringify(object, plain)}\n`
