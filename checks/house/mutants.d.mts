/** A rule broken on purpose: in `file`, the text `find` becomes `replace`. */
export type Mutant = { readonly id: string; readonly file: string; readonly find: string; readonly replace: string }

export const mutants: readonly Mutant[]
