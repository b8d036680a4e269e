// How one emulator asks another for the donor's half of a clone.
import type { DonorRequest } from './donor.ts'

export type DonorVerb = 'BEGIN' | 'FILE COPY' | 'PAGE COPY'

const pattern = /^\s*CLONE EMULATOR DONOR (BEGIN|FILE COPY|PAGE COPY) '([\da-f]+)'\s*$/

const big = '$bigint'

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? { [big]: String(part) } : part,
  )

const fromJson = (text: string): unknown =>
  JSON.parse(text, (_, part: unknown) =>
    typeof part === 'object' && part !== null && big in part ? BigInt(String(part[big])) : part,
  )

/** The statement; its argument is hexadecimal, so that it needs no quoting. */
export const donorStatement = (verb: DonorVerb, request: DonorRequest): string =>
  `CLONE EMULATOR DONOR ${verb} '${Buffer.from(toJson(request)).toString('hex')}'`

/** Undefined for any other statement. */
export const parseDonorStatement = (
  text: string,
): { verb: DonorVerb; request: DonorRequest } | undefined => {
  const [, verb, hex] = pattern.exec(text) ?? []
  if (verb === undefined || hex === undefined) return undefined
  const request = fromJson(Buffer.from(hex, 'hex').toString()) as DonorRequest
  return { verb: verb as DonorVerb, request }
}

/** The statement that the donor's real server answers with the material. */
export const materialQuery = (material: unknown): string =>
  `SELECT '${Buffer.from(toJson(material)).toString('hex')}' AS material`

/** Takes the material out of the rows of that query. Both ends are the emulator, so it is trusted. */
export const readMaterial = (rows: unknown): unknown => {
  const [[hex = ''] = []] = rows as string[][]
  return fromJson(Buffer.from(hex, 'hex').toString())
}
