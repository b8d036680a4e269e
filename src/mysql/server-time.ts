// Times as the server writes them. Sessions run in UTC, so the text is a UTC instant.

/**
 * Reads a TIMESTAMP such as "2026-11-20 09:30:12.345" as UTC. Null for NULL, for the zero date
 * and for anything else that is no time.
 */
export const parseServerTime = (text: string | null): Date | null => {
  const parts = text === null ? null : /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$/u.exec(text)
  if (parts === null) return null
  const [, day = '', time = ''] = parts
  const instant = new Date(`${day}T${time}Z`)
  return Number.isNaN(instant.getTime()) ? null : instant
}
