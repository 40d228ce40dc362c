const grammar = /^([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"([^"\\]*)")$/

// A parameter with a semicolon in quotes comes apart here and is refused: no honest client sends one.
const isHarmless = (text: string): boolean => {
  if (text === '') return true
  const [, name, token, quoted] = grammar.exec(text) ?? []
  if (name === undefined) return false
  return name.toLowerCase() !== 'charset' || (token ?? quoted)?.toLowerCase() === 'utf-8'
}

/** Whether a Content-Type is JSON in UTF-8, and nothing that only looks like it. */
export const isJson = (contentType: string | undefined): boolean => {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim())
  return type.toLowerCase() === 'application/json' && parameters.every(isHarmless)
}

const isZero = (parameter: string): boolean => /^\s*q=0(?:\.0*)?\s*$/i.test(parameter)

/** Whether an Accept header takes a media type. Without a header everything is taken. */
export const accepts = (accept: string | undefined, type: string): boolean => {
  if (accept === undefined) return true
  const [main = ''] = type.split('/')
  const wanted = [type, `${main}/*`, '*/*']
  return accept.split(',').some((range) => {
    const [name = '', ...rest] = range.split(';')
    return wanted.includes(name.trim().toLowerCase()) && !rest.some(isZero)
  })
}
