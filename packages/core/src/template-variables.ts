/**
 * The variables of a URI template literal: `{ id: string; page?: string; tag?: string[] }` for `x://{id}{?page,tag*}`.
 *
 * Variables of the named operators (`?`, `&`, `;`) are optional, exploded ones are lists. A template that is only known
 * as `string` yields a record.
 */
export type TemplateVariables<Template extends string> = string extends Template
  ? Record<string, string | string[]>
  : Template extends `${string}{${'?' | '&' | ';'}${string}`
    ? Variables<Specs<Template>>
    : { [Spec in Specs<Template> as Name<Spec>]: Spec extends `${string}*` ? string[] : string }

// Every variable as written, with a leading `?` where it may be absent.
type Specs<Template extends string> = Template extends `${string}{${infer Expression}}${infer Rest}`
  ? Tagged<Expression> | Specs<Rest>
  : never

type Tagged<Expression extends string> = Expression extends `${'?' | '&' | ';'}${infer List}`
  ? `?${Split<List>}`
  : Expression extends `${'+' | '#' | '.' | '/'}${infer List}`
    ? Split<List>
    : Split<Expression>

type Split<List extends string> = List extends `${infer Head},${infer Rest}` ? Head | Split<Rest> : List

type Name<Spec extends string> = Spec extends `${infer Rest}${'*' | `:${number}`}` ? Rest : Spec

type Variables<Spec extends string> = Flat<
  {
    [Each in Exclude<Spec, `?${string}`> as Name<Each>]: Each extends `${string}*` ? string[] : string
  } & {
    [Each in Spec as Each extends `?${infer Rest}` ? Name<Rest> : never]?: Each extends `${string}*` ? string[] : string
  }
>

type Flat<T> = { [Key in keyof T]: T[Key] }

/**
 * Why a template variable must not reach a file path or a query, or `undefined` when nothing speaks against it.
 *
 * Refused are a NUL, an absolute path (POSIX, UNC or drive letter) and a `..` segment between slashes or backslashes,
 * also when one more percent-decoding would bring them out. `value` is already decoded once.
 */
export const screenVariable = (name: string, value: string | readonly string[]): string | undefined => {
  for (const each of typeof value === 'string' ? [value] : value) {
    const fault = faultOf(each) ?? (each.includes('%') ? faultOf(decodeAgain(each)) : undefined)
    if (fault !== undefined) return `${name} ${fault}`
  }
  return undefined
}

const faultOf = (value: string): string | undefined => {
  if (value.includes('\0')) return 'contains a NUL character'
  if (/^(?:[/\\]|[A-Za-z]:)/.test(value)) return 'is an absolute path'
  // Windows drops blanks and dots behind a name, so that `.. ` climbs as well.
  const climbs = value.split(/[/\\]/).some((segment) => segment.startsWith('..') && /^[. ]+$/.test(segment))
  return climbs ? 'climbs out with a ".." segment' : undefined
}

const decodeAgain = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
