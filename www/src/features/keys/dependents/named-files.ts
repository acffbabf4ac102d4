/** Files that a summary names; the others are counted. */
export const NAMED_FILES = 5;
