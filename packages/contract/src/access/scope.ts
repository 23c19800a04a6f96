/** Under which the reference lists these operations. */
export const tag = 'access';
