const encoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/**
 * The `Authorization` header of HTTP Basic as RFC 6749, section 2.3.1 wants it: both halves are form-encoded first.
 *
 * It has no more escapes than it needs: servers that forget to undo them still understand the ids and secrets that are
 * in use.
 */
export const basicCredentials = (id: string, secret: string): string =>
  `Basic ${btoa(`${encoded(id)}:${encoded(secret)}`)}`
