import { invalidParams, ToolError } from '@parley/core'

/** Does what a resource is read with. A resource has no result for a failure, so what a tool would tell is an error here. */
export const reading = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw error instanceof ToolError ? invalidParams(error.message) : error
  }
}
