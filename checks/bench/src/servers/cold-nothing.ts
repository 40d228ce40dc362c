/** Nothing, which must be imported from somewhere. */
export const nothing: undefined = undefined
