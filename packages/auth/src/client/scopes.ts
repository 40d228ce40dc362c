const most = 200

const isScope = (text: string): boolean => /^[\u0021\u0023-\u005B\u005D-\u007E]+$/.test(text)

/** The scopes in a space-separated list, each once; those that are none by RFC 6749 are left out. */
export const readScopes = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : union(text.split(' ').filter(isScope))

/** All the scopes in some lists, each once, in order of first mention. */
export const union = (...lists: readonly (readonly string[])[]): readonly string[] =>
  [...new Set(lists.flat())].filter(isScope).slice(0, most)

/** Whether every one of some scopes is among others. */
export const includesAll = (held: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((scope) => held.includes(scope))
