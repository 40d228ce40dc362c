import { red } from './paint.ts'

/** What the process ends with. Scripts may rely on these numbers. */
export const exitCodes = {
  /** Something else failed. */
  failed: 1,
  /** The command line, or a file that it names, is wrong; nothing was started. */
  usage: 2,
  /** The server could not be started or reached, or went away. */
  connection: 3,
  /** The server answered with an error of the protocol. */
  refused: 4,
  /** The tool ran and failed. */
  tool: 5,
  /** Ctrl-C. */
  cancelled: 130,
} as const

/** One of the documented exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** An end that was foreseen: one sentence that says what is wrong and what to do, and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  /** What helps beside the sentence, such as a stack or a server's stderr; printed before it. */
  readonly details: string | undefined

  constructor(message: string, exitCode: ExitCode = exitCodes.failed, details?: string) {
    super(message)
    this.exitCode = exitCode
    this.details = details
  }
}

/** A failure that the user mends by typing something else. */
export const usage = (message: string): Failure => new Failure(message, exitCodes.usage)

const codesByName = new Map<string, ExitCode>([
  ['RpcError', exitCodes.refused],
  ['InvalidResult', exitCodes.refused],
  ['TooManyRounds', exitCodes.refused],
  ['UrlElicitationRequired', exitCodes.refused],
  ['ConnectionClosed', exitCodes.connection],
  ['NegotiationFailed', exitCodes.connection],
  ['HttpFailure', exitCodes.connection],
  ['AuthError', exitCodes.connection],
  ['AuthorizationRequired', exitCodes.connection],
  ['TimeoutError', exitCodes.connection],
])

const connectionFaults = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'])

/** The code that Node, or a protocol, gives an error; undefined where it has none. */
export const codeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined
}

/** The end of what a program wrote to stderr before it was gone; undefined for any other error. */
export const stderrOf = (error: unknown): string | undefined =>
  error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : undefined

const isUnreachable = (error: unknown): boolean => {
  const code = codeOf(error)
  if (code !== undefined && connectionFaults.has(code)) return true
  return error instanceof Error && error.cause !== undefined && isUnreachable(error.cause)
}

/** The exit code of an error, whoever threw it. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof Failure) return error.exitCode
  if (!(error instanceof Error)) return exitCodes.failed
  if (isUnreachable(error)) return exitCodes.connection
  return codesByName.get(error.name) ?? exitCodes.failed
}

/** An error in one sentence, with what a socket had to say where one failed. */
export const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof Failure) return error.message
  const code = codeOf(error)
  if (error.name === 'RpcError') return `The server answered with error ${code}: ${error.message}`
  const { cause } = error
  // A socket's own words say which address refused; the wrapper only says that it failed.
  if (isUnreachable(error) && cause instanceof Error) return `${error.message}: ${sentenceOf(cause) || codeOf(cause)}`
  return error.message || (code ?? error.name)
}

/** Prints an error as one sentence on stderr, and sets the exit code. */
export const report = (error: unknown): void => {
  if (error instanceof Failure && error.details !== undefined) process.stderr.write(`${error.details.trimEnd()}\n`)
  process.stderr.write(`${red('parley:', process.stderr)} ${sentenceOf(error)}\n`)
  process.exitCode = exitCodeOf(error)
}
