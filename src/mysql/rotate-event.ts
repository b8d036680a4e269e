// The event that says in which binlog the server goes on.
// Format: libs/mysql/binlog/event/control_events.h (Rotate_event).

export interface Rotation {
  /** "binlog.000013" */
  readonly nextName: string
  /** Where its first event begins. */
  readonly position: number
}

const positionBytes = 8

/** Reads the body of an event of type 4 without its checksum; undefined for bytes that are none. */
export const parseRotate = (body: Buffer): Rotation | undefined => {
  if (body.length <= positionBytes) return undefined
  const position = Number(body.readBigUInt64LE(0))
  return { nextName: body.toString('utf8', positionBytes), position }
}
