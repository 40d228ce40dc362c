/** Where a value is not what the protocol says it is, and how. */
export type Fault = {
  /** A JSON Pointer from the value that was checked; empty for that value itself. A missing field is named too. */
  path: string
  /** A predicate, such as `is required` or `must be a string`. */
  message: string
}

/** Checks one shape: the first fault, or `undefined` when there is none. Never throws, never changes the value. */
export type Validator = (value: unknown) => Fault | undefined

const isName = /^[A-Za-z_$][\w$]*$/
const isIndex = /^\d+$/

const step = (segment: string): string => {
  const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
  if (isName.test(key)) return `.${key}`
  return isIndex.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`
}

/** Puts a fault in one sentence, such as `params.arguments must be an object`; `root` names the value that was checked. */
export const explain = (fault: Fault, root: string): string => {
  const steps = fault.path.split('/').slice(1).map(step)
  return `${root}${steps.join('')} ${fault.message}`
}
